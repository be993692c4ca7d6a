"""Prints: results to stdout; progress, remarks and errors to stderr."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO

import click

from voxosync.app.listener import Listener
from voxosync.app.project_folder import current_folder, path_in_repository
from voxosync.errors import DefinitionsError, VoxoError, VoxosyncError
from voxosync.model.phone import masked_in
from voxosync.report.escape import terminal
from voxosync.report.problem_text import problem_lines
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.cli.context import Context
    from voxosync.model.journal import NewDefinition
    from voxosync.model.problem import AllowedProblem, Problem

_SHOW_AFTER = 1.0
"""The seconds after which unfinished work gets a progress bar."""


def view(context: Context, *, command: str = "plan") -> View:
    """The view of this call's report on stdout; in color only on a terminal."""
    color = is_terminal(sys.stdout) if context.color is None else context.color
    return View(
        command=command,
        color=color,
        show_numbers=context.show_numbers,
        verbose=context.verbose,
        prefix=path_in_repository(current_folder()),
        environment=context.environment,
        width=columns(sys.stdout),
    )


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a service may have none."""
    return stream is not None and stream.isatty()


def columns(stream: TextIO | None) -> int | None:
    """The columns of a terminal; None for anything else."""
    return get_terminal_size().columns if is_terminal(stream) else None


def result(text: str) -> None:
    """Prints a finished report, which is already safe for a terminal."""
    click.echo(text, nl=False)


def show_problems(problems: Iterable[Problem], *, verbose: bool = False) -> None:
    """Shows the problems of definitions on stderr; safe for any file name."""
    for line in problem_lines(problems, View(verbose=verbose, width=columns(sys.stderr))):
        click.echo(line, err=True)


def remark(text: str) -> None:
    """Shows a text on stderr, unless it is empty; safe for any text."""
    if text:
        click.echo("\n".join(terminal(line) for line in text.split("\n")), err=True)


def note(context: Context, text: str) -> None:
    """Shows a remark, unless `--quiet` hides those or it is empty."""
    if not context.quiet:
        remark(text)


def show_error(failure: Exception) -> int:
    """Shows why a command failed, without a traceback; returns its exit status."""
    if isinstance(failure, click.ClickException):
        _show_usage_error(failure)
        return 1
    if isinstance(failure, DefinitionsError):
        show_problems(failure.problems)
    if isinstance(failure, VoxosyncError):
        text = str(failure)
        if isinstance(failure, VoxoError):  # the words of VOXO may repeat a phone
            text = masked_in(text)
        remark(f"error: {text}")
        return failure.exit_status
    if os.environ.get("VOXOSYNC_DEBUG"):
        raise failure
    summary = f"{type(failure).__name__}: {failure}"
    remark(f"error: this is a bug in voxosync ({summary}); VOXOSYNC_DEBUG=1 shows where")
    return 3


def _show_usage_error(failure: click.ClickException) -> None:
    """Shows a usage error as any other error, and where to find help."""
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        failure.show()
        return
    lines = [f"error: {' '.join(failure.format_message().split())}"]  # click lists choices in lines
    context = failure.ctx if isinstance(failure, click.UsageError) else None
    if context is not None:
        option, root = getattr(failure, "option_name", None), context.find_root().command
        if context.command is not root and any(
            option in parameter.opts for parameter in root.params
        ):
            lines.append(
                f"{option} goes before the command: voxosync {option} … {context.info_name}"
            )
        lines.append(f"see: {context.command_path} --help")
    remark("\n".join(lines))


class Progress(ExitStack):
    """A bar on stderr for work of many steps, on a terminal, if it takes longer than a second."""

    def __init__(self, context: Context, label: str, total: int) -> None:
        super().__init__()
        self._is_shown = is_terminal(sys.stderr) and not context.quiet and total > 1
        self._label, self._total = label, total
        self._started = time.monotonic()
        self._done = 0
        self._bar: Any = None

    def advance(self) -> None:
        """Counts one step."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif self._is_shown and time.monotonic() - self._started >= _SHOW_AFTER:
            bar = click.progressbar(length=self._total, label=self._label, file=sys.stderr)
            self._bar = self.enter_context(bar)
            self._bar.update(self._done)


class Console(Listener):
    """Shows what the application reports on stderr, and asks the person at the terminal."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def is_interactive(self) -> bool:
        """Whether stdin is a terminal."""
        return is_terminal(sys.stdin)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Shows warnings about definitions."""
        if not self._context.quiet:
            show_problems(problems, verbose=self._context.verbose)

    def allowed(self, allowed: Iterable[AllowedProblem]) -> None:
        """Shows the findings of policies that a comment allows."""
        for finding in allowed:
            note(self._context, str(finding))

    def warning(self, text: str) -> None:
        """Shows a warning."""
        note(self._context, f"warning: {text}")

    def error(self, text: str) -> None:
        """Shows a failure, with phones masked."""
        remark(f"error: {text if self._context.show_numbers else masked_in(text)}")

    def created(self, new: NewDefinition, campaign: int) -> None:
        """Prints the id of a new campaign."""
        from voxosync.report import creation_text  # noqa: PLC0415  # only creations need it: 10 ms

        result(creation_text.describe_created(new, campaign))

    def not_created(self, new: NewDefinition) -> None:
        """Shows that a campaign was not created."""
        remark(f"error: {new.name}: not created")

    def id_not_written(self, new: NewDefinition, campaign: int, reason: str) -> None:
        """Shows how to get an id into the definition."""
        from voxosync.report import creation_text  # noqa: PLC0415  # as for `created`

        remark(creation_text.describe_not_written(new, campaign, reason))

    def progress(self, label: str, total: int) -> Progress:
        """A progress bar."""
        return Progress(self._context, label, total)

    def confirm(self, question: str) -> bool:
        """Asks; the default is no."""
        return click.confirm(question, default=False, err=True)

    def confirm_count(self, question: str, number: int) -> bool:
        """Asks for the number to be typed; anything else is a no."""
        answer = click.prompt(question, default="", show_default=False, err=True)
        return answer.strip().replace(",", "") == str(number)
