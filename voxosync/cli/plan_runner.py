"""Sends an approved plan for `apply` and `rollback`: signals during the run, the report after it."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from shlex import quote
from threading import Event
from typing import TYPE_CHECKING

from voxosync.app.approval import approved
from voxosync.app.creating import CreationListener
from voxosync.app.options import JOURNAL
from voxosync.cli import output
from voxosync.model.phone import masked_in
from voxosync.report import results_text
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.app.applying import AppliedRun, Sendable
    from voxosync.app.creation_planning import CreationPlan
    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.options import ApplyOptions
    from voxosync.app.project import Project
    from voxosync.cli.context import Context
    from voxosync.model.journal import NewDefinition


def send(  # one parameter for each input of a run
    context: Context,
    project: Project,
    plan: Sendable,
    sending: ApplyOptions,
    overrides: GuardOverrides,
    *,
    command: str,
) -> int:
    """Sends an approved plan, and reports; returns the exit status.

    Raises:
        JournalError: the journal cannot be started, so nothing is sent.
    """
    with ended_by_signals() as stop:
        run = project.apply(plan, sending, command=command, overrides=overrides, stop=stop)
        output.result("\n" + results_text.render_results(run.results, output.view(context)))
        if run.journal_failure is not None:
            output.remark(f"error: {run.journal_failure}")
    if not context.quiet:
        output.remark(f"Journal: {run.journal}; {_undo(context, project, run)} undoes it")
    return run.exit_status


def _undo(context: Context, project: Project, run: AppliedRun) -> str:
    """The command that undoes a run."""
    environment = f" --env {quote(context.environment)}" if context.environment else ""
    is_default = project.journal == JOURNAL
    folder = "" if is_default else f" --journal {quote(str(project.journal))}"
    return f"voxosync{environment} rollback {run.run_id}{folder}"


def create(
    project: Project,
    planned: CreationPlan,
    report: CreationReport,
    overrides: GuardOverrides,
    before: int,
) -> int:
    """Creates the campaigns that `apply --create` approved, after what it sent; returns the exit status of all.

    Args:
        project: the project.
        planned: what is to be created.
        report: prints the outcome for each campaign.
        overrides: those with which the plan was approved.
        before: the exit status of what was sent before: after a failure nothing is created.
    """
    if before and not overrides.continue_go_live:
        for creation in planned.creations:
            report.skipped(creation.new)
        output.remark(
            "nothing was created, because an earlier step failed; "
            "to proceed anyway, pass --continue-go-live"
        )
        return before
    with ended_by_signals() as stop:
        status = project.create(approved(planned), report, overrides=overrides, stop=stop)
        return max(before, status)


@contextmanager
def ended_by_signals() -> Iterator[Event]:
    """Lets Ctrl-C, and the SIGTERM of a CI system that cancels a job, set an event instead of raising.

    The run then ends in order: its report and its journal are complete. Requests under way end in bounded time.
    """
    stop = Event()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def on_signal(*_: object) -> None:
        for number in numbers:  # only the first signal counts: another must not interrupt `set`
            signal.signal(number, signal.SIG_IGN)
        stop.set()
        with suppress(OSError, RuntimeError):  # stderr is closed, or is being written to
            output.remark(
                "Interrupted: requests in progress are finished, and nothing more is sent."
            )

    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class CreationReport(CreationListener):
    """Prints the outcome for each campaign."""

    def __init__(self, *, show_numbers: bool) -> None:
        self._show_numbers = show_numbers

    def created(self, new: NewDefinition, campaign: int) -> None:
        """Prints the new id."""
        output.result(
            f"{campaign} {terminal(new.name)}: created; {terminal(new.file)} now has its id\n"
        )

    def failed(self, text: str) -> None:
        """Prints what went wrong, with phones masked."""
        output.remark(text if self._show_numbers else masked_in(text))

    def skipped(self, new: NewDefinition) -> None:
        """Prints that a campaign was not created."""
        output.remark(f"error: {new.name}: not created")

    def not_written(self, new: NewDefinition, campaign: int, reason: str) -> None:
        """Prints how to get the id into the definition."""
        output.remark(
            f"error: {new.name} was created as campaign {campaign}, and its id could not be written: "
            f"{reason}\nrun voxosync create again: it writes the id, and creates nothing twice"
        )
