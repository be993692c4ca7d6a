"""A campaign's row as inline SVG: live is filled, the definition is outlined over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report.calendar.day_ranges import DayRange, day_ranges
from voxosync.report.calendar.interpretation import OUTSIDE_CALLING_HOURS
from voxosync.report.calendar.outline import outline_path
from voxosync.report.calendar.svg import (
    DASHED,
    EXHAUSTED,
    OTHER_STATE,
    OUTLINE,
    OUTSIDE_HOURS,
    PAUSED,
    READY,
    SHARED,
    ShapeStyle,
    hide_unless_first,
    label,
    path,
    xml,
)
from voxosync.report.calendar.timescale import LEFT, PLOT_HEIGHT, PLOT_WIDTH, TOP, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.dialing.times import Dialing, Run
    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar.interpretation import Interpretation
    from voxosync.report.calendar.shared_caller_ids import Overlap
    from voxosync.report.calendar.timescale import Timescale

ROW_HEIGHT = 64
STRIP = ((1485, 1635),)
"""Where the days of a shared caller ID are marked, below the day, in minutes of the day."""

_MIDDLE = TOP + PLOT_HEIGHT // 2
_ARROWS = {
    "left": f'<path class="cal-arrow" d="M{LEFT - 1} {_MIDDLE - 6}v12l-8-6z"/>',
    "right": f'<path class="cal-arrow" d="M{LEFT + PLOT_WIDTH + 1} {_MIDDLE - 6}v12l8-6z"/>',
}


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
    def fill(self) -> ShapeStyle:
        """The style of its area."""
        if not self.schedule.dials:
            return PAUSED
        return READY if self.schedule.state == "READY" else OTHER_STATE

    @property
    def stroke(self) -> ShapeStyle:
        """The style of its outline."""
        return OUTLINE if self.schedule.dials else DASHED


class RowPainter:
    """Draws rows with a common time scale. The paths of equal schedules are computed once."""

    def __init__(self, scale: Timescale) -> None:
        self._scale = scale
        self._paths: dict[tuple[Dialing, bool, int], str] = {}
        self._runs: dict[tuple[Dialing, bool], tuple[Run, ...]] = {}

    def row(
        self, campaign_id: int, definition: ScheduleSide, live: ScheduleSide, text: Sequence[str]
    ) -> str:
        """The SVG of both sides of a campaign, with its text alternative as the title."""
        groups = "".join(
            f'<g class="cal-clock" data-clock="{clock}"{hide_unless_first(clock)}>'
            f'{"".join(self._shapes(definition, live, clock))}<use href="#cal-now-{clock}"/></g>'
            for clock in range(len(self._scale.clocks))
        )
        title = f"cal-{campaign_id}"
        return (
            f'<svg class="cal cal-row" viewBox="0 0 {WIDTH} {ROW_HEIGHT}" role="img" '
            f'aria-labelledby="{title}"><title id="{title}">{xml("; ".join(text))}</title>'
            f'<use href="#cal-grid"/><g fill="none" transform="{self._scale.plot}">{groups}</g>'
            f"{''.join(self._notes(definition, live))}</svg>"
        )

    def _shapes(self, definition: ScheduleSide, live: ScheduleSide, clock: int) -> Iterator[str]:
        live_path, definition_path = self._path(live, clock), self._path(definition, clock)
        outside_hours = {
            self._path(side, clock, outside_hours=True) for side in (definition, live)
        } - {""}
        exhausted = self._exhausted(live, clock)
        is_one_path = live_path == definition_path and not outside_hours and not exhausted
        yield path(live_path, live.fill, *([definition.stroke] if is_one_path else []))
        yield path(exhausted, EXHAUSTED)
        yield from (path(outline, OUTSIDE_HOURS) for outline in sorted(outside_hours))
        if not is_one_path:  # drawn last, so that nothing covers it
            yield path(definition_path, definition.stroke)
        live_strip, definition_strip = self._strip(live, clock), self._strip(definition, clock)
        if live_strip == definition_strip:
            yield path(live_strip, SHARED, OUTLINE)
        else:
            yield path(live_strip, SHARED) + path(definition_strip, OUTLINE)

    def _path(self, side: ScheduleSide, clock: int, *, outside_hours: bool = False) -> str:
        dialing = side.interpretation.dialing
        if dialing is None or (outside_hours and not side.schedule.dials):
            return ""
        key = (dialing, outside_hours, clock)
        if key not in self._paths:
            scale = self._scale
            if (dialing, outside_hours) not in self._runs:  # once for all clocks
                limits = OUTSIDE_CALLING_HOURS if outside_hours else None
                self._runs[dialing, outside_hours] = dialing.runs(scale.low, scale.high, limits)
            runs = self._runs[dialing, outside_hours]
            days = day_ranges(runs, scale.spans[clock], scale.first, scale.after)
            self._paths[key] = outline_path(days, scale.first)
        return self._paths[key]

    def _exhausted(self, side: ScheduleSide, clock: int) -> str:
        """When a side may dial although no phone is left."""
        dialing, scale = side.interpretation.dialing, self._scale
        if dialing is None or side.exhausted is None or side.exhausted >= scale.high:
            return ""
        runs = dialing.runs(max(scale.low, side.exhausted), scale.high)
        days = day_ranges(runs, scale.spans[clock], scale.first, scale.after)
        return outline_path(days, scale.first)

    def _strip(self, side: ScheduleSide, clock: int) -> str:
        if side.overlap is None:
            return ""
        scale = self._scale
        days = day_ranges(side.overlap.runs(), scale.spans[clock], scale.first, scale.after)
        strips = [DayRange(first, after, STRIP) for first, after, _ in days]
        return outline_path(strips, scale.first)

    def _notes(self, definition: ScheduleSide, live: ScheduleSide) -> Iterator[str]:
        """Arrows if dialing continues beyond the days drawn, and texts if nothing can be drawn."""
        texts: dict[str, list[tuple[str, str]]] = {"left": [], "right": []}
        arrows = set()
        for name, side in (("definition", definition), ("live", live)):
            edges, text = _beyond(side, *self._scale.common_range)
            arrows |= edges
            if text:
                texts["right" if edges == {"right"} else "left"].append((name, text))
        yield from (_ARROWS[edge] for edge in sorted(arrows))
        yield from (_note(edge, notes) for edge, notes in texts.items() if notes)


def _beyond(side: ScheduleSide, first: int, after: int) -> tuple[set[str], str]:
    """The edges of the drawn time beyond which a side dials, and a text if it is not drawn at all."""
    dialing = side.interpretation.dialing
    if dialing is None:
        return set(), "not drawn, see the text"
    if dialing.never:
        return set(), "never dials"
    if dialing.end is not None and dialing.end <= first:
        return {"left"}, f"ended {side.schedule.dateEnd}"
    if dialing.start is not None and dialing.start >= after:
        return {"right"}, f"starts {side.schedule.dateStart}"
    left = dialing.start is None or dialing.start < first
    right = dialing.end is None or dialing.end > after
    return {edge for edge, continues in (("left", left), ("right", right)) if continues}, ""


def _note(edge: str, notes: Sequence[tuple[str, str]]) -> str:
    texts = [text for _, text in notes]
    is_common = len(notes) == len(("definition", "live")) and texts[0] == texts[1]
    text = texts[0] if is_common else ", ".join(f"{name}: {text}" for name, text in notes)
    x, anchor = (LEFT + 4, "start") if edge == "left" else (LEFT + PLOT_WIDTH - 4, "end")
    return label(x, _MIDDLE + 4, text, "cal-text", 11, anchor)
