"""What a reader must not miss in a report of any length. Nothing here is escaped: that is done where it lands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.change_kind import ChangeKind
from voxosync.model.checks.called_hours import NAME as CALLED_HOURS
from voxosync.model.dialing.effect import Effect
from voxosync.report import phrases
from voxosync.report.campaign_listing import CampaignStatus, riskiest_first, status_of
from voxosync.report.dialing import shared_phones, shared_start
from voxosync.report.formatting import count, id_ranges, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
    from voxosync.model.problem import Problem

OUTSIDE_HOURS = "Called outside their hours"
ERRORS = "Errors of checks"
CONFLICT = "Conflict"
REVERTED = "Dials because changes by hand are reverted"


class Reminder(NamedTuple):
    """What needs attention, in a line.

    Attributes:
        heading: what kind: `Conflict`.
        text: how many and which: `20 campaigns: 4871-4890`.
    """

    heading: str
    text: str


def list_reminders(plan: Plan) -> Iterator[Reminder]:
    """All that needs attention, each kind in a line, most serious first; guards are not among them."""
    alarms, _ = phrases.split_findings(plan)
    if alarms:
        yield Reminder(phrases.ALARMS, summarize_findings(alarms))
    subjects: list[CampaignPlan | AbandonedCampaign] = [*plan.abandoned, *riskiest_first(plan)]
    for effect in (effect for effect in Effect if effect.rings):
        ringing = [
            campaign
            for campaign in subjects
            if campaign.dialing and campaign.dialing.effect is effect
        ]
        if ringing:
            yield Reminder(str(effect), _summarize_ringing(ringing))
    of_checks = ((OUTSIDE_HOURS, outside_hours(plan)), (ERRORS, check_errors(plan)))
    for heading, findings in of_checks:
        if findings:
            yield Reminder(heading, summarize_findings(findings))
    groups = (
        (REVERTED, reverted(plan)),
        (CONFLICT, [campaign for campaign, _ in conflicts(plan)]),
        ("Missing", with_status(CampaignStatus.MISSING, plan)),
        ("Failed", with_status(CampaignStatus.FAILED, plan)),
    )
    for heading, campaigns in groups:
        if campaigns:
            yield Reminder(heading, summarize_campaigns(campaigns))


def outside_hours(plan: Plan) -> list[Problem]:
    """The findings about phones that are called too early or too late by the called person's clock."""
    return [finding for finding in plan.findings if finding.rule == CALLED_HOURS]


def check_errors(plan: Plan) -> list[Problem]:
    """The other findings that are errors, without those that reports show before all else."""
    _, findings = phrases.split_findings(plan)
    return [finding for finding in findings if finding.is_error and finding.rule != CALLED_HOURS]


def conflicts(plan: Plan) -> list[tuple[CampaignPlan, list[str]]]:
    """The campaigns that both sides changed, riskiest first, and their fields that conflict."""
    fields = [
        (
            campaign,
            [change.field for change in campaign.changes if change.kind is ChangeKind.CONFLICT],
        )
        for campaign in riskiest_first(plan)
    ]
    return [(campaign, names) for campaign, names in fields if names]


def reverted(plan: Plan) -> list[CampaignPlan]:
    """The campaigns that a plan makes dial only because it reverts what was changed by hand in VOXO."""
    return [
        campaign
        for campaign in riskiest_first(plan)
        if plan.base is not None
        and campaign.dialing
        and campaign.dialing.effect in (Effect.STARTS, Effect.MORE)
        and {change.kind for change in campaign.changes} == {ChangeKind.DRIFT}
    ]


def with_status(status: CampaignStatus, plan: Plan) -> list[CampaignPlan]:
    """The campaigns that have a status, riskiest first."""
    return [campaign for campaign in riskiest_first(plan) if status_of(campaign) is status]


def summarize_findings(findings: Sequence[Problem]) -> str:
    """`420 phones in 20 campaigns: 4891-4910`."""
    phones = sum(finding.phones or 0 for finding in findings)
    ids = {finding.campaign for finding in findings if finding.campaign}
    parts = [
        count(phones, "phone") if phones else "",
        f"{count(len(ids), 'campaign')}: {', '.join(ranges(ids))}" if ids else "",
    ]
    return " in ".join(filter(None, parts)) or count(len(findings), "finding")


def summarize_campaigns(campaigns: Sequence[CampaignPlan | AbandonedCampaign]) -> str:
    """`20 campaigns: 4871-4890`."""
    existing = [campaign for campaign in campaigns if campaign.id]
    ids = f": {id_ranges(existing)}" if existing else ""
    return f"{count(len(campaigns), 'campaign')}{ids}"


def _summarize_ringing(campaigns: Sequence[CampaignPlan | AbandonedCampaign]) -> str:
    """`1628 phones from 2027-01-04 09:00 (America/Chicago) in 125 campaigns: 4701-4820, 4996-5000`."""
    effects = [campaign.dialing for campaign in campaigns if campaign.dialing is not None]
    start = shared_start(effects)
    return f"{shared_phones(effects)} {start} in {summarize_campaigns(campaigns)}"
