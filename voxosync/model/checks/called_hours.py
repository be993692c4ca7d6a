"""`calledHours`: people who would be called too early or too late by their own clocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voxosync.model.called_zones import count_by_zones
from voxosync.model.checks.check import Check
from voxosync.model.dialing.calls_outside import CALLING_HOURS, calls_outside
from voxosync.model.dialing.clock import DAY, clock_text
from voxosync.model.dialing.schedule import Schedule, certain_dialing
from voxosync.model.numbers import NUMBERS_FIELD, numbers_of
from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.checks.check import CheckedCampaign, CheckFinding, Terms
    from voxosync.model.dialing.calls_outside import CallsOutside, ClockTime
    from voxosync.model.dialing.clock import Bands

NAME = "calledHours"
_STRICT = "strict"
_NEEDED = frozenset(("timezone", "callHoursStart", "callHoursEnd", NUMBERS_FIELD))
_DATES = frozenset(("dateStart", "dateEnd"))


def find(campaigns: Sequence[CheckedCampaign], terms: Terms) -> Iterator[CheckFinding]:
    """At most one finding for each campaign; none where its hours, its zone or its phones are not known."""
    text = terms.settings.options.get("between")
    between = CALLING_HOURS if text is None else between_of(str(text))
    strict = terms.settings.options.get("unknownZone") == _STRICT
    for campaign in filter(lambda campaign: campaign.is_reported, campaigns):
        numbers = numbers_of(campaign.values)
        is_known = campaign.is_whole or campaign.values.keys() >= _NEEDED
        dialing = certain_dialing(Schedule.of(campaign.values))
        if not is_known or dialing is None or numbers is None:
            continue
        counts = count_by_zones(numbers, campaign.number_zones)
        outside = calls_outside(dialing, counts, between, strict=strict)
        if outside is not None:
            is_sure = campaign.is_whole or campaign.values.keys() >= _DATES
            yield terms.finding(
                campaign,
                campaign.position_of("callHoursStart"),
                f"{describe_calls(outside, len(numbers), between)}: {_help(outside, dialing.window)}",
                phones=outside.phones,
                is_sure=is_sure,
            )


def between_of(text: str) -> Bands:
    """The part of a day in a text such as `08:00-21:00`, which the settings schema accepted."""
    first, last = (
        int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d\d):(\d\d)", text)
    )
    return ((first, last),)


def describe_calls(outside: CallsOutside, total: int, between: Bands) -> str:
    """`14 of 200 phones would be called from 07:00 (America/Los_Angeles)`.

    Args:
        outside: the calls.
        total: the number of phones of the campaign.
        between: the hours in which people may be called.
    """
    phones = f"{outside.phones} of {total} phone{'' if total == 1 else 's'}"
    return f"{phones} would be called {_times(outside.earliest, outside.latest, between)}"


def _times(earliest: ClockTime | None, latest: ClockTime | None, between: Bands) -> str:
    if earliest is None or latest is None:
        first, last = earliest and f"from {_zoned(earliest)}", latest and f"until {_zoned(latest)}"
        return first or last or "at any hour"
    if earliest.zone != latest.zone:
        return f"from {_zoned(earliest)} and until {_zoned(latest)}"
    evening = between[-1][1]
    in_one_go = (earliest.minute - evening) % DAY < (latest.minute - evening) % DAY
    return f"from {clock_text(earliest.minute)} {'' if in_one_go else 'and '}until {_zoned(latest)}"


def _help(outside: CallsOutside, window: Bands) -> str:
    """Suggestions: other hours, if there are any, or a list for each zone."""
    ways = []
    if outside.window:
        start, end = (clock_text(minute % DAY) for minute in outside.window)
        first, last = (window[0][0], window[-1][1]) if len(window) == 1 else (None, None)
        if last is not None and outside.window[1] == last:
            ways.append(f"start at {start}")
        elif first is not None and outside.window[0] == first:
            ways.append(f"end at {end}")
        else:
            ways.append(f"dial from {start} to {end}")
    if outside.other_zones:
        ways.append("split the list")
    return " or ".join(ways) or "no hours would suit all of them"


def _zoned(time: ClockTime) -> str:
    return f"{clock_text(time.minute)} ({time.zone})"


CHECK = Check(NAME, Severity.WARNING, find)
