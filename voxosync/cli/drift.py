"""`voxosync drift`."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.model.plan import ChangeKind
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from voxosync.cli.request import Request
    from voxosync.model.plan import Plan

_FAIL_ON = (ChangeKind.DRIFT, ChangeKind.CONFLICT)
_AGO = re.compile(r"([0-9]{1,5})([dh])")


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


@click.command("drift")
@options.request(kinds=False)
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
@click.option(
    "--unmanaged", type=click.Choice(["ignore", "report", "fail"]),
    help="What to do about the tenant's campaigns without a definition; fail makes status 2.  "
    "[default: report, where the tenant is known]",
)  # fmt: skip
@options.fail_on(_FAIL_ON)
@options.live
@options.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    request: Request,
    format_name: str,
    reports: tuple[tuple[str, Path], ...],
    output_file: Path | None,
    link_base: str | None,
    history: Path | None,
    since: datetime | None,
    unmanaged: str | None,
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
    show_numbers: bool,
) -> None:
    """Report where VOXO differs from the definitions.

    Sends nothing.

    Exit status: 0 nothing differs; 1 the call or a definition is wrong; 2 something differs; 3 a
    campaign is missing or could not be compared.
    """
    counting = options.counting(request, fail_on, _FAIL_ON)
    if since is not None and history is None:
        raise click.UsageError(
            "--since asks when a difference was first seen: it needs --history FILE"
        )
    with output.annotated_definitions(context, format_name):
        plan = pipeline.compare(context, request, live_file, pipeline.Watch(unmanaged))
    if history is not None:
        plan = _remembered(plan, history, since, whole=not request.is_limited)
    view = output.view(context, command="drift", show_numbers=show_numbers)
    view = replace(view, link_base=link_base)
    for name, path in (*reports, *([(format_name, output_file)] if output_file else [])):
        output.write_private(path, DRIFT[name](plan, output.for_file(view)))
    if output_file is None:
        output.result(DRIFT[format_name](plan, view))
    sys.exit(plan.exit_status(count=counting))


def _remembered(plan: Plan, path: Path, since: datetime | None, *, whole: bool) -> Plan:
    from voxosync.sync import drift_history  # noqa: PLC0415  # only then does SQLite matter

    def told(remark: str) -> None:
        output.remark(f"warning: {remark}")

    plan = drift_history.remember(path, plan, whole=whole, told=told)
    return plan if since is None else drift_history.since(plan, since)
