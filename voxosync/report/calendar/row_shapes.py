"""The shapes of a campaign's row: when both sides dial, when only one of them does, and what to watch out for."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from voxosync.model.dialing.calls_outside import CALLING_HOURS
from voxosync.model.dialing.schedule import Dialing, DialingPeriod
from voxosync.report.calendar.day_ranges import DayRange, compare_ranges, day_ranges
from voxosync.report.calendar.outline import outline_path
from voxosync.report.calendar.svg import (
    EVERYONE,
    EXHAUSTED,
    LESS,
    MORE,
    OTHER_STATE,
    OUTSIDE_HOURS,
    PAUSED,
    READY,
    SHARED,
    ShapeStyle,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias
    from zoneinfo import ZoneInfo

    from voxosync.model.dialing.clock import Span
    from voxosync.report.calendar.schedule_side import ScheduleSide
    from voxosync.report.calendar.timescale import Timescale

    Clock: TypeAlias = tuple[Span, ...]

_STRIP = ((1485, 1605),)
"""Where the days of a shared caller ID are marked, below the day, in minutes of the day."""


class RowShapes:
    """Computes the shapes of rows with a common time scale. The days of equal schedules are computed once.

    Args:
        scale: the time scale.
        alarm_live: as `RowPainter` has it.
    """

    def __init__(self, scale: Timescale, *, alarm_live: bool) -> None:
        self._scale, self._alarm_live = scale, alarm_live
        self._days_by_clock: dict[tuple[Dialing, Clock], tuple[DayRange, ...]] = {}
        self._hours_by_clock: dict[tuple[tuple[ZoneInfo, ...], Clock], Sequence[DayRange]] = {}

    def shapes(
        self, definition: ScheduleSide, live: ScheduleSide, clock: Clock
    ) -> Iterator[tuple[ShapeStyle, str]]:
        """The outline of each style on a clock, from the ground up; none is empty."""
        more, less = (live, definition) if self._alarm_live else (definition, live)
        if more.dialing is None and less.dialing is None:
            outlines = [(PAUSED, {self._outline(self._days(more.interpretation.dialing, clock))})]
        else:
            sides = (definition, live)
            parts = compare_ranges(self._days(more.dialing, clock), self._days(less.dialing, clock))
            outlines = [
                (
                    READY if live.schedule.state == "READY" else OTHER_STATE,
                    {self._outline(parts.shared)},
                ),
                (LESS, {self._outline(parts.second)}),
                (MORE, {self._outline(parts.first)}),
                (EXHAUSTED, {self._exhausted(side, clock) for side in sides}),
                (OUTSIDE_HOURS, {self._outside(side, clock) for side in sides}),
                (EVERYONE, {self._frame(more if more.dialing else less, clock)}),
                (SHARED, {self._strip(side, clock) for side in sides}),
            ]
        for style, same in outlines:
            yield from ((style, outline) for outline in sorted(same - {""}))

    def _outside(self, side: ScheduleSide, clock: Clock) -> str:
        """When a side dials outside the calling hours of some of the people called."""
        days = self._days(side.dialing, clock)
        if not days:
            return ""
        return self._outline(compare_ranges(days, self._hours_for_all(side.clocks, clock)).first)

    def _frame(self, side: ScheduleSide, clock: Clock) -> str:
        """The calling hours of everyone called on the days of a side, if not all have the campaign's clock."""
        days = self._days(side.dialing, clock)
        if not days or side.clocks == (side.zone,):
            return ""
        first, after = days[0].first, days[-1].after
        return self._outline(
            [
                DayRange(max(first, hours.first), min(after, hours.after), hours.bands)
                for hours in self._hours_for_all(side.clocks, clock)
                if hours.first < after and first < hours.after
            ]
        )

    def _hours_for_all(self, zones: tuple[ZoneInfo, ...], clock: Clock) -> Sequence[DayRange]:
        """The hours that are calling hours in all of these zones."""
        key = (zones, clock)
        if key not in self._hours_by_clock:
            every_day = (Dialing(zone, None, None, CALLING_HOURS) for zone in zones)
            days = (self._days(dialing, clock) for dialing in every_day)
            self._hours_by_clock[key] = reduce(_shared_days, days)
        return self._hours_by_clock[key]

    def _exhausted(self, side: ScheduleSide, clock: Clock) -> str:
        """When a side may dial although no phone is left."""
        dialing, scale = side.dialing, self._scale
        if dialing is None or side.exhausted is None or side.exhausted >= scale.high:
            return ""
        runs = dialing.runs(max(scale.low, side.exhausted), scale.high)
        return self._outline(self._days_of(runs, clock))

    def _strip(self, side: ScheduleSide, clock: Clock) -> str:
        """The days on which another campaign dials with a side's caller ID."""
        if side.overlap is None:
            return ""
        days = self._days_of(side.overlap.runs(), clock)
        return self._outline([DayRange(first, after, _STRIP) for first, after, _ in days])

    def _days(self, dialing: Dialing | None, clock: Clock) -> tuple[DayRange, ...]:
        if dialing is None:
            return ()
        key = (dialing, clock)
        if key not in self._days_by_clock:
            runs = dialing.runs(self._scale.low, self._scale.high)
            self._days_by_clock[key] = self._days_of(runs, clock)
        return self._days_by_clock[key]

    def _days_of(self, runs: Sequence[DialingPeriod], clock: Clock) -> tuple[DayRange, ...]:
        return day_ranges(runs, clock, self._scale.first, self._scale.after)

    def _outline(self, days: Sequence[DayRange]) -> str:
        return outline_path(days, self._scale.first)


def _shared_days(first: Sequence[DayRange], second: Sequence[DayRange]) -> Sequence[DayRange]:
    return compare_ranges(first, second).shared
