"""When campaigns dial, drawn on one common clock: inline SVG with a text alternative. It escapes all it draws.

For the page:

- Put `axis()` on the page once, before the rows, and never `display: none`: it holds the patterns and
  the grid that the rows refer to. Its plot area lines up with the rows' where both are shown with the
  same width (all have one `viewBox` width; let CSS say `width: 100%; height: auto`).
- Each picture holds a `<g class="cal-clock" data-clock="N">` for each of `clocks`. All but the first
  carry `display="none"` as an attribute, so that a page without CSS shows one clock. To show clock 2:
  `[data-clock] { display: none } [data-clock="2"] { display: inline }` under a checked radio button.
- `STYLE` is CSS for all classes used here, light and dark, with custom properties (`--cal-…`) that a
  page may set itself. There are no style attributes, so a strict Content-Security-Policy is met.
- Ids begin with `cal-`.
"""

from __future__ import annotations

from voxosync.report.calendar.calendar import Calendar, calendar_for
from voxosync.report.calendar.row import LegendEntry, Mark, MarkKind, Row
from voxosync.report.calendar.stylesheet import STYLE

__all__ = ["STYLE", "Calendar", "LegendEntry", "Mark", "MarkKind", "Row", "calendar_for"]
