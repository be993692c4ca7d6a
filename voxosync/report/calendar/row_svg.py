"""A campaign's row as inline SVG, with a group for each clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.calendar.axis import now_shapes
from voxosync.report.calendar.notes import describe_notes
from voxosync.report.calendar.row_shapes import RowShapes
from voxosync.report.calendar.svg import ShapeStyle, hide_unless_first, path, xml
from voxosync.report.calendar.timescale import PIXELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.report.calendar.schedule_side import ScheduleSide
    from voxosync.report.calendar.timescale import Timescale


class RowPainter:
    """Draws rows with a common time scale.

    Attributes:
        names: what the definition's side and the live one are called.

    Args:
        scale: the time scale.
        alarm_live: whether dialing that only VOXO has is highlighted, as in a drift report, and not dialing that
            only the definition has, as in a plan.
    """

    def __init__(self, scale: Timescale, *, alarm_live: bool) -> None:
        self._scale, self._shapes = scale, RowShapes(scale, alarm_live=alarm_live)
        self.names = ("Git", "VOXO") if alarm_live else ("after applying", "now")

    def row(
        self, campaign_id: int, definition: ScheduleSide, live: ScheduleSide, text: Sequence[str]
    ) -> tuple[str, frozenset[ShapeStyle]]:
        """The SVG of both sides of a campaign, with its text alternative as the title, and the styles that it has."""
        own = definition.zone or live.zone
        styles: set[ShapeStyle] = set()
        groups = []
        for number in range(len(self._scale.clocks)):
            clock = self._scale.clock(number, own)
            shapes = [*self._shapes.shapes(definition, live, clock)]
            styles.update(style for style, _ in shapes)
            drawn = "".join(path(outline, style) for style, outline in shapes)
            now = now_shapes(self._scale.local_now(clock))
            groups.append(
                f'<g class="cal-clock" data-clock="{number}"{hide_unless_first(number)}>{now}{drawn}</g>'
            )
        notes = [*zip(self.names, (definition, live), strict=True)]
        title = f"cal-{campaign_id}"
        svg = (
            f'<svg class="cal cal-row" width="100%" height="{PIXELS[1]}" role="img" '
            f'aria-labelledby="{title}"><title id="{title}">{xml("; ".join(text))}</title>'
            f'<svg class="cal-plot" viewBox="{self._scale.view_box}" preserveAspectRatio="none" width="100%" '
            f'height="100%"><use href="#cal-grid"/><g fill="none">{"".join(groups)}</g></svg>'
            f'<use class="cal-labels" href="#cal-labels"/>'
            f"{describe_notes(notes, self._scale.common_range)}</svg>"
        )
        return svg, frozenset(styles)
