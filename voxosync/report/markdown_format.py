"""A plan as Markdown for the comment of a pull request, or what drifted for an issue: never too long for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from voxosync.model.kind import ChangeKind
from voxosync.model.plan import CampaignPlan, Change, NumbersChange, Plan
from voxosync.report import formatting, phrases
from voxosync.report.campaign_status import CampaignStatus, is_listed, status_counts
from voxosync.report.escape import markdown
from voxosync.report.risk import risk_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.drift import Unmanaged
    from voxosync.model.plan import Abandoned
    from voxosync.report.view import View

LIMIT = 65_536
"""What a comment on GitHub may hold: characters there, bytes here, to be safe."""

_SECTIONS = {
    ChangeKind.CONFLICT: "Conflicts",
    ChangeKind.DRIFT: "Drift that applying would revert",
    ChangeKind.CHANGE: "Changes of this pull request",
}


@dataclass(frozen=True, slots=True)
class _Depth:
    """How much is told; each next one is shorter."""

    numbers: int
    details: bool
    rows: int


_DEPTHS = (
    _Depth(numbers=10, details=True, rows=1000),
    _Depth(numbers=0, details=True, rows=1000),
    _Depth(numbers=0, details=False, rows=1000),
    *(_Depth(numbers=0, details=False, rows=rows) for rows in (200, 50, 10, 0)),
)


def render_plan(plan: Plan, view: View) -> str:
    """A summary, what goes live, a table, and details folded; riskiest first; at most `LIMIT` bytes."""
    ordered = sorted(plan.campaigns, key=risk_rank)
    shorter = ""
    for depth in _DEPTHS:
        text = "\n".join(_parts(plan, ordered, view, depth, shorter)) + "\n"
        if len(text.encode()) <= LIMIT:
            break
        place = "a comment" if view.command == "plan" else "an issue"
        shorter = f"This is shortened to fit {place}; the job's log has all of it."
    return text


def _parts(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: _Depth, shorter: str
) -> Iterator[str]:
    environment = f" {markdown(view.environment)}" if view.environment else ""
    yield _marker(view)
    yield f"### voxosync {view.command}{environment}: {_summary(plan, view)}"
    yield ""
    for remark in (*phrases.list_remarks(plan), *([shorter] if shorter else [])):
        yield f"_{remark}_"
        yield ""
    for found in plan.refusals:
        yield f"- **guard {found.guard}**: {found.verdict}: {markdown(str(found))}"
    if plan.refusals:
        yield ""
    yield from _going_live(campaigns, depth)
    yield from _table(plan, campaigns, depth)
    if depth.details:
        yield from _details(plan, campaigns, view, depth)
    yield from _abandoned(plan, depth)
    yield from _allowed(plan, depth)
    yield from _unmanaged(plan, depth)


def _marker(view: View) -> str:
    """A line that nobody sees, by which a workflow finds the comment to update."""
    environment = quote(view.environment or "", safe="").replace("-", "%2D")
    return f"<!-- voxosync:{view.command}{':' if environment else ''}{environment} -->"


def _summary(plan: Plan, view: View) -> str:
    found = status_counts(plan)
    live = sum(campaign.goes_live is not None for campaign in plan.campaigns)
    parts = [
        (found[CampaignStatus.DRIFTED], "to update" if view.command == "plan" else "drifted"),
        (found[CampaignStatus.IN_SYNC], "in sync"),
    ]
    others = [
        (found[CampaignStatus.LEFT_ALONE], "left alone"),
        (live, "going live"),
        (found[CampaignStatus.MISSING], "missing"),
        (found[CampaignStatus.FAILED], "failed"),
        (len(plan.unmanaged), "unmanaged"),
    ]
    told = [f"{number} {what}" for number, what in (*parts, *(each for each in others if each[0]))]
    return ", ".join([*told, *(["unmanaged not listed"] if plan.unlisted is not None else [])])


def _name(campaign: CampaignPlan | Abandoned | Unmanaged) -> str:
    name = f" {markdown(campaign.name)}" if campaign.name is not None else ""
    return f"{campaign.id}{name}"


def _going_live(campaigns: Sequence[CampaignPlan], depth: _Depth) -> Iterator[str]:
    live = [campaign for campaign in campaigns if campaign.goes_live is not None]
    if not live:
        return
    yield "#### Goes live"
    yield ""
    for campaign in live[: depth.rows]:
        assert campaign.goes_live is not None  # noqa: S101  # as chosen above
        yield f"- **{_name(campaign)}**: {markdown(phrases.describe_going_live(campaign.goes_live))}"
    if len(live) > depth.rows:
        yield f"- … {len(live) - depth.rows} more"
    yield ""


def _table(plan: Plan, campaigns: Sequence[CampaignPlan], depth: _Depth) -> Iterator[str]:
    told = [campaign for campaign in campaigns if is_listed(campaign)]
    if not told:
        return
    dated = any(change.since is not None for c in told for change in c.changes)
    if depth.rows:
        fields = ["Changes", "Drift", "Conflicts"] if plan.base else ["Changes"]
        titles = ["Campaign", "File", *fields, *(["Since"] if dated else []), "Remarks"]
        yield f"| {' | '.join(titles)} |"
        yield f"|{'---|' * len(titles)}"
    for campaign in told[: depth.rows]:
        cells = [
            _name(campaign),
            markdown(campaign.file),
            *_counts(plan, campaign),
            *([_since(campaign)] if dated else []),
            _remarks(campaign),
        ]
        yield f"| {' | '.join(cells)} |"
    if len(told) > depth.rows:
        yield ""
        yield f"… and {len(told) - depth.rows} more campaigns."
    yield ""


def _since(campaign: CampaignPlan) -> str:
    """Since when the oldest difference is there."""
    known = [change.since for change in campaign.changes if change.since is not None]
    return formatting.format_moment(min(known)) if known else ""


def _counts(plan: Plan, campaign: CampaignPlan) -> list[str]:
    def of(*kinds: ChangeKind) -> str:
        return ", ".join(change.field for change in campaign.changes if change.kind in kinds)

    if plan.base is None:
        return [of(*ChangeKind)]
    return [of(kind) for kind in (ChangeKind.CHANGE, ChangeKind.DRIFT, ChangeKind.CONFLICT)]


def _remarks(campaign: CampaignPlan) -> str:
    remarks = ["**goes live**"] if campaign.goes_live is not None else []
    if campaign.error is not None:
        remarks.append("**missing**" if campaign.missing else "**failed**")
    remarks += [f"{len(campaign.acknowledged)} acknowledged"] if campaign.acknowledged else []
    remarks += [formatting.count(len(campaign.warnings), "warning")] if campaign.warnings else []
    return ", ".join(remarks)


def _details(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: _Depth
) -> Iterator[str]:
    alone = "Changes" if view.command == "plan" else "Differences: VOXO → definition"
    for kind, title in _SECTIONS.items():
        chosen = [c for c in campaigns if any(change.kind is kind for change in c.changes)]
        if chosen:
            yield f"#### {title if plan.base else alone}"
            yield ""
            for campaign in chosen:
                changes = [change for change in campaign.changes if change.kind is kind]
                yield from _folded(_name(campaign), _changes(changes, view, depth))
    for title, missing in (("Missing", True), ("Failed", False)):
        failed = [c for c in campaigns if c.error is not None and c.missing is missing]
        if failed:
            yield f"#### {title}"
            yield ""
            yield from (f"- {_name(c)}: {markdown(phrases.describe_failure(c))}" for c in failed)
            yield ""
    known = [
        f"- {_name(c)}: {markdown(phrases.describe_change(each.change))}, "
        f"{markdown(phrases.describe_acknowledged(each, view))}"
        for c in campaigns
        for each in c.acknowledged
    ]
    if known:
        yield from _folded("Acknowledged", known)
    warned = [f"- {_name(c)}: {markdown(text)}" for c in campaigns for text in c.warnings]
    if warned:
        yield from _folded("Warnings", warned)


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
    yield ""


def _changes(changes: Sequence[Change], view: View, depth: _Depth) -> list[str]:
    lines = []
    for change in changes:
        about = phrases.describe_origin(change, three_sides=change.kind is ChangeKind.CONFLICT)
        lines.append(
            f"- {markdown(phrases.describe_change(change))}{f' ({markdown(about)})' if about else ''}"
        )
        if isinstance(change, NumbersChange) and depth.numbers:
            entries = phrases.list_numbers(change, view, depth.numbers)
            lines += [f"  - {markdown(f'{mark} {number}')}" for mark, number in entries]
    return lines


def _abandoned(plan: Plan, depth: _Depth) -> Iterator[str]:
    if not plan.abandoned:
        return
    yield "#### No longer managed"
    yield ""
    for gone in plan.abandoned[: depth.rows]:
        yield f"- {_name(gone)}, {markdown(gone.file)}: it stays in VOXO as it is"
    if len(plan.abandoned) > depth.rows:
        yield f"- … {len(plan.abandoned) - depth.rows} more"
    yield ""


def _allowed(plan: Plan, depth: _Depth) -> Iterator[str]:
    if not plan.allowed:
        return
    yield "#### Allowed against a policy"
    yield ""
    for found in plan.allowed[: depth.rows]:
        told = f"{found.problem.message} ({found.reason})"
        yield f"- {markdown(f'{found.position.file}:{found.position.line}')}: {markdown(told)}"
    if len(plan.allowed) > depth.rows:
        yield f"- … {len(plan.allowed) - depth.rows} more"
    yield ""


def _unmanaged(plan: Plan, depth: _Depth) -> Iterator[str]:
    if not plan.unmanaged and plan.unlisted is None:
        return
    yield "#### Unmanaged"
    yield ""
    if plan.unlisted is not None:
        why = f": {markdown(phrases.describe_unlisted(plan))}" if depth.details else "."
        yield f"They could not be listed{why}"
    else:
        yield "VOXO has these campaigns, and no definition does:"
        yield ""
        for found in plan.unmanaged[: depth.rows]:
            state = "state unknown" if found.state is None else markdown(found.state)
            yield f"- {_name(found)}: {state}"
        if len(plan.unmanaged) > depth.rows:
            yield f"- … {len(plan.unmanaged) - depth.rows} more"
    yield ""
