"""A plan in a line: the summary that most formats end or begin with, and what `apply` leaves to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import Effect
from voxosync.report import formatting, phrases
from voxosync.report.campaign_listing import CampaignStatus, status_counts, status_of
from voxosync.report.dialing import summarize_effects
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from voxosync.model.plan import Plan
    from voxosync.report.view import View

_BY_HAND = (ChangeKind.DRIFT, ChangeKind.CONFLICT)
_SAMPLE = 5


def summary_line(plan: Plan, view: View) -> str:
    """The line that summarizes a plan."""
    counts = status_counts(plan)
    in_sync, drift = counts[CampaignStatus.IN_SYNC], view.command == "drift"
    remarks = "; ".join(phrases.list_remarks(plan))
    remark = f" ({remarks})" if remarks else ""
    left_alone = counts[CampaignStatus.LEFT_ALONE]
    removed = [view.paint(text, "red") for text in _removed(plan)]
    unmanaged = _part(len(plan.unmanaged), "unmanaged")
    checks = [formatting.count(len(plan.findings), "check finding")] if plan.findings else []
    is_settled = plan.exit_status(count=tuple(ChangeKind)) == 0
    if is_settled and (in_sync or not left_alone):
        lead = "No drift" if drift else "Nothing to do"
        agreement = (
            f"{formatting.count(in_sync, 'campaign')} {formatting.verb(in_sync, 'agree')} with VOXO"
        )
        parts = [agreement, *_left_alone(plan, view), *removed, *unmanaged, *checks]
        return f"{lead}: {', '.join(parts)}{remark}."
    update = counts[CampaignStatus.DRIFTED]
    verb = formatting.verb(update, "differ") if drift else "to update"
    by_branch = drift and plan.base and plan.exit_status(count=_BY_HAND) == 0
    is_pending = plan.has((ChangeKind.PENDING,))
    origin = ", not applied yet" if is_pending else " by this branch"
    label = f"{verb}{origin if by_branch else ''}"
    parts = [
        _count(plan, CampaignStatus.DRIFTED, label),
        *([_count(plan, CampaignStatus.NEW, "to create")] if plan.creates else []),
        *_left_alone(plan, view),
        f"{in_sync} in sync",
        *_part(counts[CampaignStatus.MISSING], "missing", view),
        *_part(counts[CampaignStatus.FAILED], "failed", view),
        *removed,
        *unmanaged,
        *([view.paint("unmanaged not listed", "red")] if plan.unlisted is not None else []),
        *checks,
    ]
    lead = "No drift" if drift and (is_settled or by_branch) else "Drift" if drift else "Plan"
    if by_branch and is_pending:
        lead = "Pending"
    return f"{lead}: {', '.join(parts)}{remark}."


def _left_alone(plan: Plan, view: View) -> list[str]:
    """The part of the summary about campaigns that are left alone; red where one of them dials without approval."""
    text = _count(plan, CampaignStatus.LEFT_ALONE, "left alone")
    if not status_counts(plan)[CampaignStatus.LEFT_ALONE]:
        return []
    return [view.paint(text, "red") if Effect.UNAPPROVED in text else text]


def _count(plan: Plan, status: CampaignStatus, label: str) -> str:
    """A part of a summary: `3 to update (1 STARTS DIALING, 33 phones)`."""
    campaigns = [campaign for campaign in plan.campaigns if status_of(campaign) is status]
    effects = summarize_effects(campaign.dialing for campaign in campaigns)
    return f"{len(campaigns)} {label}{f' ({effects})' if effects else ''}"


def _removed(plan: Plan) -> list[str]:
    """`1 no longer managed (1 DIALING WITHOUT APPROVAL, 4 phones)`, for those that may dial; else empty."""
    dialing = [campaign.dialing for campaign in plan.abandoned if campaign.dialing is not None]
    return [f"{len(dialing)} no longer managed ({summarize_effects(dialing)})"] if dialing else []


def _part(number: int, label: str, alarm: View | None = None) -> list[str]:
    """A part of the summary, empty for 0; red in the view `alarm`, if given."""
    text = f"{number} {label}"
    return [text if alarm is None else alarm.paint(text, "red")] if number else []


def describe_unsent(plan: Plan) -> str:
    """The merged changes and conflicts that `--kind` leaves unsent, in a line; empty without any."""
    changes = [
        f"{change.field} of campaign {campaign.id} ({change.kind})"
        for campaign in plan.campaigns
        for change in campaign.unsent
    ]
    more = f" and {len(changes) - _SAMPLE} more" if len(changes) > _SAMPLE else ""
    return f"left unsent: {', '.join(changes[:_SAMPLE])}{more}" if changes else ""


def describe_uncreated(plan: Plan) -> str:
    """What `apply` leaves to `create`, in a line; empty without any."""
    new = [f"{campaign.name} ({campaign.file})" for campaign in plan.campaigns if campaign.is_new]
    more = f" and {len(new) - _SAMPLE} more" if len(new) > _SAMPLE else ""
    names = terminal(", ".join(new[:_SAMPLE]))
    way = "voxosync create, or apply --create, creates them"
    return f"not created yet: {names}{more}: {way}" if new else ""
