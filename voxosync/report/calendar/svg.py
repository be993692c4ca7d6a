"""One campaign's row as inline SVG: live filled, the definition outlined over it. Escapes all text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from voxosync.report.calendar.day_ranges import DayRange, day_ranges
from voxosync.report.calendar.interpretation import OUTSIDE_CALLING_HOURS
from voxosync.report.calendar.outline import outline_path
from voxosync.report.calendar.timescale import LEFT, PLOT_HEIGHT, PLOT_WIDTH, TOP, WIDTH
from voxosync.report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.dialing.times import Dialing, Run
    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar.interpretation import Interpretation
    from voxosync.report.calendar.shared_caller_ids import Overlap
    from voxosync.report.calendar.timescale import Timescale

ROW_HEIGHT = 64
STRIP = ((1485, 1635),)
"""Where below the day the days of a shared caller ID are marked, in minutes of the day."""


class ShapeStyle(NamedTuple):
    """How a shape looks: its class, and attributes for where there is no style sheet."""

    name: str
    attributes: str


READY = ShapeStyle("cal-ready", 'fill="#3f7fbf"')
PAUSED = ShapeStyle("cal-paused", 'fill="url(#cal-paused) #a9bfd4"')
OTHER = ShapeStyle("cal-other", 'fill="url(#cal-other) #3f7fbf"')
NIGHT = ShapeStyle("cal-outside", 'fill="url(#cal-outside) #c62828"')
SHARED = ShapeStyle("cal-shared", 'fill="#8e24aa"')
OUTLINE = ShapeStyle("cal-definition", 'stroke="#111" vector-effect="non-scaling-stroke"')
DASHED = ShapeStyle("cal-definition", f'{OUTLINE.attributes} stroke-dasharray="4 3"')

_LONGEST = 400
_MIDDLE = TOP + PLOT_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a campaign: what its schedule says, what that came to, and with whom it overlaps."""

    schedule: Schedule
    reading: Interpretation
    overlap: Overlap | None = None

    @property
    def fill(self) -> ShapeStyle:
        """How its state is filled."""
        if not self.schedule.dials:
            return PAUSED
        return READY if self.schedule.state == "READY" else OTHER

    @property
    def stroke(self) -> ShapeStyle:
        """How its state is outlined."""
        return OUTLINE if self.schedule.dials else DASHED


