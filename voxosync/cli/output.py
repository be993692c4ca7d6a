"""Everything that is printed: results to stdout, progress and remarks to stderr."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

import click

from voxosync.errors import DefinitionsError, UsageError
from voxosync.model.validation import Validation
from voxosync.report.escape import terminal
from voxosync.report.registry import ANNOTATIONS, VALIDATION
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from voxosync.cli.context import Context
    from voxosync.model.problem import Allowed, Problem

_SHOW_AFTER = 1.0
"""Seconds after which work that goes on gets a progress bar."""


def view(context: Context, *, command: str = "plan", show_numbers: bool = False) -> View:
    """How this call wants its report; colours only on a terminal."""
    color = is_terminal(sys.stdout) if context.color is None else context.color
    return View(
        command=command,
        color=color,
        show_numbers=show_numbers,
        verbose=context.verbose,
        prefix=_prefix(context.folder),
        environment=context.environment,
    )


def for_file(view: View) -> View:
    """The same report for a file: a colour there is noise."""
    return replace(view, color=False)


def _prefix(folder: Path) -> str:
    """The project folder's path from the root of its Git repository, which .git marks."""
    for root in (folder, *folder.parents):
        if (root / ".git").exists():
            inside = folder.relative_to(root).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at a stream; a service may well have none."""
    return stream is not None and stream.isatty()


def result(text: str) -> None:
    """Prints a finished report, which is already safe for a terminal."""
    click.echo(text, nl=False)


def problems(found: Iterable[Problem]) -> None:
    """Tells the problems of definitions on stderr, a line each, whatever their files are called."""
    for problem in found:
        remark(terminal(str(problem)))


def allowed(found: Iterable[Allowed]) -> None:
    """Tells what policies have against definitions whose comments allow it."""
    for each in found:
        remark(str(each))


def remark(text: str) -> None:
    """Tells a person something on stderr; safe for any text."""
    click.echo("\n".join(terminal(line) for line in text.split("\n")), err=True)


class Progress:
    """A bar on stderr for work of many steps: only on a terminal, only where it takes over a second."""

    def __init__(self, context: Context, label: str, total: int) -> None:
        self._wanted = is_terminal(sys.stderr) and not context.quiet and total > 1
        self._label, self._total = label, total
        self._started = time.monotonic()
        self._done = 0
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def advance(self) -> None:
        """One step is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif self._wanted and time.monotonic() - self._started >= _SHOW_AFTER:
            self._bar = click.progressbar(length=self._total, label=self._label, file=sys.stderr)
            self._bar.__enter__()
            self._bar.update(self._done)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, value, traceback)


@contextmanager
def annotated_definitions(context: Context, format_name: str) -> Iterator[None]:
    """Where the format is one of annotations, definitions with errors are annotated too."""
    try:
        yield
    except DefinitionsError as failure:
        if format_name in ANNOTATIONS:
            files = {problem.position.file for problem in failure.problems}
            found = Validation(len(files), 0, failure.problems)
            result(VALIDATION[format_name](found, view(context)))
        raise


@contextmanager
def file_errors(path: Path, doing: str) -> Iterator[None]:
    """Turns a failure of the file system into an error that names the file."""
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise UsageError(f"cannot {doing} {path}: {reason}") from failure


def check_private(path: Path) -> None:
    """Refuses a file that `write_private` could not write, as far as that can be known before; leaves no trace.

    Raises:
        UsageError: it cannot be written.
    """
    with file_errors(path, "write"):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.is_file() or not path.exists():
            from tempfile import TemporaryFile  # noqa: PLC0415  # 3 ms that only a file costs

            with TemporaryFile(dir=Path(os.path.realpath(path)).parent):
                pass


def write_private(path: Path, text: str, *, others_read: bool = False) -> None:
    """Replaces a file in one step, readable by its owner alone: it holds people's phone numbers.

    A link is followed. What is no file, such as /dev/null or a pipe, is written to: replaced, it
    would be gone for everybody.

    Args:
        path: the file.
        text: its content.
        others_read: whether others may read it, because it holds nothing of the kind.

    Raises:
        UsageError: it cannot be written.
    """
    with file_errors(path, "write"):
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        path = Path(os.path.realpath(path))
        from tempfile import mkstemp  # noqa: PLC0415  # 3 ms that only a file costs

        handle, temporary = mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:  # also on Windows
                file.write(text)
            if others_read:
                Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
