"""The entries of the page: one per campaign, managed, unmanaged or no longer managed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.model.dialing.times import dialing_of
from voxosync.model.zone import zone_of
from voxosync.report import phrases
from voxosync.report.calendar import Mark, MarkKind
from voxosync.report.campaign_status import CampaignStatus, status_of
from voxosync.report.change_lines import describe_briefly
from voxosync.report.dialing import id_ranges, ranges
from voxosync.report.formatting import count
from voxosync.report.groups import shared_texts
from voxosync.report.html.differences import difference_row, safe_link
from voxosync.report.html.sentences import effect_sentence, lead
from voxosync.report.risk import risk_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from voxosync.model.change import Change
    from voxosync.model.dialing.dialing_effect import Effect
    from voxosync.model.drift import Acknowledgement, Unmanaged
    from voxosync.model.plan import Abandoned, CampaignPlan
    from voxosync.model.problem import Problem
    from voxosync.model.schedule import Schedule
    from voxosync.report.calendar import Calendar, Row
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
_SHARED = 5
"""How many different texts of a kind a card of several campaigns has; the others are counted."""
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
class Member:
    """One of several campaigns that share a card."""

    id: int
    name: str | None
    file: str
    href: str | None


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """A campaign on the page, or several that change alike; what only one can have is that of the first of them.

    Attributes:
        key: its id on the page.
        order: its rank by file.
        risk: its rank by risk.
        row: its row of the calendar, if any.
        acknowledged: acknowledged differences with their acknowledgements.
        effect: what happens to its dialing, if anything.
        lead: the sentence at its head; may be empty.
        brief: its differences in a line each, for print.
        findings: what checks found in it; of several campaigns, each message once, after their ids.
        notes: further remarks.
        members: the campaigns, where there are several.
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
    findings: Sequence[tuple[str, Problem]] = ()
    members: Sequence[Member] = ()

    @property
    def size(self) -> int:
        """The number of campaigns."""
        return len(self.members) or 1

    @property
    def title(self) -> str:
        """The id, or the number of campaigns where there are several."""
        if self.members:
            return count(len(self.members), "campaign")
        return str(self.id) if self.id else "new"

    @property
    def level(self) -> str:
        """How urgent it is, as the style sheet knows it."""
        if self.effect is not None:
            return "rings" if self.effect.rings else "stopped"
        return self.status

    @property
    def needs_decision(self) -> bool:
        """Whether it comes first on the page."""
        return self.status in _UNDECIDED or self.effect is not None or bool(self.findings)

    @property
    def is_compact(self) -> bool:
        """Whether it fits in one line."""
        return not (
            self.differences or self.acknowledged or self.lead or self.remedies or self.findings
        )

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
        members = [
            text for member in self.members for text in (str(member.id), member.name, member.file)
        ]
        rules = sorted({finding.rule for _, finding in self.findings})
        parts = (
            *(str(self.id), self.name, self.file, effect),
            *(*sorted(fields), *sorted(marks), *rules, *members),
        )
        return " ".join(filter(None, parts))


def managed_entry(
    campaigns: Sequence[CampaignPlan],
    order: int,
    calendar: Calendar | None,
    findings: Sequence[Problem],
    view: View,
) -> CampaignEntry:
    """The entry of a campaign with a definition, or of several that change alike.

    Args:
        campaigns: one, or several of which `group_alike` found that they change alike.
        order: the rank of the first by file.
        calendar: draws the first, if its schedules are known.
        findings: what checks found in them.
        view: how they are displayed.
    """
    campaign = campaigns[0]
    file = campaign.file
    changes = _shared_changes(campaigns)
    is_group = len(campaigns) > 1
    members = [
        Member(one.id, one.name, one.file, safe_link(view, one.file, one.line))
        for one in (campaigns if is_group else ())
    ]
    starts = [_start(one.schedules.live) for one in campaigns if one.schedules]
    return CampaignEntry(
        key=f"new{order}" if campaign.is_new else f"c{campaign.id}",
        id=campaign.id,
        status=status_of(campaign).value,
        name=id_ranges(campaigns) if is_group else campaign.name,
        file=None if is_group else file,
        href=None if is_group else safe_link(view, file, campaign.line),
        order=order,
        risk=min(map(risk_rank, campaigns)),
        row=_row(campaigns, calendar),
        differences=[difference_row(change, file, view) for change in changes],
        acknowledged=[
            (difference_row(acknowledged.change, file, view), acknowledged.by)
            for acknowledged in campaign.acknowledged
        ],
        effect=campaign.dialing.effect if campaign.dialing else None,
        lead=lead(campaigns, view),
        brief=[describe_briefly(change, view, _BRIEF) for change in changes],
        has_error=campaign.error is not None,
        warnings=_shared_lines(campaigns, lambda one: one.warnings),
        remedies=(*_remedies(campaigns, view),),
        kinds=sorted({change.kind.value for change in changes}),
        start=min((start for start in starts if start is not None), default=None),
        findings=_shared_findings(findings)
        if is_group
        else [("", finding) for finding in findings],
        members=members,
    )


