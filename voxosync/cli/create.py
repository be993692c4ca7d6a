"""`voxosync create`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import guard_options, output, plan_runner, questions
from voxosync.cli import options as shared
from voxosync.cli.context import Context, pass_context
from voxosync.report.creation_text import describe_nothing_to_create, render_creations

if TYPE_CHECKING:
    from voxosync.app.guard_overrides import GuardOverrides


@click.command("create")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|FOLDER..."
)
@shared.connection
@guard_options.guard_overrides
@click.option(
    "--again", is_flag=True,
    help="Create campaigns even if an earlier run created them, or may have.",
)  # fmt: skip
@shared.journal
@shared.show_numbers
@pass_context
def command(
    context: Context, *, paths: tuple[Path, ...], yes: bool, overrides: GuardOverrides, again: bool
) -> int:
    """Create the campaigns of definitions without an id.

    Checks all definitions, shows those without an id, asks for approval, creates their campaigns one by one, and
    writes each new id into its file. A definition without a state is created PAUSED. Each new campaign is read
    back; if it dials although it should be PAUSED, it is paused at once. The journal records the id before the
    file is changed, so that a run that is killed cannot lead to a second campaign unnoticed.

    Exit status: 0 created as requested, or every definition has an id; 1 invalid arguments or definitions, a guard
    refused, or the answer was no: nothing was sent; 3 a campaign could not be created, may have been, or is not
    as requested.
    """
    questions.require_terminal("send", yes=yes)
    with context.project() as project:
        project.check_protection()
        planned = project.plan_creation(paths, again=again, overrides=overrides)
        if not planned.creations:
            output.result(describe_nothing_to_create(paths))
            return 0
        view = output.view(context)
        output.result(render_creations(planned.creations, planned.dialing, view))
        approved = project.approve(planned, yes=yes)
        return plan_runner.create(project, approved, overrides)
