"""The legend of the calendar: samples of everything that rows show, with their meanings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY
from voxosync.report.calendar.row import LegendEntry
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
    path,
)
from voxosync.report.calendar.timescale import PLOT_HEIGHT, PLOT_WIDTH

if TYPE_CHECKING:
    from voxosync.report.calendar.timescale import Timescale

_SAMPLES = (
    ((READY,), "live: READY, dials during these hours"),
    ((EXHAUSTED,), "live: the list may be exhausted by then, at the earliest"),
    ((PAUSED,), "live: PAUSED, does not dial"),
    ((OTHER_STATE,), "live: another state, treated as dialing"),
    ((OUTLINE,), "definition: READY; there is drift where fill and outline differ"),
    ((DASHED,), "definition: PAUSED"),
    (
        (READY, OUTSIDE_HOURS),
        "dials outside 08:00–21:00 in the campaign's time zone",  # noqa: RUF001  # a range of times, with an en dash
    ),
    ((SHARED,), "below a day: another campaign dials with the same caller ID at the same time"),
)


def legend_entries(scale: Timescale) -> tuple[LegendEntry, ...]:
    """The entries of the legend, in the order in which they are displayed."""
    return tuple(LegendEntry(_sample(scale, styles), text) for styles, text in _SAMPLES)


def _sample(scale: Timescale, styles: tuple[ShapeStyle, ...]) -> str:
    """A swatch in the units of a row, so that its patterns look the same; the strip of a shared caller ID is thin."""
    top, bottom = (6, 11) if SHARED in styles else (1, 17)
    left, right = _days(scale, 1), _days(scale, 35)
    outline = f"M{left} {_minutes(top)}H{right}V{_minutes(bottom)}H{left}Z"
    paths = "".join(path(outline, style) for style in styles)
    transform = f"scale({PLOT_WIDTH / scale.days:.4f} {PLOT_HEIGHT / DAY:.6f})"
    return (
        '<svg class="cal cal-sample" viewBox="0 0 36 18" width="36" height="18" aria-hidden="true">'
        f'<g fill="none" transform="{transform}">{paths}</g></svg>'
    )


def _days(scale: Timescale, width: int) -> float:
    return round(width * scale.days / PLOT_WIDTH, 3)


def _minutes(height: int) -> int:
    return height * DAY // PLOT_HEIGHT
