"""The time scale of the calendar: the selectable clocks, the days drawn, and their coordinates."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY, Span, spans
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from voxosync.model.dialing.schedule import Dialing

OWN_CLOCK = "Each campaign's own"
"""The first clock: that of the campaign's zone."""
MAX_CLOCKS = 6
"""The number of other clocks."""
HEIGHT = 1650
"""The height of a row in minutes of the day: 24 hours, and a strip for shared caller IDs."""
PIXELS = 1000, 132
"""The usual size of a row, from which the size of patterns follows: rows are as wide as the page lets them be."""
_AGO, _AHEAD = 7 * DAY, 30 * DAY
_LONG_AGO, _FAR_AHEAD = 60 * DAY, 300 * DAY
_MARGIN = DAY  # more than the UTC offset of any zone


@dataclass(frozen=True)
class Timescale:
    """The days that are drawn.

    Attributes:
        clocks: names of time zones, after `OWN_CLOCK`.
        first: the first day on every clock, as an ordinal.
        after: the day after the last.
        now: the time of the report, as a minute in UTC.
    """

    clocks: tuple[str, ...]
    first: int
    after: int
    now: int

    @property
    def low(self) -> int:
        """A minute before the first day begins on any clock."""
        return self.first * DAY - _MARGIN

    @property
    def high(self) -> int:
        """A minute after the last day ends on every clock."""
        return self.after * DAY + _MARGIN

    @cached_property
    def spans(self) -> tuple[tuple[Span, ...], ...]:
        """The offsets of each clock from `low` to `high`."""
        zones = (zone_of(name) for name in self.clocks[1:])
        return tuple(spans(zone, self.low, self.high) for zone in zones if zone)

    def clock(self, number: int, own: ZoneInfo | None) -> tuple[Span, ...]:
        """The offsets of a clock; the first one is that of a campaign's own zone, or UTC where it has none."""
        if number:
            return self.spans[number - 1]
        return self.spans[0] if own is None else spans(own, self.low, self.high)

    @cached_property
    def common_range(self) -> tuple[int, int]:
        """The first minute and the one after the last that are drawn on every clock."""
        starts = (_in_utc(self.first * DAY, clock) for clock in self.spans)
        ends = (_in_utc(self.after * DAY, clock) for clock in self.spans)
        return max(starts), min(ends)

    @property
    def days(self) -> int:
        """The number of days drawn."""
        return self.after - self.first

    @property
    def view_box(self) -> str:
        """The coordinates of a row: days after the first, minutes of the day."""
        return f"0 0 {self.days} {HEIGHT}"

    def x(self, days: float) -> float:
        """Where a day is, in percent of the width; given in days after the first."""
        return round(100 * days / self.days, 2)

    def local_now(self, clock: Sequence[Span]) -> float:
        """The time of the report on a clock, in days after the first."""
        return (self.now + offset_at(clock, self.now)) / DAY - self.first


def timescale_for(schedules: Iterable[Dialing], now: int) -> Timescale:
    """A scale from a week ago, or the earliest start, to a month ahead, or the latest end.

    At most from 60 days ago to 300 days ahead; schedules entirely outside those limits have no influence.
    """
    schedules = tuple(schedules)
    clocks = _clocks(schedules)
    earliest, latest = now - _LONG_AGO, now + _FAR_AHEAD
    near = [
        schedule
        for schedule in schedules
        if (schedule.start is None or schedule.start < latest)
        and (schedule.end is None or schedule.end > earliest)
    ]
    starts = [schedule.start for schedule in near if schedule.start is not None]
    ends = [schedule.end for schedule in near if schedule.end is not None]
    low = max(earliest, min([now - _AGO, *starts]))
    high = min(latest, max([now + _AHEAD, *ends]))
    zones = [zone_of("UTC"), *{schedule.zone for schedule in schedules}]
    zones = [zone for zone in zones if zone]
    first = min((low + offset_at(spans(zone, low, high), low)) // DAY for zone in zones)
    last = max((high - 1 + offset_at(spans(zone, low, high), high - 1)) // DAY for zone in zones)
    return Timescale(clocks, first, last + 1, now)


def _clocks(schedules: Sequence[Dialing]) -> tuple[str, ...]:
    """Each campaign's own, UTC, then the most frequent zones; equally frequent ones by name."""
    counts = Counter(schedule.zone.key for schedule in schedules)
    del counts["UTC"]
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return (OWN_CLOCK, "UTC", *ordered[: MAX_CLOCKS - 1])


def offset_at(clock: Sequence[Span], minute: int) -> int:
    """The UTC offset of a clock at a minute in UTC."""
    return next(span.offset for span in clock if minute < span.end)


def _in_utc(local: int, clock: Sequence[Span]) -> int:
    """The first minute in UTC at which a clock shows this local minute, or a later one if it skips it."""
    return next(
        max(span.start, local - span.offset) for span in clock if local - span.offset < span.end
    )
