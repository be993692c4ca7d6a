"""Rows of cells as aligned lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "  "


def align(rows: Sequence[Sequence[str]], widest: int | None = None) -> Iterable[str]:
    """A line for each row, with its cells in columns; the last cell of a row is of any length.

    Args:
        rows: the cells, safe for where they land, and without colors.
        widest: the characters of the widest column; a longer cell pushes those after it to the right.
    """
    columns = max(map(len, rows), default=0)
    widths = [
        max((len(row[index]) for row in rows if index < len(row) - 1), default=0)
        for index in range(columns)
    ]
    limits = [width if widest is None else min(width, widest) for width in widths]
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:-1], limits, strict=False)]
        yield _GAP.join([*cells, *row[-1:]]).rstrip()
