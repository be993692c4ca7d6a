"""Hints for a name that does not exist: the one that was probably meant, or which ones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def suggestion(name: str, names: Collection[str], otherwise: str = "") -> str:
    """A question about the existing name that is closest.

    Args:
        name: the one that was written.
        names: those that exist.
        otherwise: what to say where none is close; empty: which names there are.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # only a wrong name needs it

    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return otherwise or f"write one of {', '.join(names)}"
