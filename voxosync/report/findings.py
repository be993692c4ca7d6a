"""Findings at lines of files, from plans and problems: the content of GitHub annotations and SARIF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind
from voxosync.model.problem import Position
from voxosync.report import phrases
from voxosync.report.campaign_status import status_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.model.problem import Allowed
    from voxosync.model.validation import Validation

RULES = {
    "change": "A change in the definitions that apply would send.",
    "drift": "VOXO was changed by hand; apply would revert it.",
    "conflict": "The field was changed both in this branch and by hand in VOXO.",
    "goes-live": "After this change, the campaign dials people it did not dial before, or at other times.",
    "missing": "The campaign does not exist in VOXO, or the token has no access to it.",
    "failed": "The campaign could not be compared with VOXO.",
    "acknowledged": "VOXO differs, and the definition acknowledges the difference until a date.",
    "unmanaged": "The campaign exists in VOXO, but has no definition.",
    "unlisted": "The campaigns without a definition could not be listed.",
    "guard": "A guard refuses to apply this plan unless it is overridden.",
    "warning": "A warning about applying this plan.",
    "abandoned": "The definition was removed; the campaign stays in VOXO unchanged.",
}
"""The meaning of each rule of a plan's findings. Findings in definitions explain themselves."""


class Level(StrEnum):
    """The severity of a finding."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


_LEVELS = {
    ChangeKind.CHANGE: Level.NOTE,
    ChangeKind.DRIFT: Level.WARNING,
    ChangeKind.CONFLICT: Level.ERROR,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A message about one line.

    Attributes:
        position: None if the finding belongs to no file.
        identity: identifies the finding across runs, even if its line moves.
        justification: the reason given in the definition for accepting it.
    """

    rule: str
    level: Level
    position: Position | None
    message: str
    identity: str
    justification: str | None = None


def plan_findings(plan: Plan, command: str) -> Iterator[Finding]:
    """The findings of a plan or a drift report.

    Without a base, `drift` cannot distinguish kinds: every difference is drift.
    """
    for campaign in plan.campaigns:
        yield from _of_campaign(campaign, all_drift=command == "drift" and plan.base is None)
    first = next((campaign for campaign in plan.campaigns if campaign.changes), None)
    for refusal in plan.refusals:
        assert first is not None  # noqa: S101  # no guard refuses a plan without changes
        position = Position(first.file, first.line)
        message = f"guard {refusal.guard}: {refusal.verdict}: {refusal}"
        yield Finding("guard", Level.WARNING, position, message, refusal.guard)
    for abandoned in plan.abandoned:
        message = f"{phrases.campaign_title(abandoned.id, abandoned.name)}: {RULES['abandoned']}"
        identity = f"{abandoned.id}/abandoned"
        yield Finding("abandoned", Level.WARNING, Position(abandoned.file), message, identity)
    yield from _of_unmanaged(plan)
    yield from map(_of_allowed, plan.allowed)


def validation_findings(validation: Validation) -> Iterator[Finding]:
    """The problems of definitions, then the allowed ones."""
    for problem in validation.problems:
        level = Level.ERROR if problem.is_error else Level.WARNING
        identity = f"{problem.position.file}/{problem.message}"
        yield Finding(problem.rule, level, problem.position, problem.message, identity)
    yield from map(_of_allowed, validation.allowed)


def _of_allowed(allowed: Allowed) -> Finding:
    problem = allowed.problem
    identity = f"{problem.position.file}/{problem.message}"
    message = f"allowed: {problem.message} ({allowed.reason})"
    return Finding(problem.rule, Level.NOTE, problem.position, message, identity, allowed.reason)


def _of_unmanaged(plan: Plan) -> Iterator[Finding]:
    if plan.unlisted is not None:
        message = f"unmanaged campaigns could not be listed: {phrases.describe_unlisted(plan)}"
        yield Finding("unlisted", Level.ERROR, None, message, "unlisted")
    level = Level.WARNING if plan.unmanaged_counts else Level.NOTE
    for campaign in plan.unmanaged:
        message = f"{phrases.describe_unmanaged(campaign)}: {RULES['unmanaged']}"
        yield Finding("unmanaged", level, None, message, str(campaign.id))


def _of_campaign(campaign: CampaignPlan, *, all_drift: bool) -> Iterator[Finding]:
    home = Position(campaign.file, campaign.line)
    title = phrases.campaign_title(campaign.id, campaign.name)
    if campaign.error is not None:
        rule = status_of(campaign).value
        message = f"{title}: {phrases.describe_failure(campaign)}"
        yield Finding(rule, Level.ERROR, home, message, f"{campaign.id}/{rule}")
    if campaign.goes_live is not None:
        message = f"{title} GOES LIVE: {phrases.describe_going_live(campaign.goes_live)}"
        yield Finding("goes-live", Level.WARNING, home, message, f"{campaign.id}/goes-live")
    for change in campaign.changes:
        kind = ChangeKind.DRIFT if all_drift else change.kind
        origin = phrases.describe_origin(replace(change, kind=kind), three_sides=True)
        message = f"{title}: {phrases.describe_change(change)} ({origin})"
        identity = f"{campaign.id}/{change.field}/{kind}"
        yield Finding(kind.value, _LEVELS[kind], change.position or home, message, identity)
    for acknowledged in campaign.acknowledged:
        change, reason = acknowledged.change, str(acknowledged.by)
        message = f"{title}: {phrases.describe_change(change)} ({reason})"
        identity = f"{campaign.id}/{change.field}/{change.kind}/acknowledged"
        position = change.position or home
        yield Finding("acknowledged", Level.NOTE, position, message, identity, reason)
    for warning in campaign.warnings:
        message = f"{title}: {warning}"
        yield Finding("warning", Level.WARNING, home, message, f"{campaign.id}/{warning}")
