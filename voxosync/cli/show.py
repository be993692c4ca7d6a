"""`voxosync show`."""

from __future__ import annotations

import click

from voxosync.cli import options, output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import CampaignId
from voxosync.report.registry import DEFINITION


@click.command("show")
@click.argument("campaign_id", type=CampaignId(), metavar="ID")
@options.output_format(DEFINITION)
@options.show_numbers
@pass_context
def command(context: Context, *, campaign_id: int, format_name: str) -> None:
    """Show a definition and where each value comes from.

    Includes the defaults from _defaults.yaml files.

    Exit status: 0 shown; 1 invalid definitions, or the campaign has no definition.
    """
    with context.project() as project:
        definition = project.show(campaign_id)
    view = output.view(context)
    output.result(DEFINITION[format_name](definition, view))
