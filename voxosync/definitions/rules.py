"""Rules that a JSON Schema cannot express.

A contradiction, or a value that VOXO would refuse, is an error; what is only doubtful is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta, timezone
from typing import TYPE_CHECKING, TypeAlias

from voxosync.model.dialing.clock import minute_of, moment_of
from voxosync.model.problem import Problem, error, warning
from voxosync.model.zone import is_zone, zone_of

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from voxosync.model.campaign import Definition

Problems: TypeAlias = Iterator[Problem]

_SURELY_LATER = timedelta(days=2)
"""If the end date is later by more than this, so is the end, whatever the times and the time zone are."""


def check(definition: Definition, now: datetime) -> Problems:
    """The problems that the rules find in a definition; `now` is aware."""
    wrong_dates = list(_dates_exist(definition))
    zone_problems = list(_timezone_exists(definition))
    yield from wrong_dates
    yield from zone_problems
    if not wrong_dates and not zone_problems:
        yield from _ends_after_start(definition)
        yield from _ready_in_the_past(definition, now)
    yield from _calling_hours(definition)
    yield from _recording_no(definition)


def _dates_exist(definition: Definition) -> Problems:
    for name in ("dateStart", "dateEnd"):
        text = _text(definition, name)
        if text is None:
            continue
        try:
            date.fromisoformat(text)
        except ValueError:
            message = f"{name}: {text} is not a calendar date: write a date that exists"
            yield error(definition.positions[name], "date", message)


def _timezone_exists(definition: Definition) -> Problems:
    zone = _text(definition, "timezone")
    if zone is not None and not is_zone(zone):
        message = f"timezone: {zone!r} is not an IANA time zone: write one such as America/Chicago"
        yield error(definition.positions["timezone"], "timezone", message)


def _ends_after_start(definition: Definition) -> Problems:
    """Compares moments if both times are known, and dates otherwise. Source: *Update Campaign*, `dateEnd`, `timeEnd`.

    The same moment is only a warning: VOXO's own pages show such a campaign, and 00:00 may mean the end of that day.
    """
    start, end = _text(definition, "dateStart"), _text(definition, "dateEnd")
    if start is None or end is None:
        return
    from_time, to_time = _text(definition, "timeStart"), _text(definition, "timeEnd")
    if date.fromisoformat(end) - date.fromisoformat(start) > _SURELY_LATER:
        return
    if from_time is not None and to_time is not None:
        zone = _zone(definition)
        minutes = max(  # a time that the clock skips or shows twice has two readings
            _moment(end, to_time, zone, fold) - _moment(start, from_time, zone, fold)
            for fold in (0, 1)
        )
        end_position = definition.positions["dateEnd"]
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
        yield error(definition.positions["dateEnd"], "end-before-start", message)


def _ready_in_the_past(definition: Definition, now: datetime) -> Problems:
    end = _text(definition, "dateEnd")
    if _text(definition, "state") != "READY" or end is None:
        return
    last_minute = _text(definition, "timeEnd") or "23:59"
    if _moment(end, last_minute, _zone(definition)) <= minute_of(now):
        message = f"state: READY, but the campaign's end ({end}) is past: no one will be called"
        yield warning(definition.positions["state"], "ready-in-past", message)


def _calling_hours(definition: Definition) -> Problems:
    start, end = _text(definition, "callHoursStart"), _text(definition, "callHoursEnd")
    if start is not None and end is not None and end <= start:
        message = f"calling hours end ({end}) before they start ({start}): no one may be called"
        yield warning(definition.positions["callHoursEnd"], "calling-hours", message)


def _recording_no(definition: Definition) -> Problems:
    if _text(definition, "recording") == "no":
        message = (
            "recording: no is sent as written, but VOXO's reference lists only yes as an option"
        )
        yield warning(definition.positions["recording"], "recording-no", message)


def _text(definition: Definition, name: str) -> str | None:
    value = definition.values.get(name)
    return value if isinstance(value, str) else None


def _zone(definition: Definition) -> tzinfo:
    """The campaign's time zone; if it is unknown, the one in which a day ends last."""
    return zone_of(_text(definition, "timezone") or "") or timezone(timedelta(hours=-12))


def _moment(day: str, clock: str, zone: tzinfo, fold: int = 0) -> int:
    return moment_of(date.fromisoformat(day), time.fromisoformat(clock).replace(fold=fold), zone)
