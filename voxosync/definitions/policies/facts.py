"""What a policy judges: a definition in canonical form, and facts about it that a schema cannot derive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from voxosync.model.dialing.clock import DAY, clock_of
from voxosync.model.dialing.times import dialing_of, window_of
from voxosync.model.fields import FIELDS
from voxosync.model.schedule import Schedule
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voxosync.model.campaign import Definition

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SOURCES = {
    "hours": ("callHoursStart", "callHoursEnd"),
    "weekdays": ("dateStart", "dateEnd"),
}
"""Each fact, and the fields that its first and its last entry follow from."""

_TWO_WEEKS = 14  # after which no other day of the week can come


def document(definition: Definition) -> dict[str, Any]:
    """A definition as a policy's schema sees it.

    Left out is what apply never sends: fields that are not managed, and those of `ignore`. The numbers
    that are called are only counted, as in a plan: no finding can show one.
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
    facts = {"hours": _hours(schedule), "weekdays": _weekdays(schedule)}
    return {**present_ids, **values, "facts": facts}


def _schedule(values: Mapping[str, Any]) -> Schedule:
    """The dates and hours of dialing that the definition gives; VOXO may have any others."""
    schedule = Schedule.of(values)
    if "callHoursStart" in values and "callHoursEnd" in values:
        return schedule
    return replace(schedule, callHoursStart=None, callHoursEnd=None)


def _hours(schedule: Schedule) -> list[int]:
    """The hours of the day, 0 to 23 in the campaign's time zone, in which it may dial, in their order."""
    bands = window_of(schedule)
    hours = {minute // 60 for start, end in bands for minute in (*range(start, end, 60), end - 1)}
    first = clock_of(schedule.callHoursStart or "") or time.min
    return sorted(hours, key=lambda hour: (hour - first.hour) % 24)


def _weekdays(schedule: Schedule) -> list[str]:
    """The days of the week on which it may dial, from its first day on; all of them where a date is open.

    They are those of its own clock, whatever its zone: a clock without changes shows them.
    """
    zone = zone_of("UTC")
    assert zone  # noqa: S101  # a zone of every tz data
    dialing = dialing_of(schedule, zone)
    if dialing.start is None or dialing.end is None:
        return list(WEEKDAYS)
    first = dialing.start // DAY
    days = range(first, min(-(-dialing.end // DAY), first + _TWO_WEEKS))
    dialed = (day for day in days if dialing.meets(day * DAY, (day + 1) * DAY))
    return list(dict.fromkeys(WEEKDAYS[date.fromordinal(day).weekday()] for day in dialed))
