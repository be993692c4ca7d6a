"""A campaign's row as inline SVG: when both sides dial, and highlighted, when only one of them does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report.calendar.axis import now_shapes
from voxosync.report.calendar.day_ranges import DayRange, compare_ranges, day_ranges
from voxosync.report.calendar.interpretation import OUTSIDE_CALLING_HOURS
from voxosync.report.calendar.notes import describe_notes
from voxosync.report.calendar.outline import outline_path
from voxosync.report.calendar.svg import (
    EXHAUSTED,
    LESS,
    MORE,
    OTHER_STATE,
    OUTSIDE_HOURS,
    PAUSED,
    READY,
    SHARED,
    ShapeStyle,
    hide_unless_first,
    path,
    xml,
)
from voxosync.report.calendar.timescale import PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from voxosync.model.dialing.clock import Span
    from voxosync.model.dialing.times import Dialing
    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar.interpretation import Interpretation
    from voxosync.report.calendar.shared_caller_ids import Overlap
    from voxosync.report.calendar.timescale import Timescale

STRIP = ((1485, 1605),)
"""Where the days of a shared caller ID are marked, below the day, in minutes of the day."""

Clock = tuple["Span", ...]


@dataclass(frozen=True, slots=True)
class ScheduleSide:
    """One side of a campaign, live or definition: its schedule, when it dials, and shared caller IDs.

    Attributes:
        exhausted: the minute in UTC from which no phone may be left to call, where a forecast says so.
    """

    schedule: Schedule
    interpretation: Interpretation
    overlap: Overlap | None = None
    exhausted: int | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """Its time zone, if it has one."""
        dialing = self.interpretation.dialing
        return None if dialing is None else dialing.zone

    @property
    def dialing(self) -> Dialing | None:
        """When it dials; None if it does not, or nothing can be drawn."""
        return self.interpretation.dialing if self.schedule.dials else None


class RowPainter:
    """Draws rows with a common time scale. The days of equal schedules are computed once.

    Attributes:
        names: what the definition's side and the live one are called.

    Args:
        scale: the time scale.
        alarm_live: whether dialing that only VOXO has is highlighted, as in a drift report, and not dialing that
            only the definition has, as in a plan.
    """

    def __init__(self, scale: Timescale, *, alarm_live: bool) -> None:
        self._scale, self._alarm_live = scale, alarm_live
        self.names = ("Git", "VOXO") if alarm_live else ("after applying", "now")
        self._ranges: dict[tuple[Dialing, bool, Clock], tuple[DayRange, ...]] = {}

    def row(
        self, campaign_id: int, definition: ScheduleSide, live: ScheduleSide, text: Sequence[str]
    ) -> tuple[str, frozenset[ShapeStyle]]:
        """The SVG of both sides of a campaign, with its text alternative as the title, and the styles that it has."""
        own = definition.zone or live.zone
        styles: set[ShapeStyle] = set()
        groups = []
        for number in range(len(self._scale.clocks)):
            clock = self._scale.clock(number, own)
            shapes = [*self._shapes(definition, live, clock)]
            styles.update(style for style, outline in shapes if outline)
            drawn = "".join(path(outline, style) for style, outline in shapes)
            now = now_shapes(self._scale.local_now(clock))
            groups.append(
                f'<g class="cal-clock" data-clock="{number}"{hide_unless_first(number)}>{now}{drawn}</g>'
            )
        notes = [*zip(self.names, (definition, live), strict=True)]
        title = f"cal-{campaign_id}"
        svg = (
            f'<svg class="cal cal-row" width="100%" height="{PIXELS[1]}" role="img" '
            f'aria-labelledby="{title}"><title id="{title}">{xml("; ".join(text))}</title>'
            f'<svg class="cal-plot" viewBox="{self._scale.view_box}" preserveAspectRatio="none" width="100%" '
            f'height="100%"><use href="#cal-grid"/><g fill="none">{"".join(groups)}</g></svg>'
            f'<use class="cal-labels" href="#cal-labels"/>'
            f"{describe_notes(notes, self._scale.common_range)}</svg>"
        )
        return svg, frozenset(styles)

    def _shapes(
        self, definition: ScheduleSide, live: ScheduleSide, clock: Clock
    ) -> Iterator[tuple[ShapeStyle, str]]:
        """The outline of each style, from the ground up."""
        first = self._scale.first
        more, less = (live, definition) if self._alarm_live else (definition, live)
        if more.dialing is None and less.dialing is None:
            outline = outline_path(self._days(more.interpretation.dialing, clock), first)
            yield PAUSED, outline
            return
        parts = compare_ranges(self._days(more.dialing, clock), self._days(less.dialing, clock))
        yield (
            READY if live.schedule.state == "READY" else OTHER_STATE,
            outline_path(parts.both, first),
        )
        yield EXHAUSTED, self._exhausted(live, clock)
        yield LESS, outline_path(parts.second, first)
        yield MORE, outline_path(parts.first, first)
        outside = {
            outline_path(self._days(side.dialing, clock, outside_hours=True), first)
            for side in (definition, live)
        }
        yield from ((OUTSIDE_HOURS, outline) for outline in sorted(outside - {""}))
        strips = {self._strip(side, clock) for side in (definition, live)}
        yield from ((SHARED, outline) for outline in sorted(strips - {""}))

    def _days(
        self, dialing: Dialing | None, clock: Clock, *, outside_hours: bool = False
    ) -> tuple[DayRange, ...]:
        if dialing is None:
            return ()
        key = (dialing, outside_hours, clock)
        if key not in self._ranges:
            scale = self._scale
            limits = OUTSIDE_CALLING_HOURS if outside_hours else None
            runs = dialing.runs(scale.low, scale.high, limits)
            self._ranges[key] = day_ranges(runs, clock, scale.first, scale.after)
        return self._ranges[key]

    def _exhausted(self, side: ScheduleSide, clock: Clock) -> str:
        """When a side may dial although no phone is left."""
        dialing, scale = side.dialing, self._scale
        if dialing is None or side.exhausted is None or side.exhausted >= scale.high:
            return ""
        runs = dialing.runs(max(scale.low, side.exhausted), scale.high)
        return outline_path(day_ranges(runs, clock, scale.first, scale.after), scale.first)

    def _strip(self, side: ScheduleSide, clock: Clock) -> str:
        if side.overlap is None:
            return ""
        scale = self._scale
        days = day_ranges(side.overlap.runs(), clock, scale.first, scale.after)
        return outline_path(
            [DayRange(first, after, STRIP) for first, after, _ in days], scale.first
        )
