"""What the calendar gives to the page: rows, marks and the key to the picture. Passive data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark warns of."""

    CALLER_ID = "caller-id"
    OUTSIDE_HOURS = "outside-hours"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to beware of in one campaign's dialing.

    Attributes:
        kind: what sort of thing; the page may choose an icon by it.
        text: a sentence, plain: the page escapes it.
    """

    kind: MarkKind
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign's row of the calendar.

    Attributes:
        svg: safe inline SVG, or `` where there is no schedule at all to draw.
        text: the text alternative, plain text a line: the page escapes it. Never empty.
        marks: what to beware of, also shown in the picture.
    """

    svg: str
    text: tuple[str, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend: a sample, drawn as in the rows, and what it means.

    Attributes:
        svg: safe inline SVG, hidden from screen readers because the text says it.
        text: plain text.
    """

    svg: str
    text: str
