"""One side of a campaign, live or definition, as the calendar sees it. Passive data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.dialing.schedule import Dialing, Schedule
    from voxosync.report.calendar.interpretation import Interpretation
    from voxosync.report.calendar.shared_caller_ids import Overlap


@dataclass(frozen=True, slots=True)
class ScheduleSide:
    """One side of a campaign: its schedule, when it dials, whom it calls, and shared caller IDs.

    Attributes:
        phones: its phones by the time zones of the people; none: unknown.
        clocks: a zone for each clock of these people; of the campaign where they are unknown.
        exhausted: the minute in UTC from which no phone may be left to call, where a forecast says so.
    """

    schedule: Schedule
    interpretation: Interpretation
    phones: PhonesByZones = ()
    clocks: tuple[ZoneInfo, ...] = ()
    overlap: Overlap | None = None
    exhausted: int | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """Its time zone, if it has one."""
        dialing = self.interpretation.dialing
        return None if dialing is None else dialing.zone

    @property
    def dialing(self) -> Dialing | None:
        """When it dials; None if it does not, or nothing can be drawn."""
        return self.interpretation.dialing if self.schedule.dials else None
