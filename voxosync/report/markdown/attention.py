"""What a reviewer must see in addition to dialing: guards, calls outside hours, conflicts, and failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report import phrases
from voxosync.report.attention import (
    CONFLICT,
    ERRORS,
    OUTSIDE_HOURS,
    REVERTED,
    check_errors,
    conflicts,
    outside_hours,
    reverted,
    summarize_campaigns,
    summarize_findings,
    with_status,
)
from voxosync.report.campaign_listing import CampaignStatus
from voxosync.report.escape import markdown
from voxosync.report.groups import FEW as GROUP
from voxosync.report.groups import equal_failures, failed_singly
from voxosync.report.markdown.blocks import bullets, folded, linked_position, linked_title, section
from voxosync.report.markdown.depth import BRIEF, FEW, LONG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.plan import Plan
    from voxosync.model.problem import Problem
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View


@dataclass(frozen=True, slots=True)
class Concern:
    """Things of a kind that need attention; all texts are Markdown.

    Attributes:
        heading: the kind.
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


def list_concerns(plan: Plan, view: View) -> list[Concern]:
    """All that needs attention, most serious first."""
    guards = [
        Concern(f"guard {refusal.guard}", [f"{refusal.verdict}: {markdown(str(refusal))}"], "")
        for refusal in plan.refusals
    ]
    concerns = (
        *guards,
        _failures("Missing", CampaignStatus.MISSING, plan, view),
        _failures("Failed", CampaignStatus.FAILED, plan, view),
        _of_findings(OUTSIDE_HOURS, outside_hours(plan), view),
        _of_findings(ERRORS, check_errors(plan), view),
        _reverted(plan, view),
        _conflicts(plan, view),
    )
    return [concern for concern in concerns if concern.lines]


def summarize_concerns(concerns: Iterable[Concern], *, after_alarms: bool) -> Iterator[str]:
    """A list of all concerns: a few of a kind line by line, more in one line.

    Args:
        concerns: most serious first.
        after_alarms: whether alarms stand above the list, which then needs a heading of its own.
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
    """People who asked not to be called, before all else; all but the first ones folded."""
    alarms, _ = phrases.split_findings(plan)
    lines = [_finding(finding, view) for finding in alarms]
    if len(lines) <= depth.rows:
        yield from section(phrases.ALARMS, lines[:LONG])
        yield from folded(f"{len(lines) - LONG} more", [*bullets(lines[LONG:])])
    else:
        yield from section(phrases.ALARMS, lines, min(depth.rows, LONG))


def list_findings(plan: Plan, view: View, depth: Depth) -> Iterator[str]:
    """What checks found and no concern has; folded where it is long."""
    concerning = [*outside_hours(plan), *check_errors(plan)]
    _, findings = phrases.split_findings(plan)
    lines = [_finding(finding, view) for finding in findings if finding not in concerning]
    if len(lines) <= FEW:
        yield from section(phrases.FINDINGS, lines, depth.rows)
    else:
        yield from folded(f"{phrases.FINDINGS}: {len(lines)}", [*bullets(lines, depth.rows)])


def _of_findings(heading: str, findings: Sequence[Problem], view: View) -> Concern:
    alike: dict[tuple[str, str], list[Problem]] = {}
    for finding in findings:
        alike.setdefault((finding.severity, finding.message), []).append(finding)
    lines: list[str] = []
    for same in alike.values():
        if len(same) >= GROUP:
            text = f"{summarize_findings(same)}; {same[0].message}"
            lines.append(f"{_severity(same[0])}: {markdown(text)}")
        else:
            lines += [_finding(finding, view) for finding in same]
    return Concern(heading, lines, summarize_findings(findings) if findings else "")


def _failures(heading: str, status: CampaignStatus, plan: Plan, view: View) -> Concern:
    failed = with_status(status, plan)
    groups = equal_failures(failed)
    lines = [f"{group.title}: {markdown(group.describe(plan, view))}" for group in groups]
    lines += [
        f"{linked_title(campaign, view)}: {markdown(phrases.describe_failure(campaign))}"
        for campaign in failed_singly(failed, groups)
    ]
    return Concern(heading, lines, summarize_campaigns(failed))


def _reverted(plan: Plan, view: View) -> Concern:
    campaigns = reverted(plan)
    lines = [linked_title(campaign, view) for campaign in campaigns]
    return Concern(REVERTED, lines, summarize_campaigns(campaigns), is_listed=True)


def _conflicts(plan: Plan, view: View) -> Concern:
    conflicting = conflicts(plan)
    lines = [
        f"{linked_title(campaign, view)}: {', '.join(names)}" for campaign, names in conflicting
    ]
    short = summarize_campaigns([campaign for campaign, _ in conflicting])
    return Concern(CONFLICT, lines, short, is_listed=True)


def _finding(finding: Problem, view: View) -> str:
    return f"{_severity(finding)} {linked_position(finding.position, view)}: {markdown(finding.message)}"


def _severity(finding: Problem) -> str:
    return f"**{finding.severity}**" if finding.is_error else finding.severity
