"""The head of the calendar, what all its pictures refer to, and the key to them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY
from voxosync.report.calendar.day_ranges import day_of
from voxosync.report.calendar.row import LegendEntry
from voxosync.report.calendar.svg import (
    DASHED,
    NIGHT,
    OTHER,
    OUTLINE,
    PAUSED,
    READY,
    SHARED,
    ShapeStyle,
    element,
    hidden,
    xml,
)
from voxosync.report.calendar.timescale import LEFT, PLOT_HEIGHT, PLOT_WIDTH, TOP, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.report.calendar.timescale import Timescale

_HEIGHT = 46
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ROOM_FOR_A_MONTH, _ROOM_FOR_ITS_YEAR, _ROOM_FOR_A_DAY = 30, 34, 14
_HOURS = (0, 6, 12, 18, 24)
_RIGHT, _BOTTOM = LEFT + PLOT_WIDTH, TOP + PLOT_HEIGHT


def axis(frame: Timescale) -> str:
    """Months, Mondays (or each day, where there is room) and today, above the rows."""
    days = [date.fromordinal(number) for number in range(frame.first, frame.after)]
    today = day_of(frame.now)
    what = f"Days from {days[0]} to {days[-1]}, one row of 24 hours a campaign; today is {today} in UTC"
    return (
        f'<svg class="cal cal-axis" viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" '
        f'aria-labelledby="cal-axis"><title id="cal-axis">{xml(what)}</title>'
        f"<defs>{''.join(_patterns(frame))}{_grid(frame, days)}{''.join(_nows(frame))}</defs>"
        f"{''.join(_months(frame, days))}{''.join(_numbers(frame, days))}{''.join(_todays(frame))}</svg>"
    )


def _months(frame: Timescale, days: list[date]) -> Iterator[str]:
    starts = [0, *(number for number, day in enumerate(days) if day.day == 1 and number)]
    dated = None
    for start, end in zip(starts, [*starts[1:], len(days)], strict=True):
        day = days[start]
        year = f" {day.year}" if day.year != dated else ""
        needed = _ROOM_FOR_A_MONTH + (_ROOM_FOR_ITS_YEAR if year else 0)
        if frame.x(end) - frame.x(start) < needed:
            continue
        name, dated = _MONTHS[day.month - 1] + year, day.year
        yield _text(frame.x(start) + 2, 10, name, "cal-text", 11)


def _numbers(frame: Timescale, days: list[date]) -> Iterator[str]:
    each = frame.x(1) - frame.x(0) >= _ROOM_FOR_A_DAY
    for number, day in enumerate(days):
        if (each or day.weekday() == 0) and frame.x(number) + 9 <= _RIGHT:
            yield _text(frame.x(number) + 2, 22, str(day.day), "cal-faint", 8)


def _todays(frame: Timescale) -> Iterator[str]:
    for clock in range(len(frame.clocks)):
        x = frame.x(frame.shown_now(clock))
        yield (
            f'<g class="cal-clock" data-clock="{clock}"{hidden(clock)}>'
            f'<path class="cal-now" fill="#b45309" d="M{x - 4:.1f} 37h8l-4 8z"/>'
            f"{_text(x + 6, 44, 'now', 'cal-text', 9)}{''.join(_changes(frame, clock))}</g>"
        )


def _changes(frame: Timescale, clock: int) -> Iterator[str]:
    """Where the clock itself is changed, because bands then move and an hour may be missing."""
    for before, span in pairwise(frame.spans[clock]):
        day = (span.start + span.offset) // DAY - frame.first
        if 0 <= day < frame.days:
            hours = (span.offset - before.offset) / 60
            yield _text(frame.x(day + 0.5), 32, f"clock {hours:+g} h", "cal-faint", 8, "middle")


def _nows(frame: Timescale) -> Iterator[str]:
    for clock in range(len(frame.clocks)):
        yield (
            f'<path id="cal-now-{clock}" class="cal-now-line" stroke="#b45309" '
            f'vector-effect="non-scaling-stroke" d="M{frame.shown_now(clock):.3f} 0V{DAY}"/>'
        )


def _grid(frame: Timescale, days: list[date]) -> str:
    """The ground of every row: hours to the left, months and weeks as faint lines."""
    weeks = "".join(
        f"M{frame.x(number)} {TOP}V{_BOTTOM}"
        for number, day in enumerate(days)
        if day.weekday() == 0
    )
    months = "".join(
        f"M{frame.x(number)} {TOP}V{_BOTTOM}" for number, day in enumerate(days) if day.day == 1
    )
    hours = "".join(f"M{LEFT} {_y(hour)}H{_RIGHT}" for hour in _HOURS)
    labels = "".join(
        _text(LEFT - 11, _y(hour) + 3, str(hour), "cal-faint", 8, "end") for hour in _HOURS[:-1]
    )
    return (
        f'<g id="cal-grid"><path class="cal-ground" fill="none" d="M{LEFT} {TOP}H{_RIGHT}V{_BOTTOM}H{LEFT}z"/>'
        f'<path class="cal-line" stroke="#ddd" d="{weeks}{hours}"/>'
        f'<path class="cal-month" stroke="#999" d="{months}"/>{labels}</g>'
    )


def _patterns(frame: Timescale) -> Iterator[str]:
    """Fills, undistorted although rows are scaled more in one direction than in the other."""
    scale = f"scale({frame.days / PLOT_WIDTH:.6f} {DAY / PLOT_HEIGHT:.2f})"
    for name, size, drawn in _PATTERNS:
        yield (
            f'<pattern id="cal-{name}" width="{size}" height="{size}" '
            f'patternUnits="userSpaceOnUse" patternTransform="{scale}">{drawn}</pattern>'
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
"""Names, sizes of a tile in the picture's units, and what is on the tile."""


