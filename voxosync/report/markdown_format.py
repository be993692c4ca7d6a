"""A plan as Markdown for a pull request comment, or drift as Markdown for an issue, within GitHub's size limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from voxosync.model.change_kind import ChangeKind
from voxosync.model.plan import Abandoned, CampaignPlan, Plan
from voxosync.report import formatting, phrases
from voxosync.report.campaign_status import (
    CampaignStatus,
    is_listed,
    status_counts,
    status_of,
)
from voxosync.report.change_lines import describe_change, inner_lines, summarize_change
from voxosync.report.dialing import describe_count, describe_effect, describe_removed, list_ids
from voxosync.report.escape import markdown
from voxosync.report.risk import riskiest_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.change import Change
    from voxosync.model.drift import Unmanaged
    from voxosync.model.problem import Problem
    from voxosync.report.view import View

LIMIT = 65_536
"""The maximum size of a GitHub comment: GitHub counts characters; counting bytes is safer."""

_SECTIONS = {
    ChangeKind.CONFLICT: "Conflicts",
    ChangeKind.DRIFT: "Drift that applying would revert",
    ChangeKind.PENDING: "Committed, but not applied yet",
    ChangeKind.CHANGE: "Changes of this pull request",
}
_EXPLAINED = (ChangeKind.CONFLICT, ChangeKind.PENDING)
"""Kinds of which a change says more than the title of its section."""
_COLUMNS = {
    ChangeKind.CHANGE: "Changes",
    ChangeKind.PENDING: "Pending",
    ChangeKind.DRIFT: "Drift",
    ChangeKind.CONFLICT: "Conflicts",
}


@dataclass(frozen=True, slots=True)
class _Depth:
    """The level of detail.

    Attributes:
        numbers: how many phone numbers are listed per change and mark.
        details: whether the values of changes are listed.
        rows: how many campaigns a table or list contains.
        ranges: whether the ids of other campaigns that make phones ring are written as ranges.
    """

    numbers: int
    details: bool
    rows: int
    ranges: bool = False


_DEPTHS = (
    _Depth(numbers=10, details=True, rows=1000),
    _Depth(numbers=0, details=True, rows=1000),
    _Depth(numbers=0, details=False, rows=1000),
    *(_Depth(numbers=0, details=False, rows=rows) for rows in (200, 50, 10, 0)),
    _Depth(numbers=0, details=False, rows=0, ranges=True),
)


def render_plan(plan: Plan, view: View) -> str:
    """A summary, what the plan does to dialing, a table, and folded details; riskiest first, at most `LIMIT` bytes."""
    campaigns = riskiest_first(plan)
    notice = ""
    for depth in _DEPTHS:
        text = "\n".join(_parts(plan, campaigns, view, depth, notice)) + "\n"
        if len(text.encode()) <= LIMIT:
            break
        target = "a comment" if view.command == "plan" else "an issue"
        notice = f"This report was shortened to fit {target}; the job log has the full report."
    return text


def _parts(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: _Depth, notice: str
) -> Iterator[str]:
    environment = f" {markdown(view.environment)}" if view.environment else ""
    folder = f" in {markdown(view.prefix.rstrip('/'))}" if view.prefix else ""
    yield _marker(view)
    yield f"### voxosync {view.command}{environment}{folder}: {_summary(plan, view)}"
    yield ""
    for remark in (*phrases.list_remarks(plan), *([notice] if notice else [])):
        yield f"_{remark}_"
        yield ""
    for refusal in plan.refusals:
        yield f"- **guard {refusal.guard}**: {refusal.verdict}: {markdown(str(refusal))}"
    if plan.refusals:
        yield ""
    alarms, findings = phrases.split_findings(plan)
    yield from _findings(phrases.ALARMS, alarms, depth)
    yield from _dialing([*plan.abandoned, *campaigns], depth)
    yield from _findings(phrases.FINDINGS, findings, depth)
    yield from _table(plan, campaigns, depth)
    if depth.details:
        yield from _details(plan, campaigns, view, depth)
    yield from _abandoned(plan, depth)
    yield from _allowed(plan, depth)
    yield from _unmanaged(plan, depth)


def _marker(view: View) -> str:
    """An invisible line by which a workflow finds the comment to update.

    It differs for each command, environment and project folder of a repository.
    """
    parts = [view.command, view.environment or "", view.prefix.rstrip("/")]
    quoted = ":".join(quote(part, safe="").replace("-", "%2D") for part in parts)
    return f"<!-- voxosync:{quoted.rstrip(':')} -->"


def _summary(plan: Plan, view: View) -> str:
    counts = status_counts(plan)
    parts = [
        describe_count(
            plan, CampaignStatus.DRIFTED, "to update" if view.command == "plan" else "drifted"
        ),
        *([describe_count(plan, CampaignStatus.NEW, "to create")] if plan.creates else []),
        f"{counts[CampaignStatus.IN_SYNC]} in sync",
    ]
    optional = (
        (counts[CampaignStatus.MISSING], "missing"),
        (counts[CampaignStatus.FAILED], "failed"),
        (len(plan.unmanaged), "unmanaged"),
        (len(plan.findings), f"check finding{'' if len(plan.findings) == 1 else 's'}"),
    )
    if counts[CampaignStatus.LEFT_ALONE]:
        parts.append(describe_count(plan, CampaignStatus.LEFT_ALONE, "left alone"))
    parts += [f"{number} {label}" for number, label in optional if number]
    parts += describe_removed(plan)
    return ", ".join([*parts, *(["unmanaged not listed"] if plan.unlisted is not None else [])])


def _title(campaign: CampaignPlan | Abandoned | Unmanaged) -> str:
    name = f" {markdown(campaign.name)}" if campaign.name is not None else ""
    return f"{campaign.id or '(new)'}{name}"


def _bullets(lines: Sequence[str], limit: int | None = None) -> Iterator[str]:
    """A list of at most `limit` lines, and the number of the others."""
    yield from (f"- {line}" for line in lines[:limit])
    if limit is not None and len(lines) > limit:
        yield f"- … {len(lines) - limit} more"
    yield ""


def _section(title: str, lines: Sequence[str], limit: int | None = None) -> Iterator[str]:
    """A heading and a list; nothing without lines."""
    if lines:
        yield f"#### {title}"
        yield ""
        yield from _bullets(lines, limit)


def _dialing(campaigns: Sequence[CampaignPlan | Abandoned], depth: _Depth) -> Iterator[str]:
    """What the plan does to dialing, riskiest first; what makes phones ring is named by id, however long the list."""
    lines, brief = list[str](), list[CampaignPlan | Abandoned]()
    for campaign in campaigns:
        if campaign.dialing is None or campaign.dialing.effect is None:
            continue
        if len(lines) < depth.rows:
            text = markdown(describe_effect(campaign.dialing))
            lines.append(f"**{_title(campaign)} {campaign.dialing.effect}**: {text}")
        else:
            brief.append(campaign)
    lines += list_ids(brief, as_ranges=depth.ranges)
    yield from _section("Dialing", lines)


def _table(plan: Plan, campaigns: Sequence[CampaignPlan], depth: _Depth) -> Iterator[str]:
    listed = [campaign for campaign in campaigns if is_listed(campaign)]
    if not listed:
        return
    dated = any(change.since is not None for campaign in listed for change in campaign.changes)
    if depth.rows:
        fields = [_COLUMNS[kind] for kind in _kinds(plan)] if plan.base else ["Changes"]
        titles = ["Campaign", "File", *fields, *(["Since"] if dated else []), "Remarks"]
        yield f"| {' | '.join(titles)} |"
        yield f"|{'---|' * len(titles)}"
    for campaign in listed[: depth.rows]:
        cells = [
            _title(campaign),
            markdown(campaign.file),
            *_fields(plan, campaign),
            *([_since(campaign)] if dated else []),
            _remarks(campaign),
        ]
        yield f"| {' | '.join(cells)} |"
    if len(listed) > depth.rows:
        yield ""
        yield f"… and {len(listed) - depth.rows} more campaigns."
    yield ""


def _since(campaign: CampaignPlan) -> str:
    """When the oldest difference was first seen; may be empty."""
    moments = [change.since for change in campaign.changes if change.since is not None]
    return formatting.format_moment(min(moments)) if moments else ""


def _fields(plan: Plan, campaign: CampaignPlan) -> list[str]:
    """The changed fields, in one cell, or with a base in one cell per kind."""

    def cell(*kinds: ChangeKind) -> str:
        return ", ".join(change.field for change in campaign.changes if change.kind in kinds)

    if plan.base is None:
        return [cell(*ChangeKind)]
    return [cell(kind) for kind in _kinds(plan)]


def _kinds(plan: Plan) -> list[ChangeKind]:
    """The kinds that have a column; pending ones where there are some."""
    return [kind for kind in _COLUMNS if kind is not ChangeKind.PENDING or plan.has((kind,))]


def _remarks(campaign: CampaignPlan) -> str:
    word = campaign.dialing and campaign.dialing.effect
    remarks = [f"**{word}**"] if word else []
    if campaign.error is not None:
        remarks.append(f"**{status_of(campaign)}**")
    remarks += ["to be created"] if campaign.is_new else []
    remarks += [f"{len(campaign.acknowledged)} acknowledged"] if campaign.acknowledged else []
    remarks += [formatting.count(len(campaign.warnings), "warning")] if campaign.warnings else []
    return ", ".join(remarks)


def _details(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: _Depth
) -> Iterator[str]:
    only_title = "Changes" if view.command == "plan" else "Differences"
    yield from _new(campaigns, view, depth)
    for kind, title in _SECTIONS.items():
        changes_by_campaign = [
            (campaign, [change for change in campaign.changes if change.kind is kind])
            for campaign in campaigns
            if not campaign.is_new
        ]
        if any(changes for _, changes in changes_by_campaign):
            yield f"#### {title if plan.base else only_title}"
            yield ""
        for campaign, changes in changes_by_campaign:
            if changes:
                yield from _folded(_title(campaign), _changes(changes, view, depth))
    for title, status in (("Missing", CampaignStatus.MISSING), ("Failed", CampaignStatus.FAILED)):
        failures = [
            f"{_title(campaign)}: {markdown(phrases.describe_failure(campaign))}"
            for campaign in campaigns
            if status_of(campaign) is status
        ]
        yield from _section(title, failures)
    acknowledged = [
        f"- {_title(campaign)}: {markdown(describe_change(difference.change, view))}, "
        f"{markdown(phrases.describe_acknowledged(difference, view))}"
        for campaign in campaigns
        for difference in campaign.acknowledged
    ]
    warnings = [
        f"- {_title(campaign)}: {markdown(warning)}"
        for campaign in campaigns
        for warning in campaign.warnings
    ]
    yield from _folded("Acknowledged", acknowledged)
    yield from _folded("Warnings", warnings)


def _new(campaigns: Sequence[CampaignPlan], view: View, depth: _Depth) -> Iterator[str]:
    """The values of the campaigns that are not created yet."""
    new = [campaign for campaign in campaigns if campaign.is_new]
    if new:
        yield "#### To be created"
        yield ""
    for campaign in new:
        yield from _folded(_title(campaign), _changes(campaign.changes, view, depth, is_new=True))


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    """A list that is folded at first; nothing without lines."""
    if lines:
        yield f"<details><summary>{title}</summary>"
        yield ""
        yield from lines
        yield ""
        yield "</details>"
        yield ""


def _changes(
    changes: Sequence[Change], view: View, depth: _Depth, *, is_new: bool = False
) -> list[str]:
    lines = []
    for change in changes:
        origin = phrases.describe_origin(change, three_sides=change.kind in _EXPLAINED)
        remark = f" ({markdown(origin)})" if origin else ""
        describe = summarize_change if depth.numbers else describe_change
        text = phrases.describe_value(change) if is_new else describe(change, view)
        lines.append(f"- {markdown(text)}{remark}")
        if depth.numbers:
            entries = inner_lines(change, view, depth.numbers)
            lines += [f"  - {markdown(f'{mark} {number}')}" for mark, number in entries]
    return lines


def _abandoned(plan: Plan, depth: _Depth) -> Iterator[str]:
    lines = [
        f"{_title(campaign)}, {markdown(campaign.file)}: {markdown(phrases.describe_abandoned(campaign))}"
        for campaign in plan.abandoned
    ]
    yield from _section("No longer managed", lines, depth.rows)


def _allowed(plan: Plan, depth: _Depth) -> Iterator[str]:
    lines = [
        f"{markdown(f'{allowed.position.file}:{allowed.position.line}')}: "
        f"{markdown(f'{allowed.problem.message} ({allowed.reason})')}"
        for allowed in plan.allowed
    ]
    yield from _section("Allowed problems", lines, depth.rows)


def _findings(title: str, findings: Sequence[Problem], depth: _Depth) -> Iterator[str]:
    lines = [
        f"{f'**{finding.severity}**' if finding.is_error else finding.severity} "
        f"{markdown(f'{finding.position.file}:{finding.position.line}')}: {markdown(finding.message)}"
        for finding in findings
    ]
    yield from _section(title, lines, depth.rows)


def _unmanaged(plan: Plan, depth: _Depth) -> Iterator[str]:
    if not plan.unmanaged and plan.unlisted is None:
        return
    yield "#### Unmanaged"
    yield ""
    if plan.unlisted is not None:
        error = f": {markdown(phrases.describe_unlisted(plan))}" if depth.details else "."
        yield f"Unmanaged campaigns could not be listed{error}"
        yield ""
        return
    yield "These campaigns in VOXO have no definition:"
    yield ""
    lines = []
    for campaign in plan.unmanaged:
        state = "state unknown" if campaign.state is None else markdown(campaign.state)
        lines.append(f"{_title(campaign)}: {state}")
    yield from _bullets(lines, depth.rows)
