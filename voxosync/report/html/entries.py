"""What the page shows of one campaign, whether VOXO, the definitions or neither has it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.dialing.times import dialing_of
from voxosync.model.zone import zone_of
from voxosync.report import phrases
from voxosync.report.campaign_status import CampaignStatus, status_of
from voxosync.report.html.differences import difference, safe_link
from voxosync.report.risk import risk_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from voxosync.model.drift import Acknowledgement, Unmanaged
    from voxosync.model.plan import Abandoned, CampaignPlan
    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar import Row
    from voxosync.report.html.differences import Difference
    from voxosync.report.view import View

STATUSES: dict[str, str] = {
    CampaignStatus.DRIFTED: "Drifted",
    CampaignStatus.MISSING: "Missing in VOXO",
    CampaignStatus.FAILED: "Not compared",
    CampaignStatus.LEFT_ALONE: "Left alone",
    CampaignStatus.IN_SYNC: "In sync",
    "unmanaged": "Without a definition",
    "abandoned": "No longer managed",
}
"""What a campaign may be, most urgent first, and what the page calls it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to put a campaign right: what it does, and what to type."""

    does: str
    command: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One campaign of the page.

    Attributes:
        key: unique on the page.
        order: its place among the files.
        risk: its place by risk; equal where it matters as much.
        row: its row of the calendar, where there is one.
        acknowledged: differences that somebody knows of, with who and why.
        notes: what else to know.
        start: when it begins to dial, as a number of minutes, to sort by.
    """

    key: str
    id: int
    status: str
    name: str | None = None
    file: str | None = None
    href: str | None = None
    order: int = 0
    risk: int = 0
    row: Row | None = None
    differences: Sequence[Difference] = ()
    acknowledged: Sequence[tuple[Difference, Acknowledgement]] = ()
    goes_live: str | None = None
    error: str | None = None
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    remedies: Sequence[Remedy] = ()
    kinds: Sequence[str] = ()
    start: int | None = None

    @property
    def badge(self) -> str:
        """Its status in words."""
        return STATUSES[self.status]

    @property
    def is_compact(self) -> bool:
        """Whether a line says all of it."""
        return not (self.differences or self.acknowledged or self.error or self.remedies)

    @property
    def since(self) -> datetime | None:
        """When the oldest of its differences was first seen, where a history knows."""
        return min((found.since for found in self.differences if found.since), default=None)

    @property
    def find(self) -> str:
        """What a search looks at."""
        fields = {found.field for found in self.differences}
        fields |= {found.field for found, _ in self.acknowledged}
        marks = {mark.kind.value for mark in self.row.marks} if self.row else set()
        found = (str(self.id), self.name, self.file, *sorted(fields), *sorted(marks))
        return " ".join(filter(None, found))


def entry(campaign: CampaignPlan, order: int, row: Row | None, view: View) -> Entry:
    """The entry of a campaign that has a definition."""
    file = campaign.file
    schedules = campaign.schedules
    return Entry(
        key=f"c{campaign.id}",
        id=campaign.id,
        status=status_of(campaign).value,
        name=campaign.name,
        file=file,
        href=safe_link(view, file, campaign.line),
        order=order,
        risk=risk_rank(campaign),
        row=row,
        differences=[difference(change, file, view) for change in campaign.changes],
        acknowledged=[
            (difference(known.change, file, view), known.by) for known in campaign.acknowledged
        ],
        goes_live=None
        if campaign.goes_live is None
        else phrases.describe_going_live(campaign.goes_live),
        error=None if campaign.error is None else phrases.describe_failure(campaign),
        warnings=campaign.warnings,
        remedies=(*_remedies(campaign, view),),
        kinds=sorted({change.kind.value for change in campaign.changes}),
        start=None if schedules is None else _start(schedules.live),
    )


def unmanaged(found: Unmanaged, order: int, view: View) -> Entry:
    """The entry of a live campaign that has no definition."""
    return Entry(
        key=f"u{found.id}",
        id=found.id,
        status="unmanaged",
        name=found.name,
        order=order,
        notes=(f"State in VOXO: {found.state}.",) if found.state else (),
        remedies=(Remedy("Manage it", _command(view, f"import --id {found.id}")),),
    )


def abandoned(gone: Abandoned, order: int) -> Entry:
    """The entry of a campaign whose definition is removed."""
    return Entry(
        key=f"a{gone.id}",
        id=gone.id,
        status="abandoned",
        name=gone.name,
        file=gone.file,
        order=order,
        notes=("Its definition is removed. It stays in VOXO as it is.",),
    )


def _remedies(campaign: CampaignPlan, view: View) -> Iterator[Remedy]:
    if campaign.changes:
        yield Remedy("Keep the definition", _command(view, f"apply --only {campaign.id}"))
        yield Remedy("Keep what VOXO has", _command(view, f"pull --only {campaign.id}"))


def _command(view: View, call: str) -> str:
    environment = "" if view.environment is None else f"--env {shlex.quote(view.environment)} "
    return f"voxosync {environment}{call}"


def _start(schedule: Schedule) -> int | None:
    """The minute of `dateStart` `timeStart`, to sort by; without a zone, as if in UTC; None sorts last."""
    zone = zone_of(schedule.timezone or "") or zone_of("UTC")
    return dialing_of(schedule, zone).start if zone else None
