"""`voxosync environments`."""

from __future__ import annotations

import json

import click

from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import DEFAULT_BASE_URL
from voxosync.definitions.settings import Environment, read_settings
from voxosync.report.escape import terminal


@click.command("environments")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text",
    show_default=True, help="How to show the result.",
)  # fmt: skip
@pass_context
def command(context: Context, *, format_name: str) -> None:
    """List the environments of voxosync.yaml.

    With --format json as one line, a list of objects: a CI system makes a matrix of jobs from it, one
    for each tenant.

    Exit status: 0 listed; 1 voxosync.yaml is wrong.
    """
    found = [_told(name, each) for name, each in read_settings(context.folder).environments.items()]
    if format_name == "json":
        output.result(json.dumps(found) + "\n")
    elif found:
        output.result("".join(f"{_line(each)}\n" for each in found))
    else:
        output.result("No environments: voxosync.yaml names none.\n")


def _told(name: str, environment: Environment) -> dict[str, object]:
    return {
        "name": name,
        "baseUrl": environment.base_url or DEFAULT_BASE_URL,
        "tenantId": environment.tenant_id,
        "campaigns": environment.campaigns or "campaigns",
        "tokenEnv": environment.token_variable,
        "protected": environment.protected,
    }


def _line(told: dict[str, object]) -> str:
    tenant = f"tenant {told['tenantId']}" if told["tenantId"] is not None else "any tenant"
    protected = "  protected" if told["protected"] else ""
    return terminal(
        f"{told['name']}  {told['baseUrl']}  {tenant}  {told['campaigns']}  {told['tokenEnv']}{protected}"
    )
