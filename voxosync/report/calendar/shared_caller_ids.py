"""Finds campaigns that dial with the same caller ID at the same time.

A sweep over the days, from each day on which a range begins or ends to the next. The partners of a campaign are an
integer with one bit per campaign of its group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, Bands, common, joined
from voxosync.model.dialing.schedule import DialingPeriod
from voxosync.report.calendar.day_ranges import DayRange, append_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Caller(NamedTuple):
    """A dialing campaign: its id, its caller ID, and its dialing times by the days of a common clock."""

    id: int
    caller_id: str
    days: Sequence[DayRange]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The times at which a campaign shares its caller ID with others.

    Attributes:
        group: the ids of all campaigns with the caller ID, in input order.
        partners: those that dial at the same time, as bits.
        days: when it and at least one of them dial.
    """

    group: Sequence[int]
    partners: int
    days: tuple[DayRange, ...]

    @property
    def count(self) -> int:
        """The number of other campaigns that dial at the same time."""
        return self.partners.bit_count()

    def partner_ids(self) -> Iterator[int]:
        """Their ids, in input order."""
        return (self.group[index] for index in _bit_indexes(self.partners))

    def runs(self) -> tuple[DialingPeriod, ...]:
        """The days as runs, if they are days in UTC."""
        return tuple(
            DialingPeriod(first * DAY, after * DAY, bands) for first, after, bands in self.days
        )


def overlaps(callers: Iterable[Caller]) -> Mapping[int, Overlap]:
    """The overlap of each campaign that shares at least a minute with another; adjacent times do not overlap."""
    groups: defaultdict[str, list[Caller]] = defaultdict(list)
    for caller in callers:
        groups[caller.caller_id].append(caller)
    return {
        campaign_id: overlap
        for group in groups.values()
        if len(group) > 1
        for campaign_id, overlap in _group_overlaps(group)
    }


def _group_overlaps(group: Sequence[Caller]) -> Iterator[tuple[int, Overlap]]:
    """(campaign id, overlap) of the campaigns with one caller ID."""
    sweep = _Sweep(len(group))
    begins: defaultdict[int, list[_Segment]] = defaultdict(list)
    ends: defaultdict[int, list[_Segment]] = defaultdict(list)
    for index, caller in enumerate(group):
        for days in caller.days:
            segment = _Segment(index, days)
            begins[days.first].append(segment)
            ends[days.after].append(segment)
    for day in sorted({*begins, *ends}):
        sweep.step(day, begins.get(day, ()), ends.get(day, ()))
    ids = tuple(caller.id for caller in group)
    for caller, partners, shared in zip(group, sweep.partners, sweep.shared, strict=True):
        if partners:
            yield caller.id, Overlap(ids, partners, tuple(shared))


class _Segment:
    """A day range of a campaign during the sweep.

    Attributes:
        index: the index of the campaign in its group.
        bands: when it dials on each of these days.
        shared: the part of `bands` in which another campaign dials, since the day `since`.
    """

    __slots__ = ("bands", "index", "shared", "since")

    def __init__(self, index: int, days: DayRange) -> None:
        self.index, self.bands = index, days.bands
        self.shared: Bands = ()
        self.since = days.first


class _Sweep:
    """The state of the sweep: the segments of the current day, and the shared times of the days before."""

    def __init__(self, size: int) -> None:
        self.partners = [0] * size
        self.shared: list[list[DayRange]] = [[] for _ in range(size)]
        self._active: dict[_Segment, None] = {}  # an ordered set
        self._changes: Counter[int] = Counter()
        self._busy: Bands = ()

    def step(self, day: int, begins: Sequence[_Segment], ends: Iterable[_Segment]) -> None:
        """Advances to the next day on which a segment begins or ends."""
        for segment in ends:
            del self._active[segment]
            self._count(segment, -1)
            self._share(day, segment, ())
        for segment in begins:
            self._record_partners(segment)
            self._active[segment] = None
            self._count(segment, 1)
        busy = self._busy_bands()
        for segment in begins if busy == self._busy else self._active:
            self._share(day, segment, common(segment.bands, busy))
        self._busy = busy

    def _record_partners(self, segment: _Segment) -> None:
        """Makes a segment that begins and each overlapping active one partners."""
        own = 1 << segment.index
        for start, end in segment.bands:
            for partner in self._active:
                for partner_start, partner_end in partner.bands:
                    if start < partner_end and partner_start < end:
                        self.partners[segment.index] |= 1 << partner.index
                        self.partners[partner.index] |= own
        self.partners[segment.index] &= ~own  # a campaign is not its own partner

    def _count(self, segment: _Segment, step: int) -> None:
        for start, end in segment.bands:
            self._changes[start] += step
            self._changes[end] -= step

    def _busy_bands(self) -> Bands:
        """The parts of the current day in which at least two campaigns dial."""
        level, busy = 0, []
        for minute, next_minute in pairwise(sorted(self._changes)):
            level += self._changes[minute]
            if level > 1:
                busy.append((minute, next_minute))
        return joined(busy)

    def _share(self, day: int, segment: _Segment, bands: Bands) -> None:
        """Sets the part of a segment that is shared from this day on."""
        if bands == segment.shared:
            return
        if segment.shared and segment.since < day:
            append_range(self.shared[segment.index], DayRange(segment.since, day, segment.shared))
        segment.since, segment.shared = day, bands


def _bit_indexes(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
