"""The shapes of a campaign's row: when both sides dial, when only one of them does, and what to beware of."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from voxosync.model.dialing.called_hours import CALLING_HOURS
from voxosync.report.calendar.called_people import called_clocks
from voxosync.report.calendar.day_ranges import DayRange, compare_ranges, day_ranges
from voxosync.report.calendar.interpretation import OUTSIDE_CALLING_HOURS
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

    from voxosync.model.dialing.clock import Span
    from voxosync.model.dialing.times import Dialing, DialingPeriod
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
                (OUTSIDE_HOURS, {*self._outside(definition, clock), *self._outside(live, clock)}),
                (EVERYONE, {self._for_everyone(more if more.dialing else less, clock)}),
                (SHARED, {self._strip(side, clock) for side in sides}),
            ]
        for style, same in outlines:
            yield from ((style, outline) for outline in sorted(same - {""}))

    def _outside(self, side: ScheduleSide, clock: Clock) -> Iterator[str]:
        """When a side dials outside calling hours, for each clock of the people called."""
        dialing = side.dialing
        if dialing is None:
            return
        for zone in called_clocks(dialing, side.phones, self._scale.low, self._scale.high):
            night = replace(dialing, zone=zone, window=OUTSIDE_CALLING_HOURS)
            parts = compare_ranges(self._days(dialing, clock), self._days(night, clock))
            yield self._outline(parts.shared)

    def _for_everyone(self, side: ScheduleSide, clock: Clock) -> str:
        """When everyone may be called in the time of a side, if not all have the campaign's clock."""
        dialing = side.dialing
        if dialing is None:
            return ""
        zones = called_clocks(dialing, side.phones, self._scale.low, self._scale.high)
        if zones == (dialing.zone,):
            return ""
        days = [
            self._days(replace(dialing, zone=zone, window=CALLING_HOURS), clock) for zone in zones
        ]
        return self._outline(reduce(_shared_days, days))

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
