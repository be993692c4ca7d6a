"""`voxosync plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import Flags, resolve
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("plan")
@options.paths
@options.only
@options.output_format(PLAN)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Save the plan, for apply --plan FILE. Holds phone numbers; only you can read it.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 2 where something would be sent.")
@options.show_numbers
@options.concurrency
@options.connection
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    paths: Sequence[Path],
    only: Sequence[int],
    format_name: str,
    out: Path | None,
    exit_code: bool,
    show_numbers: bool,
    concurrency: int,
    flags: Flags,
) -> None:
    """Show what apply would send.

    Exit status: 0 planned; 1 the call or a definition is wrong; 2 something would be sent (with
    --exit-code); 3 a campaign could not be planned.
    """
    target = resolve(context, flags)
    wanted = pipeline.definitions(context, paths, only)
    with pipeline.connect(target) as voxo:
        plan = pipeline.ask(context, voxo, target, wanted, concurrency)
    if out is not None:
        output.write_private(out, PLAN["json"](plan, output.view(context)))
    output.result(PLAN[format_name](plan, output.view(context, show_numbers=show_numbers)))
    if out is not None and not context.quiet:
        output.remark(f"Saved. To apply just this plan: voxosync apply --plan {out}")
    sys.exit(plan.exit_status(differences_count=exit_code))
