"""Sends what was approved for `apply`, `create` and `rollback`: signals during the run, the report after it."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from voxosync.app.options import JOURNAL
from voxosync.cli import output
from voxosync.report import results_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.app.applying import Sendable
    from voxosync.app.creation_planning import CreationPlan
    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.options import ApplyOptions
    from voxosync.app.project import Project
    from voxosync.cli.context import Context


def send(
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
    journal = results_text.describe_journal(
        run.journal, run.run_id, view, folder, has_sent=run.has_sent
    )
    output.note(context, journal)
    return run.exit_status


def create(
    project: Project,
    planned: CreationPlan,
    overrides: GuardOverrides,
    *,
    earlier_status: int = 0,
) -> int:
    """Creates approved campaigns until a signal ends the run; returns the exit status, as `Project.create` does."""
    with ended_by_signals() as stop:
        return project.create(
            planned, overrides=overrides, stop=stop, earlier_status=earlier_status
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
