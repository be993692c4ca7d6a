"""`voxosync drift`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli.context import Context, pass_context
from voxosync.cli.report_options import ReportOptions, drift_report, drift_scope

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.drift_scope import DriftScope
    from voxosync.app.options import PlanOptions
    from voxosync.model.change_kind import ChangeKind


@click.command("drift")
@shared.plan_options(shared.paths_argument, shared.only, shared.shard, shared.base)
@shared.requests
@drift_report
@drift_scope
@shared.show_numbers
@click.option(
    "--unmanaged", type=click.Choice(["ignore", "report", "fail"]),
    help="How to treat the tenant's campaigns that have no definition; fail causes status 2.  "
    "[default: report, where the tenant is known]",
)  # fmt: skip
@shared.fail_on("drift")
@shared.live
@shared.journal
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    options: PlanOptions,
    report: ReportOptions,
    scope: DriftScope,
    unmanaged: str | None,
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
) -> int:
    """Report where VOXO differs from the definitions.

    Sends nothing.

    Exit status: 0 nothing differs; 1 invalid arguments or definitions; 2 something differs, or a check
    finds an error; 3 a campaign is missing or could not be compared.
    """
    exit_kinds = shared.exit_kinds("drift", options.base, fail_on)
    with report.project(context) as project:
        plan = project.drift(options, replace(scope, unmanaged=unmanaged), live=live_file)
    report.show(context, plan, "drift", exit_kinds)
    return plan.exit_status(count=exit_kinds)
