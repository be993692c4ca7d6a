"""Annotations: messages at lines of files, from plans and problems, for GitHub and SARIF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.problem import Position, Severity
from voxosync.report import phrases
from voxosync.report.campaign_listing import riskiest_first, status_of
from voxosync.report.change_lines import describe_change
from voxosync.report.dialing import headline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.change import Change
    from voxosync.model.plan import AcknowledgedChange, CampaignPlan, Plan
    from voxosync.model.problem import AllowedProblem, Problem
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

RULES = {
    "change": "A change in the definitions that apply would send.",
    "pending": "A committed change that has not been applied yet; apply would send it.",
    "drift": "VOXO was changed by hand; apply would revert it.",
    "conflict": "The field was changed both in this branch and by hand in VOXO.",
    "dialing": "The campaign starts or stops dialing, dials more, or dials without approval.",
    "create": "The campaign is not created yet: its definition has no id.",
    "missing": "The campaign does not exist in VOXO, or the token has no access to it.",
    "failed": "The campaign could not be compared with VOXO.",
    "acknowledged": "VOXO differs, and the definition acknowledges the difference until a date.",
    "unmanaged": "The campaign exists in VOXO, but has no definition.",
    "unlisted": "The campaigns without a definition could not be listed.",
    "guard": "A guard refuses to apply this plan unless it is overridden.",
    "warning": "A warning about applying this plan.",
    "abandoned": "The definition was removed; the campaign stays in VOXO unchanged.",
}
"""The meaning of each rule of a plan's annotations. Annotations in definitions explain themselves."""


class Level(StrEnum):
    """The severity of an annotation."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


_SEVERITIES = {
    Severity.ERROR: Level.ERROR,
    Severity.WARNING: Level.WARNING,
    Severity.REMARK: Level.NOTE,
}
_LEVELS = {
    ChangeKind.CHANGE: Level.NOTE,
    ChangeKind.PENDING: Level.NOTE,
    ChangeKind.DRIFT: Level.WARNING,
    ChangeKind.CONFLICT: Level.ERROR,
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message about one line.

    Attributes:
        position: None if the annotation belongs to no file.
        identity: identifies the annotation across runs, even if its line moves.
        justification: the reason given in the definition for accepting it.
    """

    rule: str
    level: Level
    position: Position | None
    message: str
    identity: str
    justification: str | None = None


def plan_annotations(plan: Plan, view: View) -> Iterator[Annotation]:
    """The annotations of a plan or, if the command of the view is `drift`, of a drift report."""
    yield from map(_of_problem, plan.findings)
    yield from _of_removed(plan)
    for campaign in riskiest_first(plan):
        yield from _of_campaign(campaign)
        for change in () if campaign.is_new else campaign.changes:
            is_drift = view.command == "drift"
            kind = phrases.kind_in_drift(change, plan) if is_drift else change.kind
            yield _of_change(campaign, change, kind, view)
        yield from (_of_acknowledged(campaign, entry, view) for entry in campaign.acknowledged)
        yield from map(partial(_of_warning, campaign), campaign.warnings)
    first = next((campaign for campaign in plan.campaigns if campaign.changes), None)
    for refusal in plan.refusals:
        assert first is not None  # noqa: S101  # no guard refuses a plan without changes
        message = f"guard {refusal.guard}: {refusal.verdict}: {refusal}"
        yield Annotation("guard", Level.WARNING, _position(first), message, refusal.guard)
    yield from _of_unmanaged(plan)
    yield from map(_of_allowed, plan.allowed)


def _of_removed(plan: Plan) -> Iterator[Annotation]:
    for abandoned in sorted(plan.abandoned, key=lambda campaign: campaign.dialing is None):
        title = phrases.campaign_title(abandoned.id, abandoned.name)
        message = f"{title}: {phrases.describe_abandoned(abandoned)}"
        identity = f"{abandoned.id}/abandoned"
        yield Annotation("abandoned", Level.WARNING, Position(abandoned.file), message, identity)


