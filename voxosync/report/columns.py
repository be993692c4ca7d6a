"""Rows of cells as aligned lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "  "


def align(
    rows: Sequence[Sequence[str]], widest: int | None = None, width: int | None = None
) -> Iterable[str]:
    """A line for each row, with its cells in columns; the last cell of a row is of any length.

    A row that does not fit the terminal takes several lines, indented to the second column.

    Args:
        rows: the cells, safe for where they land, and without colors.
        widest: the characters of the widest column; a longer cell pushes those after it to the right.
        width: the columns of the terminal; None: it is not one, and every row is one line.
    """
    columns = max(map(len, rows), default=0)
    widths = [
        max((len(row[index]) for row in rows if index < len(row) - 1), default=0)
        for index in range(columns)
    ]
    limits = [column if widest is None else min(column, widest) for column in widths]
    for row in rows:
        cells = [f"{cell:<{limit}}" for cell, limit in zip(row[:-1], limits, strict=False)]
        line = _GAP.join([*cells, *row[-1:]]).rstrip()
        if cells and width is not None and len(line) > width:
            head = f"{cells[0]}{_GAP}"
            line = wrap(head, _GAP.join(filter(None, row[1:])), width, indent=len(head))
        yield line
