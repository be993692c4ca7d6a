"""Do-not-call lists: CSV files with the columns `number` and optionally `since` and `reason`."""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from voxosync.definitions.contacts import MAX_REPORTED, resolve
from voxosync.definitions.csv_table import NotCsv, Table
from voxosync.definitions.file_reader import MAX_CSV, read_text
from voxosync.definitions.nodes import Scalar
from voxosync.model.dialing.clock import date_of
from voxosync.model.phone import are_local, is_phone, masked_in, not_a_phone, phone, quoted
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voxosync.definitions.project_layout import ProjectLayout

COLUMNS = ("number", "since", "reason")
_NUL = "\0"


def read_lists(
    paths: Sequence[tuple[Position, str]], project: ProjectLayout
) -> tuple[dict[str, str], list[Problem]]:
    """The phones of some lists, each with the file that lists it first, and what is wrong with the lists.

    Args:
        paths: of each file, the position where it is named, and its path relative to the project folder.
        project: the project's folders.
    """
    phones: dict[str, str] = {}
    problems: list[Problem] = []
    for start, text in paths:
        node = Scalar(text, True, start.line - 1, start.column - 1)  # noqa: FBT003  # as in yaml_reader
        path, wrong = resolve(node, project.folder, project.limit, start.file)
        problems += wrong
        if path is not None:
            file = project.display_path(path)
            numbers, wrong = _read_list(path, file)
            problems += wrong
            for key in numbers:
                phones.setdefault(key, file)
    return phones, problems


def _read_list(path: Path, file: str) -> tuple[list[str], list[Problem]]:
    text, problem = read_text(path, file, limit=MAX_CSV)
    if problem is not None:
        return [], [problem]
    if _NUL in text:
        return [], [error(Position(file), "csv", "not CSV: save the file as UTF-8 text")]
    try:
        table = Table(text)
    except NotCsv as failure:
        return [], [error(Position(file, failure.line), "csv", f"not CSV: {failure}")]
    if problem := _header_problem(table, file):
        return [], [problem]
    if not _are_right(table):
        wrong = list(islice(_wrong_rows(table, file), MAX_REPORTED))
        if wrong:
            return [], wrong
    numbers = _cells(table, "number")
    return (numbers if are_local(numbers) else list(map(phone, numbers))), []


def _cells(table: Table, name: str) -> list[str]:
    return list(map(itemgetter(table.header.index(name)), table.rows))


def _are_right(table: Table) -> bool:
    """Whether every row is certainly right. Looks at all rows at once, because a list may have a million."""
    if not {*map(len, table.rows)} <= {len(table.header)}:
        return False
    if not are_local(_cells(table, "number")):
        return False
    dates = set(_cells(table, "since")) if "since" in table.header else set[str]()
    return all(date_of(text) for text in dates if text)


def _header_problem(table: Table, file: str) -> Problem | None:
    header = table.header
    columns = ",".join(COLUMNS)
    if "number" not in header:
        message = f"the first line must name the columns, number among them: {columns}"
        return error(Position(file), "csv-header", message)
    for column, name in enumerate(header):
        start = Position(file, *table.cell_position(-1, column))
        if name not in COLUMNS:
            return error(
                start, "csv-header", f"unknown column {quoted(name)}: write one of {columns}"
            )
        if name in header[:column]:
            message = f"the column {name} is there twice: keep one of them"
            return error(start, "csv-header", message)
    return None


def _wrong_rows(table: Table, file: str) -> Iterator[Problem]:
    """The first problem of each wrong row."""
    header, number = table.header, table.header.index("number")
    since = header.index("since") if "since" in header else None
    for index, row in enumerate(table.rows):
        column, message = None, ""
        if len(row) != len(header):
            column, message = 0, f"the header names {len(header)} columns, this row has {len(row)}"
        elif not row[number].strip():
            column, message = number, "the number is missing: write it, or remove the row"
        elif not is_phone(row[number]):
            column, message = number, not_a_phone(row[number])
        elif since is not None and row[since] and date_of(row[since]) is None:
            column = since
            text = masked_in(repr(row[since]))
            message = f"since: {text} is not a calendar date: write one such as 2026-03-01"
        if column is not None:
            yield error(Position(file, *table.cell_position(index, column)), "csv", message)
