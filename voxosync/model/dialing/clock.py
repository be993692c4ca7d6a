"""Moments and daily patterns on the clock of a time zone, computed by stretches of days and not day by day.

A moment is a whole number of minutes: 1440 for each day of the proleptic Gregorian calendar (the day's
`toordinal`) and the minute within the day. In UTC it is a moment; on a clock, what that clock shows.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

DAY = 24 * 60
YEAR = 366 * DAY

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The names of weekdays in settings and policies; `date.weekday` is the index."""

Bands: TypeAlias = tuple[tuple[int, int], ...]
"""Parts of a day, each as its first minute and the minute after its last; in order, and not touching."""

WHOLE_DAY: Bands = ((0, DAY),)

_STEP = 6 * DAY  # no zone has ever changed its offset twice within six days
_LAST_DAYS = (date.max.toordinal() - 1) * DAY  # a clock ahead of UTC would show the year 10000
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Span(NamedTuple):
    """A period in UTC, without its end, in which a zone is `offset` minutes ahead of UTC."""

    start: int
    end: int
    offset: int


def clock_text(minute: int) -> str:
    """A minute of the day as `HH:MM`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def date_of(text: str) -> date | None:
    """The date in a text `YYYY-MM-DD`, which is VOXO's form; None for any other form of ISO 8601."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def clock_of(text: str) -> time | None:
    """The time of day that `HH:MM` names, or None. Source: *Update Campaign*, body, `timeStart`."""
    match = _CLOCK.fullmatch(text)
    return time(int(match[1]), int(match[2])) if match else None


def minute_of(moment: datetime) -> int:
    """An aware moment as minutes in UTC."""
    return (moment.astimezone(UTC) - _ORIGIN) // timedelta(minutes=1) + DAY


def moment_of(day: date, clock: time, zone: tzinfo) -> int:
    """The moment at which a zone's clock shows a time, as minutes in UTC.

    Where the clock shows that time twice or never, `fold` chooses (PEP 495): 0 uses the offset before the change, 1 the
    one after it.
    """
    offset = datetime.combine(day, clock, zone).utcoffset() or timedelta()
    local = day.toordinal() * DAY + clock.hour * 60 + clock.minute
    return local - offset // timedelta(minutes=1)


def years(first: int, after: int) -> Iterator[tuple[int, int]]:
    """The years between two moments, each with its end; the same ones for all callers, so that `spans` is cached."""
    for start in range(first - first % YEAR, after, YEAR):
        yield start, start + YEAR


@lru_cache(maxsize=1024)
def spans(zone: ZoneInfo, start: int, end: int) -> tuple[Span, ...]:
    """The zone's offsets between two moments, in order and without a gap."""
    result: list[Span] = []
    since, offset = start, _offset(zone, start)
    for sample in range(start, end, _STEP):
        until = min(sample + _STEP, end - 1)
        if _offset(zone, until) == offset:
            continue
        before = offset
        change = bisect_left(
            range(sample, until),
            True,  # noqa: FBT003  # what is looked for: the first minute that has another offset
            key=lambda minute: _offset(zone, minute) != before,  # called at once
        )
        result.append(Span(since, sample + change, offset))
        since, offset = sample + change, _offset(zone, until)
    return (*result, Span(since, end, offset))


@lru_cache(maxsize=4096)
def rotated(bands: Bands, minutes: int) -> Bands:
    """The parts of a day on a clock that is this number of minutes ahead."""
    shifted: list[tuple[int, int]] = []
    for start, end in bands:
        first = (start + minutes) % DAY
        last = first + end - start
        shifted.append((first, min(last, DAY)))
        if last > DAY:
            shifted.append((0, last - DAY))
    return joined(shifted)


def joined(bands: Iterable[tuple[int, int]]) -> Bands:
    """Bands of parts in any order: parts that overlap or touch are joined, and empty ones are left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(bands):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def common(first: Bands, second: Bands) -> Bands:
    """The parts that are in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return tuple(pair for pair in pairs if pair[0] < pair[1])


def without(bands: Bands, excluded: Bands) -> Bands:
    """The parts of the first that are not in the other."""
    edges = [0, *(edge for band in excluded for edge in band), DAY]
    return common(bands, joined(zip(edges[::2], edges[1::2], strict=True)))


_ORIGIN = datetime.min.replace(tzinfo=UTC)


def _offset(zone: ZoneInfo, minute: int) -> int:
    """How many minutes a zone is ahead of UTC at a moment; offsets with seconds ended in 1972."""
    minute = min(max(minute, 2 * DAY), _LAST_DAYS)
    moment = (_ORIGIN + timedelta(minutes=minute - DAY)).astimezone(zone)
    return (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
