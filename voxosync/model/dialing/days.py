"""On which days a campaign dials, by its own clock."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY
from voxosync.model.dialing.times import dialing_of
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from voxosync.model.dialing.times import Dialing
    from voxosync.model.schedule import Schedule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The names of weekdays in settings and policies; `date.weekday` is the index."""


class Days(NamedTuple):
    """The first and the last day, as `date.toordinal` counts them; infinite where a date is open."""

    first: float
    last: float


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
    if dialing.start is not None and not _meets(dialing, int(first)):
        first += 1
    if first <= last and dialing.end is not None and not _meets(dialing, int(last)):
        last -= 1
    return Days(first, last) if first <= last else None


def _meets(dialing: Dialing, day: int) -> bool:
    return dialing.meets(day * DAY, (day + 1) * DAY)
