"""Rules that a JSON Schema cannot express.

A contradiction, or a value that VOXO would refuse, is an error; what is only doubtful is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta, timezone
from typing import TYPE_CHECKING, TypeAlias

from voxosync.model.dialing.clock import minute_of, moment_of
from voxosync.model.problem import Position, Problem, error, warning
from voxosync.model.zone import is_zone, zone_of

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from voxosync.model.campaign import Definition

Problems: TypeAlias = Iterator[Problem]
Texts: TypeAlias = Mapping[str, str]
"""The values of a definition that are texts in canonical form, such as dates, times and words."""
Positions: TypeAlias = Mapping[str, Position]

_SURELY_LATER = timedelta(days=2)
"""If the end date is later by more than this, so is the end, whatever the times and the time zone are."""


def check(definition: Definition, now: datetime) -> Problems:
    """The problems that the rules find in a definition; `now` is aware."""
    positions = definition.positions
    texts = {name: text for name, text in definition.values.items() if isinstance(text, str)}
    wrong_dates = list(_dates_exist(texts, positions))
    zone_problems = list(_timezone_exists(texts, positions))
    yield from wrong_dates
    yield from zone_problems
    if not wrong_dates and not zone_problems:
        yield from _ends_after_start(texts, positions)
        yield from _ready_in_the_past(texts, positions, now)
    yield from _calling_hours(texts, positions)
    yield from _recording_no(texts, positions)


def _dates_exist(texts: Texts, positions: Positions) -> Problems:
    for name in ("dateStart", "dateEnd"):
        text = texts.get(name)
        if text is None:
            continue
        try:
            date.fromisoformat(text)
        except ValueError:
            message = f"{name}: {text} is not a calendar date: write a date that exists"
            yield error(positions[name], "date", message)


def _timezone_exists(texts: Texts, positions: Positions) -> Problems:
    zone = texts.get("timezone")
    if zone is not None and not is_zone(zone):
        message = f"timezone: {zone!r} is not an IANA time zone: write one such as America/Chicago"
        yield error(positions["timezone"], "timezone", message)


def _ends_after_start(texts: Texts, positions: Positions) -> Problems:
    """Compares moments if both times are known, and dates otherwise. Source: *Update Campaign*, `dateEnd`, `timeEnd`.

    The same moment is only a warning: VOXO's own pages show such a campaign, and 00:00 may mean the end of that day.
    """
    start, end = texts.get("dateStart"), texts.get("dateEnd")
    if start is None or end is None:
        return
    from_time, to_time = texts.get("timeStart"), texts.get("timeEnd")
    if date.fromisoformat(end) - date.fromisoformat(start) > _SURELY_LATER:
        return
    if from_time is not None and to_time is not None:
        zone = _zone(texts)
        minutes = max(  # a time that the clock skips or shows twice has two readings
            _moment(end, to_time, zone, fold) - _moment(start, from_time, zone, fold)
            for fold in (0, 1)
        )
        end_position = positions["dateEnd"]
        if minutes < 0:
            message = f"the campaign ends ({end} {to_time}) before it starts ({start} {from_time})"
            yield error(end_position, "end-before-start", f"{message}: write a later end")
        elif minutes == 0:
            message = (
                f"the campaign ends when it starts ({start} {from_time}): no one may be called"
            )
            yield warning(end_position, "end-at-start", message)
    elif end < start:
        message = f"dateEnd: {end} is before dateStart {start}: write a later end"
        yield error(positions["dateEnd"], "end-before-start", message)


def _ready_in_the_past(texts: Texts, positions: Positions, now: datetime) -> Problems:
    end = texts.get("dateEnd")
    if texts.get("state") != "READY" or end is None:
        return
    last_minute = texts.get("timeEnd") or "23:59"
    if _moment(end, last_minute, _zone(texts)) <= minute_of(now):
        message = f"state: READY, but the campaign's end ({end}) is past: no one will be called"
        yield warning(positions["state"], "ready-in-past", message)


def _calling_hours(texts: Texts, positions: Positions) -> Problems:
    start, end = texts.get("callHoursStart"), texts.get("callHoursEnd")
    if start is not None and end is not None and end <= start:
        message = f"calling hours end ({end}) before they start ({start}): no one may be called"
        yield warning(positions["callHoursEnd"], "calling-hours", message)


def _recording_no(texts: Texts, positions: Positions) -> Problems:
    if texts.get("recording") == "no":
        message = (
            "recording: no is sent as written, but VOXO's reference lists only yes as an option"
        )
        yield warning(positions["recording"], "recording-no", message)


def _zone(texts: Texts) -> tzinfo:
    """The campaign's time zone; if it is unknown, the one in which a day ends last."""
    return zone_of(texts.get("timezone") or "") or timezone(timedelta(hours=-12))


def _moment(day: str, clock: str, zone: tzinfo, fold: int = 0) -> int:
    return moment_of(date.fromisoformat(day), time.fromisoformat(clock).replace(fold=fold), zone)
