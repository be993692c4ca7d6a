"""Which campaigns dial with one caller ID at the same moment, found without comparing each with each.

Each day's bands of all campaigns with a caller ID are sorted once. Sets of campaigns are whole numbers
with a bit for each, so that a thousand campaigns with one caller ID stay fast, and no partner is missed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from voxosync.report.calendar.clock import DAY, Bands, Columns, Run, common, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Caller(NamedTuple):
    """A campaign that dials: its id, its caller ID, and when, as days of one clock."""

    id: int
    caller_id: str
    days: Sequence[Columns]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a campaign shares with others that have its caller ID.

    Attributes:
        others: their ids, in the order in which the campaigns were given.
        days: when it and any of them dial, as days of the clock.
    """

    others: tuple[int, ...]
    days: tuple[Columns, ...]

    def runs(self) -> tuple[Run, ...]:
        """The same as runs; for days of UTC."""
        return tuple(Run(first * DAY, after * DAY, bands) for first, after, bands in self.days)


def overlaps(callers: Iterable[Caller]) -> Mapping[int, Overlap]:
    """For each campaign that shares a moment with another, what they share; touching is not sharing."""
    groups: defaultdict[str, list[Caller]] = defaultdict(list)
    for caller in callers:
        groups[caller.caller_id].append(caller)
    found: dict[int, Overlap] = {}
    for group in groups.values():
        if len(group) > 1:
            found.update(_within(group))
    return found


def _within(group: Sequence[Caller]) -> Iterator[tuple[int, Overlap]]:
    partners = [0] * len(group)
    shared: list[list[Columns]] = [[] for _ in group]
    for first, after, active in _stretches(group):
        busy = _busy(active)
        others = _Others(active, len(group))
        for index, bands in active:
            if others_here := others.of(index, bands):
                partners[index] |= others_here
                _extend(shared[index], Columns(first, after, common(bands, busy)))
    for caller, mask, days in zip(group, partners, shared, strict=True):
        if mask:
            yield caller.id, Overlap(tuple(_ids(mask, group)), tuple(days))


def _stretches(group: Sequence[Caller]) -> Iterator[tuple[int, int, list[tuple[int, Bands]]]]:
    """Days that look the same for the whole group, with the bands of those that dial then."""
    pieces = sorted(
        ((days, index) for index, caller in enumerate(group) for days in caller.days), reverse=True
    )
    edges = sorted({edge for days, _ in pieces for edge in (days.first, days.after)})
    active: list[tuple[Columns, int]] = []
    for first, after in pairwise(edges):
        active = [piece for piece in active if piece[0].after > first]
        while pieces and pieces[-1][0].first == first:
            active.append(pieces.pop())
        if len(active) > 1:
            yield first, after, [(index, days.bands) for days, index in active]


class _Others:
    """Looks up who else dials within a band, on one stretch of days.

    A campaign may have several bands a day: each has a bit in a layer of its own, because one of them
    may be over when another has not begun.
    """

    def __init__(self, active: Sequence[tuple[int, Bands]], size: int) -> None:
        bits = [
            (start, end, 1 << (layer * size + index))
            for index, bands in active
            for layer, (start, end) in enumerate(bands)
        ]
        starts = sorted((start, bit) for start, _, bit in bits)
        ends = sorted((end, bit) for _, end, bit in bits)
        self._starts = [start for start, _ in starts]
        self._ends = [end for end, _ in ends]
        self._started = [0, *accumulate((bit for _, bit in starts), or_)]
        self._ended = [0, *accumulate((bit for _, bit in ends), or_)]
        self._size = size
        self._seen: dict[Bands, int] = {}

    def of(self, index: int, bands: Bands) -> int:
        """The campaigns, as bits, that dial at some moment within the bands of this one."""
        if bands not in self._seen:
            self._seen[bands] = self._dialling(bands)
        return self._seen[bands] & ~(1 << index)

    def _dialling(self, bands: Bands) -> int:
        found = 0
        for start, end in bands:
            layers = self._started[bisect_left(self._starts, end)]
            layers &= ~self._ended[bisect_right(self._ends, start)]
            while layers:
                found |= layers & ((1 << self._size) - 1)
                layers >>= self._size
        return found


def _busy(active: Sequence[tuple[int, Bands]]) -> Bands:
    """The parts of the day in which at least two dial."""
    changes: defaultdict[int, int] = defaultdict(int)
    for _, bands in active:
        for start, end in bands:
            changes[start] += 1
            changes[end] -= 1
    level, found = 0, []
    for minute, onward in pairwise(sorted(changes)):
        level += changes[minute]
        if level > 1:
            found.append((minute, onward))
    return joined(found)


def _extend(days: list[Columns], new: Columns) -> None:
    if days and days[-1].after == new.first and days[-1].bands == new.bands:
        new = Columns(days.pop().first, new.after, new.bands)
    days.append(new)


def _ids(mask: int, group: Sequence[Caller]) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield group[lowest.bit_length() - 1].id
        mask ^= lowest
