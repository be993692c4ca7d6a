"""Converts a spreadsheet export to a clean CSV file of numbers, with remarks on the changes."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING

from voxosync.definitions.contacts_csv import (
    COLUMNS,
    SAME_AS_NUMBER,
    SEPARATORS,
    UTF_16,
    plain_name,
)
from voxosync.model.phone import is_phone, is_usual, masked, not_a_phone, phone, plain, quoted
from voxosync.model.zone import is_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAME_AS_DESCRIPTION = (
    "description",
    "name",
    "fullname",
    "customer",
    "customername",
    "contact",
    "contactname",
)
_SURELY_PHONES = SAME_AS_NUMBER - {"number", "numbers"}
_WRAPPED = re.compile(
    r'\s*(?:="([^"]*)"|[\'`\u2019]\s*(.*)|tel:(.*))\s*', re.DOTALL | re.IGNORECASE
)
_DECIMAL = re.compile(r"([0-9]{7,})\.0+")
_TITLE_ROWS = 10
"""How many rows at the top may contain the header: exports often begin with titles."""


class NotATable(ValueError):
    """The content is not a table of numbers; the message says what to do."""


@dataclass(slots=True)
class CleanList:
    """A clean list, and what was changed or left out.

    Attributes:
        text: a CSV file that `contacts_csv` reads without an error.
        count: how many numbers it has.
        remarks: what was changed or dropped, each with its line (0: the file as a whole).
        left_out: the rows that are not in the list, each with its line and the reason.
    """

    text: str = ""
    count: int = 0
    remarks: list[tuple[int, str]] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)


def clean(content: bytes) -> CleanList:
    """The numbers of an export, which may have semicolons or tabs, UTF-16, other headers, signs, and blank rows.

    A number of ten digits, or eleven with a leading 1, is written as ten digits; any other as it is. Each phone is
    written once, as in its first row. Nothing is guessed: a number whose digits are lost is left out.

    Raises:
        NotATable: no column has numbers.
    """
    result = CleanList()
    rows = _rows(_decode(content, result), result)
    columns, body = _columns(rows, result)
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    first: dict[str, int] = {}
    rewritten: list[int] = []
    for line, row in body:
        entry = {
            name: row[column].strip() if column < len(row) else ""
            for name, column in columns.items()
        }
        number = _number(entry["number"])
        key = phone(number)
        if not is_phone(number):
            result.left_out.append((line, not_a_phone(entry["number"])))
        elif key in first:
            reason = f"the phone {masked(number)} is already on line {first[key]}"
            result.left_out.append((line, reason))
        else:
            first[key] = line
            spelling = key if is_usual(key) else number
            if spelling != row[columns["number"]]:
                rewritten.append(line)
            if (zone := entry.get("timezone")) and not is_zone(zone):
                result.remarks.append(
                    (line, f"dropped the time zone {quoted(zone)}, which does not exist")
                )
                entry["timezone"] = ""
            writer.writerow({**entry, "number": spelling}.values())
    if rewritten:
        lines = ", ".join(map(str, rewritten[:5])) + (", …" if len(rewritten) > 5 else "")  # noqa: PLR2004  # a line of text
        count_text = "1 number (line" if len(rewritten) == 1 else f"{len(rewritten)} numbers (lines"
        result.remarks.append((0, f"rewrote {count_text} {lines})"))
    result.text, result.count = out.getvalue(), len(first)
    return result


def _decode(content: bytes, result: CleanList) -> str:
    if content.startswith(b"PK"):
        raise NotATable("this is a workbook, not an export: save the sheet as CSV first")
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise NotATable("this file begins like UTF-16, and is not: export it again") from None
        encoding = "cp1252"
        text = content.decode(encoding, "replace")
    if "\0" in text:
        raise NotATable("this is not a text file: export the sheet as CSV")
    if encoding != "utf-8-sig":
        name = {"utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]
        result.remarks.append((0, f"read as {name}, written as UTF-8"))
    elif content.startswith(codecs.BOM_UTF8):
        result.remarks.append((0, "dropped the byte order mark"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str, result: CleanList) -> list[tuple[int, list[str]]]:
    """The rows, each with its first line. Blank ones, and a first line such as `sep=;`, are dropped."""
    separator, skipped = _separator(text)
    # Strict, because an unclosed quote would swallow rows.
    reader = csv.reader(StringIO(text), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    blank, begin = 0, 1
    try:
        for row in reader:
            if "".join(row).strip() and begin > skipped:
                rows.append((begin, row))
            elif row:
                blank += begin > skipped
            begin = reader.line_num + 1
    except csv.Error as failure:
        raise NotATable(f"line {begin} cannot be read: {failure}") from failure
    if separator in SEPARATORS:
        result.remarks.append((0, f"wrote commas for {SEPARATORS[separator]}"))
    if blank:
        result.remarks.append((0, f"dropped {blank} blank row{'' if blank == 1 else 's'}"))
    return rows


def _separator(text: str) -> tuple[str, int]:
    """The separator of cells, and how many lines at the top only declare it."""
    match = re.match(r"sep=(.)\n", text)
    if match:
        return match[1], 1
    lines = [line for line in text.split("\n") if line.strip()][:_TITLE_ROWS]
    counts = {sign: sum(sign in line for line in lines) for sign in (",", *SEPARATORS)}
    headers = [line for line in lines if _number_column(re.split("[,;\t]", line)) is not None]
    if headers:
        counts = {sign: headers[0].count(sign) for sign in counts}
    return max(counts, key=lambda sign: counts[sign]), 0


def _columns(
    rows: Sequence[tuple[int, list[str]]], result: CleanList
) -> tuple[dict[str, int], Sequence[tuple[int, list[str]]]]:
    """The index of each column that is kept, in the order of the clean file, and the rows below the header."""
    for above, (line, row) in enumerate(rows[:_TITLE_ROWS]):
        number = _number_column(row)
        if number is not None:
            result.remarks += [(at, "dropped this row above the header") for at, _ in rows[:above]]
            return _kept_columns(line, row, number, result), rows[above + 1 :]
    first = rows[0][1] if rows else []
    numbers = [index for index, cell in enumerate(first) if is_phone(_number(cell))]
    if not numbers:
        raise NotATable("no column is called number, Phone or Mobile: name it in the first line")
    result.remarks.append((0, f"no header: took column {numbers[0] + 1} for the numbers"))
    return {"number": numbers[0]}, rows


def _number_column(header: Sequence[str]) -> int | None:
    names = [plain_name(cell) for cell in header]
    if "number" in names:
        return names.index("number")
    return next((index for index, name in enumerate(names) if name in SAME_AS_NUMBER), None)


def _kept_columns(line: int, header: list[str], number: int, result: CleanList) -> dict[str, int]:
    names = [plain_name(cell) for cell in header]
    exact = [cell.strip().casefold() for cell in header]
    duplicate = next(
        (header[column] for column, name in enumerate(names) if name in _SURELY_PHONES), None
    )
    # Customer numbers, for example, may have enough digits to be called.
    if names[number] == "number" and duplicate is not None:
        message = f"line {line}: both {header[number]!r} and {duplicate!r} may hold the phones: remove one of them"
        raise NotATable(message)
    columns = {"number": number}
    for alias in _SAME_AS_DESCRIPTION:
        if alias in names:
            columns["description"] = names.index(alias)
            break
    columns |= {name: exact.index(name) for name in COLUMNS[2:] if name in exact}
    for name, column in columns.items():
        if header[column] != name:
            result.remarks.append((line, f"the column {header[column]!r} is now {name}"))
    for column, cell in enumerate(header):
        if column not in columns.values() and cell.strip():
            result.remarks.append((line, f"dropped the column {quoted(cell)}"))
    return columns


def _number(text: str) -> str:
    """A number without the characters that spreadsheets and browsers add."""
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped:
        text = next(part for part in wrapped.groups() if part is not None)
    number = plain(text).strip()
    decimal = _DECIMAL.fullmatch(number)
    return decimal[1] if decimal else number
