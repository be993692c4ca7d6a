"""What a row says about dialing beyond the days that are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.calendar.svg import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.report.calendar.schedule_side import ScheduleSide

_MIDDLE = "48%"
_ARROWS = {"left": ("-2", "◀", "end"), "right": ("100%", "▶", "start")}


def describe_notes(sides: Sequence[tuple[str, ScheduleSide]], drawn: tuple[int, int]) -> str:
    """Arrows if dialing continues beyond the days drawn, and texts if nothing can be drawn, as SVG.

    Args:
        sides: the names of both sides, and what they are.
        drawn: the first minute in UTC that is drawn on every clock, and the one after the last.
    """
    return "".join(_notes(sides, drawn))


def _notes(sides: Sequence[tuple[str, ScheduleSide]], drawn: tuple[int, int]) -> Iterator[str]:
    texts: dict[str, list[tuple[str, str]]] = {"left": [], "right": []}
    arrows = set()
    for name, side in sides:
        edges, text = _beyond(side, *drawn)
        arrows |= edges
        if text:
            texts["right" if edges == {"right"} else "left"].append((name, text))
    for edge in sorted(arrows):
        x, arrow, anchor = _ARROWS[edge]
        yield label(x, _MIDDLE, arrow, "cal-arrow", anchor)
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
    edges = {
        "left": dialing.start is None or dialing.start < first,
        "right": dialing.end is None or dialing.end > after,
    }
    return {edge for edge, continues in edges.items() if continues}, ""


def _note(edge: str, notes: Sequence[tuple[str, str]]) -> str:
    texts = [text for _, text in notes]
    is_common = len(notes) > 1 and texts[0] == texts[1]
    text = texts[0] if is_common else ", ".join(f"{name}: {text}" for name, text in notes)
    x, anchor = ("4", "start") if edge == "left" else ("99%", "end")
    return label(x, _MIDDLE, text, "cal-text", anchor)
