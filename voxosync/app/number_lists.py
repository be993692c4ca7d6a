"""Prepares lists of numbers: cleans what a spreadsheet exported, splits a list by time zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.file_writer import check_writable, file_errors, write_output
from voxosync.definitions.contacts_csv import contacts_of, read_table
from voxosync.definitions.file_reader import MAX_CSV, Unusable, read_file
from voxosync.definitions.spreadsheet import NotATable, clean
from voxosync.definitions.zone_lists import csv_text, group_name, split_by_zones
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.definitions.spreadsheet import CleanList
    from voxosync.model.called_zones import Zones

NO_NUMBERS = "there are no numbers below the header: nothing was written"
"""The error about a list from which there is nothing to write."""

_SHOWN_FILES = 3


@dataclass(frozen=True, slots=True)
class ZoneList:
    """A list of the phones of some time zones that was written.

    Attributes:
        path: its file.
        zones: the zones in which its people may be; empty if unknown.
        count: how many rows it has.
    """

    path: Path
    zones: Zones
    count: int


@dataclass(frozen=True, slots=True)
class ZoneLists:
    """What splitting a list wrote.

    Attributes:
        lists: one list for each group of zones, the unknown zone last.
        other_files: files that look like lists of an earlier split, and were left as they are.
    """

    lists: Sequence[ZoneList]
    other_files: Sequence[Path]


def clean_list(source: Path) -> CleanList:
    """The list of an exported file, and what was changed or left out.

    Raises:
        UsageError: the file cannot be read, or holds no numbers.
    """
    try:
        return clean(read_file(source, None, MAX_CSV))
    except (Unusable, NotATable) as failure:
        raise UsageError(f"{source}: {failure}") from failure


def split_list(source: Path, folder: Path, *, overwrite: bool = False) -> ZoneLists:
    """Writes one list for each group of time zones: `spring.America-Chicago.csv` of `spring.csv`.

    Args:
        source: the list, which stays as it is.
        folder: where to write; it is created where it does not exist.
        overwrite: whether files that exist are replaced.

    Raises:
        DefinitionsError: it is not a list that a campaign may have.
        UsageError: it has no numbers, or a file exists or cannot be written; then none is written.
    """
    table, problems = read_table(source, str(source))
    if table is None:
        raise DefinitionsError(problems, str(source))
    contacts = contacts_of(table, str(source))
    if errors := [problem for problem in contacts.problems if problem.is_error]:
        raise DefinitionsError(errors, str(source))
    if not table.rows:
        raise UsageError(f"{source}: {NO_NUMBERS}")
    groups = split_by_zones(table, contacts.zones)
    paths = {zones: folder / f"{source.stem}.{group_name(zones)}.csv" for zones in groups}
    _prepare(folder, list(paths.values()), overwrite=overwrite)
    for zones, rows in groups.items():
        write_output(paths[zones], csv_text(table.header, rows))
    lists = [ZoneList(paths[zones], zones, len(rows)) for zones, rows in groups.items()]
    files = {path for path in folder.glob("*.csv") if path.name.startswith(f"{source.stem}.")}
    return ZoneLists(lists, sorted(files - {source, *paths.values()}))


def _prepare(folder: Path, paths: Sequence[Path], *, overwrite: bool) -> None:
    """Refuses files that exist, or that cannot be written."""
    existing = [str(path) for path in paths if path.exists()]
    if existing and not overwrite:
        more = f" and {len(existing) - _SHOWN_FILES} more" if len(existing) > _SHOWN_FILES else ""
        files = ", ".join(existing[:_SHOWN_FILES])
        raise UsageError(
            f"{files}{more} already exist{'' if len(existing) > 1 else 's'}: nothing was written; "
            "to replace files, pass --force"
        )
    with file_errors(folder, "write to"):
        folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        check_writable(path)
