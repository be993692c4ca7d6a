"""When a campaign dials: the fields that say so, and the moments, hours and days that they mean.

Pure; nothing that VOXO may send makes it raise. A campaign dials at every moment from its start to before its end at
which its own wall clock shows a time within its calling hours. So an hour that a wall clock skips in spring is not
dialed, and an hour that it repeats in autumn is dialed twice. A start or end that comes twice is the first of the two;
one that is skipped is as late as if the clocks had not changed: 02:30 is 03:30 (fold 0 of PEP 495), unless the campaign
would then end before it starts, as from 02:30 to 03:00; then it is 01:30 (fold 1). VOXO does not document which, so the
comparison of two schedules tries both.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import (
    DAY,
    Bands,
    clock_of,
    common,
    date_of,
    joined,
    moment_of,
    rotated,
    spans,
)
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.dialing.forecast import Forecast
    from voxosync.model.values import Value

_DATES = ("dateStart", "dateEnd")
_CLOCKS = ("timeStart", "timeEnd", "callHoursStart", "callHoursEnd")
_SOON = 8 * DAY  # in which every part of a day occurs, even where a clock skips a whole day


def dials(state: object) -> bool | None:
    """Whether a campaign in this state calls people, now or when its time comes; None: unknown.

    A word that the reference does not list (RUNNING, say) counts as dialing. A state that is empty or not a text is
    unknown.
    """
    if not isinstance(state, str) or not state:
        return None
    return state != "PAUSED"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The fields that say whether and when a campaign dials, and from which number; None: VOXO has no value.

    It dials from `dateStart` `timeStart` to `dateEnd` `timeEnd`, two moments in its time zone, on each
    day within its calling hours where they are set, else all day. Source: *Update Campaign*, body.
    """

    state: str | None = None
    dateStart: str | None = None  # noqa: N815  # VOXO's names
    dateEnd: str | None = None  # noqa: N815  # named like the field
    timeStart: str | None = None  # noqa: N815  # named like the field
    timeEnd: str | None = None  # noqa: N815  # named like the field
    callHoursStart: str | None = None  # noqa: N815  # named like the field
    callHoursEnd: str | None = None  # noqa: N815  # named like the field
    timezone: str | None = None
    callerId: str | None = None  # noqa: N815  # named like the field

    @classmethod
    def of(cls, values: Mapping[str, Value]) -> Schedule:
        """The schedule within a campaign's canonical values."""
        texts = ((name, values.get(name)) for name in SCHEDULE_FIELDS)
        return cls(**{name: text for name, text in texts if isinstance(text, str)})

    @property
    def dials(self) -> bool:
        """Whether it is known to call people when its time comes."""
        return dials(self.state) is True


SCHEDULE_FIELDS = tuple(field.name for field in fields(Schedule))


@dataclass(frozen=True, slots=True)
class Schedules:
    """A campaign's schedule on both sides.

    Attributes:
        definition: as it will be once the definition is applied: fields that are not managed are live. In a plan,
            what applying leaves alone is live too.
        live: as VOXO has it.
        forecast: how long its live list lasts, where VOXO dials it and that can be said.
        definition_phones: the phones of the definition's list by the time zones of the people; none: unknown.
        live_phones: those of the live list.
    """

    definition: Schedule
    live: Schedule
    forecast: Forecast | None = None
    definition_phones: PhonesByZones = ()
    live_phones: PhonesByZones = ()


class DialingPeriod(NamedTuple):
    """A period, without its end, with dialing in the same parts of each day, all in UTC."""

    start: int
    end: int
    bands: Bands

    @property
    def has_a_minute(self) -> bool:
        """Whether there is dialing at all: the bands may be outside a short period."""
        if self.end - self.start >= 2 * DAY:
            return bool(self.bands)
        return any(
            max(self.start, day + start) < min(self.end, day + end)
            for day in range(self.start - self.start % DAY, self.end, DAY)
            for start, end in self.bands
        )


@dataclass(frozen=True, slots=True)
class Dialing:
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

    def runs(
        self, first: int, after: int, limits: Bands | None = None
    ) -> tuple[DialingPeriod, ...]:
        """When it dials between two moments, and within `limits` of its zone's day where they are given."""
        window = self.window if limits is None else common(self.window, limits)
        start = first if self.start is None else max(first, self.start)
        end = after if self.end is None else min(after, self.end)
        if not window:
            return ()
        return tuple(
            DialingPeriod(
                max(start, span.start), min(end, span.end), rotated(window, -span.offset % DAY)
            )
            for span in spans(self.zone, first, after)
            if max(start, span.start) < min(end, span.end)
        )

    def meets(self, first: int | None, after: int | None, limits: Bands | None = None) -> bool:
        """Whether it dials at all between two moments and within `limits`, as in `runs`; None: open."""
        window = self.window if limits is None else common(self.window, limits)
        first, after = latest(first, self.start), earliest(after, self.end)
        if first is None or after is None or after - first > _SOON:
            return bool(window)
        if first >= after:
            return False
        return any(run.has_a_minute for run in self.runs(first, after, limits))


