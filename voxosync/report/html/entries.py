"""The entries of the page: one per campaign, managed, unmanaged or no longer managed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.dialing.times import dialing_of
from voxosync.model.zone import zone_of
from voxosync.report import phrases
from voxosync.report.campaign_status import CampaignStatus, status_of
from voxosync.report.dialing import headline
from voxosync.report.html.differences import difference_row, safe_link
from voxosync.report.risk import risk_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from voxosync.model.drift import Acknowledgement, Unmanaged
    from voxosync.model.plan import Abandoned, CampaignPlan
    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar import Row
    from voxosync.report.html.differences import DifferenceRow
    from voxosync.report.view import View

STATUSES: dict[str, str] = {
    CampaignStatus.DRIFTED: "Drifted",
    CampaignStatus.NEW: "To be created",
    CampaignStatus.MISSING: "Missing in VOXO",
    CampaignStatus.FAILED: "Not compared",
    CampaignStatus.LEFT_ALONE: "Left alone",
    CampaignStatus.IN_SYNC: "In sync",
    "unmanaged": "Without a definition",
    "abandoned": "No longer managed",
}
"""The labels of all statuses, most urgent first."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command that resolves a difference.

    Attributes:
        effect: what it does.
    """

    effect: str
    command: str


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """A campaign on the page.

    Attributes:
        key: its id on the page.
        order: its rank by file.
        risk: its rank by risk.
        row: its row of the calendar, if any.
        acknowledged: acknowledged differences with their acknowledgements.
        notes: further remarks.
        start: when it starts dialing, in minutes, for sorting.
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
    differences: Sequence[DifferenceRow] = ()
    acknowledged: Sequence[tuple[DifferenceRow, Acknowledgement]] = ()
    dialing: str | None = None
    error: str | None = None
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    remedies: Sequence[Remedy] = ()
    kinds: Sequence[str] = ()
    start: int | None = None

    @property
    def is_compact(self) -> bool:
        """Whether it fits in one line."""
        return not (self.differences or self.acknowledged or self.error or self.remedies)

    @property
    def since(self) -> datetime | None:
        """When the oldest of its differences was first seen, if known."""
        return min((row.since for row in self.differences if row.since), default=None)

    @property
    def search_text(self) -> str:
        """The text in which the page searches."""
        fields = {row.field for row in self.differences}
        fields |= {row.field for row, _ in self.acknowledged}
        marks = {mark.kind.value for mark in self.row.marks} if self.row else set()
        parts = (str(self.id), self.name, self.file, *sorted(fields), *sorted(marks))
        return " ".join(filter(None, parts))


def managed_entry(campaign: CampaignPlan, order: int, row: Row | None, view: View) -> CampaignEntry:
    """The entry of a campaign with a definition."""
    file = campaign.file
    schedules = campaign.schedules
    return CampaignEntry(
        key=f"c{campaign.id}",
        id=campaign.id,
        status=status_of(campaign).value,
        name=campaign.name,
        file=file,
        href=safe_link(view, file, campaign.line),
        order=order,
        risk=risk_rank(campaign),
        row=row,
        differences=[difference_row(change, file, view) for change in campaign.changes],
        acknowledged=[
            (difference_row(acknowledged.change, file, view), acknowledged.by)
            for acknowledged in campaign.acknowledged
        ],
        dialing=headline(campaign.dialing)
        if campaign.dialing and campaign.dialing.effect
        else None,
        error=None if campaign.error is None else phrases.describe_failure(campaign),
        warnings=campaign.warnings,
        remedies=(*_remedies(campaign, view),),
        kinds=sorted({change.kind.value for change in campaign.changes}),
        start=None if schedules is None else _start(schedules.live),
    )


def unmanaged_entry(campaign: Unmanaged, order: int, view: View) -> CampaignEntry:
    """The entry of a live campaign without a definition."""
    return CampaignEntry(
        key=f"u{campaign.id}",
        id=campaign.id,
        status="unmanaged",
        name=campaign.name,
        order=order,
        notes=(f"State in VOXO: {campaign.state}.",) if campaign.state else (),
        remedies=(Remedy("Import it", _command(view, f"import --id {campaign.id}")),),
    )


def abandoned_entry(campaign: Abandoned, order: int) -> CampaignEntry:
    """The entry of a campaign whose definition was removed."""
    return CampaignEntry(
        key=f"a{campaign.id}",
        id=campaign.id,
        status="abandoned",
        name=campaign.name,
        file=campaign.file,
        order=order,
        dialing=headline(campaign.dialing) if campaign.dialing else None,
        notes=(f"Its definition was removed: {phrases.describe_abandoned(campaign)}.",),
    )


def _remedies(campaign: CampaignPlan, view: View) -> Iterator[Remedy]:
    if campaign.changes and view.command == "drift":
        yield Remedy("Keep the definition", _command(view, f"apply --only {campaign.id}"))
        yield Remedy("Keep the values in VOXO", _command(view, f"pull --only {campaign.id}"))


def _command(view: View, call: str) -> str:
    environment = "" if view.environment is None else f"--env {shlex.quote(view.environment)} "
    return f"voxosync {environment}{call}"


def _start(schedule: Schedule) -> int | None:
    """The minute of `dateStart` `timeStart`, for sorting; in UTC without a time zone; None sorts last."""
    zone = zone_of(schedule.timezone or "") or zone_of("UTC")
    return dialing_of(schedule, zone).start if zone else None
