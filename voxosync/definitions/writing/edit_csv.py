"""Changes to the text of a CSV file of numbers, row by row: every other byte of the file stays as it is."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from voxosync.definitions.writing.splices import NotEditable, Splices
from voxosync.model.phone import phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.numbers import Numbers

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\r\n]*')
_NEEDS_QUOTES = re.compile(r'[",\r\n]|\A\s|\s\Z')


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: where its lines begin and end, line end included, and the place of each cell."""

    start: int
    end: int
    cells: list[str]
    places: list[tuple[int, int]]


def set_numbers(text: str, numbers: Numbers) -> str:
    """A CSV text without errors that holds just these numbers, with their descriptions.

    Rows of phones that stay keep their place, their spelling, their quotes and their `field1` … `field9`; new
    ones come last.

    Raises:
        NotEditable: a description has no column to stand in.
    """
    splices = Splices(text)
    header, *rows = _rows(splices.text)
    number = header.cells.index("number")
    described = header.cells.index("description") if "description" in header.cells else None
    if described is None and any(numbers.values()):
        what = "its numbers have descriptions in VOXO, and the CSV file has no column description"
        raise NotEditable(f"{what}: add one")
    for row in rows:
        text_now = numbers.get(phone(row.cells[number]))
        if text_now is None:
            splices.put(row.start, row.end, "")
        elif described is not None and row.cells[described] != text_now:
            start, end = row.places[described]
            new = _cell(text_now, like=splices.text[start:end])
            splices.put(start, end, new)
    last = rows[-1] if rows else header
    like = [splices.text[start:end] if rows else "" for start, end in last.places]
    known = {phone(row.cells[number]) for row in rows}
    added = numbers.only(key for key in numbers if key not in known).as_written()
    splices.insert_lines(
        last.end,
        (
            ",".join(
                _cell(text if place == described else each if place == number else "", like=cell)
                for place, cell in enumerate(like)
            )
            for each, text in added.items()
        ),
    )
    return splices.result()


def number_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the numbers that are called stand in a CSV text: start, end, and the number."""
    rows = list(_rows(text))
    column = rows[0].cells.index("number")
    for row in rows[1:]:
        yield *row.places[column], row.cells[column]


def _rows(text: str) -> Iterator[_Row]:
    """The rows that are not blank, the header first."""
    lines = StringIO(text, newline="").readlines()
    reader = csv.reader(lines, strict=True)
    line = start = 0
    for cells in reader:
        end = start + sum(map(len, lines[line : reader.line_num]))
        if cells:
            yield _Row(start, end, cells, _places(text, start, len(cells)))
        line, start = reader.line_num, end


def _places(text: str, start: int, count: int) -> list[tuple[int, int]]:
    places = []
    for _ in range(count):
        found = _CELL.match(text, start)
        end = found.end() if found else start
        places.append((start, end))
        start = end + 1
    return places


def _cell(text: str, *, like: str) -> str:
    """A cell, in quotes where it must be or where its neighbour is."""
    if like.startswith('"') or _NEEDS_QUOTES.search(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
