"""`voxosync plan`."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

import click

from voxosync.app.file_writer import write_output
from voxosync.app.options import APPLIED, EXIT_KINDS
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import FILE
from voxosync.model.change_kind import SENT_FROM_RECORD, ChangeKind
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions


@click.command("plan")
@shared.plan_options(shared.paths_argument, shared.only, shared.shard, shared.base, shared.kind)
@shared.requests
@shared.output_format(PLAN)
@shared.reports(PLAN)
@shared.link_base
@click.option(
    "--out", type=FILE,
    help="Save the plan for apply --plan. The file holds phone numbers; only you can read it.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with status 2 if anything would be sent.")
@shared.fail_on(EXIT_KINDS["plan"])
@shared.live
@shared.journal
@shared.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    options: PlanOptions,
    format_name: str,
    reports: tuple[tuple[str, Path], ...],
    link_base: str | None,
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
    if out is not None and options.base == APPLIED and set(options.kinds) == set(ChangeKind):
        options = replace(options, kinds=SENT_FROM_RECORD)  # as for apply --base @applied
    counting = shared.counting(options.base, fail_on, EXIT_KINDS["plan"])
    has_page = "html" in (format_name, *(name for name, _ in reports))
    with (
        output.annotated_definitions(context, format_name),
        context.project() as project,
    ):
        if out is not None and live_file is None and options.base == APPLIED:
            project.record.check()
        plan = project.plan(options, live=live_file, creating=True, schedules=has_page)
    if out is not None:
        write_output(out, PLAN["json"](plan, output.view(context)))
    view = replace(output.view(context), link_base=link_base)
    for name, path in reports:
        write_output(path, PLAN[name](plan, output.for_file(view)))
    output.result(PLAN[format_name](plan, view))
    if out is not None and not context.quiet and live_file is None:
        environment = f" --env {quote(context.environment)}" if context.environment else ""
        again = f"voxosync{environment} apply --plan {quote(str(out))}"
        output.remark(f"Saved. To apply exactly this plan: {again}")
    return plan.exit_status(count=counting if exit_code or fail_on else ())
