"""The calendar of a plan: interprets each schedule once and returns a row for each campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import Span, minute_of, spans
from voxosync.report.calendar.axis import shared_svg
from voxosync.report.calendar.called_people import called_clocks
from voxosync.report.calendar.day_ranges import day_ranges
from voxosync.report.calendar.descriptions import (
    called_outside_mark,
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
from voxosync.report.calendar.row_svg import RowPainter
from voxosync.report.calendar.schedule_side import ScheduleSide
from voxosync.report.calendar.shared_caller_ids import Caller, Overlap, overlaps
from voxosync.report.calendar.svg import READY
from voxosync.report.calendar.timescale import timescale_for
from voxosync.report.dialing import forecast_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.dialing.forecast import Forecast
    from voxosync.model.dialing.schedule import Schedule, Schedules
    from voxosync.model.plan import CampaignPlan


class Calendar:
    """The calendar of the campaigns of a plan.

    Attributes:
        clocks: the selectable clocks: each campaign's own, UTC, then the IANA names of the most frequent zones.
        first: the first day drawn, on every clock.
        last: the last day drawn, on every clock.
    """

    def __init__(
        self,
        campaigns: Mapping[int, Schedules],
        now: datetime,
        *,
        alarm_live: bool = True,
        forecasts: Mapping[int, Forecast],
    ) -> None:
        self._campaigns, self._alarm_live, self._forecasts = campaigns, alarm_live, forecasts
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
        sides = self._sides(campaign_id, schedules)
        text = text_alternative(sides, self._timescale.low, self._timescale.high)
        if schedules.forecast is not None:
            text = (*text, f"list in VOXO: {forecast_text(schedules.forecast)}")
        definition, live = sides.values()
        svg, styles = self._painter.row(campaign_id, definition, live, text)
        return Row(
            svg,
            text,
            (*self._marks_of(sides),),
            legend_entries(self._timescale, alarm_live=self._alarm_live, styles=styles - {READY}),
        )

    def marks(self, campaign_id: int) -> tuple[Mark, ...]:
        """The warnings of the row of a campaign, without drawing it."""
        schedules = self._campaigns.get(campaign_id)
        return () if schedules is None else (*self._marks_of(self._sides(campaign_id, schedules)),)

    def _marks_of(self, sides: Mapping[str, ScheduleSide]) -> Iterator[Mark]:
        def caller_id(side: ScheduleSide) -> Mark | None:
            return caller_id_mark(side.schedule.callerId, side.overlap)

        yield from marks_of_both(self._outside_hours_mark, sides)
        yield from marks_of_both(caller_id, sides)

    def _outside_hours_mark(self, side: ScheduleSide) -> Mark | None:
        if side.phones:
            return called_outside_mark(side)
        dialing, scale = side.dialing, self._timescale
        if dialing is None:
            return None
        runs = dialing.runs(scale.low, scale.high, OUTSIDE_CALLING_HOURS)
        clock = spans(dialing.zone, scale.low, scale.high)
        return outside_hours_mark(day_ranges(runs, clock, scale.first, scale.after))

    def _sides(self, campaign_id: int, schedules: Schedules) -> dict[str, ScheduleSide]:
        """The definition and the live campaign by their names.

        The forecast of what applying does is the definition's; without one, that of the live list counts.
        """
        applied = self._forecasts.get(campaign_id)
        definition = self._side(schedules.definition, schedules.definition_phones)
        live = self._side(schedules.live, schedules.live_phones)
        if applied is not None:
            exhausted = exhausted_after(definition.interpretation, applied)
            definition = replace(definition, exhausted=exhausted)
        else:
            exhausted = exhausted_after(live.interpretation, schedules.forecast)
            live = replace(live, exhausted=exhausted)
        definition = replace(definition, overlap=self._definition_overlaps.get(campaign_id))
        live = replace(live, overlap=self._live_overlaps.get(campaign_id))
        return dict(zip(self._painter.names, (definition, live), strict=True))

    def _side(self, schedule: Schedule, phones: PhonesByZones) -> ScheduleSide:
        interpretation, scale = self._interpret(schedule), self._timescale
        dialing = interpretation.dialing
        clocks = dialing and called_clocks(dialing.zone, phones, scale.low, scale.high)
        return ScheduleSide(schedule, interpretation, phones, clocks or ())

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
        forecasts={
            campaign.id: campaign.dialing.forecast
            for campaign in campaigns
            if campaign.dialing and campaign.dialing.forecast and not alarm_live
        },
    )