def _shared_changes(campaigns: Sequence[CampaignPlan]) -> list[Change]:
    """The changes of campaigns that change alike, at their position where all have the same."""
    return [
        change
        if all(other.position == change.position for other in others)
        else replace(change, position=None)
        for change, *others in zip(*(campaign.changes for campaign in campaigns), strict=True)
    ]


def _shared_lines(
    campaigns: Sequence[CampaignPlan], texts_of: Callable[[CampaignPlan], Iterable[str]]
) -> list[str]:
    """What is said about some campaigns of a card, after their ids, or about all."""
    lines = [f"{ids}: {text}" if ids else text for ids, text in shared_texts(campaigns, texts_of)]
    more = len(lines) - _SHARED
    return [*lines[:_SHARED], f"… {more} more"] if more > 0 and len(campaigns) > 1 else lines


def _shared_findings(findings: Sequence[Problem]) -> list[tuple[str, Problem]]:
    """Each message once, after the ids of the campaigns that it is about."""
    concerned: dict[str, list[Problem]] = {}
    for finding in findings:
        concerned.setdefault(finding.message, []).append(finding)
    return [
        (", ".join(ranges(finding.campaign for finding in same if finding.campaign)), same[0])
        for same in sorted(concerned.values(), key=lambda same: not same[0].is_error)
    ]


def _row(campaigns: Sequence[CampaignPlan], calendar: Calendar | None) -> Row | None:
    """The row of the first campaign, with the marks of all."""
    if calendar is None or campaigns[0].schedules is None:
        return None
    row = calendar.row(campaigns[0].id)
    if len(campaigns) == 1:
        return row
    marks = {campaign.id: calendar.marks(campaign.id) for campaign in campaigns}

    def texts_of(kind: MarkKind) -> Callable[[CampaignPlan], Iterable[str]]:
        return lambda campaign: [mark.text for mark in marks[campaign.id] if mark.kind is kind]

    shared = [
        Mark(kind, line) for kind in MarkKind for line in _shared_lines(campaigns, texts_of(kind))
    ]
    return replace(row, marks=tuple(shared))


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
        lead=effect_sentence([campaign.dialing], view) if campaign.dialing and effect else "",
        notes=(f"Its definition was removed: {_fate(campaign)}.",),
    )


def _fate(campaign: Abandoned) -> str:
    """What becomes of a campaign without a definition; what it dials is said before."""
    if campaign.dialing is not None:
        return "it stays in VOXO unchanged"
    return phrases.describe_abandoned(campaign)


def _remedies(campaigns: Sequence[CampaignPlan], view: View) -> Iterator[Remedy]:
    campaign = campaigns[0]
    plural = "s" if len(campaigns) > 1 else ""
    only = " ".join(f"--only {one.id}" for one in campaigns)
    if campaign.is_new:
        yield Remedy("Create it", _command(view, f"create {shlex.quote(campaign.file)}"))
    elif campaign.changes and view.command == "drift":
        yield Remedy(f"Keep the definition{plural}", _command(view, f"apply {only}"))
        yield Remedy("Keep the values in VOXO", _command(view, f"pull {only}"))


def _command(view: View, call: str) -> str:
    environment = "" if view.environment is None else f"--env {shlex.quote(view.environment)} "
    return f"voxosync {environment}{call}"


def _start(schedule: Schedule) -> int | None:
    """The minute of `dateStart` `timeStart`, for sorting; in UTC without a time zone; None sorts last."""
    zone = zone_of(schedule.timezone or "") or zone_of("UTC")
    return dialing_of(schedule, zone).start if zone else None
