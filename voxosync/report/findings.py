"""Plans and problems as findings at lines of files: what annotations (GitHub) and SARIF are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind
from voxosync.model.problem import Position
from voxosync.report import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.model.problem import Allowed
    from voxosync.model.validation import Validation

RULES = {
    "change": "A change of the definitions that apply would send.",
    "drift": "VOXO was changed by hand; applying would revert it.",
    "conflict": "This branch changes what was also changed by hand in VOXO.",
    "goes-live": "After this change the campaign dials people whom, or when, it did not dial before.",
    "missing": "VOXO does not have the campaign, or does not show it.",
    "failed": "The campaign could not be compared with VOXO.",
    "acknowledged": "VOXO differs, and the definition says that this is known, until when and why.",
    "unmanaged": "VOXO has the campaign, and no definition does.",
    "unlisted": "The campaigns without a definition could not be listed.",
    "guard": "A guard refuses to apply this plan unless somebody lifts it.",
    "warning": "Something to know before this is applied.",
    "abandoned": "The definition is removed; the campaign stays in VOXO as it is.",
}
"""What the rules of a plan's findings mean; the rules of definitions tell themselves."""


class Level(StrEnum):
    """How loud a finding is."""

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
    """One thing to say about one line.

    Attributes:
        position: None where no file is the place to look at.
        identity: what makes this finding the same one in the next run, whatever its line.
        justification: why somebody lets it be.
    """

    rule: str
    level: Level
    position: Position | None
    message: str
    identity: str
    justification: str | None = None


def of_plan(plan: Plan, command: str) -> Iterator[Finding]:
    """The findings of a plan, or of what drifted.

    `drift` without a base has no kinds to tell: to it, every difference is drift.
    """
    for campaign in plan.campaigns:
        yield from _of_campaign(campaign, all_drift=command == "drift" and plan.base is None)
    first = next((found for found in plan.campaigns if found.changes), None)
    for refusal in plan.refusals:
        assert first is not None  # noqa: S101  # a plan that sends nothing runs into no guard
        place = Position(first.file, first.line)
        message = f"guard {refusal.guard}: {refusal.verdict}: {refusal}"
        yield Finding("guard", Level.WARNING, place, message, refusal.guard)
    for gone in plan.abandoned:
        message = f"{gone.id} {gone.name or ''}: {RULES['abandoned']}"
        place = Position(gone.file)
        yield Finding("abandoned", Level.WARNING, place, message, f"{gone.id}/abandoned")
    yield from _of_unmanaged(plan)
    yield from map(_of_allowed, plan.allowed)


def of_validation(validation: Validation) -> Iterator[Finding]:
    """The problems of definitions, then those that comments allow."""
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
    for found in plan.unmanaged:
        message = f"{phrases.describe_unmanaged(found)}: {RULES['unmanaged']}"
        yield Finding("unmanaged", level, None, message, str(found.id))


def _of_campaign(campaign: CampaignPlan, *, all_drift: bool) -> Iterator[Finding]:
    place = Position(campaign.file, campaign.line)
    name = f"{campaign.id} {campaign.name}" if campaign.name is not None else str(campaign.id)
    if campaign.error is not None:
        rule = "missing" if campaign.missing else "failed"
        message = f"{name}: {phrases.describe_failure(campaign)}"
        yield Finding(rule, Level.ERROR, place, message, f"{campaign.id}/{rule}")
    if campaign.goes_live is not None:
        message = f"{name} GOES LIVE: {phrases.describe_going_live(campaign.goes_live)}"
        yield Finding("goes-live", Level.WARNING, place, message, f"{campaign.id}/goes-live")
    for change in campaign.changes:
        kind = ChangeKind.DRIFT if all_drift else change.kind
        about = phrases.describe_origin(replace(change, kind=kind), three_sides=True)
        message = f"{name}: {phrases.describe_change(change)} ({about})"
        identity = f"{campaign.id}/{change.field}/{kind}"
        where = change.position or place
        yield Finding(kind.value, _LEVELS[kind], where, message, identity)
    for known in campaign.acknowledged:
        message = f"{name}: {phrases.describe_change(known.change)} ({known.by})"
        identity = f"{campaign.id}/{known.change.field}/{known.change.kind}/acknowledged"
        where = known.change.position or place
        yield Finding("acknowledged", Level.NOTE, where, message, identity, str(known.by))
    for text in campaign.warnings:
        message = f"{name}: {text}"
        yield Finding("warning", Level.WARNING, place, message, f"{campaign.id}/{text}")
