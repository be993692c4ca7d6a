"""`voxosync drift`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.model.plan import ChangeKind
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from voxosync.cli.request import Request

_FAIL_ON = (ChangeKind.DRIFT, ChangeKind.CONFLICT)


@click.command("drift")
@options.request(kinds=False)
@options.output_format(DRIFT)
@options.reports(DRIFT)
@click.option(
    "--output", "output_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the report to FILE instead of stdout.",
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
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
    show_numbers: bool,
) -> None:
    """Report where VOXO differs from the definitions.

    Sends nothing.

    Exit status: 0 nothing differs; 1 the call or a definition is wrong; 2 something differs; 3 a
    campaign could not be compared.
    """
    counting = options.counting(request, fail_on, _FAIL_ON)
    with output.annotated_definitions(context, format_name):
        plan = pipeline.compare(context, request, live_file)
    view = output.view(context, command="drift", show_numbers=show_numbers)
    for name, path in (*reports, *([(format_name, output_file)] if output_file else [])):
        output.write_private(path, DRIFT[name](plan, output.for_file(view)))
    if output_file is None:
        output.result(DRIFT[format_name](plan, view))
    sys.exit(plan.exit_status(count=counting))
