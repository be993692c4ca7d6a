"""Plans, drift and results as text for a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind
from voxosync.model.outcome import Outcome, Result
from voxosync.model.phone import masked_in
from voxosync.model.plan import (
    Abandoned,
    CampaignPlan,
    Change,
    NumbersChange,
    Plan,
    Status,
)
from voxosync.report import formatting, phrases
from voxosync.report.campaign_status import CampaignStatus, is_listed, status_counts
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.guard import Refusal
    from voxosync.report.view import View

_BY_HAND = (ChangeKind.DRIFT, ChangeKind.CONFLICT)
_SAMPLE = 5
_SHORT = 70
_COLORS = {"+": "green", "-": "red", "~": "yellow", "!": "red", "≈": "cyan", "?": "yellow"}


def render_plan(plan: Plan, view: View, closing: str | None = None) -> str:
    """A plan, or what drifted: one block a campaign that is not in sync, then a line that sums up.

    `closing` is that line where the plan's own would not be true.
    """
    blocks = [
        "\n".join(campaign_lines(found, view, three_sides=plan.base is not None))
        for found in plan.campaigns
        if is_listed(found) or view.verbose
    ]
    blocks += [_abandoned(gone, view) for gone in plan.abandoned]
    if plan.unmanaged or plan.unlisted is not None:
        blocks.append("\n".join(_unmanaged(plan, view)))
    guards = [_refusal(found, view) for found in plan.refusals]
    return "\n\n".join([*blocks, "\n".join([closing or summary_line(plan, view), *guards])]) + "\n"


def _refusal(found: Refusal, view: View) -> str:
    return f"{view.painted(f'guard {found.guard}:', 'red')} {found.verdict}: {terminal(str(found))}"


def summary_line(plan: Plan, view: View) -> str:
    """The line that sums up a plan."""
    found = status_counts(plan)
    in_sync, drift = found[CampaignStatus.IN_SYNC], view.command == "drift"
    remarks = "; ".join(phrases.list_remarks(plan))
    remark = f" ({remarks})" if remarks else ""
    left = found[CampaignStatus.LEFT_ALONE]
    others = _told(len(plan.unmanaged), "unmanaged")
    nothing = plan.exit_status(count=tuple(ChangeKind)) == 0
    if nothing and (in_sync or not left):
        verb = "agrees" if in_sync == 1 else "agree"
        lead = "No drift" if drift else "Nothing to do"
        agreed = f"{formatting.count(in_sync, 'campaign')} {verb} with VOXO"
        return f"{lead}: {', '.join([agreed, *_told(left, 'left alone'), *others])}{remark}."
    update = found[CampaignStatus.DRIFTED]
    verb = "differs" if update == 1 else "differ"
    live = sum(campaign.goes_live is not None for campaign in plan.campaigns)
    by_branch = drift and plan.base and plan.exit_status(count=_BY_HAND) == 0
    parts = [
        f"{update} {verb if drift else 'to update'}{' by this branch' if by_branch else ''}",
        *_told(live, "GOING LIVE", view),
        *_told(left, "left alone"),
        f"{in_sync} in sync",
        *_told(found[CampaignStatus.MISSING], "missing", view),
        *_told(found[CampaignStatus.FAILED], "failed", view),
        *others,
        *([view.painted("unmanaged not listed", "red")] if plan.unlisted is not None else []),
    ]
    lead = "No drift" if drift and (nothing or by_branch) else "Drift" if drift else "Plan"
    return f"{lead}: {', '.join(parts)}{remark}."


def describe_unsent(plan: Plan) -> str:
    """What `--kind` keeps from being sent although somebody waits for it, in a line; empty: nothing."""
    told = [
        f"{change.field} of campaign {campaign.id} ({change.kind})"
        for campaign in plan.campaigns
        for change in campaign.unsent
    ]
    more = f" and {len(told) - _SAMPLE} more" if len(told) > _SAMPLE else ""
    return f"left unsent: {', '.join(told[:_SAMPLE])}{more}" if told else ""


def _told(number: int, what: str, loud: View | None = None) -> list[str]:
    """A part of a summary, in red where it is loud; nothing where there are none."""
    told = f"{number} {what}"
    return [told if loud is None else loud.painted(told, "red")] if number else []


def render_results(results: Sequence[Result], view: View) -> str:
    """What apply did: one line a campaign, then a line that sums up."""
    lines = [line for result in results for line in _result(result, view)]
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    told = [f"{number} {outcome.value}" for outcome, number in counts.items() if number]
    return "\n".join([*lines, f"Apply: {', '.join(told) or 'nothing to do'}."]) + "\n"


def _heading(found: CampaignPlan | Abandoned, view: View) -> str:
    name = f" {terminal(found.name)}" if found.name is not None else ""
    return f"{view.bold(f'{found.id}{name}')}  {terminal(found.file)}"


def campaign_lines(campaign: CampaignPlan, view: View, *, three_sides: bool) -> Iterator[str]:
    """The lines about one campaign: which one, what is wrong, and what differs."""
    yield _heading(campaign, view)
    if campaign.error is not None:
        lead = "missing" if campaign.missing else "failed"
        yield _marked("!", f"{lead}: {terminal(phrases.describe_failure(campaign))}", view)
    if campaign.goes_live is not None:
        yield _marked(
            "!", f"GOES LIVE: {terminal(phrases.describe_going_live(campaign.goes_live))}", view
        )
    for change in campaign.changes:
        yield from _change(change, view, phrases.describe_origin(change, three_sides=three_sides))
    for known in campaign.acknowledged:
        yield from _change(known.change, view, phrases.describe_acknowledged(known, view), "≈")
    if campaign.status is Status.IN_SYNC:
        yield f"  {view.painted('= in sync', 'green')}"
    elif campaign.status is Status.LEFT_ALONE and not campaign.acknowledged:
        yield _marked("≈", "left alone", view)
    for text in campaign.warnings:
        yield f"  {view.painted('warning:', 'yellow')} {terminal(text)}"


def _abandoned(gone: Abandoned, view: View) -> str:
    return f"{_heading(gone, view)}\n    no longer managed: it stays in VOXO as it is"


def _unmanaged(plan: Plan, view: View) -> Iterator[str]:
    if plan.unlisted is not None:
        yield view.bold("Unmanaged campaigns")
        yield _marked("!", f"failed: {terminal(phrases.describe_unlisted(plan))}", view)
        return
    yield f"{view.bold('Unmanaged')}: VOXO has these, and no definition does"
    for found in plan.unmanaged:
        yield _marked("?", terminal(phrases.describe_unmanaged(found)), view)


def _change(change: Change, view: View, about: str, mark: str = "~") -> Iterator[str]:
    label = f"  ({terminal(about)})" if about else ""
    told = terminal(phrases.describe_change(change))
    if isinstance(change, NumbersChange):
        yield _marked(mark, told + label, view)
        most = len((*change.added, *change.removed, *change.changed)) if view.verbose else _SAMPLE
        for sign, number in phrases.list_numbers(change, view, most):
            yield f"    {_marked(sign, terminal(number), view)}"
    elif len(told) <= _SHORT:
        yield _marked(mark, told + label, view)
    else:  # long texts one above the other, so that eyes can compare them
        yield _marked(mark, f"{change.field}:{label}", view)
        yield f"        {terminal(formatting.format_value(change.before))}"
        yield f"      → {terminal(formatting.format_value(change.after))}"


def _result(result: Result, view: View) -> Iterator[str]:
    name = f" {terminal(result.name)}" if result.name is not None else ""
    outcome = view.painted(result.outcome.value, "green" if result.outcome.is_good else "red")
    sent = f" (sent: {', '.join(result.sent)})" if result.sent else ""
    yield f"{result.id}{name}: {outcome}{sent}"
    if result.detail:
        detail = result.detail if view.show_numbers else masked_in(result.detail)
        yield f"    {terminal(detail)}"


def _marked(mark: str, text: str, view: View) -> str:
    return f"  {view.painted(f'{mark} {text}', _COLORS[mark])}"
