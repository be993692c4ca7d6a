"""`voxosync applied`."""

from __future__ import annotations

import click

from voxosync.cli import options, output
from voxosync.cli.context import Context, pass_context
from voxosync.report import applied_record as report


@click.command("applied")
@click.option(
    "--set", "commit", metavar="COMMIT",
    help="Begin the record at COMMIT, or move it there. VOXO must agree with that commit.",
)  # fmt: skip
@options.output_format(("text", "json"))
@pass_context
def command(context: Context, *, commit: str | None, format_name: str) -> None:
    """Show or set the record of what was applied.

    Shows the last commit that was applied in full, and the commits that are pending: those up to HEAD
    that touch the project. A ref in the Git remote holds the record, one for each environment;
    apply --base @applied moves it.

    Exit status: 0 shown, or set; 1 the record or the commit does not exist, or the remote cannot be used.
    """
    with context.project() as project:
        if commit is not None:
            before, after = project.record.set(commit)
            output.note(context, report.describe_move(before, after))
        status = project.record.status()
    render = report.render_json if format_name == "json" else report.render_text
    output.result(render(status))
