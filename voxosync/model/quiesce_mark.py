"""The mark that `--quiesce` leaves in the name of a campaign that it has paused (ADR 14)."""

from __future__ import annotations

_MARK = "[voxosync: paused while numbers change]"
_SHORTEST = 3
"""The characters that a name must have. Source: *Update Campaign*, body, `name`."""


def can_be_marked(name: object) -> bool:
    """Whether a name can be marked and restored later: VOXO has names that it does not accept in an update."""
    return isinstance(name, str) and len(unmarked(name)) >= _SHORTEST


def marked(name: str) -> str:
    """A name with the mark, once."""
    return f"{unmarked(name)} {_MARK}"


def is_marked(name: object) -> bool:
    """Whether a name has the mark, at its end or, where text was added to the name, anywhere in it."""
    return isinstance(name, str) and _MARK in name


def unmarked(name: str) -> str:
    """A name without the mark, and without the spaces before it."""
    *before, suffix = name.split(_MARK)
    return "".join(text.rstrip() for text in before) + suffix
