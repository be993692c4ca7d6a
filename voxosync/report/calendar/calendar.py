"""The calendar of a plan's campaigns: reads their schedules once and gives a row for each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import Span, minute_of, spans
from voxosync.report.calendar import axis
from voxosync.report.calendar.day_ranges import DayRange, day_ranges
from voxosync.report.calendar.descriptions import alternative, both, caller_mark, outside_mark
from voxosync.report.calendar.interpretation import OUTSIDE_CALLING_HOURS, Interpretation, interpret
from voxosync.report.calendar.row import LegendEntry, Mark, Row
from voxosync.report.calendar.shared_caller_ids import Caller, Overlap, overlaps
from voxosync.report.calendar.svg import RowPainter, Side
from voxosync.report.calendar.timescale import timescale_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from voxosync.model.plan import CampaignPlan
    from voxosync.model.schedule import Schedule, Schedules


class Calendar:
    """The calendar of all campaigns of a plan.

    Attributes:
        clocks: the IANA names of the clocks that can be selected: UTC first, then the campaigns' own
            zones, most used first; at most 6.
        first: the first day drawn, on every clock.
        last: the last day drawn, included.
    """

    def __init__(self, campaigns: Mapping[int, Schedules], now: datetime) -> None:
        self._campaigns = campaigns
        self._readings: dict[Schedule, Interpretation] = {}
        sides = [(found.definition, found.live) for found in campaigns.values()]
        placed = [self._read(side).dialing for pair in sides for side in pair]
        self._frame = timescale_for([dialing for dialing in placed if dialing], minute_of(now))
        self._pen = RowPainter(self._frame)
        planned, live = (
            {number: getattr(found, side) for number, found in campaigns.items()}
            for side in ("definition", "live")
        )
        self._planned_overlaps = self._overlaps(planned)
        self._live_overlaps = self._planned_overlaps if live == planned else self._overlaps(live)

    @property
    def clocks(self) -> tuple[str, ...]:
        """As above."""
        return self._frame.clocks

    @property
    def first(self) -> date:
        """As above."""
        return date.fromordinal(self._frame.first)

    @property
    def last(self) -> date:
        """As above."""
        return date.fromordinal(self._frame.after - 1)

    def axis(self) -> str:
        """Inline SVG for the head of the rows: months, weeks, today; the same x scale as the rows."""
        return axis.axis(self._frame)

    def key(self) -> tuple[LegendEntry, ...]:
        """The legend: what the fills, outlines and marks mean."""
        return axis.key(self._frame)

    def row(self, campaign_id: int) -> Row:
        """The row of a campaign; one whose schedules are not known has a row that says so, without a picture."""
        found = self._campaigns.get(campaign_id)
        if found is None:
            return Row("", ("not drawn: when it dials is not known",))
        definition, live = (
            Side(schedule, self._read(schedule), shared.get(campaign_id))
            for schedule, shared in (
                (found.definition, self._planned_overlaps),
                (found.live, self._live_overlaps),
            )
        )
        text = alternative(found.definition, found.live, lambda side: self._read(side).doubts)
        return Row(
            self._pen.row(campaign_id, definition, live, text),
            text,
            tuple(self._marks({"definition": definition, "live": live})),
        )

    def _marks(self, sides: Mapping[str, Side]) -> list[Mark]:
        def night(name: str, said: str) -> Mark | None:
            return outside_mark(self._nights(sides[name]), said)

        def caller(name: str, said: str) -> Mark | None:
            return caller_mark(sides[name].schedule.callerId, sides[name].overlap, said)

        return [*both(night), *both(caller)]

    def _nights(self, side: Side) -> Sequence[DayRange]:
        """The days of a campaign's own zone on which it dials outside the hours, where it dials."""
        dialing, frame = side.reading.dialing, self._frame
        if dialing is None or not side.schedule.dials:
            return ()
        runs = dialing.runs(frame.low, frame.high, OUTSIDE_CALLING_HOURS)
        own = spans(dialing.zone, frame.low, frame.high)
        return day_ranges(runs, own, frame.first, frame.after)

    def _overlaps(self, schedules: Mapping[int, Schedule]) -> Mapping[int, Overlap]:
        frame = self._frame
        utc = (Span(frame.low, frame.high, 0),)
        callers = []
        for number, schedule in schedules.items():
            dialing = self._read(schedule).dialing
            if dialing and schedule.dials and schedule.callerId:
                runs = dialing.runs(frame.low, frame.high)
                days = day_ranges(runs, utc, frame.first - 1, frame.after + 1)
                callers.append(Caller(number, schedule.callerId, days))
        return overlaps(callers)

    def _read(self, schedule: Schedule) -> Interpretation:
        if schedule not in self._readings:
            self._readings[schedule] = interpret(schedule)
        return self._readings[schedule]


def calendar_for(campaigns: Sequence[CampaignPlan], now: datetime) -> Calendar:
    """The calendar of these campaigns around an aware moment; nothing in their schedules makes it raise."""
    return Calendar({found.id: found.schedules for found in campaigns if found.schedules}, now)
