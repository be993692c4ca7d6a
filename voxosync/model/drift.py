"""What a drift report has in addition to a plan: acknowledged differences, unmanaged campaigns, earlier runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from voxosync.model.plan import CampaignPlan
    from voxosync.model.problem import Position


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An acknowledgement that a field differs, valid until a date.

    Attributes:
        until: the day on which it expires: from that day (UTC) on, the difference counts again.
        owner: who is responsible for it; None: whoever wrote the line.
        position: where the definition says so.
    """

    field: str
    until: date
    reason: str
    owner: str | None
    position: Position

    def holds(self, today: date) -> bool:
        """Whether it has not expired."""
        return today < self.until

    def __str__(self) -> str:
        by = f" by {self.owner}" if self.owner else ""
        return f"acknowledged until {self.until}{by}: {self.reason}"


@dataclass(frozen=True, slots=True)
class UnmanagedCampaign:
    """A live campaign of the tenant that has no definition.

    Attributes:
        state: as VOXO has it.
    """

    id: int
    name: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """What one run of drift found, for the history.

    Attributes:
        base_url: the VOXO that the definitions were compared with.
        tenant_id: whose campaigns they are, where that is known.
        at: when, in UTC.
        campaigns: as the run compared them.
        is_complete: whether it compared all definitions; only such runs are counted over time.
    """

    base_url: str
    tenant_id: int | None
    at: datetime
    campaigns: Sequence[CampaignPlan]
    is_complete: bool

    @property
    def account(self) -> str:
        """The VOXO and the tenant, which have a history of their own."""
        tenant = f"?tenantId={self.tenant_id}" if self.tenant_id is not None else ""
        return f"{self.base_url}{tenant}"


@dataclass(frozen=True, slots=True)
class DriftRun:
    """The counts of campaigns of one drift run over all definitions, for the chart of drift over time."""

    at: datetime
    in_sync: int
    drifted: int
    failed: int
    left_alone: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What `--history` records.

    Attributes:
        runs: oldest first, this one last.
        since: the report is limited to differences first seen at or after this moment; None: it has all.
    """

    runs: Sequence[DriftRun]
    since: datetime | None = None
