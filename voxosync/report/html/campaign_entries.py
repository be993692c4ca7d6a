"""Makes the entries of the page: one per campaign, or one for several that change or failed alike."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from voxosync.model.dialing.schedule import dialing_of
from voxosync.model.zone import zone_of
from voxosync.report import phrases
from voxosync.report.calendar import Mark, MarkKind
from voxosync.report.campaign_listing import risk_rank, status_of
from voxosync.report.change_lines import describe_briefly
from voxosync.report.formatting import id_ranges, ranges
from voxosync.report.groups import shared_provenance, shared_texts
from voxosync.report.html.differences import difference_row, safe_link
from voxosync.report.html.entries import CampaignEntry, Member, Remedy
from voxosync.report.html.sentences import effect_sentence, lead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voxosync.model.change import Change
    from voxosync.model.drift import UnmanagedCampaign
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
    from voxosync.model.problem import Problem
    from voxosync.report.calendar import Calendar, Row
    from voxosync.report.groups import EqualFailures
    from voxosync.report.view import View

_BRIEF = 100
"""A change that takes more characters is only named by its field in the short print of many campaigns."""
_SHARED = 5
"""The maximum number of different texts of a kind on a card of several campaigns."""
_MANY_MARKS = {
    MarkKind.CALLER_ID: "campaigns that dial at the same time have the same callerId",
    MarkKind.OUTSIDE_HOURS: "people would be called outside 08:00–21:00",  # noqa: RUF001  # a range of times, with an en dash
}
"""What is said instead where the marks of a kind have more than `_SHARED` different texts."""


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
    entry = CampaignEntry(
        key=f"new{order}" if campaign.is_new else f"c{campaign.id}",
        id=campaign.id,
        status=status_of(campaign).value,
        name=campaign.name,
        file=file,
        href=safe_link(view, file, campaign.line),
        order=order,
        risk=min(map(risk_rank, campaigns)),
        row=_row(campaigns, calendar, findings),
        differences=[
            difference_row(change, file, view, [*shared_provenance(campaigns, index)])
            for index, change in enumerate(changes)
        ],
        acknowledged=[
            (difference_row(acknowledged.change, file, view), acknowledged.by)
            for acknowledged in campaign.acknowledged
        ],
        effect=campaign.dialing.effect if campaign.dialing else None,
        lead=lead(campaigns, view),
        brief=[describe_briefly(change, view, _BRIEF) for change in changes],
        has_error=campaign.error is not None,
        warnings=campaign.warnings,
        remedies=(*_remedies(campaigns, view),),
        kinds=sorted({change.kind.value for change in changes}),
        start=_start(campaigns),
        findings=[("", finding) for finding in findings],
    )
    if len(campaigns) == 1:
        return entry
    return replace(
        _with_members(entry, campaigns, view),
        warnings=_shared_warnings(campaigns),
        findings=_shared_findings(findings),
    )


def failures_entry(failures: EqualFailures, order: int, plan: Plan, view: View) -> CampaignEntry:
    """The entry of campaigns of a plan that failed alike; `order` is the rank of the first by file."""
    cause = failures.cause(plan, view)
    first = failures.campaigns[0]
    entry = CampaignEntry(
        key=f"c{first.id}",
        id=first.id,
        status=failures.status,
        order=order,
        risk=risk_rank(first),
        lead=failures.reason,
        has_error=True,
        notes=[cause] if cause else [],
    )
    return _with_members(entry, failures.campaigns, view)


def _with_members(
    entry: CampaignEntry, campaigns: Sequence[CampaignPlan], view: View
) -> CampaignEntry:
    """An entry of several campaigns: with their ids instead of a name, and all of their files."""
    members = [
        Member(campaign.id, campaign.name, campaign.file, safe_link(view, campaign.file, campaign.line))
        for campaign in campaigns
    ]  # fmt: skip
    return replace(entry, name=id_ranges(campaigns), file=None, href=None, members=members)


def _shared_changes(campaigns: Sequence[CampaignPlan]) -> list[Change]:
    """The changes of campaigns that change alike, at their position where all have the same."""
    return [
        same[0]
        if len({change.position for change in same}) == 1
        else replace(same[0], position=None)
        for same in zip(*(campaign.changes for campaign in campaigns), strict=True)
    ]


def _shared_warnings(campaigns: Sequence[CampaignPlan]) -> list[str]:
    """What campaigns are warned about, after their ids, or about all; of many warnings, some and a number."""
    texts = shared_texts(campaigns, lambda campaign: campaign.warnings)
    lines = [f"{ids}: {text}" if ids else text for ids, text in texts]
    more = len(lines) - _SHARED
    return [*lines[:_SHARED], f"… {more} more"] if more > 0 else lines


def _shared_findings(findings: Sequence[Problem]) -> list[tuple[str, Problem]]:
    """Each message once, after the ids of the campaigns that it is about."""
    concerned: dict[str, list[Problem]] = {}
    for finding in findings:
        concerned.setdefault(finding.message, []).append(finding)
    return [
        (", ".join(ranges(finding.campaign for finding in same if finding.campaign)), same[0])
        for same in sorted(concerned.values(), key=lambda same: not same[0].is_error)
    ]


def _row(
    campaigns: Sequence[CampaignPlan], calendar: Calendar | None, findings: Sequence[Problem]
) -> Row | None:
    """The row of the first campaign, with the marks of all, except for those that a check also reports."""
    if calendar is None or campaigns[0].schedules is None:
        return None
    row = calendar.row(campaigns[0].id)
    messages: dict[int | None, str] = {}
    for finding in findings:
        messages[finding.campaign] = f"{messages.get(finding.campaign, '')}{finding.message}\n"
    marks = {
        campaign.id: [
            mark
            for mark in (row.marks if campaign is campaigns[0] else calendar.marks(campaign.id))
            if mark.statement not in messages.get(campaign.id, "")
        ]
        for campaign in campaigns
    }
    if len(campaigns) == 1:
        return replace(row, marks=tuple(marks[campaigns[0].id]))
    shared = [mark for kind in MarkKind for mark in _shared_marks(kind, campaigns, marks)]
    return replace(row, marks=tuple(shared))


def _shared_marks(
    kind: MarkKind, campaigns: Sequence[CampaignPlan], marks: Mapping[int, Sequence[Mark]]
) -> Iterator[Mark]:
    """The marks of a kind, each once, after the ids of the campaigns; of too many marks, what they have in common."""
    texts = {
        number: [mark.text for mark in entries if mark.kind is kind]
        for number, entries in marks.items()
    }
    if len({*chain.from_iterable(texts.values())}) > _SHARED:
        texts = {number: [_MANY_MARKS[kind]] if own else [] for number, own in texts.items()}
    for ids, text in shared_texts(campaigns, lambda campaign: texts[campaign.id]):
        yield Mark(kind, text, ids)


def unmanaged_entry(campaign: UnmanagedCampaign, order: int, view: View) -> CampaignEntry:
    """The entry of a live campaign without a definition."""
    return CampaignEntry(
        key=f"u{campaign.id}",
        id=campaign.id,
        status="unmanaged",
        name=campaign.name,
        order=order,
        notes=(f"State in VOXO: {campaign.state}.",) if campaign.state else (),
        remedies=(Remedy("Import it", view.command_line("import", "--id", str(campaign.id))),),
    )


def abandoned_entry(campaign: AbandonedCampaign, order: int, view: View) -> CampaignEntry:
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


def _fate(campaign: AbandonedCampaign) -> str:
    """What happens to a campaign without a definition; what it dials is said before."""
    if campaign.dialing is not None:
        return "it stays in VOXO unchanged"
    return phrases.describe_abandoned(campaign)


def _remedies(campaigns: Sequence[CampaignPlan], view: View) -> Iterator[Remedy]:
    campaign = campaigns[0]
    plural = "s" if len(campaigns) > 1 else ""
    only = [word for same in campaigns for word in ("--only", str(same.id))]
    if campaign.is_new:
        yield Remedy("Create it", view.command_line("create", campaign.file))
    elif campaign.changes and view.command == "drift":
        yield Remedy(f"Keep the definition{plural}", view.command_line("apply", *only))
        yield Remedy("Keep the values in VOXO", view.command_line("pull", *only))


def _start(campaigns: Sequence[CampaignPlan]) -> int | None:
    """The earliest minute of `dateStart` `timeStart`, for sorting; in UTC without a time zone; None sorts last."""
    starts = []
    for schedules in filter(None, (campaign.schedules for campaign in campaigns)):
        zone = zone_of(schedules.live.timezone or "") or zone_of("UTC")
        starts.append(dialing_of(schedules.live, zone).start if zone else None)
    return min((start for start in starts if start is not None), default=None)
