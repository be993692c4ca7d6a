"""One difference of a campaign, as the page shows it: two sides, where it is written, since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.plan import NumbersChange
from voxosync.model.problem import Position
from voxosync.report import formatting, phrases
from voxosync.report.html.text_comparison import Piece, compared, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from voxosync.model.plan import Change, FieldChange
    from voxosync.report.view import View

_SAMPLES = 5
_LONG = 40
"""From so many characters on, the sides of a text stand one above the other."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one side has.

    Attributes:
        pieces: its value; empty where it has none.
        remarks: what else to say of it, a line each.
    """

    pieces: tuple[Piece, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of a campaign's table.

    Attributes:
        where: the line of the definition that gives the value, where known; short if it is the campaign's own file.
        href: where that line can be seen.
        is_long: whether the sides are long texts, taken apart into what differs.
        kind: who made it, for a plan with three sides.
    """

    field: str
    where: str | None
    href: str | None
    live: Side
    definition: Side
    is_long: bool
    since: datetime | None
    kind: str


def difference(change: Change, file: str, view: View) -> Difference:
    """The row of a change of the campaign in `file`."""
    live, definition, is_long = _sides(change, view)
    place = change.position
    where = None
    if place is not None:
        where = f"line {place.line}" if place.file == file else f"{place.file}:{place.line}"
    return Difference(
        field=change.field,
        where=where,
        href=None if place is None else safe_link(view, place.file, place.line),
        live=live,
        definition=definition,
        is_long=is_long,
        since=change.since,
        kind=phrases.describe_kind(change),
    )


def safe_link(view: View, file: str, line: int) -> str | None:
    """Where a line can be seen; only the web's own addresses, for `javascript:` is one too."""
    base = (view.link_base or "").lower()
    if not base.startswith(("https://", "http://")):
        return None
    return view.link(Position(file, line))


def _sides(change: Change, view: View) -> tuple[Side, Side, bool]:
    if isinstance(change, NumbersChange):
        return (
            Side(plain(formatting.count(change.before, "number")), (*_only_live(change, view),)),
            Side(plain(formatting.count(change.after, "number")), (*_only_defined(change, view),)),
            False,
        )
    before, after = change.before, change.after
    if isinstance(before, str) and isinstance(after, str) and _is_long(before, after):
        live, definition = compared(before, after)
        return Side(live), Side(definition), True
    return _short(change, before=True), _short(change, before=False), False


def _is_long(before: str, after: str) -> bool:
    return max(len(before), len(after)) > _LONG or "\n" in before + after


def _short(change: FieldChange, *, before: bool) -> Side:
    value = change.before if before else change.after
    return Side(() if value is None else plain(formatting.format_value(value)))


def _only_live(change: NumbersChange, view: View) -> Iterator[str]:
    if change.removed:
        yield f"{len(change.removed)} only here: {_samples(change.removed, view)}"


def _only_defined(change: NumbersChange, view: View) -> Iterator[str]:
    if change.added:
        yield f"{len(change.added)} only here: {_samples(change.added, view)}"
    if change.changed:
        yield f"{len(change.changed)} described differently: {_samples(change.changed, view)}"


def _samples(numbers: tuple[str, ...], view: View) -> str:
    told = ", ".join(view.number(number) for number in numbers[:_SAMPLES])
    more = len(numbers) - _SAMPLES
    return f"{told} and {more} more" if more > 0 else told
