"""How a drift report is shown, kept and remembered: the options that `drift` and `merge` share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voxosync.cli import options, output, pipeline
from voxosync.report.registry import DRIFT, PLAN, WORLD_READABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.cli.context import Context
    from voxosync.model.kind import ChangeKind
    from voxosync.model.plan import Plan

_AGO = re.compile(r"([0-9]{1,5})([dh])")


@dataclass(frozen=True, slots=True)
class Showing:
    """What a call says about its report.

    Attributes:
        format_name: how it is shown.
        reports: (format, file) of further reports.
        output_file: where it goes instead of stdout.
        link_base: where the repository's files can be seen.
        history: the file that remembers runs.
        since: show only what was first seen since then.
        show_numbers: whether the numbers that are called are shown in full.
    """

    format_name: str
    reports: tuple[tuple[str, Path], ...]
    output_file: Path | None
    link_base: str | None
    history: Path | None
    since: datetime | None
    show_numbers: bool

    @property
    def formats(self) -> set[str]:
        """The formats that are wanted."""
        return {self.format_name, *(name for name, _ in self.reports)}

    def check(self) -> None:
        """Refuses files that cannot be written, before anything is asked of VOXO."""
        for path in (*(path for _, path in self.reports), self.output_file):
            if path is not None:
                output.check_private(path)
        if self.history is not None:
            from voxosync.sync import drift_history  # noqa: PLC0415  # only then does SQLite matter

            drift_history.check(self.history)

    def remember(self, plan: Plan, *, tenant_id: int | None, whole: bool) -> Plan:
        """A plan with what the history knows; the history then knows this run."""
        if self.history is None:
            return plan
        from voxosync.sync import drift_history  # noqa: PLC0415  # only then does SQLite matter

        def told(remark: str) -> None:
            output.remark(f"warning: {remark}")

        plan = drift_history.remember(
            self.history, plan, tenant_id=tenant_id, whole=whole, told=told
        )
        return plan if self.since is None else drift_history.since(plan, self.since)

    def show(
        self, context: Context, plan: Plan, command: str, counting: tuple[ChangeKind, ...]
    ) -> None:
        """Writes every report that is wanted.

        Args:
            context: the global options.
            plan: what to tell.
            command: which command found it, `drift` or `plan`.
            counting: the kinds of differences that make status 2.
        """
        formats = DRIFT if command == "drift" else PLAN
        view = output.view(context, command=command, show_numbers=self.show_numbers)
        view = replace(view, link_base=self.link_base, counting=counting)
        also = [(self.format_name, self.output_file)] if self.output_file is not None else []
        for name, path in (*self.reports, *also):
            text = formats[name](plan, output.for_file(view))
            output.write_private(path, text, others_read=name in WORLD_READABLE)
        if self.output_file is None:
            output.result(formats[self.format_name](plan, view))


def showing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `Showing`, handed to the command as one `showing`."""

    @options.output_format(DRIFT)
    @options.reports(DRIFT)
    @click.option(
        "--output", "output_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Write the report to FILE instead of stdout.",
    )  # fmt: skip
    @click.option(
        "--link-base", callback=_web_address, metavar="URL",
        help="Where the repository's files can be seen, such as https://github.com/acme/calls/blob/main.",
    )  # fmt: skip
    @click.option(
        "--history", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Remember this run in FILE (SQLite), and show since when each difference is there.",
    )  # fmt: skip
    @click.option(
        "--since", callback=_moment, metavar="WHEN",
        help="With --history, only what was first seen since WHEN: 2027-01-31, or 7d, or 12h.",
    )  # fmt: skip
    @options.show_numbers
    @wraps(command)
    def wrapped(  # noqa: PLR0913  # one parameter an option
        *args: Any,
        format_name: str,
        reports: tuple[tuple[str, Path], ...],
        output_file: Path | None,
        link_base: str | None,
        history: Path | None,
        since: datetime | None,
        show_numbers: bool,
        **kwargs: Any,
    ) -> Any:
        if since is not None and history is None:
            raise click.UsageError(
                "--since asks when a difference was first seen: it needs --history FILE"
            )
        wanted = Showing(format_name, reports, output_file, link_base, history, since, show_numbers)
        return command(*args, showing=wanted, **kwargs)

    return wrapped


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """A date, as the moment in UTC when it begins, or so long ago."""
    if value is None:
        return None
    if ago := _AGO.fullmatch(value):
        hours = int(ago[1]) * (24 if ago[2] == "d" else 1)
        return pipeline.now() - timedelta(hours=hours)
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError as failure:
        raise click.BadParameter("write a date such as 2027-01-31, or 7d, or 12h") from failure


def _web_address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An address that a browser may be sent to; no `javascript:` and the like."""
    if value is not None and not re.match(r"https?://[^/\s]", value):
        raise click.BadParameter("write an address that begins with https://")
    return value
