"""The text of the calendar: text alternatives and marks."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from voxosync.model.checks.called_hours import describe_calls
from voxosync.model.dialing.calls_outside import CALLING_HOURS, calls_outside
from voxosync.model.dialing.clock import clock_text, joined
from voxosync.report.calendar.called_people import describe_called_people
from voxosync.report.calendar.row import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from voxosync.model.dialing.schedule import Schedule
    from voxosync.report.calendar.day_ranges import DayRange
    from voxosync.report.calendar.schedule_side import ScheduleSide
    from voxosync.report.calendar.shared_caller_ids import Overlap

_MAX_NAMED = 2
"""The number of campaigns with a shared caller ID that are named; the others are counted."""


def text_alternative(sides: Mapping[str, ScheduleSide], first: int, after: int) -> tuple[str, ...]:
    """One line per side, or one line for both if they are equal; with doubts about their values.

    Args:
        sides: the sides by their names.
        first: a minute in UTC; the clocks of the people called are compared from it on.
        after: a later one.
    """
    lines = {name: "; ".join(_describe_side(side, first, after)) for name, side in sides.items()}
    if len({*lines.values()}) == 1:
        lines = {" and ".join(lines): next(iter(lines.values()))}
    return tuple(f"{name}: {line}" for name, line in lines.items())


def _describe_side(side: ScheduleSide, first: int, after: int) -> Iterator[str]:
    yield describe_schedule(side.schedule)
    yield from side.interpretation.doubts
    if side.interpretation.dialing is not None:
        yield from describe_called_people(side.interpretation.dialing, side.phones, first, after)


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


def called_outside_mark(side: ScheduleSide) -> Mark | None:
    """Warns about people who are called outside calling hours by their own clocks; None without any."""
    if side.dialing is None:
        return None
    outside = calls_outside(side.dialing, dict(side.phones), CALLING_HOURS)
    if outside is None:
        return None
    total = sum(number for _, number in side.phones)
    return Mark(MarkKind.OUTSIDE_HOURS, describe_calls(outside, total, CALLING_HOURS))


def outside_hours_mark(days: Iterable[DayRange]) -> Mark | None:
    """The same of a campaign whose phones are unknown, given as days in the campaign's zone."""
    bands = joined(chain.from_iterable(day_range.bands for day_range in days))
    if not bands:
        return None
    times = _joined_words([f"{clock_text(start)}–{clock_text(end)}" for start, end in bands])  # noqa: RUF001  # a range of times, with an en dash
    text = f"dials outside 08:00–21:00 in its time zone: {times}"  # noqa: RUF001  # a range of times, with an en dash
    return Mark(MarkKind.OUTSIDE_HOURS, text)


def caller_id_mark(caller_id: str | None, overlap: Overlap | None) -> Mark | None:
    """Warns about other campaigns that dial with the same caller ID at the same time; None without any."""
    if overlap is None:
        return None
    names = [str(campaign_id) for campaign_id in islice(overlap.partner_ids(), _MAX_NAMED)]
    if more := overlap.count - len(names):
        names.append(f"{more} more")
    text = f"callerId {caller_id} is also used by {_joined_words(names)} at the same time"
    return Mark(MarkKind.CALLER_ID, text)


def marks_of_both(
    mark_of: Callable[[ScheduleSide], Mark | None], sides: Mapping[str, ScheduleSide]
) -> Iterator[Mark]:
    """The marks of both sides, or one mark if they are equal."""
    marks = {name: mark_of(side) for name, side in sides.items()}
    if len({*marks.values()}) == 1:
        marks = {"": next(iter(marks.values()))}
    yield from (replace(mark, side=name) for name, mark in marks.items() if mark)


def _joined_words(items: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
