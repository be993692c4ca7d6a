"""When a schedule dials, as moments. Pure; nothing that VOXO may send makes it raise.

A campaign dials at every moment from its start to before its end at which its own wall clock shows a
time within its calling hours. So a wall clock's hour that is skipped in spring is not dialled, and
one that comes twice in autumn is dialled twice. A start or end that comes twice is the first of both;
one that is skipped is as late as if the clocks had not been changed: 02:30 is 03:30 (fold 0 of
PEP 495, as the rules for definitions have it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from voxosync.report.calendar.clock import DAY, Bands, Run, common, joined, rotated, spans, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from voxosync.model.schedule import Schedule

OUTSIDE: Bands = ((0, 8 * 60), (21 * 60, DAY))
"""The minutes of a day outside of 08:00 to 21:00, the hours at which people may be called."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """When a schedule dials.

    Attributes:
        zone: its time zone.
        start: the first minute, in UTC; None: open.
        end: the minute after the last, in UTC; None: open.
        window: the parts of the zone's day in which it dials.
    """

    zone: ZoneInfo
    start: int | None
    end: int | None
    window: Bands

    @property
    def never(self) -> bool:
        """Whether it ends before it starts, or just then."""
        return self.start is not None and self.end is not None and self.end <= self.start

    def runs(self, first: int, after: int, limits: Bands | None = None) -> tuple[Run, ...]:
        """When it dials between two moments, and within `limits` of its zone's day where they are given."""
        window = self.window if limits is None else common(self.window, limits)
        start = first if self.start is None else max(first, self.start)
        end = after if self.end is None else min(after, self.end)
        if not window:
            return ()
        return tuple(
            Run(max(start, span.start), min(end, span.end), rotated(window, -span.offset % DAY))
            for span in spans(self.zone, first, after)
            if max(start, span.start) < min(end, span.end)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a schedule's values came to.

    Attributes:
        dialling: None where the schedule cannot be placed.
        doubts: what could not be taken as it is, and what was done instead.
    """

    dialling: Dialling | None
    doubts: tuple[str, ...] = ()


def read(schedule: Schedule) -> Reading:
    """When a schedule dials, as far as its values say so; values that are none are told, never guessed."""
    zone = zone_of(schedule.timezone) if schedule.timezone else None
    wrong = [] if zone else [_no_zone(schedule)]
    wrong += [
        f"{name} {text} is no date: not drawn"
        for name, text in (("dateStart", schedule.dateStart), ("dateEnd", schedule.dateEnd))
        if text and _date(text) is None
    ]
    if zone is None or wrong:
        return Reading(None, tuple(wrong))
    start, end = _start(schedule, zone), _end(schedule, zone)
    found = Dialling(zone, start, end, window_of(schedule))
    never = ["it does not end after it starts: it never dials"] if found.never else []
    return Reading(found, (*_no_times(schedule), *never))


def window_of(schedule: Schedule) -> Bands:
    """The minutes of a day within calling hours; they run past midnight where they end before they start."""
    first, last = _minute(schedule.callHoursStart) or 0, _minute(schedule.callHoursEnd)
    last = DAY if last is None else last
    return ((first, last),) if first < last else joined(((0, last), (first, DAY)))


def _start(schedule: Schedule, zone: ZoneInfo) -> int | None:
    day = _date(schedule.dateStart)
    return None if day is None else _moment(day, _time(schedule.timeStart) or time.min, zone)


def _end(schedule: Schedule, zone: ZoneInfo) -> int | None:
    """The end; without a time the end of the day, which for the last day of all is open."""
    day, clock = _date(schedule.dateEnd), _time(schedule.timeEnd)
    if day is None or (clock is None and day == date.max):
        return None
    if clock is None:
        return _moment(day + timedelta(days=1), time.min, zone)
    return _moment(day, clock, zone)


def _moment(day: date, clock: time, zone: ZoneInfo) -> int:
    offset = datetime.combine(day, clock, zone).utcoffset() or timedelta()
    local = day.toordinal() * DAY + clock.hour * 60 + clock.minute
    return local - offset // timedelta(minutes=1)


def _no_zone(schedule: Schedule) -> str:
    if not schedule.timezone:
        return "no time zone: not drawn"
    return f"timezone {schedule.timezone} is no IANA time zone: not drawn"


def _no_times(schedule: Schedule) -> Iterator[str]:
    for name in ("timeStart", "timeEnd", "callHoursStart", "callHoursEnd"):
        text = getattr(schedule, name)
        if text and _time(text) is None:
            yield f"{name} {text} is no time: taken as not set"


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text or "").replace(tzinfo=None)
    except ValueError:
        return None


def _minute(text: str | None) -> int | None:
    clock = _time(text)
    return None if clock is None else clock.hour * 60 + clock.minute
