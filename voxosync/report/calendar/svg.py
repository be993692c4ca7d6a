"""SVG elements of the calendar: styles of shapes, and escaped text."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from voxosync.report.escape import visible


class ShapeStyle(NamedTuple):
    """A class for the style sheet, and attributes in case there is no style sheet."""

    name: str
    attributes: str


READY = ShapeStyle("cal-ready", 'fill="#3f7fbf"')
PAUSED = ShapeStyle("cal-paused", 'fill="url(#cal-paused) #a9bfd4"')
OTHER_STATE = ShapeStyle("cal-other", 'fill="url(#cal-other) #3f7fbf"')
EXHAUSTED = ShapeStyle("cal-exhausted", 'fill="#c3d7ea"')
OUTSIDE_HOURS = ShapeStyle("cal-outside", 'fill="url(#cal-outside) #c62828"')
SHARED = ShapeStyle("cal-shared", 'fill="#8e24aa"')
OUTLINE = ShapeStyle("cal-definition", 'stroke="#111" vector-effect="non-scaling-stroke"')
DASHED = ShapeStyle("cal-definition", f'{OUTLINE.attributes} stroke-dasharray="4 3"')

_MAX_LENGTH = 400


def hide_unless_first(clock: int) -> str:
    """The attribute that hides all clocks but the first without a style sheet."""
    return ' display="none"' if clock else ""


def xml(text: str) -> str:
    """Escaped text for an SVG element or attribute; a very long one is truncated."""
    printable = visible(text)
    return escape(
        printable if len(printable) <= _MAX_LENGTH else f"{printable[: _MAX_LENGTH - 1]}…"
    )


def path(outline: str, *styles: ShapeStyle) -> str:
    """A path in one or more styles, inside a group without a fill; nothing for an empty outline."""
    if not outline:
        return ""
    names, attributes = (" ".join(values) for values in zip(*styles, strict=True))
    return f'<path class="{names}" {attributes} d="{outline}"/>'


def label(x: float, y: float, text: str, style: str, size: int, anchor: str = "start") -> str:
    """A line of text, escaped.

    Args:
        x: its start, middle or end.
        y: its baseline.
        text: the text.
        style: its class.
        size: the size of the font.
        anchor: `start`, `middle` or `end`.
    """
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}">{xml(text)}</text>'
    )
