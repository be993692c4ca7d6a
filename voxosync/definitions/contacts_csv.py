"""A CSV file of numbers: `number`, `description`, `field1` … `field9` and `timezone`, in any order."""

from __future__ import annotations

import codecs
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from voxosync.definitions.contacts import MAX_REPORTED, Contacts, Entries, collect
from voxosync.definitions.csv_table import NotCsv, Table
from voxosync.definitions.file_reader import MAX_CSV, Unusable, position_after, read_file, read_text
from voxosync.model.fields import NUMBER_FIELDS
from voxosync.model.phone import is_phone, not_a_phone, phone, quoted
from voxosync.model.problem import Position, Problem, error
from voxosync.model.zone import is_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

COLUMNS = ("number", "description", *NUMBER_FIELDS, "timezone")
SAME_AS_NUMBER = frozenset(
    ("number", "numbers", "phone", "phones", "mobile", "cell", "cellphone", "telephone", "tel", "phonenumber",
     "phoneno", "telephonenumber", "mobilenumber", "mobilephone", "cellnumber", "contactnumber", "homephone",
     "workphone", "businessphone", "primaryphone")
)  # fmt: skip
"""Headers that spreadsheets and address books use for the number, in the form that `plain_name` gives."""
WORKBOOK = b"PK\x03\x04"
"""The first bytes of a spreadsheet's workbook, which is a ZIP archive."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATORS = {";": "semicolons", "\t": "tabs"}
"""What spreadsheets write between cells instead of commas, and its name in messages."""


def from_csv(path: Path, file: str) -> Contacts:
    """The numbers of a CSV file, or the problems of the file.

    Args:
        path: the file.
        file: its name in messages.
    """
    table, problems = read_table(path, file)
    return Contacts(problems=problems) if table is None else contacts_of(table, file)


def read_table(path: Path, file: str) -> tuple[Table | None, list[Problem]]:
    """The rows of a CSV file with the header of a list of numbers; None: it has problems that prevent this.

    Args:
        path: the file.
        file: its name in messages.
    """
    text, problem = read_text(path, file, limit=MAX_CSV)
    if problem:
        if problem.rule == "encoding" and (message := _other_format(path, file)):
            problem = error(Position(file), "encoding", message)
        return None, [problem]
    if "\0" in text:
        start = position_after(text[: text.index("\0")], file)
        message = "not CSV: the character U+0000 is not allowed; save the file as UTF-8 text"
        return None, [error(start, "csv", message)]
    try:
        table = Table(text)
    except NotCsv as failure:
        start = Position(file, failure.line)
        return None, [error(start, "csv", f"not CSV: {failure}")]
    if problems := list(islice(_header_problems(table, file), MAX_REPORTED)):
        return None, problems
    return table, []


def plain_name(header: str) -> str:
    """A header for comparison: its letters in lower case."""
    return "".join(filter(str.isalpha, header.casefold()))


def contacts_of(table: Table, file: str) -> Contacts:
    """The numbers in the rows of a list, and the problems of the rows."""
    header, rows = table.header, table.rows
    column = header.index("number")
    indexes: Sequence[int] = range(len(rows))
    problems: list[Problem] = []
    if not {*map(len, rows)} <= {len(header)} or not all(
        map(str.strip, map(itemgetter(column), rows))
    ):
        wrong = dict(_wrong_rows(table, file))
        indexes = [index for index in indexes if index not in wrong]
        rows = [rows[index] for index in indexes]
        problems = list(islice(wrong.values(), MAX_REPORTED))
        if len(wrong) > MAX_REPORTED:
            message = f"{len(wrong) - MAX_REPORTED} more rows are wrong in such ways"
            problems.append(error(Position(file), "csv", message))

    def position_of(index: int) -> Position:
        return Position(file, *table.cell_position(indexes[index], column))

    def cells(name: str) -> list[str]:
        return list(map(itemgetter(header.index(name)), rows))

    fields: dict[int, dict[str, str]] = {}
    for name in NUMBER_FIELDS:
        if name in header:
            for index, text in enumerate(cells(name)):
                if text:
                    fields.setdefault(index, {})[name] = text
    descriptions = cells("description") if "description" in header else [""] * len(rows)
    contacts = collect(Entries(cells("number"), descriptions, fields, position_of, file))
    contacts.problems[:0] = problems
    contacts.empty_file = None if table.rows else file
    if "timezone" in header:
        zones = cells("timezone")
        contacts.problems += _zone_problems(table, zones, indexes, file)
        pairs = zip(reversed(cells("number")), reversed(zones), strict=True)
        existing = {zone for zone in {*zones} if is_zone(zone)}
        contacts.zones = {phone(number): zone for number, zone in pairs if zone in existing}
    return contacts


def _wrong_rows(table: Table, file: str) -> Iterator[tuple[int, Problem]]:
    """By index, the problems of rows without a number, or with too few or too many cells."""
    width, column = len(table.header), table.header.index("number")
    for index, row in enumerate(table.rows):
        if len(row) == width and row[column].strip():
            continue
        at, message = 0, f"the header names {width} columns, this row has {len(row)}: write as many"
        if not "".join(row).strip():
            message = f"this row is blank: {_way_out(file, 'remove it')}"
        elif len(row) == width:
            at, message = column, "the number is missing: write it, or remove the row"
        elif len(row) > width and not any(row[width:]):
            message = f"this row ends with an extra comma: {_way_out(file, 'remove it')}"
        elif len(row) <= column or not is_phone(row[column]):
            at = min(column, len(row) - 1)
            message = not_a_phone(row[at]) if not is_phone(row[at]) else message
        yield index, error(Position(file, *table.cell_position(index, at)), "csv", message)


def _zone_problems(
    table: Table, zones: list[str], indexes: Sequence[int], file: str
) -> Iterator[Problem]:
    """A problem for each time zone that does not exist, at its first position."""
    for zone in dict.fromkeys(zones):
        if zone and not is_zone(zone):
            start = table.cell_position(indexes[zones.index(zone)], table.header.index("timezone"))
            message = f"timezone: {quoted(zone)} is not an IANA time zone: write one such as America/Chicago"
            yield error(Position(file, *start), "timezone", message)


def _header_problems(table: Table, file: str) -> Iterator[Problem]:
    header = table.header
    if "number" not in header:
        yield error(Position(file), "csv-header", _no_number(header, file))
        return
    for column in range(len(header)):
        rule, message = _column_problem(column, header, file)
        if rule:
            yield error(Position(file, *table.cell_position(-1, column)), rule, message)


def _column_problem(column: int, header: Sequence[str], file: str) -> tuple[str, str]:
    """The rule that a column's name breaks, and what to do; empty: it breaks none."""
    name = header[column]
    if name == "disposition":
        return "read-only", "disposition is read-only, VOXO alone sets it: remove it"
    if not name.strip():
        message = "a column without a name"
        if column == len(header) - 1:
            message = "the header ends in a comma, so that its last column has no name"
        return "csv-header", f"{message}: {_way_out(file, 'remove it')}"
    if name not in COLUMNS:
        return "csv-header", f"unknown column {quoted(name)}: write one of {', '.join(COLUMNS)}"
    if name in header[:column]:
        return "csv-header", f"the column {name} is there twice: keep one of them"
    return "", ""


def _no_number(header: Sequence[str], file: str) -> str:
    """What is wrong with a header without a column `number`."""
    for sign, name in SEPARATORS.items():
        if any(sign in cell for cell in header):
            return f"this file uses {name}: {_way_out(file, 'save it with commas')}"
    for cell in header:
        if plain_name(cell) in SAME_AS_NUMBER:
            return f"the column {cell!r} must be called number: {_way_out(file, 'rename it')}"
    message = "the first line must name the columns, number among them, separated by commas: "
    return f"{message}{','.join(COLUMNS[:3])}…"


def _other_format(path: Path, file: str) -> str:
    """The format of a file that is not UTF-8, and what to do; empty: the format is unknown."""
    try:
        data = read_file(path, None, MAX_CSV)
    except Unusable:
        return ""
    if data.startswith(UTF_16):
        return f"this file is UTF-16: {_way_out(file, 'save it as UTF-8')}"
    if data.startswith(WORKBOOK):
        return "this is a workbook, not CSV: save the sheet as CSV"
    return ""


def _way_out(file: str, otherwise: str) -> str:
    return f"run voxosync numbers clean {file}, or {otherwise}"
