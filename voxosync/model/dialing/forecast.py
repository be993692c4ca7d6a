"""How many calls a campaign makes a day at most, and when the last phone is reached at the earliest.

VOXO says that `callFrequency` is the number of seconds to wait between dialing numbers, and does not say how often a
phone is tried again. So a forecast is a bound: each open phone is called once, the first call of an uninterrupted
stretch of dialing is made as it begins, and each further one `callFrequency` seconds later. Pure; computed by
stretches of days, and not minute by minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, WHOLE_DAY, YEAR, clock_text, moment_of, spans, years
from voxosync.model.dialing.schedule import (
    Dialing,
    DialingPeriod,
    Schedule,
    certain_dialing,
    latest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.values import Value

_HORIZON = 30 * YEAR
"""How long after its start a campaign is followed by a forecast."""
_LAST_MINUTE = (date.max.toordinal() - 2) * DAY
_SHORTEST = 1
"""Seconds between calls below which nothing is forecast; VOXO accepts more than 9 (*Update Campaign*, body)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long a list of phones lasts.

    Attributes:
        calls_per_day: how many calls it makes at most on one whole day of its time zone; 0: it does not dial anymore.
        last_call: when the last open phone is called at the earliest, as `YYYY-MM-DD HH:MM` in its time zone; None:
            there is no open phone, or the last one is not reached before the end.
        not_reached: how many open phones are certainly not called before the end.
    """

    calls_per_day: int
    last_call: str | None
    not_reached: int


class Stretch(NamedTuple):
    """Uninterrupted dialing, in minutes in UTC, that repeats each day.

    Attributes:
        start: its first minute.
        length: how many minutes it lasts.
        days: on how many days in a row it takes place.
    """

    start: int
    length: int
    days: int = 1


class Outlook(NamedTuple):
    """A forecast with the moment of the last call, for the calendar.

    Attributes:
        forecast: the forecast.
        last_minute: the minute in UTC in which the last open phone is called, where one is.
    """

    forecast: Forecast
    last_minute: int | None


def forecast(schedule: Schedule, pace: Value, phones: int, now: int) -> Forecast | None:
    """How long the phones last of a campaign that dials on this schedule.

    Args:
        schedule: when it dials; its state does not count.
        pace: its `callFrequency`, in seconds.
        phones: how many phones have no call result yet.
        now: the present moment, in minutes in UTC.

    Returns:
        None where the schedule or the pace cannot be read.
    """
    outlook = look_ahead(schedule, pace, phones, now)
    return None if outlook is None else outlook.forecast


def look_ahead(schedule: Schedule, pace: Value, phones: int, now: int) -> Outlook | None:
    """The same with the moment of the last call; arguments as for `forecast`."""
    dialing = certain_dialing(schedule)
    if dialing is None:
        return None
    if isinstance(pace, bool) or not isinstance(pace, int | float):
        return None
    if not _SHORTEST <= pace < inf:
        return None
    first = latest(now, dialing.start)
    assert first is not None  # noqa: S101  # `now` is given
    horizon = min(first + _HORIZON, _LAST_MINUTE)
    after = horizon if dialing.end is None else min(dialing.end, horizon)
    last, remaining = _last_call(dialing, pace, phones, first, after)
    if after != dialing.end:
        remaining = 0  # the rest may be reached later
    end = after if last is None else last + 1
    if not phones:
        end = min(after, first + YEAR)
    per_day = _busiest_day(dialing, pace, first, end, after)
    text = None if last is None else _on_clock(last, dialing)
    return Outlook(Forecast(per_day, text, remaining), last)


def stretches(dialing: Dialing, first: int, after: int) -> Iterator[Stretch]:
    """When a schedule dials between two moments, in order; stretches that touch are joined."""
    pending: Stretch | None = None
    for year in years(first, after):
        for run in dialing.runs(*year):
            clipped = DialingPeriod(max(run.start, first), min(run.end, after), run.bands)
            for stretch in _of_run(clipped) if clipped.start < clipped.end else ():
                if pending is not None and pending.start + pending.length == stretch.start:
                    pending = Stretch(pending.start, pending.length + stretch.length)
                    continue
                if pending is not None:
                    yield pending
                pending = stretch
    if pending is not None:
        yield pending


def _of_run(run: DialingPeriod) -> Iterator[Stretch]:
    """The stretches of a run: its first and its last by themselves, since they may touch those of other runs."""
    if run.bands == WHOLE_DAY:
        yield Stretch(run.start, run.end - run.start)
        return
    (start, end), *later_bands = run.bands
    if later_bands:  # past midnight in UTC: the parts at both ends of the day are one
        start, end = later_bands[-1][0], DAY + end
    begin = (run.start - end) // DAY * DAY + DAY + start  # of the first window that ends later
    last = (run.end - 1 - begin) // DAY
    for index, days in ((0, 1), (1, last - 1), (last, 1 if last > 0 else 0)):
        opens = begin + index * DAY
        clipped = max(opens, run.start)
        length = min(opens + end - start, run.end) - clipped
        if days > 0 and length > 0:
            yield Stretch(clipped, length, days)


def _last_call(
    dialing: Dialing, pace: float, phones: int, first: int, after: int
) -> tuple[int | None, int]:
    """The minute of the last call, if it is reached, and how many phones are not reached."""
    remaining = phones
    for stretch in stretches(dialing, first, after) if phones else ():
        calls = _calls(stretch.length, pace)
        if remaining <= calls * stretch.days:
            day, index = divmod(remaining - 1, calls)
            return stretch.start + day * DAY + int(index * pace // 60), 0
        remaining -= calls * stretch.days
    return None, remaining


def _busiest_day(dialing: Dialing, pace: float, first: int, end: int, after: int) -> int:
    """The most calls on one day of the zone; between two changes of its clocks only the outer days differ."""
    days: set[int] = set()
    for year in years(first, end):
        for span in spans(dialing.zone, *year):
            start, last = max(span.start, first), min(span.end, end) - 1
            if start <= last:
                opening, closing = (start + span.offset) // DAY, (last + span.offset) // DAY
                days.update((opening, min(opening + 1, closing), closing))
    return max((_calls_on(day, dialing, pace, after) for day in days), default=0)


def _calls_on(day: int, dialing: Dialing, pace: float, after: int) -> int:
    low, high = (
        moment_of(date.fromordinal(ordinal), time.min, dialing.zone) for ordinal in (day, day + 1)
    )
    parts = stretches(dialing, low, min(high, after))  # whether or not a part of the day is past
    return sum(_calls(part.length, pace) * part.days for part in parts)


def _calls(minutes: int, pace: float) -> int:
    """How many calls begin within an uninterrupted stretch, the first one at once."""
    return int(-(-minutes * 60 // pace))


def _on_clock(minute: int, dialing: Dialing) -> str:
    """`YYYY-MM-DD HH:MM` as the campaign's zone shows a moment."""
    day, time_of_day = divmod(minute + spans(dialing.zone, minute, minute + 1)[0].offset, DAY)
    return f"{date.fromordinal(day).isoformat()} {clock_text(time_of_day)}"
