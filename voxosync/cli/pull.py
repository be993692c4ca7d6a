"""`voxosync pull`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli import output, questions
from voxosync.cli.context import Context, pass_context
from voxosync.report import pull_text as report
from voxosync.report.file_edits import SCREEN

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions


@click.command("pull")
@shared.plan_options(shared.paths_argument, shared.only)
@shared.requests
@shared.live
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show the diff and write nothing.")
@shared.full
@shared.show_numbers
@pass_context
def command(
    context: Context,
    *,
    options: PlanOptions,
    live_file: Path | None,
    yes: bool,
    dry_run: bool,
    full: bool,
) -> int:
    """Write VOXO's values into the definitions.

    Resolves drift by changing the files instead of VOXO: shows a diff, asks for approval, and writes the files.
    Comments, order, and quotes are kept. A value from a _defaults.yaml file is changed there if all definitions
    that take it agree; otherwise, the definition gets a key of its own. Sends nothing.

    Exit status: 0 the files agree with VOXO; 1 invalid arguments or definitions, or the answer was no:
    nothing was written; 2 some differences cannot be written, and the output says why, or --dry-run leaves
    differences; 3 a campaign could not be read.
    """
    questions.require_terminal("write", yes=yes or dry_run)
    with context.project() as project:
        planned = project.pull(options, live=live_file)
        pull = planned.pull
        view = output.view(context)
        output.result(report.render_text(pull, view, longest=None if full else SCREEN))
        if dry_run:
            return pull.exit_status or (2 if pull.edits else 0)
        if pull.edits:
            questions.write_files(pull.edits, planned.changes.write, project.listener, yes=yes)
    return pull.exit_status