def validation_annotations(validation: Validation) -> Iterator[Annotation]:
    """The problems of definitions, then the allowed ones."""
    yield from map(_of_problem, validation.problems)
    yield from map(_of_allowed, validation.allowed)


def _of_problem(problem: Problem) -> Annotation:
    level = _SEVERITIES[problem.severity]
    identity = f"{problem.position.file}/{problem.message}"
    return Annotation(problem.rule, level, problem.position, problem.message, identity)


def _of_allowed(allowed: AllowedProblem) -> Annotation:
    problem = allowed.problem
    identity = f"{problem.position.file}/{problem.message}"
    message = f"allowed: {problem.message} ({allowed.reason})"
    return Annotation(problem.rule, Level.NOTE, problem.position, message, identity, allowed.reason)


def _of_unmanaged(plan: Plan) -> Iterator[Annotation]:
    if plan.unlisted is not None:
        message = f"unmanaged campaigns could not be listed: {phrases.describe_unlisted(plan)}"
        yield Annotation("unlisted", Level.ERROR, None, message, "unlisted")
    level = Level.WARNING if plan.unmanaged_counts else Level.NOTE
    for campaign in plan.unmanaged:
        message = f"{phrases.describe_unmanaged(campaign)}: {RULES['unmanaged']}"
        yield Annotation("unmanaged", level, None, message, str(campaign.id))


def _of_campaign(campaign: CampaignPlan) -> Iterator[Annotation]:
    position, title = _position(campaign), phrases.campaign_title(campaign.id, campaign.name)
    if campaign.error is not None:
        rule = status_of(campaign).value
        message = f"{title}: {phrases.describe_failure(campaign)}"
        yield Annotation(rule, Level.ERROR, position, message, f"{campaign.id}/{rule}")
    if campaign.dialing is not None and campaign.dialing.effect is not None:
        level = Level.WARNING if campaign.dialing.effect.rings else Level.NOTE
        message = f"{title} {headline(campaign.dialing)}"
        yield Annotation("dialing", level, position, message, f"{_key(campaign)}/dialing")
    if campaign.is_new:
        values = "; ".join(map(phrases.describe_value, campaign.changes))
        message = f"{title}: to be created: {values}"
        yield Annotation("create", Level.NOTE, position, message, f"{_key(campaign)}/create")


def _of_change(campaign: CampaignPlan, change: Change, kind: ChangeKind, view: View) -> Annotation:
    origin = phrases.describe_origin(replace(change, kind=kind), three_sides=True)
    title = phrases.campaign_title(campaign.id, campaign.name)
    message = f"{title}: {describe_change(change, view)} ({origin})"
    identity = f"{campaign.id}/{change.field}/{kind}"
    position = change.position or _position(campaign)
    return Annotation(kind.value, _LEVELS[kind], position, message, identity)


def _of_acknowledged(
    campaign: CampaignPlan, acknowledged: AcknowledgedChange, view: View
) -> Annotation:
    change, reason = acknowledged.change, str(acknowledged.by)
    title = phrases.campaign_title(campaign.id, campaign.name)
    message = f"{title}: {describe_change(change, view)} ({reason})"
    identity = f"{campaign.id}/{change.field}/{change.kind}/acknowledged"
    position = change.position or _position(campaign)
    return Annotation("acknowledged", Level.NOTE, position, message, identity, reason)


def _of_warning(campaign: CampaignPlan, warning: str) -> Annotation:
    message = f"{phrases.campaign_title(campaign.id, campaign.name)}: {warning}"
    identity = f"{_key(campaign)}/{warning}"
    return Annotation("warning", Level.WARNING, _position(campaign), message, identity)


def _key(campaign: CampaignPlan) -> str:
    """What identifies a campaign across runs: its id, or its file and name before it has one."""
    return f"{campaign.file}/{campaign.name}" if campaign.is_new else str(campaign.id)


def _position(campaign: CampaignPlan) -> Position:
    return Position(campaign.file, campaign.line)
