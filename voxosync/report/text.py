"""Plans, drift, results and problems as text for a terminal or a log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import CampaignPlan, Change, GoesLive, NumbersChange, Plan, Status
from voxosync.report.escape import terminal
from voxosync.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.problem import Problem
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

_SAMPLE = 5
_SHORT = 60
_COLORS = {"+": "green", "-": "red", "~": "yellow", "!": "red"}


def plan(plan: Plan, view: View) -> str:
    """A plan, or what drifted: one block a campaign that is not in sync, then a line that sums up."""
    blocks = [
        "\n".join(_campaign(campaign, view))
        for campaign in plan.campaigns
        if campaign.status is not Status.IN_SYNC or campaign.warnings or view.verbose
    ]
    return "\n\n".join([*blocks, _summary(plan, view)]) + "\n"


def results(results: Sequence[Result], view: View) -> str:
    """What apply did: one line a campaign, then a line that sums up."""
    lines = [line for result in results for line in _result(result, view)]
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    told = [f"{number} {outcome.value}" for outcome, number in counts.items() if number]
    return "\n".join([*lines, f"Apply: {', '.join(told) or 'nothing to do'}."]) + "\n"


def validation(validation: Validation, view: View) -> str:
    """What is wrong with definitions, a line each, then a line that sums up."""
    errors, warnings = validation.count(error=True), validation.count(error=False)
    summary = (
        f"{count(validation.campaigns, 'campaign')} in {count(validation.files, 'file')}: "
        f"{count(errors, 'error')}, {count(warnings, 'warning')}."
    )
    return problems(validation.problems, view) + summary + "\n"


def problems(problems: Sequence[Problem], view: View) -> str:
    """Problems as `file:line:column: severity: message`, a line each."""
    return "".join(f"{_problem(problem, view)}\n" for problem in problems)


def _problem(problem: Problem, view: View) -> str:
    severity = _paint(f"{problem.severity}:", "red" if problem.is_error else "yellow", view)
    return f"{terminal(str(problem.position))}: {severity} {terminal(problem.message)}"


def _summary(plan: Plan, view: View) -> str:
    update, in_sync, failed = (plan.count(s) for s in (Status.UPDATE, Status.IN_SYNC, Status.ERROR))
    if not update and not failed:
        verb = "agrees" if in_sync == 1 else "agree"
        lead = "No drift" if view.command == "drift" else "Nothing to do"
        return f"{lead}: {count(in_sync, 'campaign')} {verb} with VOXO."
    lead, to_update = ("Drift", "differ") if view.command == "drift" else ("Plan", "to update")
    failures = f", {_paint(f'{failed} failed', 'red', view)}" if failed else ""
    return f"{lead}: {update} {to_update}, {in_sync} in sync{failures}."


def _campaign(campaign: CampaignPlan, view: View) -> Iterator[str]:
    name = f" {terminal(campaign.name)}" if campaign.name is not None else ""
    heading = _bold(f"{campaign.id}{name}", view)
    yield f"{heading}  {terminal(campaign.file)}"
    if campaign.error is not None:
        yield _marked("!", f"cannot be planned: {terminal(campaign.error)}", view)
    if campaign.status is Status.IN_SYNC:
        yield "    in sync"
    for change in campaign.changes:
        yield from _change(change, view)
    if campaign.goes_live is not None:
        yield _marked("!", f"GOES LIVE: {_goes_live(campaign.goes_live)}", view)
    for text in campaign.warnings:
        yield f"  {_paint('warning:', 'yellow', view)} {terminal(text)}"


def _change(change: Change, view: View) -> Iterator[str]:
    if isinstance(change, NumbersChange):
        yield _marked("~", f"numbers: {change.before} → {change.after}", view)
        yield from _sample("+", change.added, view)
        yield from _sample("-", change.removed, view)
        yield from _sample("~", change.changed, view)
        return
    before, after = _value(change.before), _value(change.after)
    if len(before) + len(after) <= _SHORT:
        yield _marked("~", f"{change.field}: {before} → {after}", view)
    else:
        yield _marked("~", f"{change.field}:", view)
        yield f"        {before}"
        yield f"      → {after}"


def _sample(mark: str, numbers: Sequence[str], view: View) -> Iterator[str]:
    """The first few numbers; all of them where somebody asked for details."""
    shown = len(numbers) if view.verbose else _SAMPLE
    for number in numbers[:shown]:
        yield f"    {_marked(mark, terminal(view.number(number)), view)}"
    if len(numbers) > shown:
        yield f"    {_marked(mark, f'… {len(numbers) - shown} more', view)}"


def _value(value: Any) -> str:
    """A canonical value as people read it; text in quotes where its ends would not be seen."""
    if value is None:
        return "(none)"
    if isinstance(value, tuple):
        return f"[{', '.join(f'{terminal(d.type)} {d.id}' for d in value)}]"
    text = str(value)
    if text and " " not in text and text.isascii() and text.isprintable():
        return text
    return terminal(json.dumps(text, ensure_ascii=False))


def _goes_live(live: GoesLive) -> str:
    start = f", from {live.start}" if live.start else ""
    zone = f" {live.timezone}" if live.timezone else ""
    return terminal(
        f"{'; '.join(live.reasons)}: dials {count(live.numbers, 'number')}{start}{zone}"
    )


def _result(result: Result, view: View) -> Iterator[str]:
    name = f" {terminal(result.name)}" if result.name is not None else ""
    outcome = _paint(result.outcome.value, "green" if result.outcome.is_good else "red", view)
    sent = f" (sent: {', '.join(result.sent)})" if result.sent else ""
    yield f"{result.id}{name}: {outcome}{sent}"
    if result.detail:
        yield f"    {terminal(result.detail)}"


def _marked(mark: str, text: str, view: View) -> str:
    return f"  {_paint(f'{mark} {text}', _COLORS[mark], view)}"


def _paint(text: str, color: str, view: View) -> str:
    return click.style(text, fg=color) if view.color else text


def _bold(text: str, view: View) -> str:
    return click.style(text, bold=True) if view.color else text
