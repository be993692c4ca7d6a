"""`voxosync acknowledge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import CampaignId, Day
from voxosync.report.file_edits import render_edits

if TYPE_CHECKING:
    from datetime import datetime


@click.command("acknowledge")
@click.argument("campaign", type=CampaignId(), metavar="ID")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD...")
@click.option(
    "--until", required=True, type=Day(), metavar="DATE",
    help="The day (UTC) from which the difference counts again, such as 2027-01-31.",
)  # fmt: skip
@click.option("--reason", required=True, metavar="TEXT", help="The reason, which reports show.")
@click.option(
    "--owner", metavar="TEXT",
    help="Who is responsible, such as a team.  [default: the author of the line in Git]",
)  # fmt: skip
@pass_context
def command(
    context: Context,
    *,
    campaign: int,
    fields: tuple[str, ...],
    until: datetime,
    reason: str,
    owner: str | None,
) -> None:
    """Accept a difference until a date.

    Writes an entry into the definition that lets the fields differ until that day.

    Until then, differences in these fields are listed separately; they are not sent, not pulled, and not counted as
    drift. An earlier entry for a field is replaced; nothing else in the file changes. Needs no connection.

    Exit status: 0 written; 1 invalid arguments or definitions, or the entry must be written by hand: nothing
    was written.
    """
    with context.project() as project:
        changes = project.acknowledge(
            campaign, fields, until=until.date(), reason=reason, owner=owner
        )
        summary = "Wrote 1 file. Commit it for review."
        diff = render_edits(changes.edits(), summary, output.view(context))
        changes.write()
    output.result(diff)
