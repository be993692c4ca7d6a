"""`voxosync drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app.options import EXIT_KINDS
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.report_options import report_options as with_report_options

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions
    from voxosync.cli.report_options import ReportOptions
    from voxosync.model.change_kind import ChangeKind


@click.command("drift")
@shared.plan_options(shared.paths_argument, shared.only, shared.shard, shared.base)
@shared.requests
@with_report_options
@click.option(
    "--unmanaged", type=click.Choice(["ignore", "report", "fail"]),
    help="How to treat the tenant's campaigns that have no definition; fail causes status 2.  "
    "[default: report, where the tenant is known]",
)  # fmt: skip
@shared.fail_on(EXIT_KINDS["drift"])
@shared.live
@shared.journal
@pass_context
def command(
    context: Context,
    *,
    options: PlanOptions,
    report_options: ReportOptions,
    unmanaged: str | None,
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
) -> int:
    """Report where VOXO differs from the definitions.

    Sends nothing.

    Exit status: 0 nothing differs; 1 invalid arguments or definitions; 2 something differs, or a check
    finds an error; 3 a campaign is missing or could not be compared.
    """
    counting = shared.counting(options.base, fail_on, EXIT_KINDS["drift"])
    report_options.check_files()
    with (
        output.annotated_definitions(context, report_options.format_name),
        context.project() as project,
    ):
        plan = project.drift(options, report_options.scope(project.now, unmanaged), live=live_file)
    report_options.show(context, plan, "drift", counting)
    return plan.exit_status(count=counting)
