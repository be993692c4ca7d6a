"""Moments and daily patterns on the clock of a time zone, by whole stretches of days and never day by day.

A moment is a whole number of minutes: 1440 for each day of the proleptic Gregorian calendar (the day's
`toordinal`) and the minute within the day. In UTC it is a moment; on a clock, what that clock shows.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAY = 24 * 60

Bands: TypeAlias = tuple[tuple[int, int], ...]
"""Parts of a day, each from a minute to before another: in order, apart from each other."""

WHOLE_DAY: Bands = ((0, DAY),)

_STEP = 6 * 60  # no zone changes its offset twice within six hours


class Span(NamedTuple):
    """From when to before when, in UTC, a zone is how many minutes ahead of UTC."""

    start: int
    end: int
    offset: int


class Run(NamedTuple):
    """From when to before when something happens in the same parts of each day, all in UTC."""

    start: int
    end: int
    bands: Bands


class Columns(NamedTuple):
    """Days of a clock, from one to before another, that look the same; numbered as `toordinal` does."""

    first: int
    after: int
    bands: Bands


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo | None:
    """The IANA time zone of this name, the same ones on every machine; None where there is none."""
    return ZoneInfo(name) if name in _zones() else None


def minute_of(moment: datetime) -> int:
    """An aware moment as minutes in UTC."""
    return (moment.astimezone(UTC) - _ORIGIN) // timedelta(minutes=1) + DAY


def day_of(minute: int) -> date:
    """The day of a minute on its clock."""
    return date.fromordinal(minute // DAY)


@lru_cache(maxsize=1024)
def spans(zone: ZoneInfo, start: int, end: int) -> tuple[Span, ...]:
    """The zone's offsets between two moments, in order and without a gap."""
    found: list[Span] = []
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
        found.append(Span(since, sample + change, offset))
        since, offset = sample + change, _offset(zone, until)
    return (*found, Span(since, end, offset))


@lru_cache(maxsize=4096)
def rotated(bands: Bands, minutes: int) -> Bands:
    """The parts of a day as a clock shows them that is so many minutes ahead."""
    found: list[tuple[int, int]] = []
    for start, end in bands:
        first = (start + minutes) % DAY
        last = first + end - start
        found.append((first, min(last, DAY)))
        if last > DAY:
            found.append((0, last - DAY))
    return joined(found)


def joined(bands: Iterable[tuple[int, int]]) -> Bands:
    """Parts in any order as bands: what overlaps or touches becomes one, what is empty goes."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(bands):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def common(one: Bands, other: Bands) -> Bands:
    """What is in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(pair for pair in pairs if pair[0] < pair[1])


def columns(
    runs: Iterable[Run], clock: Iterable[Span], first: int, after: int
) -> tuple[Columns, ...]:
    """What a clock shows of runs, on its days from `first` to before `after`, in order.

    Args:
        runs: in order, apart from each other.
        clock: the offsets of the clock's zone, for at least the time of those days.
        first: the number of a day, as are `after` and the days of the result.
        after: as above.
    """
    clock = tuple(clock)
    found: list[Columns] = []
    for run in runs:
        for span in clock:
            start, end = max(run.start, span.start), min(run.end, span.end)
            if start >= end:
                continue
            bands = rotated(run.bands, span.offset % DAY)
            for days in _days(start + span.offset, end + span.offset, bands):
                shown = Columns(max(days.first, first), min(days.after, after), days.bands)
                if shown.first < shown.after and shown.bands:
                    _append(found, shown)
    return tuple(found)


def _days(start: int, end: int, bands: Bands) -> Iterator[Columns]:
    """The whole days between two minutes of a clock as one piece, and what is left at both ends."""
    day, full, last = start // DAY, -(-start // DAY), end // DAY
    if last < full:  # begins and ends within one day
        yield Columns(day, day + 1, common(bands, ((start - day * DAY, end - day * DAY),)))
        return
    if day < full:
        yield Columns(day, full, common(bands, ((start - day * DAY, DAY),)))
    if full < last:
        yield Columns(full, last, bands)
    if last * DAY < end:
        yield Columns(last, last + 1, common(bands, ((0, end - last * DAY),)))


def _append(found: list[Columns], new: Columns) -> None:
    """Adds days after the others, or to their last day: two runs may share it, or a clock be set back."""
    if found and new.first < found[-1].after:
        last = found.pop()
        if last.first < new.first:
            found.append(Columns(last.first, new.first, last.bands))
        new = Columns(new.first, new.after, joined(last.bands + new.bands))
    if found and found[-1].after == new.first and found[-1].bands == new.bands:
        new = Columns(found.pop().first, new.after, new.bands)
    found.append(new)


_ORIGIN = datetime.min.replace(tzinfo=UTC)


def _offset(zone: ZoneInfo, minute: int) -> int:
    """How many minutes a zone is ahead of UTC at a moment; offsets with seconds ended in 1972."""
    moment = (_ORIGIN + timedelta(minutes=minute - DAY)).astimezone(zone)
    return (moment.utcoffset() or timedelta()) // timedelta(minutes=1)


@cache
def _zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())
