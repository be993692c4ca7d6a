"""The parts of the calendar that the page displays: rows, marks and legend entries. Passive data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark warns about."""

    CALLER_ID = "caller-id"
    OUTSIDE_HOURS = "outside-hours"


@dataclass(frozen=True, slots=True)
class Mark:
    """A warning about a campaign's dialing.

    Attributes:
        kind: by which the page may choose an icon.
        statement: a sentence as plain text; the page escapes it.
        side: the side that it is about, if it is not about both.
    """

    kind: MarkKind
    statement: str
    side: str = ""

    @property
    def text(self) -> str:
        """The sentence, after the side that it is about."""
        return f"{self.side}: {self.statement}" if self.side else self.statement


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign's row of the calendar.

    Attributes:
        svg: safe inline SVG; empty without a schedule to draw.
        text: the text alternative, as lines of plain text; the page escapes them. Never empty.
        marks: warnings, which the SVG displays too.
        key: the meaning of each look that the SVG has, apart from the usual one.
    """

    svg: str
    text: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    key: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of the legend: a sample, drawn as in the rows, and its meaning.

    Attributes:
        svg: safe inline SVG, hidden from screen readers because the text describes it.
        text: plain text.
    """

    svg: str
    text: str
