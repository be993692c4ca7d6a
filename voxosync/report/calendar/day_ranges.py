"""Dialing by the days of a clock, in ranges of days with the same hours."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, Bands, common, joined, rotated, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.dialing.clock import Span
    from voxosync.model.dialing.schedule import DialingPeriod


class DayRange(NamedTuple):
    """Days of a clock with the same hours.

    Attributes:
        first: the first day, as a proleptic Gregorian ordinal.
        after: the day after the last.
        bands: the hours, in minutes of the day.
    """

    first: int
    after: int
    bands: Bands


def day_ranges(
    runs: Iterable[DialingPeriod], clock: Iterable[Span], first: int, after: int
) -> tuple[DayRange, ...]:
    """The runs by the days of a clock, in order.

    Args:
        runs: in order, without overlaps.
        clock: the offsets of the clock's zone, at least for the time of those days.
        first: the first day of the result, as an ordinal.
        after: the day after its last day.
    """
    clock = tuple(clock)
    ranges: list[DayRange] = []
    for run in runs:
        for span in clock:
            start, end = max(run.start, span.start), min(run.end, span.end)
            if start >= end:
                continue
            bands = rotated(run.bands, span.offset % DAY)
            for days in _days(start + span.offset, end + span.offset, bands):
                visible = DayRange(max(days.first, first), min(days.after, after), days.bands)
                if visible.first < visible.after and visible.bands:
                    append_range(ranges, visible)
    return tuple(ranges)


class RangeComparison(NamedTuple):
    """The hours of two sides, apart: those that they share, only of the first, and only of the second."""

    shared: Sequence[DayRange]
    first: Sequence[DayRange]
    second: Sequence[DayRange]


def compare_ranges(first: Sequence[DayRange], second: Sequence[DayRange]) -> RangeComparison:
    """What two sides share, and what only one of them has; each is in order and without overlaps."""
    if first == second:
        return RangeComparison(first, (), ())
    parts: tuple[list[DayRange], ...] = ([], [], [])
    days = sorted({day for side in (first, second) for entry in side for day in entry[:2]})
    for start, end in pairwise(days):
        bands, second_bands = _bands_on(first, start), _bands_on(second, start)
        hours_of_parts = (
            common(bands, second_bands),
            without(bands, second_bands),
            without(second_bands, bands),
        )
        for part, hours in zip(parts, hours_of_parts, strict=True):
            if hours:
                append_range(part, DayRange(start, end, hours))
    return RangeComparison(*parts)


def _bands_on(ranges: Sequence[DayRange], day: int) -> Bands:
    return next((entry.bands for entry in ranges if entry.first <= day < entry.after), ())


def _days(start: int, end: int, bands: Bands) -> Iterator[DayRange]:
    """The full days between two minutes of a clock as one range, and the partial days at both ends."""
    day, full, last = start // DAY, -(-start // DAY), end // DAY
    if last < full:  # begins and ends within one day
        yield DayRange(day, day + 1, common(bands, ((start - day * DAY, end - day * DAY),)))
        return
    if day < full:
        yield DayRange(day, full, common(bands, ((start - day * DAY, DAY),)))
    if full < last:
        yield DayRange(full, last, bands)
    if last * DAY < end:
        yield DayRange(last, last + 1, common(bands, ((0, end - last * DAY),)))


def append_range(ranges: list[DayRange], new: DayRange) -> None:
    """Appends a range, merged into the last day if both share it: two runs may, and a clock may be set back."""
    if ranges and new.first < ranges[-1].after:
        last = ranges.pop()
        if last.first < new.first:
            ranges.append(DayRange(last.first, new.first, last.bands))
        new = DayRange(new.first, new.after, joined(last.bands + new.bands))
    if ranges and ranges[-1].after == new.first and ranges[-1].bands == new.bands:
        new = DayRange(ranges.pop().first, new.after, new.bands)
    ranges.append(new)
