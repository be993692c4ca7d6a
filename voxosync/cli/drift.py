"""`voxosync drift`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import Flags, resolve
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("drift")
@options.paths
@options.only
@options.output_format(DRIFT)
@click.option(
    "--output", "output_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the report to FILE instead of stdout.",
)  # fmt: skip
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
    output_file: Path | None,
    show_numbers: bool,
    concurrency: int,
    flags: Flags,
) -> None:
    """Report where VOXO differs from the definitions; sends nothing.

    Exit status: 0 nothing differs; 1 the call or a definition is wrong; 2 something differs; 3 a
    campaign could not be compared.
    """
    target = resolve(context, flags)
    wanted = pipeline.definitions(context, paths, only)
    with pipeline.connect(target) as voxo:
        plan = pipeline.ask(context, voxo, target, wanted, concurrency)
    view = output.view(context, command="drift", show_numbers=show_numbers)
    text = DRIFT[format_name](plan, view)
    if output_file is None:
        output.result(text)
    else:
        output.write_private(output_file, text)
    sys.exit(plan.exit_status(differences_count=True))
