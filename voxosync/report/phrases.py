"""Phrases about a plan that several formats share. Nothing here is escaped: that is done where the text lands."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.checks.do_not_call import NAME as DO_NOT_CALL
from voxosync.model.phone import masked_in
from voxosync.report.dialing import headline
from voxosync.report.formatting import format_commit, format_duration, format_moment

if TYPE_CHECKING:
    from voxosync.model.change import Change
    from voxosync.model.drift import UnmanagedCampaign
    from voxosync.model.plan import AbandonedCampaign, AcknowledgedChange, CampaignPlan, Plan
    from voxosync.model.problem import Problem
    from voxosync.report.view import View


def describe_abandoned(campaign: AbandonedCampaign) -> str:
    """What happens to a campaign whose definition is removed; phones in VOXO's own words are masked."""
    if campaign.dialing is not None:
        return f"{headline(campaign.dialing)}; it stays in VOXO unchanged"
    if campaign.error is not None:
        return f"no longer managed; what it does in VOXO is unknown: {masked_in(campaign.error)}"
    return "no longer managed; it stays in VOXO unchanged"


ALARMS = "People who asked not to be called"
FINDINGS = "Findings of checks"
"""The titles of the two parts of what checks found."""


def split_findings(plan: Plan) -> tuple[list[Problem], list[Problem]]:
    """What checks found about people who asked not to be called, which comes first in a report, and the rest."""
    alarms = [finding for finding in plan.findings if finding.rule == DO_NOT_CALL]
    return alarms, [finding for finding in plan.findings if finding.rule != DO_NOT_CALL]


def campaign_title(campaign_id: int, name: str | None) -> str:
    """`4711 Spring renewal reminders`, or only the id if the campaign has no name; `(new) …` without an id."""
    number = str(campaign_id) if campaign_id else "(new)"
    return number if name is None else f"{number} {name}"


def describe_value(change: Change) -> str:
    """A value of a campaign that is not created yet: `callFrequency: 60`."""
    return f"{change.field}: {change.after_text}"


def kind_in_drift(change: Change, plan: Plan) -> ChangeKind:
    """The kind of a difference in a drift report; without a base, kinds are unknown and every difference is drift."""
    return ChangeKind.DRIFT if plan.base is None else change.kind


def describe_kind(change: Change) -> str:
    """Who made a difference, for a plan with three sides: `drift`, `conflict: was 45`, `pending: 1a2b3c4d5e6f`."""
    if change.kind is ChangeKind.CONFLICT and change.base_text is not None:
        return f"conflict: was {change.base_text}"
    if change.kind is ChangeKind.PENDING and change.commit is not None:
        return f"pending: {format_commit(change.commit)}"
    return change.kind.value


def describe_origin(change: Change, *, three_sides: bool) -> str:
    """Who made a difference and since when it exists: `drift, since 2026-11-01 08:00 UTC`; may be empty."""
    parts = [describe_kind(change)] if three_sides else []
    if change.since is not None:
        parts.append(f"since {format_moment(change.since)}")
    return ", ".join(parts)


def describe_provenance(change: Change) -> str:
    """`in Git since 2026-10-02 by Team A (1a2b3c4d5e6f); last sent 2026-10-02 09:12 UTC by run 20261002T091200`.

    Empty where nothing is known.
    """
    parts = []
    if (revision := change.revision) is not None:
        day = f"{revision.at.astimezone(UTC):%Y-%m-%d}"
        parts.append(f"in Git since {day} by {revision.author} ({format_commit(revision.commit)})")
    if (sending := change.last_sent) is not None:
        run = sending.run.partition(".")[0]
        parts.append(f"last sent {format_moment(sending.at)} by run {run}")
    return "; ".join(parts)


def describe_acknowledged(acknowledged: AcknowledgedChange, view: View) -> str:
    """Why a difference does not count; except for `drift`, also that it is not sent."""
    since = describe_origin(acknowledged.change, three_sides=False)
    status = "" if view.command == "drift" else "left alone"
    return "; ".join(filter(None, (since, status, str(acknowledged.by))))


def describe_failure(campaign: CampaignPlan) -> str:
    """Why a campaign could not be compared, and what to do about one that VOXO does not have.

    VOXO's own words may repeat a phone, which is masked.
    """
    error = masked_in(campaign.error or "")
    if not campaign.missing:
        return error
    return (
        f"{error}; if the campaign is gone, remove its definition; if the definition is a copy for a new campaign, "
        "remove its id and run voxosync create"
    )


def describe_unlisted(plan: Plan) -> str:
    """Why the campaigns without a definition could not be listed; phones are masked."""
    return masked_in(plan.unlisted or "")


def describe_unmanaged(campaign: UnmanagedCampaign) -> str:
    """`4720 Autumn pilot (READY)`."""
    return f"{campaign_title(campaign.id, campaign.name)} ({campaign.state or 'state unknown'})"


def list_remarks(plan: Plan) -> list[str]:
    """What a reader must know about a plan as a whole: the age of its live state, and what it leaves out."""
    remarks = []
    if plan.live_as_of is not None:
        age = format_duration(plan.created_at - plan.live_as_of)
        remarks.append(f"VOXO as of {format_moment(plan.live_as_of)}, {age} ago")
    if plan.history is not None and plan.history.since is not None:
        since = format_moment(plan.history.since)
        remarks.append(f"differences first seen before {since} are left out")
    return remarks
