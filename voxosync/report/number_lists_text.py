"""What happened to lists of phone numbers: rows that were changed or left out, and the lists that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.escape import terminal
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MAX_ROWS = 50
"""The number of rows of a kind that are described; the others are counted."""


def describe_rows(source: Path, rows: Sequence[tuple[int, str]], mark: str = "") -> str:
    """A line for each row; empty without any.

    Args:
        source: the file of the rows.
        rows: the line of each row (0: the file as a whole), and what to say about it.
        mark: begins each text.
    """
    lines = [f"{source}:{line or 1}: {mark}{text}" for line, text in rows[:_MAX_ROWS]]
    if len(rows) > _MAX_ROWS:
        lines.append(f"{source}: {mark}{count(len(rows) - _MAX_ROWS, 'more row')}")
    return "\n".join(lines)


def summarize_cleaning(numbers: int, left_out: int, out: Path | None) -> str:
    """How many numbers were written, and how many rows were not.

    Args:
        numbers: the count of numbers.
        left_out: the count of rows.
        out: the file; None: stdout.
    """
    destination = f" to {out}" if out else ""
    return f"Wrote {count(numbers, 'number')}{destination}; {count(left_out, 'row')} left out."


def describe_list(path: Path, numbers: int) -> str:
    """The file of a list, and the count of its numbers."""
    return f"{terminal(str(path))}: {count(numbers, 'number')}\n"


def describe_unknown_zone(path: Path) -> str:
    """How to name the time zones of a list whose zones are unknown."""
    return f"{path}: the time zone is unknown; a timezone column can name it"


def describe_other_file(path: Path) -> str:
    """What to do with a list that this run did not write."""
    return f"{path}: not written by this run; remove it if it is left over from an earlier one"
