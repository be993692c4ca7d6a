"""Sends a plan, journaled, and returns the results of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from voxosync.app.actor import actor
from voxosync.app.guard_overrides import guard_error
from voxosync.errors import JournalError
from voxosync.model.outcome import Outcome, exit_status
from voxosync.model.plan import Status
from voxosync.sync.apply import RunOptions, apply_plan
from voxosync.sync.journal import Journal
from voxosync.sync.saved_plans import SavedPlan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from threading import Event

    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.options import ApplyOptions
    from voxosync.app.project import Project
    from voxosync.model.outcome import Result
    from voxosync.model.plan import Plan


Sendable: TypeAlias = "Plan | SavedPlan"
"""What can be sent: a plan of this project, or a saved one."""


@dataclass(frozen=True, slots=True)
class AppliedRun:
    """The results of a run of `apply` or `rollback`.

    Attributes:
        results: one for each campaign to update.
        exit_status: 0 if everything was applied, otherwise 3.
        run_id: the id under which `history` knows the run.
        journal: the file of the journal.
        journal_failure: why the end of the journal could not be written; None: it was.
    """

    results: Sequence[Result]
    exit_status: int
    run_id: str
    journal: Path
    journal_failure: str | None = None

    @property
    def has_sent(self) -> bool:
        """Whether the run may have changed anything."""
        return any(result.sent for result in self.results)


def apply(
    project: Project,
    plan: Sendable,
    options: ApplyOptions,
    *,
    command: str,
    overrides: GuardOverrides,
    stop: Event | None,
) -> AppliedRun:
    """Sends a plan; arguments and errors as `Project.apply` has them."""
    digest = plan.digest if isinstance(plan, SavedPlan) else None
    plan = (plan.plan if isinstance(plan, SavedPlan) else plan).without_creations()
    project.check_protection()
    if plan.refusals:
        raise guard_error(plan.refusals)
    with Journal(project.journal, project.clock()) as journal:
        journal.begin(
            command,
            plan,
            actor(project.folder),
            overrides.flags(),
            saved_plan=digest,
            quiesce=options.quiesce,
            environment=project.environment,
        )
        results = _send(project, plan, options, journal, overrides, stop)
        status, failure = exit_status(results), None
        try:
            journal.end(results, status)
        except JournalError as problem:
            status, failure = 3, str(problem)
    return AppliedRun(results, status, journal.run_id, journal.path, failure)


def _send(
    project: Project,
    plan: Plan,
    options: ApplyOptions,
    journal: Journal,
    overrides: GuardOverrides,
    stop: Event | None,
) -> list[Result]:
    run_options = RunOptions(
        project.connection.concurrency,
        options.quiesce,
        options.fail_fast,
        overrides.continue_go_live,
    )
    with project.listener.progress("Sending", plan.count(Status.UPDATE)) as progress:

        def advance(result: Result) -> None:
            if result.outcome is not Outcome.NOT_SENT:  # an interrupted run must not look complete
                progress.advance()

        return apply_plan(
            project.voxo,
            plan,
            tenant_id=project.target.tenant_id,
            journal=journal,
            options=run_options,
            on_result=advance,
            stop=stop,
        )
