"""`voxosync merge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli.context import Context, pass_context
from voxosync.cli.output import Console
from voxosync.cli.parameter_types import FILE
from voxosync.cli.report_options import ReportOptions, drift_report, drift_scope
from voxosync.errors import UsageError
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.drift_scope import DriftScope


@click.command("merge")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@drift_report
@drift_scope
@shared.show_numbers
@click.option(
    "--exit-code", is_flag=True, help="For plans too, exit with status 2 if anything differs."
)
@pass_context
def command(
    context: Context,
    *,
    files: tuple[Path, ...],
    report: ReportOptions,
    scope: DriftScope,
    exit_code: bool,
) -> int:
    """Combine several reports into one.

    Each FILE is a report that plan or drift wrote with --format json. The reports are those of the shards of one
    run, or of several tenants. The result cannot be applied; apply each plan separately.

    Exit status: 0 merged, and nothing differs (plans: merged); 1 a document cannot be used, or a shard
    is missing; 2 something differs (drift, and plans with --exit-code); 3 a campaign could not be
    compared.
    """
    from voxosync.app.merging import merge_files, with_history  # noqa: PLC0415  # 0.1 s that --help need not wait for

    report.check_files()
    scope.check_history()
    name, plan = merge_files(files)
    if name == "plan" and (unknown := report.formats - set(PLAN)):
        raise UsageError(f"{unknown.pop()} is a format for drift reports, and these are plans")
    plan = with_history(plan, scope, Console(context))
    exit_kinds = shared.exit_kinds(name, plan.base)
    report.show(context, plan, name, exit_kinds)
    return plan.exit_status(count=exit_kinds if name == "drift" or exit_code else ())
