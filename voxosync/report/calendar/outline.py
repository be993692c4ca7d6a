"""DayRange of a calendar as the outline of one shape: the `d` of an SVG path, in days and minutes."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.dialing.clock import Bands
    from voxosync.report.calendar.day_ranges import DayRange

Point: TypeAlias = tuple[int, int]


def outline_path(columns: Sequence[DayRange], origin: int) -> str:
    """The outline of all columns, x in days after the day `origin`, y in minutes of the day.

    Only the outline: days that look different meet without a line between them, so that a daily
    window which moves by an hour is one shape with a step in it.
    """
    ends: defaultdict[Point, list[Point]] = defaultdict(list)
    for start, end in _edges(columns, origin):
        ends[start].append(end)
    loops: list[str] = []
    while ends:
        corner = start = next(iter(ends))
        points = [start]
        while True:
            onward = ends[corner]
            following = onward.pop()
            if not onward:
                del ends[corner]
            corner = following
            if corner == start:
                break
            points.append(corner)
        loops.append(_loop(points))
    return "".join(loops)


def _edges(columns: Sequence[DayRange], origin: int) -> Iterator[tuple[Point, Point]]:
    """The edges of the shape, each with the shape on its right: clockwise where y grows downwards."""
    before: Bands = ()
    reached = None
    for first, after, bands in columns:
        x, onward = first - origin, after - origin
        if reached != x:
            if reached is not None:
                yield from _verticals(reached, before, ())
            before = ()
        yield from _verticals(x, before, bands)
        for top, bottom in bands:
            yield (x, top), (onward, top)
            yield (onward, bottom), (x, bottom)
        before, reached = bands, onward
    if reached is not None:
        yield from _verticals(reached, before, ())


def _verticals(x: int, left: Bands, right: Bands) -> Iterator[tuple[Point, Point]]:
    """The edges where only one side is filled."""
    if left == right:
        return
    cuts = sorted({y for band in left + right for y in band})
    for top, bottom in pairwise(cuts):
        filled = [any(a <= top and bottom <= b for a, b in side) for side in (left, right)]
        if filled == [True, False]:
            yield (x, top), (x, bottom)
        elif filled == [False, True]:
            yield (x, bottom), (x, top)


def _loop(points: list[Point]) -> str:
    """A closed loop, corners only."""
    around = zip([points[-1], *points], points, [*points[1:], points[0]], strict=False)
    corners = [
        point
        for before, point, after in around
        if not (before[0] == point[0] == after[0] or before[1] == point[1] == after[1])
    ]
    drawn = [f"M{corners[0][0]} {corners[0][1]}"]
    for before, point in pairwise(corners):
        drawn.append(f"H{point[0]}" if before[1] == point[1] else f"V{point[1]}")
    return "".join(drawn) + "Z"
