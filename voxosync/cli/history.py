"""`voxosync history`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from voxosync.app.history import find_run, read_runs
from voxosync.cli import options, output
from voxosync.report import history
from voxosync.report.view import View

if TYPE_CHECKING:
    from pathlib import Path


@click.command("history")
@options.run_argument(required=False)
@options.journal
@options.output_format(("text", "json"))
def command(*, run_id: str | None, journal: Path, format_name: str) -> None:
    """Show what earlier runs sent.

    Lists the runs, newest first, or shows one of them. RUN is an id, the beginning of one, or latest, which is the
    newest run that sent anything; the list shows the shortest ids that RUN accepts. For a run that was killed,
    shows what was sent and what is unknown.

    Exit status: 0 shown; 1 there is no such run, or a journal cannot be read.
    """
    is_json = format_name == "json"
    if run_id is None:
        runs, view = read_runs(journal), View(width=output.columns(sys.stdout))
        output.result(
            history.render_runs_json(runs) if is_json else history.render_runs(runs, view)
        )
    else:
        render_run = history.render_run_json if is_json else history.render_run
        output.result(render_run(find_run(journal, run_id)))
