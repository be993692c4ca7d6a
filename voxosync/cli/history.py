"""`voxosync history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app.journals import find_run, read_runs
from voxosync.cli import options, output
from voxosync.report import history

if TYPE_CHECKING:
    from pathlib import Path


@click.command("history")
@options.run_argument(required=False)
@options.journal
def command(*, run_id: str | None, journal: Path) -> None:
    """Show what apply did.

    Lists the runs, newest first; with RUN, shows one of them: an id, a beginning of one, or latest, which is the
    newest run that sent anything. A run that was killed shows as such, with what was sent and what is
    unknown.

    Exit status: 0 shown; 1 there is no such run, or a journal cannot be read.
    """
    if run_id is None:
        output.result(history.render_runs(read_runs(journal)))
    else:
        output.result(history.render_run(find_run(journal, run_id)))
