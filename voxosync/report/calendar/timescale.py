"""What is drawn of time: the clocks that can be selected, the days on them, and where they lie in a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY, Span, spans
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.model.dialing.times import Dialing

MAX_CLOCKS = 6
WIDTH = 1000
LEFT, TOP = 34, 7
PLOT_WIDTH, PLOT_HEIGHT = 952, 48
_AGO, _AHEAD = 7 * DAY, 30 * DAY
_LONG_AGO, _FAR_AHEAD = 60 * DAY, 300 * DAY
_MARGIN = DAY  # more than any clock is away from UTC


@dataclass(frozen=True)
class Timescale:
    """The part of time that is drawn.

    Attributes:
        clocks: names of time zones.
        first: the number of the first day, on every clock.
        after: the number of the day after the last.
        now: the report's moment, in UTC.
    """

    clocks: tuple[str, ...]
    first: int
    after: int
    now: int

    @property
    def low(self) -> int:
        """A moment before the first day begins on any clock."""
        return self.first * DAY - _MARGIN

    @property
    def high(self) -> int:
        """A moment after the last day ends on every clock."""
        return self.after * DAY + _MARGIN

    @cached_property
    def spans(self) -> tuple[tuple[Span, ...], ...]:
        """For each clock its offsets from `low` to `high`."""
        zones = (zone_of(name) for name in self.clocks)
        return tuple(spans(zone, self.low, self.high) for zone in zones if zone)

    @cached_property
    def seen(self) -> tuple[int, int]:
        """The moments from which to before which every clock has its days drawn."""
        starts = (_in_utc(self.first * DAY, clock) for clock in self.spans)
        ends = (_in_utc(self.after * DAY, clock) for clock in self.spans)
        return max(starts), min(ends)

    @property
    def days(self) -> int:
        """How many days are drawn."""
        return self.after - self.first

    @property
    def plot(self) -> str:
        """The transformation from days after the first, and minutes of the day, to the picture."""
        return (
            f"translate({LEFT} {TOP}) scale({PLOT_WIDTH / self.days:.4f} {PLOT_HEIGHT / DAY:.6f})"
        )

    def x(self, days: float) -> float:
        """Where in a picture a day begins that is so many days after the first."""
        return round(LEFT + PLOT_WIDTH * days / self.days, 1)

    def shown_now(self, clock: int) -> float:
        """The report's moment on a clock, in days after the first."""
        return (self.now + offset_at(self.spans[clock], self.now)) / DAY - self.first


def timescale_for(sides: Iterable[Dialing], now: int) -> Timescale:
    """From a week ago, or when the first dialing starts, to a month ahead, or when the last one ends.

    Never more than 60 days ago and 300 ahead; what lies wholly outside of that stretches nothing.
    """
    sides = tuple(sides)
    clocks = _clocks(sides)
    earliest, latest = now - _LONG_AGO, now + _FAR_AHEAD
    near = [
        side
        for side in sides
        if (side.start is None or side.start < latest) and (side.end is None or side.end > earliest)
    ]
    low = max(earliest, min([now - _AGO, *(side.start for side in near if side.start is not None)]))
    high = min(latest, max([now + _AHEAD, *(side.end for side in near if side.end is not None)]))
    zones = [zone for zone in map(zone_of, clocks) if zone]
    first = min((low + offset_at(spans(zone, low, high), low)) // DAY for zone in zones)
    last = max((high - 1 + offset_at(spans(zone, low, high), high - 1)) // DAY for zone in zones)
    return Timescale(clocks, first, last + 1, now)


def _clocks(sides: Sequence[Dialing]) -> tuple[str, ...]:
    """UTC, then the zones of most sides; by name where as many have them."""
    used = Counter(side.zone.key for side in sides)
    del used["UTC"]
    ordered = sorted(used, key=lambda name: (-used[name], name))
    return ("UTC", *ordered[: MAX_CLOCKS - 1])


def offset_at(clock: Sequence[Span], minute: int) -> int:
    """How far a clock is ahead of UTC at a moment."""
    return next(span.offset for span in clock if minute < span.end)


def _in_utc(local: int, clock: Sequence[Span]) -> int:
    """The first moment at which a clock shows this minute, or a later one where it skips it."""
    return next(
        max(span.start, local - span.offset) for span in clock if local - span.offset < span.end
    )
