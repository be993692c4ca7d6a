"""Rows of cells as aligned lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.report.view import View

_GAP = "  "


def align(rows: Sequence[Sequence[str]], view: View, widest: int) -> Iterable[str]:
    """A line for each row, with its cells in columns; the last cell of a row can have any length.

    A row that does not fit the terminal takes several lines, indented to the second column.

    Args:
        rows: the cells, safe for where they land, and without colors.
        view: how they are displayed.
        widest: the largest width of a column, in characters; a longer cell pushes those after it to the right.
    """
    columns = max(map(len, rows), default=0)
    widths = [
        max((len(row[index]) for row in rows if index < len(row) - 1), default=0)
        for index in range(columns)
    ]
    limits = [min(column, widest) for column in widths]
    for row in rows:
        cells = [f"{cell:<{limit}}" for cell, limit in zip(row[:-1], limits, strict=False)]
        line = _GAP.join([*cells, *row[-1:]]).rstrip()
        if cells and view.width is not None and len(line) > view.width:
            head = f"{cells[0]}{_GAP}"
            line = view.wrap(head, _GAP.join(filter(None, row[1:])), indent=len(head))
        yield line
