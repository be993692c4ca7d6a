"""The clocks of the people whom a campaign calls, which may differ from its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.dialing.calls_outside import called_bands
from voxosync.model.dialing.clock import clock_text, spans
from voxosync.model.zone import zone_of
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.dialing.schedule import Dialing

_MAX_NAMED = 2
"""The number of other time zones that are named; the phones of the others are counted."""


def called_clocks(
    own: ZoneInfo, phones: PhonesByZones, first: int, after: int
) -> tuple[ZoneInfo, ...]:
    """A zone for each clock that differs from the others between two moments, of the people whom a campaign calls.

    Args:
        own: the campaign's zone, in which people whose zone is unknown count as being.
        phones: the people.
        first: a minute in UTC.
        after: a later one.
    """
    names = {name for zones, _ in phones for name in zones or (own.key,)} or {own.key}
    zones = [zone for name in sorted(names) if (zone := zone_of(name))]
    by_offsets = {spans(zone, first, after): zone for zone in zones}
    offsets = spans(own, first, after)
    if offsets in by_offsets:
        by_offsets[offsets] = own
    return (*by_offsets.values(),)


def describe_called_people(
    dialing: Dialing, phones: PhonesByZones, first: int, after: int
) -> Iterator[str]:
    """`14 phones in America/Los_Angeles, called 07:00–16:30 there`, for each zone where the clock differs.

    Args:
        dialing: when the campaign dials.
        phones: the people.
        first: a minute in UTC; clocks are compared from it on.
        after: a later one.
    """  # noqa: RUF002  # a range of times
    elsewhere = [
        (number, zones)
        for zones, number in phones
        if called_clocks(dialing.zone, ((zones, number),), first, after) != (dialing.zone,)
    ]
    elsewhere.sort(key=lambda entry: (-entry[0], entry[1]))
    for number, zones in elsewhere[:_MAX_NAMED]:
        hours = " and ".join(
            f"{clock_text(start)}–{clock_text(end)}"  # noqa: RUF001  # a range of times, with an en dash
            for start, end in called_bands(dialing, [zones])
        )
        yield f"{count(number, 'phone')} in {' or '.join(zones)}, called {hours or 'never'} there"
    if unnamed := sum(number for number, _ in elsewhere[_MAX_NAMED:]):
        yield f"{count(unnamed, 'phone')} in other time zones"
