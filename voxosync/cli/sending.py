"""Sending a confirmed plan: the journal around it, signals during it, the report after it."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from shlex import quote
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from voxosync.cli import options as shared
from voxosync.cli import output, pipeline
from voxosync.cli.actor import actor
from voxosync.errors import JournalError
from voxosync.model.outcome import Outcome, exit_status
from voxosync.model.plan import Status
from voxosync.report import text_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from voxosync.cli.context import Context
    from voxosync.cli.guarding import Authority
    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.model.outcome import Result
    from voxosync.model.plan import Plan
    from voxosync.voxo.client import Voxo


@dataclass(frozen=True, slots=True)
class Sending:
    """How a plan is sent.

    Attributes:
        journal: the folder of the journals.
        quiesce: pause a campaign that dials while its numbers change.
        fail_fast: begin no further campaign after one that failed.
    """

    journal: Path
    quiesce: bool
    fail_fast: bool


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how to send, handed to the command as one `how`."""

    @click.option(
        "--quiesce", is_flag=True,
        help="Pause a campaign that dials while its numbers change, so that no call result is lost.",
    )  # fmt: skip
    @click.option(
        "--fail-fast", is_flag=True, help="Begin no further campaign after one that failed."
    )
    @shared.journal
    @wraps(command)
    def wrapped(*args: Any, journal: Path, quiesce: bool, fail_fast: bool, **kwargs: Any) -> Any:
        return command(*args, how=Sending(journal, quiesce, fail_fast), **kwargs)

    return wrapped


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `apply` or `rollback`, from its journal's first line to its last."""

    command: str
    context: Context
    request: Request
    target: Target
    authority: Authority
    how: Sending

    def send(self, voxo: Voxo, plan: Plan, *, saved_plan: str | None = None) -> int:
        """Sends a plan that somebody confirmed, and reports; returns the exit status.

        Args:
            voxo: where to.
            plan: what to send.
            saved_plan: its digest, where it is a saved one.

        Raises:
            JournalError: the journal cannot be begun, so nothing is sent.
        """
        from voxosync.sync.apply import Manner, apply_plan  # noqa: PLC0415  # as in pipeline.connect
        from voxosync.sync.journal import Journal  # noqa: PLC0415  # as in pipeline.connect

        manner = Manner(
            self.request.concurrency,
            self.how.quiesce,
            self.how.fail_fast,
            self.authority.continue_go_live,
        )
        with ended_by_signals() as stop, Journal(self.how.journal, pipeline.now()) as journal:
            who = actor(self.context.folder)
            overrides = self.authority.overrides()
            journal.begin(
                self.command, plan, who, overrides, saved_plan=saved_plan, quiesce=self.how.quiesce
            )
            count = plan.count(Status.UPDATE)
            with output.Progress(self.context, "Sending", count) as progress:

                def advance(result: Result) -> None:
                    if (
                        result.outcome is not Outcome.NOT_SENT
                    ):  # else a run that was stopped looks complete
                        progress.advance()

                results = apply_plan(
                    voxo,
                    plan,
                    tenant_id=self.target.tenant_id,
                    journal=journal,
                    manner=manner,
                    done=advance,
                    stop=stop,
                )
            status = exit_status(results)
            output.result("\n" + text_format.render_results(results, output.view(self.context)))
            try:
                journal.end(results, status)
            except JournalError as failure:
                output.remark(f"error: {failure}")
                status = 3
        if not self.context.quiet:
            output.remark(f"Journal: {journal.path}; {self._undoing(journal.run_id)} undoes it")
        return status

    def _undoing(self, run_id: str) -> str:
        """The command that undoes a run."""
        environment = self.context.environment
        named = f" --env {quote(environment)}" if environment else ""
        elsewhere = self.how.journal != shared.JOURNAL
        folder = f" --journal {quote(str(self.how.journal))}" if elsewhere else ""
        return f"voxosync{named} rollback {run_id}{folder}"


@contextmanager
def ended_by_signals() -> Iterator[Event]:
    """Ctrl-C, and the SIGTERM of a CI system that cancels a job, set an event instead of raising.

    So they end the sending in peace, and can neither cut off the report and the journal of what was
    sent nor pass for a run that sent nothing. What is under way ends in bounded time.
    """
    stop = Event()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def on_signal(*_: object) -> None:
        for number in numbers:  # told once; `set` must not meet itself
            signal.signal(number, signal.SIG_IGN)
        stop.set()
        with suppress(OSError, RuntimeError):  # nobody reads it, or it came amid another remark
            output.remark(
                "Interrupted: a request that is under way is finished, nothing more is sent."
            )

    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
