"""The sections of the page, those that need a person first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report import phrases
from voxosync.report.campaign_listing import CampaignStatus
from voxosync.report.groups import equal_failures, failed_singly, group_alike
from voxosync.report.html.campaign_entries import (
    abandoned_entry,
    failures_entry,
    managed_entry,
    unmanaged_entry,
)
from voxosync.report.html.entries import STATUSES, CampaignEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import Plan
    from voxosync.model.problem import Problem
    from voxosync.report.calendar import Calendar
    from voxosync.report.html.words import Words
    from voxosync.report.view import View


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its campaigns."""

    key: str
    title: str
    entries: Sequence[CampaignEntry]


def sections(plan: Plan, view: View, calendar: Calendar | None, words: Words) -> Iterator[Section]:
    """The sections that have campaigns: those that need a decision first, and those in sync last."""
    managed = [*_managed(plan, view, calendar)]
    removed = [abandoned_entry(item, order, view) for order, item in enumerate(plan.abandoned)]
    unmanaged = [unmanaged_entry(item, order, view) for order, item in enumerate(plan.unmanaged)]
    decisions = [entry for entry in (*removed, *managed) if entry.needs_decision]
    settled = [entry for entry in managed if not entry.needs_decision]
    calm = [entry for entry in settled if _is_calm(entry)]
    noted = [entry for entry in settled if not _is_calm(entry)]
    forgotten = [entry for entry in removed if not entry.needs_decision]
    for key, title, entries in (
        ("decisions", words.decisions, sorted(decisions, key=_risk)),
        ("noted", "Nothing to decide", sorted(noted, key=_risk)),
        ("unmanaged", STATUSES["unmanaged"], unmanaged),
        ("abandoned", STATUSES["abandoned"], forgotten),
        ("calm", STATUSES[CampaignStatus.IN_SYNC], calm),
    ):
        if entries:
            yield Section(key, title, entries)


def _managed(plan: Plan, view: View, calendar: Calendar | None) -> Iterator[CampaignEntry]:
    """The entries of campaigns with a definition; those that change or failed alike share one."""
    findings: dict[int | None, list[Problem]] = {}
    for finding in phrases.split_findings(plan)[1]:
        findings.setdefault(finding.campaign, []).append(finding)
    orders = {id(campaign): order for order, campaign in enumerate(plan.campaigns)}
    same = [
        failures
        for failures in equal_failures(plan.campaigns)
        if not any(campaign.id in findings for campaign in failures.campaigns)
    ]
    for failures in same:
        yield failures_entry(failures, orders[id(failures.campaigns[0])], plan, view)
    campaigns_left = failed_singly(plan.campaigns, same)
    for campaigns in group_alike(campaigns_left, view, three_sides=plan.base is not None):
        yield managed_entry(
            campaigns,
            orders[id(campaigns[0])],
            calendar,
            [finding for campaign in campaigns for finding in findings.get(campaign.id, ())],
            view,
        )


def _is_calm(entry: CampaignEntry) -> bool:
    """Whether it is folded away."""
    return entry.status == CampaignStatus.IN_SYNC and not entry.warnings


def _risk(entry: CampaignEntry) -> tuple[int, int]:
    return entry.risk, entry.order
