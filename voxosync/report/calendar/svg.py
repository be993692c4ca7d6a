"""SVG elements of the calendar: styles of shapes, and escaped text."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from voxosync.report.escape import visible


class ShapeStyle(NamedTuple):
    """A class for the style sheet, and attributes for pages without one."""

    name: str
    attributes: str


READY = ShapeStyle("cal-ready", 'fill="#3f7fbf"')
PAUSED = ShapeStyle("cal-paused", 'fill="url(#cal-paused) #a9bfd4"')
OTHER_STATE = ShapeStyle("cal-other", 'fill="url(#cal-other) #3f7fbf"')
EXHAUSTED = ShapeStyle("cal-exhausted", 'fill="#fff" fill-opacity="0.45"')
OUTSIDE_HOURS = ShapeStyle("cal-outside", 'fill="url(#cal-outside) #c62828"')
SHARED = ShapeStyle("cal-shared", 'fill="#8e24aa"')
_STROKE = 'stroke-width="2" vector-effect="non-scaling-stroke"'
"""The edges of what differs, of a constant width, so that half an hour is seen at any size."""
MORE = ShapeStyle("cal-more", f'fill="#e05d00" stroke="#e05d00" {_STROKE}')
LESS = ShapeStyle("cal-less", f'fill="url(#cal-gone) none" stroke="#59636e" {_STROKE}')
EVERYONE = ShapeStyle(
    "cal-everyone", f'stroke="#1f2328" stroke-dasharray="7 4" {_STROKE.replace("2", "1.5", 1)}'
)

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


def path(outline: str, style: ShapeStyle) -> str:
    """A path in a style, inside a group without a fill; nothing for an empty outline."""
    if not outline:
        return ""
    return f'<path class="{style.name}" {style.attributes} d="{outline}"/>'


def label(x: str, y: str, text: str, style: str, anchor: str = "start") -> str:
    """A line of text, escaped.

    Args:
        x: its start, middle or end, in pixels, or of the width with `%`.
        y: its baseline, in pixels, or of the height with `%`.
        text: the text.
        style: its classes.
        anchor: `start`, `middle` or `end`.
    """
    return f'<text class="{style}" x="{x}" y="{y}" font-size="11" text-anchor="{anchor}">{xml(text)}</text>'
