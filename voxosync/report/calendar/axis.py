"""What all rows share: fill patterns, the grid of days and hours, and the labels of months and hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY
from voxosync.report.calendar.svg import label
from voxosync.report.calendar.timescale import HEIGHT, PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.report.calendar.timescale import Timescale

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOURS = (0, 6, 12, 18, 24)
_MONTH_WIDTH, _YEAR_WIDTH, _NARROW = 30, 34, 300
"""In pixels: the room that a month and a year take, and the width of a row on a phone."""
_DAYS_LABELED = 130
"""Up to this number of days, Mondays are labeled."""
_EDGE = 6
"""Within this share of the width, in percent, a label would be cut off if it were centered."""


def shared_svg(scale: Timescale) -> str:
    """The definitions that all rows reference; nothing of it is visible by itself."""
    days = [date.fromordinal(number) for number in range(scale.first, scale.after)]
    return (
        '<svg class="cal-defs" width="0" height="0" aria-hidden="true"><defs>'
        f"{''.join(_patterns(scale))}{_grid(days)}"
        f'<g id="cal-labels">{"".join(_labels(scale, days))}</g></defs></svg>'
    )


def now_shapes(now: float) -> str:
    """Today and the present moment on one clock, in the coordinates of a row: days after the first."""
    today = int(now // 1)
    return (
        f'<path class="cal-today" fill="#b45309" fill-opacity="0.12" d="M{today} 0h1V{DAY}h-1z"/>'
        f'<path class="cal-now-line" stroke="#b45309" stroke-width="1.5" vector-effect="non-scaling-stroke" '
        f'd="M{now:.3f} 0V{DAY}"/>'
    )


def _labels(scale: Timescale, days: list[date]) -> Iterator[str]:
    yield from _month_labels(scale, days)
    if len(days) <= _DAYS_LABELED:
        for index, day in enumerate(days):
            if day.weekday() == 0 and scale.x(index) < 100 - _EDGE / 2:
                yield label(f"{scale.x(index)}%", "104%", str(day.day), "cal-faint cal-day")
    for hour in _HOURS:
        y = f"{100 * hour * 60 / HEIGHT + 2:.1f}%"
        yield label("-6", y, f"{hour:02}:00", "cal-faint", "end")
    now = scale.x(scale.local_now(scale.spans[0]))
    anchor = "start" if now < _EDGE else "end" if now > 100 - _EDGE else "middle"
    yield label(f"{now}%", "-20", f"▼ now, {_day(scale.now)}", "cal-now", anchor)


def _month_labels(scale: Timescale, days: list[date]) -> Iterator[str]:
    """A label for each month with room for it; those for which a phone has no room have a class of their own."""
    starts = [0, *(index for index, day in enumerate(days) if day.day == 1 and index)]
    year, free = None, 0.0
    for start, end in zip(starts, [*starts[1:], len(days)], strict=True):
        day = days[start]
        text = _MONTHS[day.month - 1] + ("" if day.year == year else f" {day.year}")
        width = _MONTH_WIDTH + (0 if day.year == year else _YEAR_WIDTH)
        if (scale.x(end) - scale.x(start)) / 100 * PIXELS[0] < width:
            continue
        x_on_phone = scale.x(start) / 100 * _NARROW
        is_minor = x_on_phone < free
        free = free if is_minor else x_on_phone + width
        year = day.year
        yield label(f"{scale.x(start)}%", "-5", text, f"cal-text{' cal-minor' if is_minor else ''}")


def _grid(days: list[date]) -> str:
    weeks = "".join(f"M{index} 0V{DAY}" for index, day in enumerate(days) if day.weekday() == 0)
    months = "".join(f"M{index} 0V{DAY}" for index, day in enumerate(days) if day.day == 1)
    hours = "".join(f"M0 {hour * 60}H{len(days)}" for hour in _HOURS)
    thin = 'fill="none" vector-effect="non-scaling-stroke"'
    return (
        f'<g id="cal-grid"><path class="cal-ground" fill="none" d="M0 0H{len(days)}V{DAY}H0z"/>'
        f'<path class="cal-line" stroke="#ddd" {thin} d="{weeks}{hours}"/>'
        f'<path class="cal-month" stroke="#999" {thin} d="{months}"/></g>'
    )


def _patterns(scale: Timescale) -> Iterator[str]:
    """Fill patterns, scaled so that rows of the usual size do not distort them."""
    transform = f"scale({scale.days / PIXELS[0]:.6f} {HEIGHT / PIXELS[1]:.2f})"
    for name, size, content in _PATTERNS:
        yield (
            f'<pattern id="cal-{name}" width="{size}" height="{size}" '
            f'patternUnits="userSpaceOnUse" patternTransform="{transform}">{content}</pattern>'
        )


_HATCH = "M-1 7L7-1M-1 1L1-1M5 7L7 5"
_PATTERNS = (
    ("paused", 6, f'<path class="cal-hatch" stroke="#8fa9c2" stroke-width="1.2" d="{_HATCH}"/>'),
    ("gone", 6, f'<path class="cal-gone-hatch" stroke="#59636e" stroke-width="1" d="{_HATCH}"/>'),
    (
        "other",
        7,
        (
            '<path class="cal-ready" fill="#3f7fbf" d="M0 0h7v7h-7z"/>'
            '<circle class="cal-dot" fill="#fff" cx="3.5" cy="3.5" r="1.7"/>'
        ),
    ),
    (
        "outside",
        5,
        (
            '<path class="cal-alarm-ground" fill="#fff" d="M0 0h5v5h-5z"/>'
            '<path class="cal-alarm" stroke="#c62828" stroke-width="1.3" d="M0 0L5 5M0 5L5 0"/>'
        ),
    ),
)
"""(name, size of a tile in pixels, content of a tile)."""


def _day(minute: int) -> str:
    day = date.fromordinal(minute // DAY)
    return f"{day.day} {_MONTHS[day.month - 1]}"
