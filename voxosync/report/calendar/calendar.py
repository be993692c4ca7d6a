"""The calendar of a plan: interprets each schedule once and returns a row for each campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import Span, minute_of, spans
from voxosync.report.calendar.axis import shared_svg
from voxosync.report.calendar.day_ranges import DayRange, day_ranges
from voxosync.report.calendar.descriptions import (
    caller_id_mark,
    marks_of_both,
    outside_hours_mark,
    text_alternative,
)
from voxosync.report.calendar.interpretation import (
    OUTSIDE_CALLING_HOURS,
    Interpretation,
    exhausted_after,
    interpret,
)
from voxosync.report.calendar.legend import legend_entries
from voxosync.report.calendar.row import LegendEntry, Mark, Row
from voxosync.report.calendar.row_svg import RowPainter, ScheduleSide
from voxosync.report.calendar.shared_caller_ids import Caller, Overlap, overlaps
from voxosync.report.calendar.svg import READY
from voxosync.report.calendar.timescale import timescale_for
from voxosync.report.dialing import forecast_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from voxosync.model.plan import CampaignPlan
    from voxosync.model.schedule import Schedule, Schedules


class Calendar:
    """The calendar of the campaigns of a plan.

    Attributes:
        clocks: the selectable clocks: each campaign's own, UTC, then the IANA names of the most frequent zones.
        first: the first day drawn, on every clock.
        last: the last day drawn, on every clock.
    """

    def __init__(
        self, campaigns: Mapping[int, Schedules], now: datetime, *, alarm_live: bool = True
    ) -> None:
        self._campaigns, self._alarm_live = campaigns, alarm_live
        self._interpretations: dict[Schedule, Interpretation] = {}
        definitions = {number: schedules.definition for number, schedules in campaigns.items()}
        live = {number: schedules.live for number, schedules in campaigns.items()}
        dialings = [
            self._interpret(schedule).dialing
            for schedules in campaigns.values()
            for schedule in (schedules.definition, schedules.live)
        ]
        self._timescale = timescale_for(filter(None, dialings), minute_of(now))
        self._painter = RowPainter(self._timescale, alarm_live=alarm_live)
        self._definition_overlaps = self._overlaps(definitions)
        self._live_overlaps = (
            self._definition_overlaps if live == definitions else self._overlaps(live)
        )

    @property
    def clocks(self) -> tuple[str, ...]:
        """The names of the selectable clocks; the first one stands for each campaign's own."""
        return self._timescale.clocks

    @property
    def first(self) -> date:
        """The first day drawn."""
        return date.fromordinal(self._timescale.first)

    @property
    def last(self) -> date:
        """The last day drawn."""
        return date.fromordinal(self._timescale.after - 1)

    def axis(self) -> str:
        """Inline SVG that is not visible, with everything that rows share: the grid, labels and patterns."""
        return shared_svg(self._timescale)

    def legend(self) -> tuple[LegendEntry, ...]:
        """The meaning of the fills."""
        return legend_entries(self._timescale, alarm_live=self._alarm_live)

    def row(self, campaign_id: int) -> Row:
        """The row of a campaign; without schedules, its text says so and nothing is drawn."""
        schedules = self._campaigns.get(campaign_id)
        if schedules is None:
            return Row("", ("not drawn: its dialing times are unknown",))
        definition, live = self._sides(campaign_id, schedules)
        live = replace(live, exhausted=exhausted_after(live.interpretation, schedules.forecast))
        text = text_alternative(
            schedules, self._painter.names, lambda side: self._interpret(side).doubts
        )
        if schedules.forecast is not None:
            text = (*text, f"list in VOXO: {forecast_text(schedules.forecast)}")
        svg, styles = self._painter.row(campaign_id, definition, live, text)
        return Row(
            svg,
            text,
            self.marks(campaign_id),
            legend_entries(self._timescale, alarm_live=self._alarm_live, styles=styles - {READY}),
        )

    def marks(self, campaign_id: int) -> tuple[Mark, ...]:
        """The warnings of the row of a campaign, without drawing it."""
        schedules = self._campaigns.get(campaign_id)
        if schedules is None:
            return ()
        names = self._painter.names
        sides = dict(zip(names, self._sides(campaign_id, schedules), strict=True))

        def outside_hours(name: str, prefix: str) -> Mark | None:
            return outside_hours_mark(self._outside_hours(sides[name]), prefix)

        def caller_id(name: str, prefix: str) -> Mark | None:
            return caller_id_mark(sides[name].schedule.callerId, sides[name].overlap, prefix)

        return (*marks_of_both(outside_hours, names), *marks_of_both(caller_id, names))

    def _sides(self, campaign_id: int, schedules: Schedules) -> tuple[ScheduleSide, ScheduleSide]:
        """The definition and the live campaign."""
        definition, live = schedules.definition, schedules.live
        return (
            ScheduleSide(
                definition,
                self._interpret(definition),
                self._definition_overlaps.get(campaign_id),
            ),
            ScheduleSide(live, self._interpret(live), self._live_overlaps.get(campaign_id)),
        )

    def _outside_hours(self, side: ScheduleSide) -> Sequence[DayRange]:
        """When a campaign dials outside calling hours, by the days of its own zone."""
        dialing, scale = side.interpretation.dialing, self._timescale
        if dialing is None or not side.schedule.dials:
            return ()
        runs = dialing.runs(scale.low, scale.high, OUTSIDE_CALLING_HOURS)
        clock = spans(dialing.zone, scale.low, scale.high)
        return day_ranges(runs, clock, scale.first, scale.after)

    def _overlaps(self, schedules: Mapping[int, Schedule]) -> Mapping[int, Overlap]:
        scale = self._timescale
        utc = (Span(scale.low, scale.high, 0),)
        callers = []
        for number, schedule in schedules.items():
            dialing = self._interpret(schedule).dialing
            if dialing and schedule.dials and schedule.callerId:
                runs = dialing.runs(scale.low, scale.high)
                days = day_ranges(runs, utc, scale.first - 1, scale.after + 1)
                callers.append(Caller(number, schedule.callerId, days))
        return overlaps(callers)

    def _interpret(self, schedule: Schedule) -> Interpretation:
        if schedule not in self._interpretations:
            self._interpretations[schedule] = interpret(schedule)
        return self._interpretations[schedule]


def calendar_for(
    campaigns: Sequence[CampaignPlan], now: datetime, *, alarm_live: bool = True
) -> Calendar:
    """The calendar of these campaigns. Never raises because of their schedules.

    Args:
        campaigns: those with schedules get a row.
        now: the time of the report, an aware datetime.
        alarm_live: whether to highlight dialing that only VOXO has, as in a drift report, and not dialing that only
            the definition has, as in a plan.
    """
    return Calendar(
        {campaign.id: campaign.schedules for campaign in campaigns if campaign.schedules},
        now,
        alarm_live=alarm_live,
    )
