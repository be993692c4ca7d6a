"""Opens saved plans, to be applied."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.app.checking import forbidden_phones
from voxosync.errors import PlanFileError
from voxosync.model.checks.do_not_call import phones_shown
from voxosync.model.phone import phone
from voxosync.sync.guards import refusals, summary_of_updates
from voxosync.sync.saved_plans import SavedPlan, check_unused, read_plan

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.project import Project
    from voxosync.model.guard import Refusal
    from voxosync.model.plan import Plan


def open_saved_plan(project: Project, path: Path, overrides: GuardOverrides) -> SavedPlan:
    """A plan from a file; arguments and errors as `Project.saved_plan` has them.

    The plan is a copy of the one in the file, because its guards are judged again: those that refused it when it was
    made may not refuse it now, and others may.
    """
    saved = read_plan(path, project.voxo.base_url)
    check_unused(path, saved.digest, project.journal)
    if saved.plan.record_step is not None:
        project.record.check_saved(saved.plan.record_step)
    _check_added_phones(project, path, saved.plan)
    return SavedPlan(
        replace(saved.plan, refusals=_present_refusals(project, saved.plan, overrides)),
        saved.digest,
    )


def _check_added_phones(project: Project, path: Path, plan: Plan) -> None:
    """Refuses a saved plan that adds phones which were put on a do-not-call list since.

    Raises:
        PlanFileError: it does.
        DefinitionsError: a list cannot be read.
    """
    changes = (change for campaign in plan.campaigns for change in campaign.changes)
    added = {phone(number) for change in changes for number in change.added}
    if added and (listed := sorted(added & forbidden_phones(project).keys())):
        raise PlanFileError(f"{path} adds {phones_shown(listed)} on a do-not-call list: plan again")


def _present_refusals(
    project: Project, plan: Plan, overrides: GuardOverrides
) -> tuple[Refusal, ...]:
    """The guards that refuse a plan now; its effects on dialing were reviewed when it was saved."""
    summary = summary_of_updates(plan.campaigns, plan.part)
    guards = overrides.apply_to(project.target.guards)
    return tuple(
        refusal for refusal in refusals(summary, guards, project.now) if not refusal.answerable
    )
