"""`voxosync tidy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.questions import WriteOptions, write_options
from voxosync.report.file_edits import render_edits
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from pathlib import Path


@click.command("tidy")
@shared.paths_argument
@write_options
@pass_context
def command(context: Context, *, paths: tuple[Path, ...], writing: WriteOptions) -> int:
    """Move shared values into _defaults.yaml.

    A value that all definitions in a folder have in common moves to the _defaults.yaml file of that folder.

    Shows a diff, asks for approval, and writes the files. The meaning of every definition stays the same in every
    environment, which is checked before anything is written. Names, states, numbers, and values with a comment
    stay in the definitions. Needs no connection.

    Exit status: 0 written, or there is nothing to move; 1 invalid arguments or definitions, or the answer was
    no: nothing was written; 2 --dry-run shows values that would move.
    """
    writing.require_terminal()
    with context.project() as project:
        plan = project.tidy(paths)
        edits = plan.changes.edits()
        if not edits:
            output.result("Nothing to move: no value is shared by all definitions of a folder.\n")
            return 0
        summary = f"Tidy: {count(len(plan.hoists), 'value')} in {count(len(edits), 'file')}."
        view = output.view(context)
        output.result(render_edits(edits, summary, view, longest=writing.longest))
        return writing.write(plan.changes, project.listener)
