"""Which campaigns dial with one caller ID at the same moment.

The days are walked once, from one day on which something begins or ends to the next. The partners of a campaign
are a whole number with a bit for each campaign of its group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, Bands, common, joined
from voxosync.model.dialing.times import Run
from voxosync.report.calendar.day_ranges import DayRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Caller(NamedTuple):
    """A campaign that dials: its id, its caller ID, and when, as days of one clock."""

    id: int
    caller_id: str
    days: Sequence[DayRange]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a campaign shares with others that have its caller ID.

    Attributes:
        group: the ids of all campaigns with the caller ID, in the order in which they were given.
        partners: those of them that dial when it does, as bits.
        days: when it and any of them dial, as days of the clock.
    """

    group: Sequence[int]
    partners: int
    days: tuple[DayRange, ...]

    @property
    def count(self) -> int:
        """How many others dial when it does."""
        return self.partners.bit_count()

    def others(self) -> Iterator[int]:
        """Their ids, in the order in which the campaigns were given."""
        return (self.group[place] for place in _places(self.partners))

    def runs(self) -> tuple[Run, ...]:
        """The same as runs; for days of UTC."""
        return tuple(Run(first * DAY, after * DAY, bands) for first, after, bands in self.days)


def overlaps(callers: Iterable[Caller]) -> Mapping[int, Overlap]:
    """For each campaign that shares a moment with another, what they share; touching is not sharing."""
    groups: defaultdict[str, list[Caller]] = defaultdict(list)
    for caller in callers:
        groups[caller.caller_id].append(caller)
    return {
        campaign_id: overlap
        for group in groups.values()
        if len(group) > 1
        for campaign_id, overlap in _within(group)
    }


def _within(group: Sequence[Caller]) -> Iterator[tuple[int, Overlap]]:
    """What the campaigns of one caller ID share, each with its id."""
    sweep = _Sweep(len(group))
    begins: defaultdict[int, list[_Piece]] = defaultdict(list)
    ends: defaultdict[int, list[_Piece]] = defaultdict(list)
    for index, caller in enumerate(group):
        for days in caller.days:
            piece = _Piece(index, days)
            begins[days.first].append(piece)
            ends[days.after].append(piece)
    for day in sorted({*begins, *ends}):
        sweep.step(day, begins.get(day, ()), ends.get(day, ()))
    ids = tuple(caller.id for caller in group)
    for caller, partners, shared in zip(group, sweep.partners, sweep.shared, strict=True):
        if partners:
            yield caller.id, Overlap(ids, partners, tuple(shared))


class _Piece:
    """Days on which a campaign dials in the same way, while they are walked.

    Attributes:
        index: the index of the campaign in its group.
        bands: when it dials on each of these days.
        shared: the part of its bands in which another one dials, since the day `since`.
    """

    __slots__ = ("bands", "index", "shared", "since")

    def __init__(self, index: int, days: DayRange) -> None:
        self.index, self.bands = index, days.bands
        self.shared: Bands = ()
        self.since = days.first


class _Sweep:
    """The days walked so far: which campaigns dial on the present one, and which shared what."""

    def __init__(self, size: int) -> None:
        self.partners = [0] * size
        self.shared: list[list[DayRange]] = [[] for _ in range(size)]
        self._active: dict[_Piece, None] = {}  # a set in order
        self._changes: Counter[int] = Counter()
        self._busy: Bands = ()

    def step(self, day: int, begins: Sequence[_Piece], ends: Iterable[_Piece]) -> None:
        """Goes to the next day on which something begins or ends."""
        for piece in ends:
            del self._active[piece]
            self._count(piece, -1)
            self._share(day, piece, ())
        for piece in begins:
            self._meet(piece)
            self._active[piece] = None
            self._count(piece, 1)
        busy = self._several()
        for piece in begins if busy == self._busy else self._active:
            self._share(day, piece, common(piece.bands, busy))
        self._busy = busy

    def _meet(self, piece: _Piece) -> None:
        """A piece that begins is a partner of each active one that dials in a minute of its own."""
        own = 1 << piece.index
        for start, end in piece.bands:
            for other in self._active:
                for other_start, other_end in other.bands:
                    if start < other_end and other_start < end:
                        self.partners[piece.index] |= 1 << other.index
                        self.partners[other.index] |= own
        self.partners[piece.index] &= ~own  # of its own other pieces it is no partner

    def _count(self, piece: _Piece, step: int) -> None:
        for start, end in piece.bands:
            self._changes[start] += step
            self._changes[end] -= step

    def _several(self) -> Bands:
        """The parts of the present day in which at least two dial."""
        level, busy = 0, []
        for minute, onward in pairwise(sorted(self._changes)):
            level += self._changes[minute]
            if level > 1:
                busy.append((minute, onward))
        return joined(busy)

    def _share(self, day: int, piece: _Piece, bands: Bands) -> None:
        """From this day on another part of a campaign's bands is shared."""
        if bands == piece.shared:
            return
        if piece.shared and piece.since < day:
            _extend(self.shared[piece.index], DayRange(piece.since, day, piece.shared))
        piece.since, piece.shared = day, bands


def _extend(days: list[DayRange], new: DayRange) -> None:
    if days and days[-1].after == new.first and days[-1].bands == new.bands:
        new = DayRange(days.pop().first, new.after, new.bands)
    days.append(new)


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
