"""The numbers of a campaign, from a YAML list or a CSV file, as one canonical mapping."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from voxosync.definitions.files import MAX_CSV
from voxosync.definitions.nodes import Mapping, Node, Scalar, place_after, read_text
from voxosync.definitions.nodes import Sequence as SequenceNode
from voxosync.model.fields import NUMBER_FIELDS
from voxosync.model.numbers import Numbers
from voxosync.model.phone import is_usual, masked, phone
from voxosync.model.problem import Position, Problem, error, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

COLUMNS = ("number", "description", *NUMBER_FIELDS)
MAX_REPORTED = 50
"""How many duplicates, or wrong rows, of one list are reported one by one."""

Entry: TypeAlias = tuple[dict[str, str], int, int]
"""One entry's texts by key, and the line and column (from 1) where its number stands."""

_cell = re.compile(r'(?:"(?:[^"]|"")*"|[^,]*),').match
_usual_lines = re.compile(r"(?:1?[0-9]{10}(?:\n|\Z))*+").fullmatch


@dataclass(slots=True)
class Contacts:
    """Numbers as read, their `field1` … `field9` by phone, and what is wrong with the list."""

    numbers: Numbers = field(default_factory=Numbers)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def from_yaml(node: SequenceNode, file: str) -> Contacts:
    """The numbers of a `numbers:` list that passed the schema."""

    def entries() -> Iterator[Entry]:
        for item in node.items:
            values = item.values  # type: ignore[union-attr]  # the schema says: a mapping
            number = values["number"]
            texts = {key: value.text for key, value in values.items()}  # type: ignore[union-attr]  # of scalars
            yield texts, number.line + 1, number.column + 1

    return _collect(entries, file)


def from_csv(path: Path, file: str) -> Contacts:
    """The numbers of a CSV file with the header `number,description,field1 … field9`, in any order."""
    text, problem = read_text(path, file, limit=MAX_CSV)
    if problem:
        return Contacts(problems=[problem])
    if "\0" in text:
        place = place_after(text[: text.index("\0")], file)
        what = "not CSV: the character U+0000 is not allowed; save the file as UTF-8 text"
        return Contacts(problems=[error(place, "csv", what)])
    try:
        header = next(csv.reader(StringIO(text, newline=""), strict=True), [])
    except csv.Error as failure:
        return Contacts(problems=[error(Position(file), "csv", f"not CSV: {failure}")])
    if problems := list(islice(_header_problems(header, text, file), MAX_REPORTED)):
        return Contacts(problems=problems)
    if (flawless := _flawless(text, header)) is not None:
        return flawless
    rows = _Rows(text, header, file)
    contacts = _collect(rows.entries, file)
    contacts.problems[:0] = rows.problems
    return contacts


def _cell_place(text: str, cell: int, file: str, line: int) -> Position:
    """Where a cell of a row begins, quotes and line ends of the cells before it included."""
    end = 0
    for _ in range(cell):
        found = _cell(text, end)
        end = found.end() if found else end
    return place_after(text[:end], file, line)


def _header_problems(header: Sequence[str], text: str, file: str) -> Iterator[Problem]:
    if "number" not in header:
        what = "the first line must name the columns, number among them, separated by commas: "
        what += f"{','.join(COLUMNS[:3])}…"
        yield error(Position(file), "csv-header", what)
        return
    for place, name in enumerate(header):
        here = _cell_place(text, place, file, 1)
        if name == "disposition":
            yield error(
                here, "read-only", "disposition is read-only, VOXO alone sets it: remove it"
            )
        elif name not in COLUMNS:
            yield error(
                here, "csv-header", f"unknown column {name!r}: known are {', '.join(COLUMNS)}"
            )
        elif name in header[:place]:
            yield error(here, "csv-header", f"the column {name} is there twice: keep one of them")


def _flawless(text: str, header: list[str]) -> Contacts | None:
    """What a file of which there is nothing to tell holds; None: look closer, row by row.

    Knowing no places, it takes a third of the time.
    """
    column = header.index("number")
    if header == ["number", "description"] and (pairs := _pairs(text)) is not None:
        return Contacts(numbers) if len(numbers := Numbers.spelled(pairs)) == len(pairs) else None
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    next(reader)
    try:
        rows = list(filter(None, reader))
    except csv.Error:
        return None
    if rows and {*map(len, rows)} != {len(header)}:
        return None
    if "description" in header:
        descriptions = dict(map(itemgetter(column, header.index("description")), rows))
    else:
        descriptions = dict.fromkeys(map(itemgetter(column), rows), "")
    if len(descriptions) < len(rows) or not _all_usual(descriptions):
        return None
    numbers = Numbers.spelled(descriptions)
    if len(numbers) < len(rows):
        return None
    return Contacts(numbers, _number_fields(rows, header, column))


def _number_fields(
    rows: list[list[str]], header: list[str], column: int
) -> dict[str, dict[str, str]]:
    fields: dict[str, dict[str, str]] = {}
    for name in NUMBER_FIELDS:
        if name in header:
            place = header.index(name)
            for row in rows:
                if row[place]:
                    fields.setdefault(phone(row[column]), {})[name] = row[place]
    return fields


