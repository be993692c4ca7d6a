"""The text of the calendar: text alternatives and marks."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import clock_text, joined
from voxosync.report.calendar.row import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voxosync.model.schedule import Schedule, Schedules
    from voxosync.report.calendar.day_ranges import DayRange
    from voxosync.report.calendar.shared_caller_ids import Overlap

_MAX_NAMED = 2
"""The number of campaigns with a shared caller ID that are named; the others are counted."""


def text_alternative(
    schedules: Schedules, names: tuple[str, str], doubts: Callable[[Schedule], Sequence[str]]
) -> tuple[str, ...]:
    """One line per side, or one line for both if they are equal; with doubts about their values."""
    definition, live = schedules.definition, schedules.live
    sides = [*zip(names, (definition, live), strict=True)]
    if definition == live:
        sides = [(" and ".join(names), definition)]
    return tuple(
        f"{name}: {'; '.join((describe_schedule(side), *doubts(side)))}" for name, side in sides
    )


def describe_schedule(schedule: Schedule) -> str:
    """A schedule in a line: state, dates, hours and time zone."""
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
        return f"from {start}, no end"
    if schedule.dateEnd:
        return f"until {end}, no start"
    return "no dates"


def _hours(schedule: Schedule) -> str:
    start, end = schedule.callHoursStart, schedule.callHoursEnd
    if start and end:
        past = ", past midnight" if end <= start else ""
        return f"{start}–{end} each day{past}"  # noqa: RUF001  # a range of times, with an en dash
    if start:
        return f"from {start} each day"
    return f"until {end} each day" if end else "all day"


def outside_hours_mark(days: Iterable[DayRange], prefix: str) -> Mark | None:
    """Warns about dialing outside calling hours, given as days in the campaign's zone; None without any."""
    bands = joined(chain.from_iterable(day_range.bands for day_range in days))
    if not bands:
        return None
    times = _joined_words([f"{clock_text(start)}–{clock_text(end)}" for start, end in bands])  # noqa: RUF001  # a range of times, with an en dash
    text = f"dials outside 08:00–21:00 in its time zone: {times}"  # noqa: RUF001  # a range of times, with an en dash
    return Mark(MarkKind.OUTSIDE_HOURS, prefix + text)


def caller_id_mark(caller_id: str | None, overlap: Overlap | None, prefix: str) -> Mark | None:
    """Warns about other campaigns that dial with the same caller ID at the same time; None without any."""
    if overlap is None:
        return None
    names = [str(campaign_id) for campaign_id in islice(overlap.partner_ids(), _MAX_NAMED)]
    if more := overlap.count - len(names):
        names.append(f"{more} more")
    text = f"callerId {caller_id} is also used by {_joined_words(names)} at the same time"
    return Mark(MarkKind.CALLER_ID, prefix + text)


def marks_of_both(
    mark: Callable[[str, str], Mark | None], names: tuple[str, str]
) -> Iterator[Mark]:
    """The marks of both sides, or one mark if they are equal.

    Args:
        mark: returns the mark of a side, by its name, with a prefix for its text.
        names: the names of the sides.
    """
    common, other = (mark(name, "") for name in names)
    if common == other:
        yield from filter(None, (common,))
        return
    yield from filter(None, (mark(side, f"{side}: ") for side in names))


def _joined_words(items: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
