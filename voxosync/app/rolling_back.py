"""Plans the inverse of what a run sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.checking import forbidden_phones
from voxosync.errors import UsageError
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.sync.call_results import latest_results
from voxosync.sync.fetch import fetch_all
from voxosync.sync.journal_reader import find_run
from voxosync.sync.rollback import plan_rollback, undo
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.project import Project
    from voxosync.model.journal import Run
    from voxosync.model.plan import Plan
    from voxosync.sync.rollback import SkipReason


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What undoing a run would send.

    Attributes:
        run: the run to undo.
        plan: what would be sent, with the guards that refuse it.
        skipped: campaign to the reason why a field of it is not put back.
    """

    run: Run
    plan: Plan
    skipped: Mapping[int, SkipReason]

    @property
    def exit_status(self) -> int:
        """3 if something cannot be put back, otherwise 0."""
        return 3 if self.skipped else self.plan.exit_status(count=())


def plan_undo(
    project: Project,
    run_id: str,
    *,
    only: Sequence[int],
    force: bool,
    quiesce: bool,
    overrides: GuardOverrides,
) -> RollbackPlan:
    """Plans the inverse of a run; arguments and errors as `Project.rollback` has them."""
    target = project.target
    run = find_run(project.journal, run_id)
    if run.command == "create":
        raise UsageError(
            f"run {run.id} created campaigns, which cannot be undone: VOXO documents no call that "
            "deletes one; write state: PAUSED into their definitions, and apply"
        )
    undone = undo(run, only)
    for campaign_id in only:
        if campaign_id not in undone:
            raise UsageError(f"--only {campaign_id}: that run sent nothing to this campaign")
    voxo = project.voxo
    if not same_voxo(run.base_url, voxo.base_url):
        raise UsageError(
            f"that run was against {run.base_url}, but this command uses {voxo.base_url}"
        )
    has_numbers = any(NUMBERS_FIELD in campaign.before for campaign in undone.values())
    rollback = plan_rollback(
        run,
        undone,
        fetch_all(voxo, undone, workers=project.connection.concurrency),
        latest_results(project.journal, run.base_url),
        now=project.now,
        tenant_id=target.tenant_id,
        guards=overrides.apply_to(target.guards),
        force=force,
        quiesce=quiesce,
        forbidden=forbidden_phones(project) if has_numbers else (),
    )
    return RollbackPlan(run, rollback.plan, rollback.skipped)
