"""How reports are shown and recorded: the options that `plan`, `drift` and `merge` share."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from voxosync.app.file_writer import check_writable, write_output
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli import parameter_types as types
from voxosync.errors import DefinitionsError
from voxosync.model.change_kind import ChangeKind
from voxosync.model.validation import Validation
from voxosync.report.registry import DRIFT, FORMATS, PLAN, VALIDATION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta
    from pathlib import Path

    from voxosync.app.drift_scope import DriftScope
    from voxosync.app.project import Project
    from voxosync.cli.context import Context
    from voxosync.model.plan import Plan


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How a plan or a drift report is shown.

    Attributes:
        format_name: its format.
        reports: (format, file) of further reports.
        link_base: where the repository's files can be seen.
        output_file: where it goes instead of stdout.
    """

    format_name: str
    reports: tuple[tuple[str, Path], ...]
    link_base: str | None
    output_file: Path | None = None

    @property
    def formats(self) -> set[str]:
        """All formats of this call."""
        return {self.format_name, *(name for name, _ in self.reports)}

    def check_files(self, *others: Path | None) -> None:
        """Refuses files of reports, and others, that cannot be written, before anything is asked of VOXO."""
        for path in (*(path for _, path in self.reports), self.output_file, *others):
            if path is not None:
                check_writable(path)

    @contextmanager
    def project(self, context: Context, *others: Path | None) -> Iterator[Project]:
        """The project, after checking that the files of reports, and others, can be written.

        Errors in its definitions are also shown as annotations, if this is a format of annotations.
        """
        try:
            with context.project() as project:
                self.check_files(*others)
                yield project
        except DefinitionsError as failure:
            if FORMATS[self.format_name].annotates:
                files = {problem.position.file for problem in failure.problems}
                validation = Validation(len(files), 0, failure.problems)
                output.result(VALIDATION[self.format_name](validation, output.view(context)))
            raise

    def show(
        self,
        context: Context,
        plan: Plan,
        command: str,
        exit_kinds: tuple[ChangeKind, ...] = tuple(ChangeKind),
    ) -> None:
        """Writes every report.

        Args:
            context: the global options.
            plan: what the reports are about.
            command: which command made it, `drift` or `plan`.
            exit_kinds: the kinds of differences that cause exit status 2.
        """
        view = output.view(context, command=command)
        view = replace(view, link_base=self.link_base, exit_kinds=exit_kinds)
        output_files = [(self.format_name, self.output_file)] if self.output_file else []
        for name, path in (*self.reports, *output_files):
            text = FORMATS[name].render_plan(plan, replace(view, color=False, width=None))
            write_output(path, text, is_public=FORMATS[name].is_world_readable)
        if self.output_file is None:
            output.result(FORMATS[self.format_name].render_plan(plan, view))


plan_report = shared.options_as(
    "report", ReportOptions, shared.output_format(PLAN), shared.reports(PLAN), shared.link_base
)
"""The options of `ReportOptions` for a plan, passed to the command as one `report`."""

drift_report = shared.options_as(
    "report",
    ReportOptions,
    shared.output_format(DRIFT),
    shared.reports(DRIFT),
    click.option(
        "--output", "output_file", type=types.FILE,
        help="Write the report to FILE instead of stdout.",
    ),
    shared.link_base,
)  # fmt: skip
"""The same for a drift report, which can go to a file instead of stdout."""


def _scope(history: Path | None, since: datetime | timedelta | None) -> DriftScope:
    if since is not None and history is None:
        raise click.UsageError("--since requires --history FILE")
    from voxosync.app.drift_scope import DriftScope  # noqa: PLC0415  # --help need not wait for it

    return DriftScope(history=history, since=since)


drift_scope = shared.options_as(
    "scope",
    _scope,
    click.option(
        "--history", type=types.FILE,
        help="Record this run in FILE (SQLite), and show when each difference was first seen.",
    ),
    click.option(
        "--since", type=types.moment, metavar="WHEN",
        help="With --history, show only differences first seen since WHEN, such as 2027-01-31, 7d, or 12h.",
    ),
)  # fmt: skip
"""`--history` and `--since`, passed to the command as one `scope`."""
