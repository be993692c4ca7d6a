"""Reads CSV text as a table of cells and their positions, without interpreting the cells."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\r\n]*')


_REASONS = {
    "unexpected end of data": "a quote is not closed: add the closing quote",
    "',' expected after '\"'": 'there is text after the closing quote: write "" for a quote inside quotes',
    "field larger than field limit": "a value is too long: look for a quote that is not closed",
}
"""What Python's csv module says, and what to change."""


class NotCsv(ValueError):
    """A text that is not CSV.

    Attributes:
        line: the line on which the wrong row begins, from 1.
    """

    def __init__(self, line: int, reason: csv.Error) -> None:
        words = str(reason)
        messages = (
            message for beginning, message in _REASONS.items() if words.startswith(beginning)
        )
        super().__init__(next(messages, words))
        self.line = line


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row as it is written: where its lines begin and end, with the line ending; its cells, and their spans."""

    start: int
    end: int
    cells: list[str]
    spans: list[tuple[int, int]]


class Table:
    """The rows of a CSV text.

    Attributes:
        header: the cells of the first row.
        rows: the cells of each other row; empty lines are left out.
    """

    def __init__(self, text: str) -> None:
        """Reads a text. Line endings inside cells become line feeds.

        Raises:
            NotCsv: it is not CSV.
        """
        self._text = _unix(text)
        reader = csv.reader(StringIO(self._text), strict=True)
        try:
            self.header = next(reader, [])
            self.rows = list(filter(None, reader))
        except csv.Error as failure:
            raise NotCsv(_last_begin(self._text), failure) from failure
        self._unread = written_rows(self._text)  # most files need no positions, which take longer
        self._rows_read: list[CsvRow] = []

    def cell_position(self, row: int, column: int = 0) -> tuple[int, int]:
        """The line and the column, from 1, where a cell begins; row -1 is the header."""
        self._rows_read += islice(self._unread, max(0, row + 2 - len(self._rows_read)))
        csv_row = self._rows_read[row + 1]
        start = csv_row.spans[column][0]
        line = self._text.count("\n", 0, start) + 1
        return line, start - self._text.rfind("\n", 0, start)


def written_rows(text: str) -> Iterator[CsvRow]:
    """The rows of a CSV text with their positions in it, the header first.

    Raises:
        NotCsv: it is not CSV.
    """
    lines = StringIO(text, newline="").readlines()
    reader = csv.reader(lines, strict=True)
    line = start = 0
    try:
        for cells in reader:
            end = start + sum(map(len, lines[line : reader.line_num]))
            if cells:
                yield CsvRow(
                    start,
                    end,
                    [_unix(cell) for cell in cells],
                    _cell_spans(text, start, len(cells)),
                )
            line, start = reader.line_num, end
    except csv.Error as failure:
        raise NotCsv(line + 1, failure) from failure


def _last_begin(text: str) -> int:
    """The line on which the row begins at which reading stops."""
    try:
        for _ in written_rows(text):
            pass
    except NotCsv as failure:
        return failure.line
    return 1


def _cell_spans(text: str, start: int, count: int) -> list[tuple[int, int]]:
    spans = []
    for _ in range(count):
        match = _CELL.match(text, start)
        end = match.end() if match else start
        spans.append((start, end))
        start = end + 1
    return spans


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
