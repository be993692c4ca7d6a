"""When people are called by their own clocks, which are not the campaign's.

Every minute from a campaign's start to its end counts, and so does every difference between two clocks in that time:
zones change to daylight saving on different days, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.called_zones import US_ZONES
from voxosync.model.dialing.clock import (
    DAY,
    WHOLE_DAY,
    YEAR,
    common,
    joined,
    rotated,
    spans,
    without,
    years,
)
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from voxosync.model.called_zones import Zones
    from voxosync.model.dialing.clock import Bands
    from voxosync.model.dialing.schedule import Dialing

CALLING_HOURS: Bands = ((8 * 60, 21 * 60),)
"""The part of their day in which people may be called where no other is set.

Source: 47 CFR 64.1200(c)(1), no calls before 08:00 or after 21:00 at the called party's location.
"""

_LISTED = range(date(2026, 1, 1).toordinal() * DAY, date(2038, 1, 1).toordinal() * DAY)
"""The period that is examined where a start or end is open: until the tz data are the same every year."""

_LONGEST = 40 * YEAR
"""How much of a campaign is examined, counted back from its end."""


class ClockTime(NamedTuple):
    """A minute of the day on the clock of a zone, and the zone's name."""

    minute: int
    zone: str


@dataclass(frozen=True, slots=True)
class CallsOutside:
    """Calls that people would get outside the hours in which they may be called.

    Attributes:
        phones: how many people that concerns.
        earliest: when the calls that are too early begin, on the clock that shows the earliest time; None: no call is.
        latest: when the calls that are too late end, on the clock that shows the latest time; None: no call is. Both
            None: calls come at any hour.
        window: the longest part of the campaign's calling hours, or else of its whole day, in which no one is called
            too early or too late, on its clock; it ends after 24:00 where it passes midnight; None: there is none.
        other_zones: whether there are phones of other zones, so that a list for each could have hours of its own.
    """

    phones: int
    earliest: ClockTime | None
    latest: ClockTime | None
    window: tuple[int, int] | None
    other_zones: bool


def calls_outside(
    dialing: Dialing, counts: Mapping[Zones, int], between: Bands, *, strict: bool = False
) -> CallsOutside | None:
    """Which calls of a campaign are outside `between` by the clocks of the people called; None: none.

    Args:
        dialing: when the campaign dials.
        counts: how many phones have which zones: `count_by_zones`. All zones of a phone count.
        between: the parts of a day in which people may be called.
        strict: whether a phone of unknown zone counts as one in every zone of the US, and not in the campaign's own.
    """
    zones = {group: _zones(dialing, group, strict=strict) for group in counts}
    names = sorted({name for group in zones.values() for name in group})
    outside = {name: bands for name in names if (bands := without(_called(dialing, name), between))}
    if not outside:
        return None
    earliest, latest = _extremes(outside, between)
    return CallsOutside(
        phones=sum(
            counts[group] for group in counts if not outside.keys().isdisjoint(zones[group])
        ),
        earliest=earliest,
        latest=latest,
        window=_common_window(dialing, outside, between)
        or _common_window(replace(dialing, window=WHOLE_DAY), names, between),
        other_zones=len({*zones.values()}) > 1,
    )


def called_bands(dialing: Dialing, zones: Iterable[Zones]) -> Bands:
    """The parts of the called people's day in which a campaign may dial, by any of their clocks."""
    names = {name for group in zones for name in _zones(dialing, group, strict=False)}
    return joined(band for name in sorted(names) for band in _called(dialing, name))


def _extremes(
    outside: Mapping[str, Bands], between: Bands
) -> tuple[ClockTime | None, ClockTime | None]:
    """The earliest and the latest of calls outside; both None where they come at any hour.

    The hours outside are one stretch from an evening to a morning. Calls that last until its end are too early, calls
    from its start on are too late.
    """
    evening, night = between[-1][1], DAY - (between[-1][1] - between[0][0])
    early: list[tuple[int, str]] = []
    late: list[tuple[int, str]] = []
    for name, bands in outside.items():
        for start, end in rotated(bands, -evening % DAY):
            if (start, end) == (0, night):
                return None, None
            if start:
                early.append((start, name))
            if end < night:
                late.append((end, name))
    earliest, latest = min(early, default=None), max(late, default=None)
    return (
        earliest and ClockTime((earliest[0] + evening) % DAY, earliest[1]),
        latest and ClockTime((latest[0] + evening - 1) % DAY + 1, latest[1]),
    )


def _zones(dialing: Dialing, names: Zones, *, strict: bool) -> Zones:
    return names or (US_ZONES if strict else (dialing.zone.key,))


@lru_cache(maxsize=4096)
def _called(dialing: Dialing, name: str) -> Bands:
    """The parts of a zone's day in which a campaign dials."""
    zone = zone_of(name)
    assert zone  # noqa: S101  # from the table of area codes, or checked where it was read
    shifts = _shifts(dialing, zone)
    return joined(band for shift, bands in shifts.items() for band in rotated(bands, shift % DAY))


def _common_window(
    dialing: Dialing, names: Iterable[str], between: Bands
) -> tuple[int, int] | None:
    """The longest part of the campaign's calling hours that lies within `between` by the clocks of all these zones."""
    bad: list[tuple[int, int]] = []
    for name in names:
        zone = zone_of(name)
        assert zone  # noqa: S101  # as in _called
        for shift, bands in _shifts(dialing, zone).items():
            bad += common(bands, rotated(without(WHOLE_DAY, between), -shift % DAY))
    allowed = without(dialing.window, joined(bad))
    if len(allowed) > 1 and allowed[0][0] == 0 and allowed[-1][1] == DAY:
        allowed = (*allowed[1:-1], (allowed[-1][0], allowed[0][1] + DAY))
    return max(allowed, key=lambda band: band[1] - band[0], default=None)


@lru_cache(maxsize=4096)
def _shifts(dialing: Dialing, zone: ZoneInfo) -> dict[int, Bands]:
    """How many minutes a zone's clock is ahead of the campaign's while it dials, and in which parts of its day."""
    first, last = _period(dialing)
    shifts: dict[int, Bands] = {}
    for year in years(first, last):
        for own in spans(dialing.zone, *year):
            for called in spans(zone, *year):
                start = max(first, own.start, called.start)
                end = min(last, own.end, called.end)
                bands = _dialed(dialing.window, start + own.offset, end + own.offset)
                if bands:
                    shift = called.offset - own.offset
                    shifts[shift] = joined((*shifts.get(shift, ()), *bands))
    return shifts


def _period(dialing: Dialing) -> tuple[int, int]:
    """The examined part of a campaign, in UTC: its first minute, and the minute after its last."""
    first, last = dialing.start, dialing.end
    if first is None:
        first = _LISTED.start if last is None or last > _LISTED.start else last - YEAR
    horizon = max(_LISTED.stop, first + YEAR)
    last = horizon if last is None else min(last, horizon)
    return max(first, last - _LONGEST), last


def _dialed(window: Bands, start: int, end: int) -> Bands:
    """The minutes of a window that a clock shows between two of its moments."""
    if end - start >= DAY:
        return window
    first = start % DAY
    return common(
        window, joined([(first, min(DAY, first + end - start)), (0, first + end - start - DAY)])
    )
