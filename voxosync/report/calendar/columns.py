"""What a clock shows of dialing: days that look the same, by whole stretches and never day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, Bands, common, joined, rotated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voxosync.model.dialing.clock import Span
    from voxosync.model.dialing.times import Run


class Columns(NamedTuple):
    """Days of a clock, from one to before another, that look the same; numbered as `toordinal` does."""

    first: int
    after: int
    bands: Bands


def day_of(minute: int) -> date:
    """The day of a minute on its clock."""
    return date.fromordinal(minute // DAY)


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
