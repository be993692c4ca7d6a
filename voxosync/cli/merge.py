"""`voxosync merge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app.options import EXIT_KINDS
from voxosync.cli.context import Context, pass_context
from voxosync.cli.output import Console
from voxosync.cli.parameter_types import FILE
from voxosync.cli.report_options import report_options as with_report_options
from voxosync.errors import UsageError
from voxosync.model.change_kind import ChangeKind
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.cli.report_options import ReportOptions


@click.command("merge")
@click.argument(
    "files", nargs=-1, required=True, type=FILE, metavar="FILE..."
)  # fmt: skip
@with_report_options
@click.option(
    "--exit-code", is_flag=True, help="For plans too, exit with status 2 if anything differs."
)
@pass_context
def command(
    context: Context, *, files: Sequence[Path], report_options: ReportOptions, exit_code: bool
) -> int:
    """Combine several reports into one.

    Each FILE is a report that plan or drift wrote with --format json. The reports are those of the shards of one
    run, or of several tenants. The result cannot be applied; apply each plan separately.

    Exit status: 0 merged, and nothing differs (plans: merged); 1 a document cannot be used, or a shard
    is missing; 2 something differs (drift, and plans with --exit-code); 3 a campaign could not be
    compared.
    """
    from voxosync.app.merging import merge_files, with_history  # noqa: PLC0415  # 0.1 s that --help need not wait for
    from voxosync.app.project import now  # noqa: PLC0415  # 0.1 s that --help need not wait for

    report_options.check_files()
    scope = report_options.scope(now())
    scope.check_history()
    name, plan = merge_files(files)
    if name == "plan" and (unknown := report_options.formats - set(PLAN)):
        raise UsageError(f"{unknown.pop()} is a format for drift reports, and these are plans")
    plan = with_history(plan, scope, Console(context))
    counting = tuple(ChangeKind) if plan.base is None else EXIT_KINDS[name]
    report_options.show(context, plan, name, counting)
    return plan.exit_status(count=counting if name == "drift" or exit_code else ())
