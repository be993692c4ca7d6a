"""How a drift report is shown and remembered: the options that `drift` and `merge` share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voxosync.app.file_writer import check_writable, write_output
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.report.registry import DRIFT, PLAN, WORLD_READABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.app.drift_scope import DriftScope
    from voxosync.cli.context import Context
    from voxosync.model.change_kind import ChangeKind
    from voxosync.model.plan import Plan

_AGO = re.compile(r"([0-9]{1,5})([dh])")


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How a report is shown.

    Attributes:
        format_name: its format.
        reports: (format, file) of further reports.
        output_file: where it goes instead of stdout.
        link_base: where the repository's files can be seen.
        history: the file that remembers runs.
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
            write_output(path, text, is_public=name in WORLD_READABLE)
        if self.output_file is None:
            output.result(formats[self.format_name](plan, view))


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `ReportOptions`, passed to the command as one `report_options`."""

    @shared.output_format(DRIFT)
    @shared.reports(DRIFT)
    @click.option(
        "--output", "output_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Write the report to FILE instead of stdout.",
    )  # fmt: skip
    @shared.link_base
    @click.option(
        "--history", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Record this run in FILE (SQLite), and show when each difference was first seen.",
    )  # fmt: skip
    @click.option(
        "--since", callback=_since, metavar="WHEN",
        help="With --history, show only differences first seen since WHEN, such as 2027-01-31, 7d, or 12h.",
    )  # fmt: skip
    @shared.show_numbers
    @wraps(command)
    def wrapped(  # noqa: PLR0913  # one parameter an option
        *args: Any,
        format_name: str,
        reports: tuple[tuple[str, Path], ...],
        output_file: Path | None,
        link_base: str | None,
        history: Path | None,
        since: datetime | timedelta | None,
        show_numbers: bool,
        **kwargs: Any,
    ) -> Any:
        if since is not None and history is None:
            raise click.UsageError("--since requires --history FILE")
        options = ReportOptions(
            format_name, reports, output_file, link_base, history, since, show_numbers
        )
        return command(*args, report_options=options, **kwargs)

    return wrapped


def _since(_: click.Context, __: click.Parameter, value: str | None) -> datetime | timedelta | None:
    """A date, as the moment in UTC when it begins, or a time before now."""
    if value is None:
        return None
    if ago := _AGO.fullmatch(value):
        return timedelta(hours=int(ago[1]) * (24 if ago[2] == "d" else 1))
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError as failure:
        raise click.BadParameter("write a date such as 2027-01-31, or 7d, or 12h") from failure
