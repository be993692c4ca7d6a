"""How a drift report is shown and recorded: the options that `drift` and `merge` share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from voxosync.app.file_writer import check_writable, write_output
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli import parameter_types as types
from voxosync.report.registry import DRIFT, FORMATS, PLAN

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from voxosync.app.drift_scope import DriftScope
    from voxosync.cli.context import Context
    from voxosync.model.change_kind import ChangeKind
    from voxosync.model.plan import Plan


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How a report is shown.

    Attributes:
        format_name: its format.
        reports: (format, file) of further reports.
        output_file: where it goes instead of stdout.
        link_base: where the repository's files can be seen.
        history: the file that records runs.
        since: show only differences first seen since this moment, or within this time.
        show_numbers: whether phone numbers are shown in full.
    """

    format_name: str
    reports: tuple[tuple[str, Path], ...]
    output_file: Path | None
    link_base: str | None
    history: Path | None
    since: datetime | timedelta | None
    show_numbers: bool

    def __post_init__(self) -> None:
        if self.since is not None and self.history is None:
            raise click.UsageError("--since requires --history FILE")

    @property
    def formats(self) -> set[str]:
        """All formats of this call."""
        return {self.format_name, *(name for name, _ in self.reports)}

    def check_files(self) -> None:
        """Refuses files that cannot be written, before anything is asked of VOXO."""
        for path in (*(path for _, path in self.reports), self.output_file):
            if path is not None:
                check_writable(path)

    def scope(self, now: datetime, unmanaged: str | None = None) -> DriftScope:
        """What drift looks at beyond the campaigns of the definitions.

        Args:
            now: the present moment.
            unmanaged: what `--unmanaged` says.
        """
        from voxosync.app.drift_scope import DriftScope  # noqa: PLC0415  # 50 ms that --help need not wait for

        since = now - self.since if isinstance(self.since, timedelta) else self.since
        return DriftScope(unmanaged, self.history, since)

    def show(
        self, context: Context, plan: Plan, command: str, counting: tuple[ChangeKind, ...]
    ) -> None:
        """Writes every report.

        Args:
            context: the global options.
            plan: what the reports are about.
            command: which command made it, `drift` or `plan`.
            counting: the kinds of differences that make status 2.
        """
        formats = DRIFT if command == "drift" else PLAN
        view = output.view(context, command=command, show_numbers=self.show_numbers)
        view = replace(view, link_base=self.link_base, counting=counting)
        also = [(self.format_name, self.output_file)] if self.output_file is not None else []
        for name, path in (*self.reports, *also):
            text = formats[name](plan, output.for_file(view))
            write_output(path, text, is_public=FORMATS[name].is_world_readable)
        if self.output_file is None:
            output.result(formats[self.format_name](plan, view))


report_options = shared.options_as(
    "report_options",
    ReportOptions,
    shared.output_format(DRIFT),
    shared.reports(DRIFT),
    click.option(
        "--output", "output_file", type=types.FILE,
        help="Write the report to FILE instead of stdout.",
    ),
    shared.link_base,
    click.option(
        "--history", type=types.FILE,
        help="Record this run in FILE (SQLite), and show when each difference was first seen.",
    ),
    click.option(
        "--since", type=types.moment, metavar="WHEN",
        help="With --history, show only differences first seen since WHEN, such as 2027-01-31, 7d, or 12h.",
    ),
    shared.show_numbers,
)  # fmt: skip
"""The options of `ReportOptions`, passed to the command as one `report_options`."""
