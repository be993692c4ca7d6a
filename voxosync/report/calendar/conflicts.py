"""Which campaigns dial with one caller ID at the same moment, found by a sweep and not by comparing each with each.

The days are walked once, from one day on which something begins or ends to the next. Sets of campaigns are
whole numbers with a bit for each, so that a thousand campaigns with one caller ID stay fast, and no partner
is missed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.dialing.clock import DAY, Bands, common, joined
from voxosync.model.dialing.times import Run
from voxosync.report.calendar.columns import Columns

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
        group: the ids of all campaigns with the caller ID, in the order in which they were given.
        partners: those of them that dial when it does, as bits.
        days: when it and any of them dial, as days of the clock.
    """

    group: Sequence[int]
    partners: int
    days: tuple[Columns, ...]

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
    found: dict[int, Overlap] = {}
    for group in groups.values():
        if len(group) > 1:
            found.update(_within(group))
    return found


def _within(group: Sequence[Caller]) -> Iterator[tuple[int, Overlap]]:
    sweep = _Sweep(len(group))
    begins: defaultdict[int, list[_Piece]] = defaultdict(list)
    ends: defaultdict[int, list[_Piece]] = defaultdict(list)
    for place, caller in enumerate(group):
        layer = 0
        for days in caller.days:
            piece = _Piece(place, layer, days)
            layer += len(days.bands)
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

    A campaign may have several bands, on the same days or on others: each has a bit in a layer of its
    own, because one of them may be over when another has not begun.
    """

    __slots__ = ("bands", "layer", "place", "present", "shared", "since")

    def __init__(self, place: int, layer: int, days: Columns) -> None:
        self.place, self.layer, self.bands = place, layer, days.bands
        self.present = 0  # the bits of all that may be its partners: there when it began, or later
        self.shared: Bands = ()  # the part of its bands in which another one dials, since that day
        self.since = days.first


class _Sweep:
    """The days walked so far: who dials on the present one, and who shared what with whom."""

    def __init__(self, size: int) -> None:
        self.partners = [0] * size
        self.shared: list[list[Columns]] = [[] for _ in range(size)]
        self._size = size
        self._active: dict[_Piece, None] = {}  # a set in order
        self._alive = self._ever = 0
        self._begun, self._over = _Prefixes(), _Prefixes()
        self._changes: Counter[int] = Counter()
        self._busy: Bands = ()

    def step(self, day: int, begins: Iterable[_Piece], ends: Iterable[_Piece]) -> None:
        """Goes to the next day on which something begins or ends."""
        for piece in ends:
            self._leave(day, piece)
        new = [*begins]
        for piece in new:
            self._enter(piece)
        busy = self._several()
        for piece in new if busy == self._busy else self._active:
            self._share(day, piece, common(piece.bands, busy))
        self._busy = busy

    def _enter(self, piece: _Piece) -> None:
        self._active[piece] = None
        piece.present = self._alive | ~self._ever
        for bit, (start, end) in self._bits(piece):
            self._alive |= bit
            self._ever |= bit
            self._begun.add(start, bit)
            self._over.add(end, bit)
            self._changes[start] += 1
            self._changes[end] -= 1

    def _leave(self, day: int, piece: _Piece) -> None:
        del self._active[piece]
        found = 0
        for bit, (start, end) in self._bits(piece):
            self._alive ^= bit
            found |= self._begun.up_to(end - 1) & ~self._over.up_to(start)
            self._changes[start] -= 1
            self._changes[end] += 1
        found &= piece.present
        while found:  # layer by layer
            self.partners[piece.place] |= found & ((1 << self._size) - 1)
            found >>= self._size
        self.partners[piece.place] &= ~(1 << piece.place)
        self._share(day, piece, ())

    def _bits(self, piece: _Piece) -> Iterator[tuple[int, tuple[int, int]]]:
        for layer, band in enumerate(piece.bands, piece.layer):
            yield 1 << (layer * self._size + piece.place), band

    def _several(self) -> Bands:
        """The parts of the present day in which at least two dial."""
        level, found = 0, []
        for minute, onward in pairwise(sorted(self._changes)):
            level += self._changes[minute]
            if level > 1:
                found.append((minute, onward))
        return joined(found)

    def _share(self, day: int, piece: _Piece, bands: Bands) -> None:
        """From this day on another part of a campaign's bands is shared."""
        if bands == piece.shared:
            return
        if piece.shared and piece.since < day:
            _extend(self.shared[piece.place], Columns(piece.since, day, piece.shared))
        piece.since, piece.shared = day, bands


class _Prefixes:
    """Sets of bits at minutes of a day, and quickly all those up to a minute: a Fenwick tree."""

    def __init__(self) -> None:
        self._sums = [0] * (DAY + 2)

    def add(self, minute: int, bit: int) -> None:
        """Puts a bit at a minute."""
        at = minute + 1
        while at < len(self._sums):
            self._sums[at] |= bit
            at += at & -at

    def up_to(self, minute: int) -> int:
        """All bits at this minute and before."""
        found, at = 0, minute + 1
        while at:
            found |= self._sums[at]
            at &= at - 1
        return found


def _extend(days: list[Columns], new: Columns) -> None:
    if days and days[-1].after == new.first and days[-1].bands == new.bands:
        new = Columns(days.pop().first, new.after, new.bands)
    days.append(new)


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
