"""What a policy judges: a definition in canonical form, and facts about it that no schema could work out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from voxosync.model.values import to_wire

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SOURCES = {
    "hours": ("callHoursStart", "callHoursEnd"),
    "weekdays": ("dateStart", "dateEnd"),
}
"""Each fact, and the fields that its first and its last entry follow from."""

_DAY = 24 * 60


def document(definition: Definition) -> dict[str, Any]:
    """A definition as a policy's schema sees it.

    Left out is what apply never sends: fields that are not managed, and those of `ignore`. The numbers
    that are called are only counted, as in a plan: no finding can show one.
    """
    values = {
        name: {"count": len(value)} if isinstance(value, Mapping) else to_wire(value)
        for name, value in definition.values.items()
        if name not in definition.ignore
    }
    ids = {
        "id": definition.id or None,
        "tenantId": definition.tenant_id,
    }  # 0: one for each environment
    given = {name: value for name, value in ids.items() if value is not None}
    facts = {"hours": _hours(values), "weekdays": _weekdays(values)}
    return {**given, **values, "facts": facts}


def _hours(values: Mapping[str, Any]) -> list[int]:
    """The hours of the day, 0 to 23 in the campaign's time zone, in which it may dial, in their order.

    Without both calling hours it may dial all day; hours that end before they start go over midnight.
    Source: *Update Campaign*, `callHoursStart`, `callHoursEnd`.
    """
    if "callHoursStart" not in values or "callHoursEnd" not in values:
        return list(range(24))
    start, end = _minutes(values["callHoursStart"]), _minutes(values["callHoursEnd"])
    last = start + ((end - start) % _DAY or _DAY) - 1
    return list(dict.fromkeys(hour % 24 for hour in range(start // 60, last // 60 + 1)))


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _weekdays(values: Mapping[str, Any]) -> list[str]:
    """The days of the week on which it may dial, from its first day on; all of them where a date is open.

    A campaign that ends at 00:00 does not dial on its last date.
    """
    try:
        first, last = (date.fromisoformat(values[name]) for name in ("dateStart", "dateEnd"))
    except (KeyError, ValueError):  # not managed, or a date that does not exist: an error elsewhere
        return list(WEEKDAYS)
    if values.get("timeEnd") == "00:00":
        last -= timedelta(days=1)
    days = min((last - first).days + 1, len(WEEKDAYS))
    return [WEEKDAYS[(first.weekday() + day) % len(WEEKDAYS)] for day in range(days)]
