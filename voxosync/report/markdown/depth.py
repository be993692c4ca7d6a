"""How much a comment says, and where it is cut to stay readable and within the limits of its size."""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 65_536
"""The maximum size of a GitHub comment: GitHub counts characters; counting bytes is safer."""

FEW = 5
"""The number of campaigns, or of changes that several campaigns share, up to which they are unfolded."""

LONG = 6
"""The number of campaigns or alarms above which a list shows only the first ones."""

BRIEF = 3
"""The number of things of a kind that are spelled out above the changes, if there are many."""


@dataclass(frozen=True, slots=True)
class Depth:
    """The level of detail.

    Attributes:
        tables: whether tables of campaigns that are only named by id are folded.
        numbers: how many phone numbers and other lines are listed of each change and mark.
        details: whether the values of changes are listed.
        rows: how many campaigns a table or list contains.
        ranges: whether the ids of campaigns that make phones ring are written as ranges.
        line: the maximum number of bytes in a line; None: no line is cut.
    """

    numbers: int
    tables: bool
    details: bool
    rows: int
    ranges: bool = False
    line: int | None = None


DEPTHS = (
    Depth(numbers=10, tables=True, details=True, rows=1000),
    Depth(numbers=10, tables=False, details=True, rows=1000),
    Depth(numbers=0, tables=False, details=True, rows=1000),
    *(Depth(numbers=0, tables=False, details=False, rows=rows) for rows in (1000, 200, 50, 10, 0)),
    *(
        Depth(numbers=0, tables=False, details=False, rows=0, ranges=True, line=line)
        for line in (None, 48_000, 16_000, 4_000, 1_000)
    ),
)
"""From everything to what is always shown: totals, and the beginning of each line."""
