"""`voxosync pull`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.questions import WriteOptions, write_options
from voxosync.report import pull_text as report

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions


@click.command("pull")
@shared.plan_options(shared.paths_argument, shared.only)
@shared.requests
@shared.live
@write_options
@shared.show_numbers
@pass_context
def command(
    context: Context, *, options: PlanOptions, live_file: Path | None, writing: WriteOptions
) -> int:
    """Write VOXO's values into the definitions.

    Resolves drift by changing the files instead of VOXO: shows a diff, asks for approval, and writes the files.
    Comments, order, and quotes are kept. A value from a _defaults.yaml file is changed there if all definitions
    that take it agree; otherwise, the definition gets a key of its own. Sends nothing.

    Exit status: 0 the files agree with VOXO; 1 invalid arguments or definitions, or the answer was no:
    nothing was written; 2 some differences cannot be written, and the output says why, or --dry-run leaves
    differences; 3 a campaign could not be read.
    """
    writing.require_terminal()
    with context.project() as project:
        planned = project.pull(options, live=live_file)
        pull, view = planned.pull, output.view(context)
        output.result(report.render_text(pull, view, longest=writing.longest))
        status = writing.write(planned.changes, project.listener) if pull.edits else 0
    return pull.exit_status or status
