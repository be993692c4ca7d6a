"""What a reviewer must see besides dialing: guards, calls outside of hours, conflicts, and failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.checks.called_hours import NAME as CALLED_HOURS
from voxosync.report import phrases
from voxosync.report.campaign_status import CampaignStatus, status_of
from voxosync.report.dialing import ranges
from voxosync.report.escape import markdown
from voxosync.report.failures import equal_failures, failed_singly
from voxosync.report.formatting import count
from voxosync.report.markdown.blocks import bullets, folded, linked_title, place, section
from voxosync.report.markdown.depth import BRIEF, FEW, LONG
from voxosync.report.risk import riskiest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.model.problem import Problem
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View


@dataclass(frozen=True, slots=True)
class Concern:
    """Things of a kind that need attention; all texts are Markdown.

    Attributes:
        heading: what kind.
        lines: each of them.
        short: how many and which, where there are too many to be spelled out.
        is_listed: whether the comment lists them somewhere else, too.
    """

    heading: str
    lines: Sequence[str]
    short: str
    is_listed: bool = False

    @property
    def is_brief(self) -> bool:
        """Whether there are so few that each is spelled out."""
        return len(self.lines) <= BRIEF


def list_concerns(plan: Plan, campaigns: Sequence[CampaignPlan], view: View) -> list[Concern]:
    """All that needs attention, gravest first.

    Args:
        plan: the plan.
        campaigns: its campaigns, riskiest first.
        view: how it is displayed.
    """
    guards = [
        Concern(f"guard {refusal.guard}", [f"{refusal.verdict}: {markdown(str(refusal))}"], "")
        for refusal in plan.refusals
    ]
    concerns = (
        *guards,
        _failures("Missing", CampaignStatus.MISSING, plan, view),
        _failures("Failed", CampaignStatus.FAILED, plan, view),
        _of_findings("Called outside their hours", _outside_hours(plan), view),
        _of_findings("Errors of checks", _errors(plan), view),
        _conflicts(campaigns, view),
    )
    return [concern for concern in concerns if concern.lines]


def summarize_concerns(concerns: Iterable[Concern], *, after_alarms: bool) -> Iterator[str]:
    """A list of all concerns: a few of a kind line by line, more in one line.

    Args:
        concerns: gravest first.
        after_alarms: whether alarms stand above it, which it then needs a heading to be apart from.
    """
    lines: list[str] = []
    for concern in concerns:
        texts = concern.lines if concern.is_brief else [concern.short]
        lines += [f"**{concern.heading}**: {text}" for text in texts]
    yield from section("Also needs attention", lines) if after_alarms else bullets(lines)


def list_others(concerns: Iterable[Concern], depth: Depth) -> Iterator[str]:
    """Each of those concerns that are too many for their list, folded."""
    for concern in concerns:
        if depth.rows and not concern.is_brief and not concern.is_listed:
            lines = bullets(concern.lines, depth.rows)
            yield from folded(f"{concern.heading}: {len(concern.lines)}", [*lines])


def list_alarms(plan: Plan, view: View, depth: Depth) -> Iterator[str]:
    """People who asked not to be called, before all else; beyond the first ones, folded."""
    alarms, _ = phrases.split_findings(plan)
    lines = [_finding(finding, view) for finding in alarms]
    if len(lines) <= depth.rows:
        yield from section(phrases.ALARMS, lines[:LONG])
        yield from folded(f"{len(lines) - LONG} more", [*bullets(lines[LONG:])])
    else:
        yield from section(phrases.ALARMS, lines, min(depth.rows, LONG))


def list_findings(plan: Plan, view: View, depth: Depth) -> Iterator[str]:
    """What checks found and no concern has; folded where it is long."""
    concerning = [*_outside_hours(plan), *_errors(plan)]
    _, findings = phrases.split_findings(plan)
    lines = [_finding(finding, view) for finding in findings if finding not in concerning]
    if len(lines) <= FEW:
        yield from section(phrases.FINDINGS, lines, depth.rows)
    else:
        yield from folded(f"{phrases.FINDINGS}: {len(lines)}", [*bullets(lines, depth.rows)])


def _outside_hours(plan: Plan) -> list[Problem]:
    return [finding for finding in plan.findings if finding.rule == CALLED_HOURS]


def _errors(plan: Plan) -> list[Problem]:
    _, findings = phrases.split_findings(plan)
    return [finding for finding in findings if finding.is_error and finding.rule != CALLED_HOURS]


def _of_findings(heading: str, findings: Sequence[Problem], view: View) -> Concern:
    phones = sum(finding.phones or 0 for finding in findings)
    ids = {finding.campaign for finding in findings if finding.campaign}
    parts = [
        count(phones, "phone") if phones else "",
        f"{count(len(ids), 'campaign')}: {', '.join(ranges(ids))}" if ids else "",
    ]
    short = " in ".join(filter(None, parts)) or count(len(findings), "finding")
    return Concern(heading, [_finding(finding, view) for finding in findings], short)


def _failures(heading: str, status: CampaignStatus, plan: Plan, view: View) -> Concern:
    failed = [campaign for campaign in riskiest_first(plan) if status_of(campaign) is status]
    groups = equal_failures(failed)
    lines = [f"{group.title}: {markdown(group.describe(plan, view))}" for group in groups]
    lines += [
        f"{linked_title(campaign, view)}: {markdown(phrases.describe_failure(campaign))}"
        for campaign in failed_singly(failed, groups)
    ]
    return Concern(heading, lines, _names(failed))


def _conflicts(campaigns: Sequence[CampaignPlan], view: View) -> Concern:
    fields = [
        (
            campaign,
            [change.field for change in campaign.changes if change.kind is ChangeKind.CONFLICT],
        )
        for campaign in campaigns
    ]
    conflicting = [(campaign, names) for campaign, names in fields if names]
    lines = [
        f"{linked_title(campaign, view)}: {', '.join(names)}" for campaign, names in conflicting
    ]
    short = _names([campaign for campaign, _ in conflicting])
    return Concern("Conflict", lines, short, is_listed=True)


def _names(campaigns: Sequence[CampaignPlan]) -> str:
    ids = [campaign.id for campaign in campaigns if campaign.id]
    listed = f": {', '.join(ranges(ids))}" if ids else ""
    return f"{count(len(campaigns), 'campaign')}{listed}"


def _finding(finding: Problem, view: View) -> str:
    severity = f"**{finding.severity}**" if finding.is_error else finding.severity
    return f"{severity} {place(finding.position, view)}: {markdown(finding.message)}"