class Days(NamedTuple):
    """The first and the last day, as `date.toordinal` counts them; infinite where a date is open."""

    first: float
    last: float


def dialing_of(schedule: Schedule, zone: ZoneInfo, fold: int = 0) -> Dialing:
    """When a schedule dials by a zone's clock; invalid dates and times count as not set.

    Args:
        schedule: what its fields say; `unclear_fields` names those that cannot be read.
        zone: its time zone.
        fold: how a start or end is read that a clock shows twice or never, as in `moment_of`.
    """
    window = window_of(schedule)
    dialing = Dialing(zone, _start(schedule, zone, fold), _end(schedule, zone, fold), window)
    if not fold and dialing.start and dialing.end and dialing.end < dialing.start:
        return dialing_of(schedule, zone, fold=1)
    return dialing


@lru_cache(maxsize=4096)
def certain_dialing(schedule: Schedule) -> Dialing | None:
    """When a schedule dials by its own clock; None where one of its fields cannot be read.

    Cached, because a run asks for the same schedule of many campaigns, and of one campaign several times.
    """
    zone = zone_of(schedule.timezone or "")
    return None if zone is None or unclear_fields(schedule) else dialing_of(schedule, zone)


def unclear_fields(schedule: Schedule) -> tuple[str, ...]:
    """The fields whose meaning is unknown: an unknown or missing zone, an invalid date or time."""
    dates = (name for name in _DATES if (text := getattr(schedule, name)) and not date_of(text))
    clocks = (
        name for name in _CLOCKS if (text := getattr(schedule, name)) and clock_of(text) is None
    )
    zone = () if schedule.timezone and zone_of(schedule.timezone) else ("timezone",)
    return (*zone, *dates, *clocks)


def dialing_days(schedule: Schedule) -> Days | None:
    """The days on which a schedule dials, by its own calendar; None: it never does.

    Between its first and its last day it dials on each, because calling hours are the same on all days. A clock
    without changes shows the same days as the campaign's, apart from an hour that is skipped.
    """
    zone = zone_of("UTC")
    assert zone  # noqa: S101  # a zone of every tz data
    dialing = dialing_of(schedule, zone)
    if dialing.never or not dialing.meets(None, None):
        return None
    first: float = -inf if dialing.start is None else dialing.start // DAY
    last: float = inf if dialing.end is None else (dialing.end - 1) // DAY
    if dialing.start is not None and not _dials_on(dialing, int(first)):
        first += 1
    if first <= last and dialing.end is not None and not _dials_on(dialing, int(last)):
        last -= 1
    return Days(first, last) if first <= last else None


def _dials_on(dialing: Dialing, day: int) -> bool:
    return dialing.meets(day * DAY, (day + 1) * DAY)


def window_of(schedule: Schedule) -> Bands:
    """The minutes of a day within calling hours; they run past midnight where they end before they start."""
    first, last = _minute(schedule.callHoursStart) or 0, _minute(schedule.callHoursEnd)
    last = DAY if last is None else last
    return ((first, last),) if first < last else joined(((0, last), (first, DAY)))


def latest(first: int | None, second: int | None) -> int | None:
    """The later of two starts; None: open."""
    return second if first is None else first if second is None else max(first, second)


def earliest(first: int | None, second: int | None) -> int | None:
    """The earlier of two ends; None: open."""
    return second if first is None else first if second is None else min(first, second)


def _start(schedule: Schedule, zone: ZoneInfo, fold: int) -> int | None:
    day = date_of(schedule.dateStart or "")
    clock = clock_of(schedule.timeStart or "") or time.min
    return None if day is None else moment_of(day, clock.replace(fold=fold), zone)


def _end(schedule: Schedule, zone: ZoneInfo, fold: int) -> int | None:
    """The end; without a time the end of the day, which for the last day of all is open."""
    day, clock = date_of(schedule.dateEnd or ""), clock_of(schedule.timeEnd or "")
    if day is None or (clock is None and day == date.max):
        return None
    if clock is None:
        day, clock = day + timedelta(days=1), time.min
    return moment_of(day, clock.replace(fold=fold), zone)


def _minute(text: str | None) -> int | None:
    clock = clock_of(text or "")
    return None if clock is None else clock.hour * 60 + clock.minute
