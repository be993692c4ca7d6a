"""Sends an approved plan for `apply` and `rollback`: signals during the run, the report after it."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from voxosync.app.creating import CreationListener
from voxosync.app.options import JOURNAL
from voxosync.cli import output
from voxosync.model.phone import masked_in
from voxosync.report import creation_text, results_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.app.applying import Sendable
    from voxosync.app.creation_planning import CreationPlan
    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.options import ApplyOptions
    from voxosync.app.project import Project
    from voxosync.cli.context import Context
    from voxosync.model.journal import NewDefinition
    from voxosync.report.view import View


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
    view = replace(output.view(context), show_numbers=False)  # what VOXO answers may repeat phones
    with ended_by_signals() as stop:
        run = project.apply(plan, sending, command=command, overrides=overrides, stop=stop)
        output.result("\n" + results_text.render_results(run.results, view))
        if run.journal_failure is not None:
            output.remark(f"error: {run.journal_failure}")
    folder = None if project.journal == JOURNAL else project.journal
    output.note(context, results_text.describe_journal(run.journal, run.run_id, view, folder))
    return run.exit_status


def create(
    project: Project,
    planned: CreationPlan,
    view: View,
    overrides: GuardOverrides,
    *,
    earlier_status: int = 0,
) -> int:
    """Creates approved campaigns, and reports; returns the exit status, as `Project.create` does."""
    with ended_by_signals() as stop:
        return project.create(
            planned,
            CreationConsole(view),
            overrides=overrides,
            stop=stop,
            earlier_status=earlier_status,
        )


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


class CreationConsole(CreationListener):
    """Prints the outcome for each campaign."""

    def __init__(self, view: View) -> None:
        self._view = view

    def created(self, new: NewDefinition, campaign: int) -> None:
        """Prints the new id."""
        output.result(creation_text.describe_created(new, campaign))

    def failed(self, text: str) -> None:
        """Prints what went wrong, with phones masked."""
        output.remark(text if self._view.show_numbers else masked_in(text))

    def skipped(self, new: NewDefinition) -> None:
        """Prints that a campaign was not created."""
        output.remark(f"error: {new.name}: not created")

    def not_written(self, new: NewDefinition, campaign: int, reason: str) -> None:
        """Prints how to get the id into the definition."""
        output.remark(creation_text.describe_not_written(new, campaign, reason))
