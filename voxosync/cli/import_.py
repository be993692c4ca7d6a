"""`voxosync import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import FOLDER, CampaignId, WholeNumber
from voxosync.report import import_text as report

if TYPE_CHECKING:
    from pathlib import Path


@click.command("import")
@click.option(
    "--id", "ids", multiple=True, type=CampaignId(), metavar="ID",
    help="Import this campaign; repeatable.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Import every campaign of the tenant.")
@click.option(
    "--match", metavar="GLOB",
    help="Import the tenant's campaigns whose names match, such as 'Spring*'.",
)  # fmt: skip
@click.option(
    "--into", type=FOLDER, metavar="DIR",
    help="The folder to write to: the campaigns folder, or one below it.  [default: the campaigns folder]",
)  # fmt: skip
@click.option(
    "--numbers-inline", "inline", type=WholeNumber(min=0), default=200, show_default=True,
    metavar="N", help="Write lists of more than N numbers to CSV files.",
)  # fmt: skip
@click.option(
    "--overwrite", is_flag=True,
    help="Replace existing definitions. Comments are lost; voxosync: and field1 … field9 are kept.",
)  # fmt: skip
@shared.requests
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    ids: tuple[int, ...],
    everything: bool,
    match: str | None,
    into: Path | None,
    inline: int,
    overwrite: bool,
) -> int:
    """Write definitions of live campaigns.

    Each definition gets a file of its own, named after the campaign's name and id, and is in sync from the start.
    Campaigns that have a definition are skipped. A value that VOXO holds but would not accept becomes a comment.

    Exit status: 0 written; 1 invalid arguments or definitions, or a file is in the way: nothing was
    written; 3 a campaign could not be read; the others are written.
    """
    from voxosync.app.importing import ImportOptions  # noqa: PLC0415  # 0.1 s that --help need not wait for

    if not (ids or everything or match is not None):
        raise click.UsageError("to choose campaigns, pass --id, --all, or --match")
    if ids and (everything or match is not None):
        raise click.UsageError("--id cannot be combined with --all or --match")
    with context.project() as project:
        result = project.import_campaigns(ImportOptions(ids, match, into, inline, overwrite))
    view = output.view(context)
    output.note(context, report.describe_skipped(result, view))
    problems = [problem for problem in result.problems if problem.is_error or view.verbose]
    output.show_problems(problems, verbose=view.verbose)
    for failure in report.describe_failures(result):
        output.remark(failure)
    for campaign in result.campaigns:
        output.remark(report.describe_unused(campaign))
        output.note(context, report.describe_left_out(campaign))
    output.result(report.render_text(result, view))
    return result.exit_status
