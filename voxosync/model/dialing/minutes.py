"""The minutes at which one schedule dials and another does not, computed without going through them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY, without, years
from voxosync.model.dialing.times import DialingPeriod, earliest, holds_a_minute, latest
from voxosync.model.zone import is_same_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.dialing.times import Dialing

_LOOKED_AT = range(date(2000, 1, 1).toordinal() * DAY, date(2100, 1, 1).toordinal() * DAY)
"""The period in which two zones are compared, which differ from year to year; anything beyond it counts as wider."""


def wider_limits(before: Dialing, after: Dialing) -> Iterator[str]:
    """Which limits let a campaign dial at a minute at which it did not before: `start`, `end`, `hours`.

    Hours are judged where both dial by their dates, so that each such minute has just one reason.
    """
    if before.start is not None and after.meets(None, before.start):
        yield "start"
    if before.end is not None and after.meets(before.end, None):
        yield "end"
    first, last = latest(before.start, after.start), earliest(before.end, after.end)
    if is_same_zone(before.zone.key, after.zone.key):
        if after.meets(first, last, without(after.window, before.window)):
            yield "hours"
    elif (first is None or last is None or first < last) and _differs(before, after, first, last):
        yield "hours"


def _differs(before: Dialing, after: Dialing, first: int | None, last: int | None) -> bool:
    """Whether the second dials between two moments when the first does not, by clocks of two zones."""
    first = _LOOKED_AT.start if first is None else first
    last = _LOOKED_AT.stop if last is None else last
    if first < _LOOKED_AT.start or last > _LOOKED_AT.stop:
        return True
    return any(
        holds_a_minute(DialingPeriod(start, end, without(new.bands, old.bands)))
        for year in years(first, last)
        for old in before.runs(*year)
        for new in after.runs(*year)
        if (start := max(old.start, new.start)) < (end := min(old.end, new.end))
    )
