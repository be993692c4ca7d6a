"""`voxosync environments`."""

from __future__ import annotations

import json

import click

from voxosync.app.environments import list_environments
from voxosync.cli import options, output
from voxosync.cli.context import Context, pass_context
from voxosync.report.escape import terminal


@click.command("environments")
@options.output_format(("text", "json"))
@pass_context
def command(context: Context, *, format_name: str) -> None:
    """List the environments of voxosync.yaml.

    With --format json, prints a list of objects on one line, from which a CI system can make a matrix with one
    job for each tenant.

    Exit status: 0 listed; 1 invalid voxosync.yaml.
    """
    entries = list_environments(context.folder)
    if format_name == "json":
        output.result(json.dumps(entries) + "\n")
    elif entries:
        output.result("".join(f"{_line(entry)}\n" for entry in entries))
    else:
        output.result("No environments: voxosync.yaml has none.\n")


def _line(entry: dict[str, object]) -> str:
    tenant = f"tenant {entry['tenantId']}" if entry["tenantId"] is not None else "any tenant"
    protected = "  protected" if entry["protected"] else ""
    return terminal(
        f"{entry['name']}  {entry['baseUrl']}  {tenant}  {entry['campaigns']}  {entry['tokenEnv']}{protected}"
    )
