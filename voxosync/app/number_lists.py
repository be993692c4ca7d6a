"""Cleans lists of numbers that a spreadsheet exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.definitions.files import MAX_CSV, Unusable, read_file
from voxosync.definitions.spreadsheet import NotATable, clean
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.definitions.spreadsheet import Cleaned


def clean_list(source: Path) -> Cleaned:
    """The list of an exported file, and what was changed or left out.

    Raises:
        UsageError: the file cannot be read, or holds no numbers.
    """
    try:
        return clean(read_file(source, None, MAX_CSV))
    except (Unusable, NotATable) as failure:
        raise UsageError(f"{source}: {failure}") from failure
