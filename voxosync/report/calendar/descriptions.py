"""The calendar in words: what the picture shows, for who does not see it."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import joined
from voxosync.report.calendar.row import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar.day_ranges import DayRange
    from voxosync.report.calendar.shared_caller_ids import Overlap

_NAMED = 2
"""So many other campaigns are named where a caller ID is shared; the rest are counted."""


def alternative(
    definition: Schedule, live: Schedule, doubts: Callable[[Schedule], Sequence[str]]
) -> tuple[str, ...]:
    """Both sides, a line each, and one line where they agree; with what could not be placed."""
    sides: tuple[tuple[str, Schedule], ...] = (("definition", definition), ("live", live))
    if definition == live:
        sides = (("definition and live", definition),)
    return tuple(f"{name}: {'; '.join((described(side), *doubts(side)))}" for name, side in sides)


def described(schedule: Schedule) -> str:
    """A schedule in a line: state, dates, hours, time zone."""
    parts = (
        schedule.state or "no state",
        _dates(schedule),
        _hours(schedule),
        schedule.timezone or "no time zone",
    )
    return ", ".join(parts)


def _dates(schedule: Schedule) -> str:
    start = " ".join(filter(None, (schedule.dateStart, schedule.timeStart)))
    end = " ".join(filter(None, (schedule.dateEnd, schedule.timeEnd)))
    if schedule.dateStart and schedule.dateEnd:
        return f"{start} to {end}"
    if schedule.dateStart:
        return f"from {start}, without an end"
    if schedule.dateEnd:
        return f"until {end}, without a start"
    return "without dates"


def _hours(schedule: Schedule) -> str:
    start, end = schedule.callHoursStart, schedule.callHoursEnd
    if start and end:
        past = ", past midnight" if end <= start else ""
        return f"{start}–{end} each day{past}"  # noqa: RUF001  # a range of times, in text for people
    if start:
        return f"from {start} each day"
    return f"until {end} each day" if end else "all day"


def outside_mark(days: Iterable[DayRange], side: str) -> Mark | None:
    """That a campaign dials at night, by the days of its own zone on which it does; None where it does not."""
    bands = joined(chain.from_iterable(columns.bands for columns in days))
    if not bands:
        return None
    times = _listed([f"{_clock(start)}–{_clock(end)}" for start, end in bands])  # noqa: RUF001  # as above
    what = f"dials outside 08:00–21:00 of its own time zone: {times}"  # noqa: RUF001  # as above
    return Mark(MarkKind.OUTSIDE_HOURS, side + what)


def caller_mark(caller_id: str | None, overlap: Overlap | None, side: str) -> Mark | None:
    """That others dial with the same caller ID at the same time; None where none does."""
    if overlap is None:
        return None
    named = [str(other) for other in islice(overlap.others(), _NAMED)]
    if more := overlap.count - len(named):
        named.append(f"{more} more")
    what = f"callerId {caller_id} is also used by {_listed(named)} at the same time"
    return Mark(MarkKind.CALLER_ID, side + what)


def both(mark: Callable[[str, str], Mark | None]) -> Iterator[Mark]:
    """The marks of both sides, once where they say the same.

    Args:
        mark: gives the mark of `definition` or `live`, beginning with the second argument.
    """
    agreed = mark("definition", "")
    if agreed == mark("live", ""):
        yield from filter(None, (agreed,))
        return
    yield from filter(None, (mark(side, f"{side}: ") for side in ("definition", "live")))


def _listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
