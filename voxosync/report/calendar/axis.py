"""The axis above the rows, and the patterns and grid that all rows reference."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY
from voxosync.report.calendar.day_ranges import day_of
from voxosync.report.calendar.svg import hide_unless_first, label, xml
from voxosync.report.calendar.timescale import LEFT, PLOT_HEIGHT, PLOT_WIDTH, TOP, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.report.calendar.timescale import Timescale

_HEIGHT = 46
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_WIDTH, _YEAR_WIDTH, _DAY_WIDTH = 30, 34, 14
_HOURS = (0, 6, 12, 18, 24)
_RIGHT, _BOTTOM = LEFT + PLOT_WIDTH, TOP + PLOT_HEIGHT


def axis_svg(scale: Timescale) -> str:
    """Months, Mondays (or all days, if there is room) and today, above the rows."""
    days = [date.fromordinal(number) for number in range(scale.first, scale.after)]
    today = day_of(scale.now)
    title = f"Days from {days[0]} to {days[-1]}, one row of 24 hours per campaign; today is {today} in UTC"
    return (
        f'<svg class="cal cal-axis" viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" '
        f'aria-labelledby="cal-axis"><title id="cal-axis">{xml(title)}</title>'
        f"<defs>{''.join(_patterns(scale))}{_grid(scale, days)}{''.join(_now_lines(scale))}</defs>"
        f"{''.join(_month_labels(scale, days))}{''.join(_day_labels(scale, days))}{''.join(_now_marks(scale))}</svg>"
    )


def _month_labels(scale: Timescale, days: list[date]) -> Iterator[str]:
    starts = [0, *(index for index, day in enumerate(days) if day.day == 1 and index)]
    labeled_year = None
    for start, end in zip(starts, [*starts[1:], len(days)], strict=True):
        day = days[start]
        year = f" {day.year}" if day.year != labeled_year else ""
        width = _MONTH_WIDTH + (_YEAR_WIDTH if year else 0)
        if scale.x(end) - scale.x(start) < width:
            continue
        labeled_year = day.year
        yield label(scale.x(start) + 2, 10, _MONTHS[day.month - 1] + year, "cal-text", 11)


def _day_labels(scale: Timescale, days: list[date]) -> Iterator[str]:
    has_room = scale.x(1) - scale.x(0) >= _DAY_WIDTH
    for index, day in enumerate(days):
        if (has_room or day.weekday() == 0) and scale.x(index) + 9 <= _RIGHT:
            yield label(scale.x(index) + 2, 22, str(day.day), "cal-faint", 8)


def _now_marks(scale: Timescale) -> Iterator[str]:
    for clock in range(len(scale.clocks)):
        x = scale.x(scale.local_now(clock))
        yield (
            f'<g class="cal-clock" data-clock="{clock}"{hide_unless_first(clock)}>'
            f'<path class="cal-now" fill="#b45309" d="M{x - 4:.1f} 37h8l-4 8z"/>'
            f"{label(x + 6, 44, 'now', 'cal-text', 9)}{''.join(_clock_changes(scale, clock))}</g>"
        )


def _clock_changes(scale: Timescale, clock: int) -> Iterator[str]:
    """Marks daylight saving changes, at which bands move and an hour may be missing."""
    for previous, span in pairwise(scale.spans[clock]):
        day = (span.start + span.offset) // DAY - scale.first
        if 0 <= day < scale.days:
            hours = (span.offset - previous.offset) / 60
            yield label(scale.x(day + 0.5), 32, f"clock {hours:+g} h", "cal-faint", 8, "middle")


def _now_lines(scale: Timescale) -> Iterator[str]:
    for clock in range(len(scale.clocks)):
        yield (
            f'<path id="cal-now-{clock}" class="cal-now-line" stroke="#b45309" '
            f'vector-effect="non-scaling-stroke" d="M{scale.local_now(clock):.3f} 0V{DAY}"/>'
        )


def _grid(scale: Timescale, days: list[date]) -> str:
    """The background of every row: hours on the left, and lines for months and weeks."""
    weeks = "".join(
        f"M{scale.x(index)} {TOP}V{_BOTTOM}" for index, day in enumerate(days) if day.weekday() == 0
    )
    months = "".join(
        f"M{scale.x(index)} {TOP}V{_BOTTOM}" for index, day in enumerate(days) if day.day == 1
    )
    hours = "".join(f"M{LEFT} {_y(hour)}H{_RIGHT}" for hour in _HOURS)
    labels = "".join(
        label(LEFT - 11, _y(hour) + 3, str(hour), "cal-faint", 8, "end") for hour in _HOURS[:-1]
    )
    return (
        f'<g id="cal-grid"><path class="cal-ground" fill="none" d="M{LEFT} {TOP}H{_RIGHT}V{_BOTTOM}H{LEFT}z"/>'
        f'<path class="cal-line" stroke="#ddd" d="{weeks}{hours}"/>'
        f'<path class="cal-month" stroke="#999" d="{months}"/>{labels}</g>'
    )


def _patterns(scale: Timescale) -> Iterator[str]:
    """Fill patterns, scaled so that the transformation of rows does not distort them."""
    transform = f"scale({scale.days / PLOT_WIDTH:.6f} {DAY / PLOT_HEIGHT:.2f})"
    for name, size, content in _PATTERNS:
        yield (
            f'<pattern id="cal-{name}" width="{size}" height="{size}" '
            f'patternUnits="userSpaceOnUse" patternTransform="{transform}">{content}</pattern>'
        )


_PATTERNS = (
    (
        "paused",
        6,
        '<path class="cal-hatch" stroke="#3f7fbf" stroke-width="1.6" d="M-1 7L7-1M-1 1L1-1M5 7L7 5"/>',
    ),
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
"""(name, size of a tile in SVG units, content of a tile)."""


def _y(hour: int) -> int:
    return TOP + hour * PLOT_HEIGHT // 24
