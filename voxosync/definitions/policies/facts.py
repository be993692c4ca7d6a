"""What a policy judges: a definition in canonical form, and facts about it that a schema cannot derive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from voxosync.model.called_zones import UNKNOWN, count_by_zones
from voxosync.model.dialing.calls_outside import called_bands
from voxosync.model.dialing.clock import WEEKDAYS, clock_of, minute_of
from voxosync.model.dialing.forecast import forecast
from voxosync.model.dialing.schedule import Days, Schedule, dialing_days, dialing_of, window_of
from voxosync.model.fields import FIELDS
from voxosync.model.numbers import NUMBERS_FIELD, numbers_of
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from voxosync.model.called_zones import Zones
    from voxosync.model.campaign import Definition
    from voxosync.model.dialing.clock import Bands

SOURCES = {
    "hours": ("callHoursStart", "callHoursEnd"),
    "weekdays": ("dateStart", "dateEnd"),
    "dates": ("dateStart", "dateEnd"),
    "calledHours": ("callHoursStart", "callHoursEnd"),
    "doNotCall": (NUMBERS_FIELD, NUMBERS_FIELD),
    "samePhones": (NUMBERS_FIELD, NUMBERS_FIELD),
    "sharedPhones": (NUMBERS_FIELD, NUMBERS_FIELD),
    "callsPerDay": ("callFrequency", "callFrequency"),
    "lastCall": ("dateEnd", "dateEnd"),
}
"""Each fact, and the fields from which its first and its last entry follow."""

TYPES = {
    **dict.fromkeys(SOURCES, "array"),
    **dict.fromkeys(("doNotCall", "samePhones", "sharedPhones", "callsPerDay"), "number"),
    "lastCall": "string",
}
"""Each fact, and the type of its value."""

_HOURS = 24
_TEN_YEARS = 3_653
"""How many days `dates` covers of a campaign without an end."""


def document(definition: Definition, now: datetime, shared_phones: int = 0) -> dict[str, Any]:
    """A definition as a policy's schema sees it.

    What apply never sends is left out: fields that are not managed, and those of `ignore`. The numbers
    that are called are only counted, as in a plan, so that no finding can show one.

    Args:
        definition: the definition.
        now: the present moment, aware.
        shared_phones: how many of its phones other definitions call on the same days.
    """
    values = {
        name: FIELDS[name].kind.to_policy(value)
        for name, value in definition.values.items()
        if name not in definition.ignore
    }
    ids = {
        "id": definition.id or None,
        "tenantId": definition.tenant_id,
    }  # 0: one for each environment
    present_ids = {name: value for name, value in ids.items() if value is not None}
    schedule = _schedule(values)
    days = dialing_days(schedule)
    facts = {
        "hours": _hours(schedule),
        "weekdays": _weekdays(days),
        "dates": _dates(days, now.date()),
        "calledHours": _called_hours(definition, values, schedule),
        "doNotCall": len(_listed_phones(definition)),
        "samePhones": len(definition.list_remarks.repeated),
        "sharedPhones": shared_phones,
        **_forecast(definition, values, schedule, now),
    }
    return {**present_ids, **values, "facts": facts}


def _listed_phones(definition: Definition) -> set[str]:
    """The phones of the definition that are on a do-not-call list and not dropped."""
    remarks = definition.list_remarks
    return {entry.phone for entry in remarks.listed}.difference(remarks.dropped)


def _schedule(values: Mapping[str, Any]) -> Schedule:
    """The schedule of the definition. A single limit of the calling hours is left out: VOXO may have any other one."""
    schedule = Schedule.of(values)
    if "callHoursStart" in values and "callHoursEnd" in values:
        return schedule
    return replace(schedule, callHoursStart=None, callHoursEnd=None)


def _hours(schedule: Schedule) -> list[int]:
    """The hours of the day, 0 to 23 in the campaign's time zone, in which it may dial, in order from its first."""
    hours = _hours_of(window_of(schedule))
    first = clock_of(schedule.callHoursStart or "") or time.min
    return sorted(hours, key=lambda hour: (hour - first.hour) % _HOURS)


def _weekdays(days: Days | None) -> list[str]:
    """The days of the week on which it may dial, from its first day on; all of them if a date is not given."""
    if days is None:
        return []
    if not isfinite(days.first) or not isfinite(days.last):
        return list(WEEKDAYS)
    ordinals = range(int(days.first), int(min(days.last, days.first + len(WEEKDAYS) - 1)) + 1)
    return [WEEKDAYS[date.fromordinal(ordinal).weekday()] for ordinal in ordinals]


def _dates(days: Days | None, today: date) -> list[str]:
    """The days on which it may dial: without a start, from today; without an end, for ten years."""
    if days is None:
        return []
    first = days.first if isfinite(days.first) else min(today.toordinal(), days.last)
    last = min(days.last, first + _TEN_YEARS, date.max.toordinal())
    return [*map(_day_text, range(int(first), int(last) + 1))]


@lru_cache(maxsize=1 << 14)  # 45 years: more than most projects cover
def _day_text(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _forecast(
    definition: Definition, values: Mapping[str, Any], schedule: Schedule, now: datetime
) -> dict[str, Any]:
    """The calls per day and the last call, as if no phone had been called; empty if the definition lacks a value."""
    numbers = numbers_of(definition.values) if NUMBERS_FIELD in values else None
    if numbers is None:
        return {}
    result = forecast(schedule, values.get("callFrequency"), len(numbers), minute_of(now))
    if result is None:
        return {}
    last_call = {"lastCall": result.last_call} if result.last_call else {}
    return {"callsPerDay": result.calls_per_day, **last_call}


def _called_hours(
    definition: Definition, values: Mapping[str, Any], schedule: Schedule
) -> list[int]:
    """The hours of the called people's day in which it may dial, in order; all of them if its own zone is not given.

    A person whose zone is unknown is taken to be in the campaign's.
    """
    zone = zone_of(schedule.timezone or "")
    if zone is None:
        return list(range(_HOURS))
    numbers = numbers_of(definition.values) if NUMBERS_FIELD in values else None
    zones: Iterable[Zones] = [UNKNOWN]
    if numbers is not None:
        zones = count_by_zones(numbers, definition.number_zones)
    hours = _hours_of(called_bands(dialing_of(schedule, zone), zones))
    starts = [hour for hour in hours if (hour - 1) % _HOURS not in hours]
    first = max(starts, key=lambda hour: _gap_before(hour, hours), default=0)
    return sorted(hours, key=lambda hour: (hour - first) % _HOURS)


def _gap_before(hour: int, hours: Collection[int]) -> int:
    """How many hours right before an hour are not in `hours`, which is not empty."""
    return next(gap for gap in range(_HOURS) if (hour - gap - 1) % _HOURS in hours)


def _hours_of(bands: Bands) -> set[int]:
    return {minute // 60 for start, end in bands for minute in (*range(start, end, 60), end - 1)}
