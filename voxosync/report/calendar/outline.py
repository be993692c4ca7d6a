"""The outline of day ranges as an SVG path, in days and minutes."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.dialing.clock import Bands
    from voxosync.report.calendar.day_ranges import DayRange

Point: TypeAlias = tuple[int, int]


def outline_path(ranges: Sequence[DayRange], origin: int) -> str:
    """The `d` attribute of the outline: x in days after the day `origin`, y in minutes of the day.

    Adjacent ranges have no line between them, so that daily hours that shift by an hour are one shape with a step.
    """
    ends: defaultdict[Point, list[Point]] = defaultdict(list)
    for start, end in _edges(ranges, origin):
        ends[start].append(end)
    loops: list[str] = []
    while ends:
        corner = start = next(iter(ends))
        points = [start]
        while True:
            next_corners = ends[corner]
            next_corner = next_corners.pop()
            if not next_corners:
                del ends[corner]
            corner = next_corner
            if corner == start:
                break
            points.append(corner)
        loops.append(_loop(points))
    return "".join(loops)


def _edges(ranges: Sequence[DayRange], origin: int) -> Iterator[tuple[Point, Point]]:
    """The edges of the shape, clockwise: the shape is on the right of each edge, as y grows downwards."""
    previous_bands: Bands = ()
    previous_end = None
    for first, after, bands in ranges:
        start, end = first - origin, after - origin
        if previous_end != start:
            if previous_end is not None:
                yield from _verticals(previous_end, previous_bands, ())
            previous_bands = ()
        yield from _verticals(start, previous_bands, bands)
        for top, bottom in bands:
            yield (start, top), (end, top)
            yield (end, bottom), (start, bottom)
        previous_bands, previous_end = bands, end
    if previous_end is not None:
        yield from _verticals(previous_end, previous_bands, ())


def _verticals(x: int, before: Bands, after: Bands) -> Iterator[tuple[Point, Point]]:
    """The edges at `x` where only one side of it is filled."""
    if before == after:
        return
    cuts = sorted({y for band in before + after for y in band})
    for top, bottom in pairwise(cuts):
        filled = [any(a <= top and bottom <= b for a, b in side) for side in (before, after)]
        if filled == [True, False]:
            yield (x, top), (x, bottom)
        elif filled == [False, True]:
            yield (x, bottom), (x, top)


def _loop(points: list[Point]) -> str:
    """A closed loop; only its corners are kept."""
    neighbors = zip([points[-1], *points], points, [*points[1:], points[0]], strict=False)
    corners = [
        point
        for before, point, after in neighbors
        if not (before[0] == point[0] == after[0] or before[1] == point[1] == after[1])
    ]
    commands = [f"M{corners[0][0]} {corners[0][1]}"]
    for before, point in pairwise(corners):
        commands.append(f"H{point[0]}" if before[1] == point[1] else f"V{point[1]}")
    return "".join(commands) + "Z"
