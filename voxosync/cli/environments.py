"""`voxosync environments`."""

from __future__ import annotations

import click

from voxosync.app.environments import list_environments
from voxosync.app.project_folder import current_folder
from voxosync.cli import options, output
from voxosync.report import environments as report


@click.command("environments")
@options.output_format(("text", "json"))
def command(*, format_name: str) -> None:
    """List the environments of voxosync.yaml.

    With --format json, prints a list of objects on one line, from which a CI system can make a matrix with one
    job for each tenant.

    Exit status: 0 listed; 1 invalid voxosync.yaml.
    """
    render = report.render_json if format_name == "json" else report.render_text
    output.result(render(list_environments(current_folder())))
