"""`voxosync plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app.file_writer import write_output
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import FILE
from voxosync.cli.report_options import ReportOptions, plan_report
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions
    from voxosync.model.change_kind import ChangeKind


@click.command("plan")
@shared.plan_options(shared.paths_argument, shared.only, shared.shard, shared.base, shared.kind)
@shared.requests
@plan_report
@click.option(
    "--out", type=FILE,
    help="Save the plan for apply --plan. The file holds phone numbers; only you can read it.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with status 2 if anything would be sent.")
@shared.fail_on("plan")
@shared.live
@shared.journal
@shared.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    options: PlanOptions,
    report: ReportOptions,
    out: Path | None,
    exit_code: bool,
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
) -> int:
    """Show what apply would send.

    Compares the definitions with VOXO. Shows the changes, which campaigns would start dialing or dial more, and
    which guards would refuse them. Sends nothing.

    With --base @applied and --out, the plan is saved only if apply --plan could move the applied record with
    it: HEAD must descend from the recorded commit, and nothing may be uncommitted. The plan holds what was
    committed after that commit; changes made by hand are left alone unless --kind names them.

    Exit status: 0 planned; 1 invalid arguments or definitions; 2 something would be sent (with
    --exit-code or --fail-on); 3 a campaign could not be planned.
    """
    exit_kinds = shared.exit_kinds("plan", options.base, fail_on)
    with report.project(context, out) as project:
        plan = project.plan(
            options,
            live=live_file,
            creating=True,
            schedules="html" in report.formats,
            moves_record=out is not None,
        )
    if out is not None:
        write_output(out, PLAN["json"](plan, output.view(context)))
    report.show(context, plan, "plan")
    if out is not None and live_file is None:
        again = output.view(context).command_line("apply", "--plan", str(out))
        output.note(context, f"Saved. To apply exactly this plan: {again}")
    return plan.exit_status(count=exit_kinds if exit_code or fail_on else ())