class RowPainter:
    """Draws rows of one frame; schedules that many campaigns have are worked out once."""

    def __init__(self, frame: Timescale) -> None:
        self._frame = frame
        self._known: dict[tuple[Dialing, bool, int], str] = {}
        self._runs: dict[tuple[Dialing, bool], tuple[Run, ...]] = {}

    def row(self, number: int, definition: Side, live: Side, text: Sequence[str]) -> str:
        """The picture of a campaign's two sides, with its text alternative as its title."""
        groups = "".join(
            f'<g class="cal-clock" data-clock="{clock}"{hidden(clock)}>'
            f'{"".join(self._shapes(definition, live, clock))}<use href="#cal-now-{clock}"/></g>'
            for clock in range(len(self._frame.clocks))
        )
        return (
            f'<svg class="cal cal-row" viewBox="0 0 {WIDTH} {ROW_HEIGHT}" role="img" '
            f'aria-labelledby="cal-{number}"><title id="cal-{number}">{xml("; ".join(text))}</title>'
            f'<use href="#cal-grid"/><g fill="none" transform="{self._frame.plot}">{groups}</g>'
            f"{''.join(self._beyond(definition, live))}</svg>"
        )

    def _shapes(self, definition: Side, live: Side, clock: int) -> Iterator[str]:
        filled, outlined = self._path(live, clock), self._path(definition, clock)
        nights = {self._path(side, clock, night=True) for side in (definition, live)} - {""}
        as_one = filled == outlined and not nights  # else the outline would be covered
        yield element(filled, live.fill, *([definition.stroke] if as_one else []))
        yield from (element(night, NIGHT) for night in sorted(nights))
        if not as_one:
            yield element(outlined, definition.stroke)
        shared, planned = self._strip(live, clock), self._strip(definition, clock)
        if shared == planned:
            yield element(shared, SHARED, OUTLINE)
        else:
            yield element(shared, SHARED) + element(planned, OUTLINE)

    def _path(self, side: Side, clock: int, *, night: bool = False) -> str:
        dialing = side.reading.dialing
        if dialing is None or (night and not side.schedule.dials):
            return ""
        known = (dialing, night, clock)
        if known not in self._known:
            frame = self._frame
            if (dialing, night) not in self._runs:  # once for all clocks
                limits = OUTSIDE_CALLING_HOURS if night else None
                self._runs[dialing, night] = dialing.runs(frame.low, frame.high, limits)
            runs = self._runs[dialing, night]
            shown = day_ranges(runs, frame.spans[clock], frame.first, frame.after)
            self._known[known] = outline_path(shown, frame.first)
        return self._known[known]

    def _strip(self, side: Side, clock: int) -> str:
        if side.overlap is None:
            return ""
        frame = self._frame
        shown = day_ranges(side.overlap.runs(), frame.spans[clock], frame.first, frame.after)
        return outline_path(
            [DayRange(first, after, STRIP) for first, after, _ in shown], frame.first
        )

    def _beyond(self, definition: Side, live: Side) -> Iterator[str]:
        """Arrows where dialing goes on beyond the days drawn, and words where nothing can be drawn."""
        notes: dict[str, list[tuple[str, str]]] = {"left": [], "right": []}
        ways = set()
        for name, side in (("definition", definition), ("live", live)):
            beyond, note = _where(side, *self._frame.seen)
            ways |= beyond
            if note:
                notes["right" if beyond == {"right"} else "left"].append((name, note))
        yield from (_ARROWS[way] for way in sorted(ways))
        yield from (_note(way, said) for way, said in notes.items() if said)


_ARROWS = {
    "left": f'<path class="cal-arrow" d="M{LEFT - 1} {_MIDDLE - 6}v12l-8-6z"/>',
    "right": f'<path class="cal-arrow" d="M{LEFT + PLOT_WIDTH + 1} {_MIDDLE - 6}v12l8-6z"/>',
}


def hidden(clock: int) -> str:
    """All clocks but the first are hidden where no style sheet shows them."""
    return ' display="none"' if clock else ""


def xml(text: str) -> str:
    """Text for an element or an attribute of SVG, shortened where it is endless."""
    seen = visible(text)
    return escape(seen if len(seen) <= _LONGEST else f"{seen[: _LONGEST - 1]}…")


def element(shape: str, *looks: ShapeStyle) -> str:
    """One shape in one or several looks, within a group that fills nothing."""
    if not shape:
        return ""
    names, attributes = (" ".join(each) for each in zip(*looks, strict=True))
    return f'<path class="{names}" {attributes} d="{shape}"/>'


def _where(side: Side, first: int, after: int) -> tuple[set[str], str]:
    """At which edges of the drawn time a side goes on, and what to say where it lies outside of it."""
    dialing = side.reading.dialing
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
    return {way for way, goes_on in (("left", left), ("right", right)) if goes_on}, ""


def _note(way: str, said: Sequence[tuple[str, str]]) -> str:
    both_agree = len(said) == len(("definition", "live")) and said[0][1] == said[1][1]
    words = said[0][1] if both_agree else ", ".join(f"{name}: {what}" for name, what in said)
    x, anchor = (LEFT + 4, "start") if way == "left" else (LEFT + PLOT_WIDTH - 4, "end")
    return (
        f'<text class="cal-text" x="{x}" y="{_MIDDLE + 4}" font-size="11" '
        f'text-anchor="{anchor}">{xml(words)}</text>'
    )
