"""The legend of the calendar: samples of everything that rows show, with their meanings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.calendar.row import LegendEntry
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
    path,
)
from voxosync.report.calendar.timescale import HEIGHT, PIXELS

if TYPE_CHECKING:
    from collections.abc import Collection

    from voxosync.report.calendar.timescale import Timescale

_USUAL = {
    READY: "dials during these hours",
    OTHER_STATE: "dials; the state in VOXO is not READY, and is treated as dialing",
    PAUSED: "paused: does not dial",
    EXHAUSTED: "paler: the list may be exhausted by then, at the earliest",
    OUTSIDE_HOURS: "outside 08:00–21:00 where people are called",  # noqa: RUF001  # a range of times, with an en dash
    EVERYONE: "08:00–21:00 for everyone who is called",  # noqa: RUF001  # a range of times, with an en dash
    SHARED: "below a day: another campaign dials with the same caller ID at the same time",
}
_DIFFERENCES = {
    True: {MORE: "VOXO dials, Git does not", LESS: "Git dials, VOXO does not"},
    False: {MORE: "dials only after applying", LESS: "dials now, and not after applying"},
}
"""Whether it is a drift report: the meanings of what differs."""


def legend_entries(
    scale: Timescale, *, alarm_live: bool, styles: Collection[ShapeStyle] | None = None
) -> tuple[LegendEntry, ...]:
    """The entries of the legend, what differs first.

    Args:
        scale: the time scale of the rows.
        alarm_live: as `RowPainter` has it.
        styles: only the entries of these; None: all.
    """
    texts = {**_DIFFERENCES[alarm_live], **_USUAL}
    return tuple(
        LegendEntry(_sample(scale, style), text)
        for style, text in texts.items()
        if styles is None or style in styles
    )


def _sample(scale: Timescale, style: ShapeStyle) -> str:
    """A swatch in the units of a row, so that its patterns look the same.

    The strip of a shared caller ID is thin, and an exhausted list is a veil over what dials.
    """
    top, bottom = (6, 11) if style is SHARED else (2, 12)
    outline = _box(scale, 2, 24, top, bottom)
    ground = ""
    if style is EXHAUSTED:
        halves = (_box(scale, 2, 13, top, bottom), _box(scale, 13, 24, top, bottom))
        ground = path(halves[0], READY) + path(halves[1], MORE)
    transform = f"scale({PIXELS[0] / scale.days:.4f} {PIXELS[1] / HEIGHT:.6f})"
    return (
        '<svg class="cal cal-sample" viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">'
        f'<g fill="none" transform="{transform}">{ground}{path(outline, style)}</g></svg>'
    )


def _box(scale: Timescale, left_edge: int, right_edge: int, top: int, bottom: int) -> str:
    """The outline of a rectangle of a swatch, given in pixels."""
    x, y = (_days(scale, left_edge), _days(scale, right_edge)), (_minutes(top), _minutes(bottom))
    return f"M{x[0]} {y[0]}H{x[1]}V{y[1]}H{x[0]}Z"


def _days(scale: Timescale, width: int) -> float:
    return round(width * scale.days / PIXELS[0], 3)


def _minutes(height: int) -> float:
    return round(height * HEIGHT / PIXELS[1], 1)
