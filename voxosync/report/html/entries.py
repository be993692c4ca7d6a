"""The entries of the page: one per campaign, managed, unmanaged or no longer managed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.dialing.times import dialing_of
from voxosync.model.zone import zone_of
from voxosync.report import phrases
from voxosync.report.campaign_status import CampaignStatus, status_of
from voxosync.report.change_lines import describe_briefly
from voxosync.report.html.differences import difference_row, safe_link
from voxosync.report.html.sentences import effect_sentence, lead
from voxosync.report.risk import risk_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from voxosync.model.dialing.dialing_effect import Effect
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

_BRIEF = 100
"""A change that takes more characters is only named by its field in the short print of many campaigns."""
_UNDECIDED = (
    CampaignStatus.DRIFTED,
    CampaignStatus.NEW,
    CampaignStatus.MISSING,
    CampaignStatus.FAILED,
)


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
        effect: what happens to its dialing, if anything.
        lead: the sentence at its head; may be empty.
        brief: its differences in a line each, for print.
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
    effect: Effect | None = None
    lead: str = ""
    brief: Sequence[str] = ()
    has_error: bool = False
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    remedies: Sequence[Remedy] = ()
    kinds: Sequence[str] = ()
    start: int | None = None

    @property
    def level(self) -> str:
        """How urgent it is, as the style sheet knows it."""
        if self.effect is not None:
            return "rings" if self.effect.rings else "stopped"
        return self.status

    @property
    def needs_decision(self) -> bool:
        """Whether it comes first on the page."""
        return self.status in _UNDECIDED or self.effect is not None

    @property
    def is_compact(self) -> bool:
        """Whether it fits in one line."""
        return not (self.differences or self.acknowledged or self.lead or self.remedies)

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
        effect = self.effect and str(self.effect)
        parts = (str(self.id), self.name, self.file, effect, *sorted(fields), *sorted(marks))
        return " ".join(filter(None, parts))


def managed_entry(campaign: CampaignPlan, order: int, row: Row | None, view: View) -> CampaignEntry:
    """The entry of a campaign with a definition."""
    file = campaign.file
    schedules = campaign.schedules
    return CampaignEntry(
        key=f"new{order}" if campaign.is_new else f"c{campaign.id}",
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
        effect=campaign.dialing.effect if campaign.dialing else None,
        lead=lead(campaign, view),
        brief=[describe_briefly(change, view, _BRIEF) for change in campaign.changes],
        has_error=campaign.error is not None,
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


def abandoned_entry(campaign: Abandoned, order: int, view: View) -> CampaignEntry:
    """The entry of a campaign whose definition was removed."""
    effect = campaign.dialing.effect if campaign.dialing else None
    return CampaignEntry(
        key=f"a{campaign.id}",
        id=campaign.id,
        status="abandoned",
        name=campaign.name,
        file=campaign.file,
        order=order,
        effect=effect,
        lead=effect_sentence(campaign.dialing, view) if campaign.dialing and effect else "",
        notes=(f"Its definition was removed: {_fate(campaign)}.",),
    )


def _fate(campaign: Abandoned) -> str:
    """What becomes of a campaign without a definition; what it dials is said before."""
    if campaign.dialing is not None:
        return "it stays in VOXO unchanged"
    return phrases.describe_abandoned(campaign)


def _remedies(campaign: CampaignPlan, view: View) -> Iterator[Remedy]:
    if campaign.is_new:
        yield Remedy("Create it", _command(view, f"create {shlex.quote(campaign.file)}"))
    elif campaign.changes and view.command == "drift":
        yield Remedy("Keep the definition", _command(view, f"apply --only {campaign.id}"))
        yield Remedy("Keep the values in VOXO", _command(view, f"pull --only {campaign.id}"))


def _command(view: View, call: str) -> str:
    environment = "" if view.environment is None else f"--env {shlex.quote(view.environment)} "
    return f"voxosync {environment}{call}"


def _start(schedule: Schedule) -> int | None:
    """The minute of `dateStart` `timeStart`, for sorting; in UTC without a time zone; None sorts last."""
    zone = zone_of(schedule.timezone or "") or zone_of("UTC")
    return dialing_of(schedule, zone).start if zone else None
