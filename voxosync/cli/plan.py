"""`voxosync plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.request import FAIL_ON
from voxosync.cli.target import resolve
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from voxosync.cli.request import Request
    from voxosync.model.kind import ChangeKind


@click.command("plan")
@options.request()
@options.output_format(PLAN)
@options.reports(PLAN)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Save the plan, for apply --plan FILE. Holds phone numbers; only you can read it.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 2 where something would be sent.")
@options.fail_on(FAIL_ON["plan"])
@options.live
@options.journal
@options.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    request: Request,
    format_name: str,
    reports: tuple[tuple[str, Path], ...],
    out: Path | None,
    exit_code: bool,
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
    journal: Path,
    show_numbers: bool,
) -> None:
    """Show what apply would send.

    Exit status: 0 planned; 1 the call or a definition is wrong; 2 something would be sent (with
    --exit-code or --fail-on); 3 a campaign could not be planned.
    """
    counting = options.counting(request, fail_on, FAIL_ON["plan"])
    with output.annotated_definitions(context, format_name):
        plan = pipeline.compare(context, request, live_file, journal=journal)
        plan = pipeline.guarded(plan, resolve(context, request.flags).guards)
    if out is not None:
        output.write_private(out, PLAN["json"](plan, output.view(context)))
    view = output.view(context, show_numbers=show_numbers)
    for name, path in reports:
        output.write_private(path, PLAN[name](plan, output.for_file(view)))
    output.result(PLAN[format_name](plan, view))
    if out is not None and not context.quiet and live_file is None:
        environment = f" --env {quote(context.environment)}" if context.environment else ""
        again = f"voxosync{environment} apply --plan {quote(str(out))}"
        output.remark(f"Saved. To apply just this plan: {again}")
    sys.exit(plan.exit_status(count=counting if exit_code or fail_on else ()))
