"""Plans, drift, results and problems as text for a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.model.outcome import Outcome, Result
from voxosync.model.phone import masked_in
from voxosync.model.plan import Abandoned, CampaignPlan, Change, NumbersChange, Plan, Status
from voxosync.report import words
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.guard import Refusal
    from voxosync.model.problem import Problem
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

_SAMPLE = 5
_SHORT = 70
_COLORS = {"+": "green", "-": "red", "~": "yellow", "!": "red"}


def plan(plan: Plan, view: View) -> str:
    """A plan, or what drifted: one block a campaign that is not in sync, then a line that sums up."""
    blocks = [
        "\n".join(_campaign(campaign, view, three_sides=plan.base is not None))
        for campaign in plan.campaigns
        if campaign.status is not Status.IN_SYNC or campaign.warnings or view.verbose
    ]
    blocks += [_abandoned(gone, view) for gone in plan.abandoned]
    guards = [_refusal(found, view) for found in plan.refusals]
    return "\n\n".join([*blocks, "\n".join([summary(plan, view), *guards])]) + "\n"


def _refusal(found: Refusal, view: View) -> str:
    return f"{_paint(f'guard {found.guard}:', 'red', view)} {found.verdict}: {terminal(str(found))}"


def summary(plan: Plan, view: View) -> str:
    """The line that sums up a plan."""
    update, in_sync, failed = (plan.count(s) for s in (Status.UPDATE, Status.IN_SYNC, Status.ERROR))
    age = words.age(plan)
    remark = f" ({age})" if age else ""
    if not update and not failed:
        verb = "agrees" if in_sync == 1 else "agree"
        lead = "No drift" if view.command == "drift" else "Nothing to do"
        return f"{lead}: {words.count(in_sync, 'campaign')} {verb} with VOXO{remark}."
    lead, told = ("Drift", "differ") if view.command == "drift" else ("Plan", "to update")
    told = "differs" if told == "differ" and update == 1 else told
    live = sum(campaign.goes_live is not None for campaign in plan.campaigns)
    loud = f", {_paint(f'{live} GOING LIVE', 'red', view)}" if live else ""
    failures = f", {_paint(f'{failed} failed', 'red', view)}" if failed else ""
    return f"{lead}: {update} {told}{loud}, {in_sync} in sync{failures}{remark}."


def results(results: Sequence[Result], view: View) -> str:
    """What apply did: one line a campaign, then a line that sums up."""
    lines = [line for result in results for line in _result(result, view)]
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    told = [f"{number} {outcome.value}" for outcome, number in counts.items() if number]
    return "\n".join([*lines, f"Apply: {', '.join(told) or 'nothing to do'}."]) + "\n"


def validation(validation: Validation, view: View) -> str:
    """What is wrong with definitions, a line each, then a line that sums up."""
    lines = [*(_problem(found, view) for found in validation.problems)]
    return "\n".join([*lines, validation_summary(validation)]) + "\n"


def validation_summary(validation: Validation) -> str:
    """The line that sums up a validation."""
    return (
        f"{words.count(validation.campaigns, 'campaign')} in "
        f"{words.count(validation.files, 'file')}: "
        f"{words.count(validation.count(error=True), 'error')}, "
        f"{words.count(validation.count(error=False), 'warning')}."
    )


def _problem(problem: Problem, view: View) -> str:
    severity = _paint(f"{problem.severity}:", "red" if problem.is_error else "yellow", view)
    return f"{terminal(str(problem.position))}: {severity} {terminal(problem.message)}"


def _heading(found: CampaignPlan | Abandoned, view: View) -> str:
    name = f" {terminal(found.name)}" if found.name is not None else ""
    return f"{_bold(f'{found.id}{name}', view)}  {terminal(found.file)}"


def _campaign(campaign: CampaignPlan, view: View, *, three_sides: bool) -> Iterator[str]:
    yield _heading(campaign, view)
    if campaign.error is not None:
        yield _marked("!", f"failed: {terminal(campaign.error)}", view)
    if campaign.goes_live is not None:
        yield _marked("!", f"GOES LIVE: {terminal(words.goes_live(campaign.goes_live))}", view)
    for change in campaign.changes:
        yield from _change(change, view, three_sides=three_sides)
    if campaign.status is Status.IN_SYNC:
        yield f"  {_paint('= in sync', 'green', view)}"
    for text in campaign.warnings:
        yield f"  {_paint('warning:', 'yellow', view)} {terminal(text)}"


def _abandoned(gone: Abandoned, view: View) -> str:
    return f"{_heading(gone, view)}\n    no longer managed: it stays in VOXO as it is"


def _change(change: Change, view: View, *, three_sides: bool) -> Iterator[str]:
    label = f"  ({terminal(words.kind(change))})" if three_sides else ""
    told = terminal(words.change(change))
    if isinstance(change, NumbersChange):
        yield _marked("~", told + label, view)
        most = len((*change.added, *change.removed, *change.changed)) if view.verbose else _SAMPLE
        for mark, number in words.numbers(change, view, most):
            yield f"    {_marked(mark, terminal(number), view)}"
    elif len(told) <= _SHORT:
        yield _marked("~", told + label, view)
    else:  # long texts one above the other, so that eyes can compare them
        yield _marked("~", f"{change.field}:{label}", view)
        yield f"        {terminal(words.value(change.before))}"
        yield f"      → {terminal(words.value(change.after))}"


def _result(result: Result, view: View) -> Iterator[str]:
    name = f" {terminal(result.name)}" if result.name is not None else ""
    outcome = _paint(result.outcome.value, "green" if result.outcome.is_good else "red", view)
    sent = f" (sent: {', '.join(result.sent)})" if result.sent else ""
    yield f"{result.id}{name}: {outcome}{sent}"
    if result.detail:
        detail = result.detail if view.show_numbers else masked_in(result.detail)
        yield f"    {terminal(detail)}"


def _marked(mark: str, text: str, view: View) -> str:
    return f"  {_paint(f'{mark} {text}', _COLORS[mark], view)}"


def _paint(text: str, color: str, view: View) -> str:
    return click.style(text, fg=color) if view.color else text


def _bold(text: str, view: View) -> str:
    return click.style(text, bold=True) if view.color else text
