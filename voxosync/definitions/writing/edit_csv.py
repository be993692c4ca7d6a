"""Changes the text of a CSV file of numbers row by row; the other rows stay as they are, byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voxosync.definitions.csv_table import written_rows
from voxosync.definitions.writing.splices import NotEditable, Splices
from voxosync.model.phone import phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.numbers import Numbers

_NEEDS_QUOTES = re.compile(r'[",\r\n]|\A\s|\s\Z')


def set_numbers(text: str, numbers: Numbers) -> str:
    """A CSV text without errors, changed so that it has exactly these numbers and descriptions.

    Rows of phones that stay keep their position, spelling, quotes and `field1` … `field9`. New rows come last.

    Raises:
        NotEditable: there is a description, but no column for it.
    """
    splices = Splices(text)
    header, *rows = written_rows(splices.text)
    number = header.cells.index("number")
    described = header.cells.index("description") if "description" in header.cells else None
    if described is None and any(numbers.values()):
        message = (
            "its numbers have descriptions in VOXO, and the CSV file has no column description"
        )
        raise NotEditable(f"{message}: add one")
    for row in rows:
        text_now = numbers.get(phone(row.cells[number]))
        if text_now is None:
            splices.replace(row.start, row.end, "")
        elif described is not None and row.cells[described] != text_now:
            start, end = row.spans[described]
            new = _cell(text_now, like=splices.text[start:end])
            splices.replace(start, end, new)
    last = rows[-1] if rows else header
    like = [splices.text[start:end] if rows else "" for start, end in last.spans]
    present_phones = {phone(row.cells[number]) for row in rows}
    added = numbers.only(key for key in numbers if key not in present_phones).as_written()
    splices.insert_lines(
        last.end,
        (
            ",".join(
                _cell(text if index == described else digits if index == number else "", like=cell)
                for index, cell in enumerate(like)
            )
            for digits, text in added.items()
        ),
    )
    return splices.result()


def number_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """The numbers that are called in a CSV text: start, end, and the number."""
    rows = list(written_rows(text))
    column = rows[0].cells.index("number")
    for row in rows[1:]:
        yield *row.spans[column], row.cells[column]


def _cell(text: str, *, like: str) -> str:
    """A cell, in quotes if it needs them or its neighbor has them."""
    if like.startswith('"') or _NEEDS_QUOTES.search(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
