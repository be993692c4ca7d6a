"""The calendar: when campaigns dial, as inline SVG with text alternatives. All text is escaped.

To use it in a page:

- Place `axis()` once, before the rows, and never hide it with `display: none`: nothing of it is visible, but it has the
  patterns, the grid and the labels that the rows reference. Each row stretches to the width of its place; the style
  sheet may set its height, and the size of its text stays the same.
- Each row contains a `<g class="cal-clock" data-clock="N">` for each of `clocks`; the first one is the clock of the
  campaign's own zone. All but the first have the attribute `display="none"`, so that a page without CSS shows one
  clock. To show clock 2: `[data-clock] { display: none } [data-clock="2"] { display: inline }`.
- `STYLE` contains CSS for all classes, light and dark, with custom properties (`--cal-…`) that the page may override.
  It has no style attributes, which a strict Content-Security-Policy would forbid.
- Ids begin with `cal-`.
"""

from __future__ import annotations

from voxosync.report.calendar.calendar import Calendar, calendar_for
from voxosync.report.calendar.row import LegendEntry, Mark, MarkKind, Row
from voxosync.report.calendar.stylesheet import STYLE

__all__ = ["STYLE", "Calendar", "LegendEntry", "Mark", "MarkKind", "Row", "calendar_for"]
