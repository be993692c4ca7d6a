"""What a clock shows of dialing: days that look the same, by whole stretches and never day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, Bands, common, joined, rotated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voxosync.model.dialing.clock import Span
    from voxosync.model.dialing.times import Run


class DayRange(NamedTuple):
    """Days of a clock, from one to before another, that look the same; numbered as `toordinal` does."""

    first: int
    after: int
    bands: Bands


def day_of(minute: int) -> date:
    """The day of a minute on its clock."""
    return date.fromordinal(minute // DAY)


def day_ranges(
    runs: Iterable[Run], clock: Iterable[Span], first: int, after: int
) -> tuple[DayRange, ...]:
    """What a clock shows of runs, on its days from `first` to before `after`, in order.

    Args:
        runs: in order, apart from each other.
        clock: the offsets of the clock's zone, for at least the time of those days.
        first: the number of a day, as are `after` and the days of the result.
        after: as above.
    """
    clock = tuple(clock)
    found: list[DayRange] = []
    for run in runs:
        for span in clock:
            start, end = max(run.start, span.start), min(run.end, span.end)
            if start >= end:
                continue
            bands = rotated(run.bands, span.offset % DAY)
            for days in _days(start + span.offset, end + span.offset, bands):
                shown = DayRange(max(days.first, first), min(days.after, after), days.bands)
                if shown.first < shown.after and shown.bands:
                    _append(found, shown)
    return tuple(found)


def _days(start: int, end: int, bands: Bands) -> Iterator[DayRange]:
    """The whole days between two minutes of a clock as one piece, and what is left at both ends."""
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


def _append(found: list[DayRange], new: DayRange) -> None:
    """Adds days after the others, or to their last day: two runs may share it, or a clock be set back."""
    if found and new.first < found[-1].after:
        last = found.pop()
        if last.first < new.first:
            found.append(DayRange(last.first, new.first, last.bands))
        new = DayRange(new.first, new.after, joined(last.bands + new.bands))
    if found and found[-1].after == new.first and found[-1].bands == new.bands:
        new = DayRange(found.pop().first, new.after, new.bands)
    found.append(new)