def _pairs(text: str) -> dict[str, str] | None:
    """The rows of a file of numbers and descriptions, if each is a line and there is nothing to tell of any."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    next(reader)
    before = reader.line_num
    try:
        descriptions = dict(reader)
    except (csv.Error, ValueError):  # no CSV, or a row that is no pair
        return None
    whole = len(descriptions) == reader.line_num - before
    return descriptions if whole and _all_usual(descriptions) else None


def _all_usual(numbers: Collection[str]) -> bool:
    """Whether there is nothing to say about any number; all of them at once take a fifth of the time."""
    lines = "\n".join(numbers)
    return lines.count("\n") == len(numbers) - 1 and bool(_usual_lines(lines))


class _Rows:
    """The rows of a CSV text; notes what is wrong with them on the first reading."""

    def __init__(self, text: str, header: list[str], file: str) -> None:
        self.text, self.header, self.file = text, header, file
        self.problems: list[Problem] = []
        self._wrong = 0

    def entries(self) -> Iterator[Entry]:
        """One entry a row; a column left empty counts as absent."""
        self.problems.clear()
        self._wrong = 0
        header, width = self.header, len(self.header)
        column = header.index("number")
        for row, written, line in self._rows():
            if len(row) != width:
                what = f"the header names {width} columns, this row has {len(row)}: write as many"
                self._note(Position(self.file, line), what)
                continue
            here, place = line, 1 + sum(map(len, row[:column])) + column
            if column and '"' in "".join(written):
                exact = _cell_place("".join(written), column, self.file, line)
                here, place = exact.line, exact.column
            if row[column]:
                texts = {name: value for name, value in zip(header, row, strict=True) if value}
                yield texts, here, place
            else:
                what = "the number is missing: write it, or remove the row"
                self._note(Position(self.file, here, place), what)
        if self._wrong > MAX_REPORTED:
            what = f"{self._wrong - MAX_REPORTED} more rows are wrong in such ways"
            self.problems.append(error(Position(self.file), "csv", what))

    def _rows(self) -> Iterator[tuple[list[str], Sequence[str], int]]:
        """Each row below the header that is not blank: its cells, its lines as written, its first line."""
        lines = StringIO(self.text, newline="").readlines()
        reader = csv.reader(lines, strict=True)
        next(reader)
        line = reader.line_num
        try:
            for row in reader:
                if row:
                    yield row, lines[line : reader.line_num], line + 1
                line = reader.line_num
        except csv.Error as failure:
            place = Position(self.file, line + 1)
            self.problems.append(error(place, "csv", f"not CSV: {failure}"))

    def _note(self, place: Position, message: str) -> None:
        self._wrong += 1
        if self._wrong <= MAX_REPORTED:
            self.problems.append(error(place, "csv", message))


def _collect(entries: Callable[[], Iterable[Entry]], file: str) -> Contacts:
    contacts = Contacts()
    numbers, fields = contacts.numbers, contacts.fields
    repeated: set[str] = set()
    unusual, first_unusual = 0, Position(file)
    for texts, line, column in entries():
        number = texts["number"]
        key = phone(number)
        if key in numbers:
            repeated.add(key)
            continue
        numbers.put(number, texts.get("description", ""))
        if len(texts) > 1:
            extra = {name: texts[name] for name in NUMBER_FIELDS if name in texts}
            if extra:
                fields[key] = extra
        if not is_usual(number):
            unusual += 1
            if unusual == 1:
                first_unusual = Position(file, line, column)
    if unusual:
        contacts.problems.append(warning(first_unusual, "number-format", _unusual_message(unusual)))
    if repeated:
        contacts.problems.extend(_repeated(entries(), repeated, file))
    return contacts


def _unusual_message(count: int) -> str:
    if count == 1:
        return "this number is not 10 digits, or 11 with a leading 1: sent as it is"
    return f"{count} numbers are not 10 digits, or 11 with a leading 1 (this is the first): sent as they are"


def _repeated(entries: Iterable[Entry], repeated: Collection[str], file: str) -> Iterator[Problem]:
    """What is there twice: the same text is an error; one phone in two spellings a doubt, and sent once."""
    first: dict[str, tuple[str, int]] = {}
    count = 0
    for texts, line, column in entries:
        number = texts["number"]
        key = phone(number)
        if key not in repeated:
            continue
        if key not in first:
            first[key] = number, line
            continue
        count += 1
        if count > MAX_REPORTED:
            continue
        place, (text, before) = Position(file, line, column), first[key]
        if number == text:
            what = f"the number {masked(number)} is already on line {before}: keep one of them"
            yield error(place, "duplicate-number", what)
        else:
            what = f"the phone {masked(number)} is already on line {before}, spelled otherwise"
            yield warning(place, "samePhone", f"{what}: it is sent once, as on line {before}")
    if count > MAX_REPORTED:
        what = f"{count - MAX_REPORTED} more numbers are there twice"
        yield error(Position(file), "duplicate-number", what)


def resolve(
    written: Scalar, folder: Path, project: Path, file: str
) -> tuple[Path | None, list[Problem]]:
    """The CSV file that `{file: …}` names, which must lie inside the project folder.

    Args:
        written: the path as written.
        folder: where it is relative to, the folder of the YAML file.
        project: the project folder.
        file: how the YAML file is called.
    """
    here = Position(file, written.line + 1, written.column + 1)
    try:
        path = (folder / written.text).resolve()
        inside = path.is_relative_to(project.resolve())
        present = path.is_file()
    except (OSError, ValueError, RuntimeError):  # a loop of links, a NUL, a name too long
        return None, [error(here, "csv", f"{written.text!r} is no usable path: name a CSV file")]
    if not inside:
        what = f"{written.text!r} is outside of the project folder: keep the CSV file inside of it"
        return None, [error(here, "outside", what)]
    if not present:
        what = f"{written.text!r} is not a regular file: name a CSV file"
        if not path.exists():
            what = f"there is no file {written.text!r} here: name one that exists"
        return None, [error(here, "csv", what)]
    return path, []


def file_of(node: Node) -> Scalar | None:
    """The path in `numbers: {file: …}`, if that is what the node is."""
    if isinstance(node, Mapping) and isinstance(found := node.values.get("file"), Scalar):
        return found
    return None