def key(frame: Timescale) -> tuple[LegendEntry, ...]:
    """Samples of everything that rows show, with what it means."""
    return tuple(LegendEntry(_sample(frame, fills), text) for fills, text in _SAMPLES)


_SAMPLES = (
    ((READY,), "live: READY, dials at these hours"),
    ((PAUSED,), "live: PAUSED, does not dial"),
    ((OTHER,), "live: a state of VOXO's own, taken as dialing"),
    ((OUTLINE,), "definition: READY; where outline and fill part, there is drift"),
    ((DASHED,), "definition: PAUSED"),
    ((READY, NIGHT), "dials outside 08:00–21:00 of the campaign's own time zone"),  # noqa: RUF001  # a range of times
    ((SHARED,), "below a day: another campaign dials with the same caller ID at the same time"),
)


def _sample(frame: Timescale, fills: tuple[ShapeStyle, ...]) -> str:
    """A swatch in the units of a row, so that its patterns look the same; a strip is thin."""
    top, bottom = (6, 11) if SHARED in fills else (1, 17)
    shape = f"M{_days(frame, 1)} {_minutes(top)}H{_days(frame, 35)}V{_minutes(bottom)}H{_days(frame, 1)}Z"
    drawn = "".join(element(shape, fill) for fill in fills)
    scale = f"scale({PLOT_WIDTH / frame.days:.4f} {PLOT_HEIGHT / DAY:.6f})"
    return (
        '<svg class="cal cal-sample" viewBox="0 0 36 18" width="36" height="18" aria-hidden="true">'
        f'<g fill="none" transform="{scale}">{drawn}</g></svg>'
    )


def _days(frame: Timescale, width: int) -> float:
    return round(width * frame.days / PLOT_WIDTH, 3)


def _minutes(height: int) -> int:
    return height * DAY // PLOT_HEIGHT


def _text(x: float, y: float, words: str, name: str, size: int, anchor: str = "start") -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}">{xml(words)}</text>'
    )


def _y(hour: int) -> int:
    return TOP + hour * PLOT_HEIGHT // 24
