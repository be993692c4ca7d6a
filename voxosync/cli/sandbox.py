"""`voxosync sandbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app import local_sandbox
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import EXISTING_FOLDER, FILE, Identifier, WholeNumber

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN = "sandbox-token"  # noqa: S105  # opens nothing but a sandbox


@click.command("sandbox")
@click.option(
    "--port", type=WholeNumber(0, 65535), default=8765, show_default=True, metavar="N",
    help="The port to listen on, on this machine only; 0 means any free port.",
)  # fmt: skip
@click.option(
    "--load", "folder", type=EXISTING_FOLDER, metavar="DIR",
    help="Load the definitions in DIR as live campaigns.",
)  # fmt: skip
@click.option(
    "--state", type=FILE,
    help="Keep campaigns in this SQLite file instead of in memory.",
)  # fmt: skip
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT",
    help="Simulate a fault: KIND[:ARGUMENT][@METHOD][*COUNT], such as 503@PATCH*2; repeatable.",
)  # fmt: skip
@click.option(
    "--tenant-id", type=Identifier(), default=17, show_default=True, metavar="N",
    help="The tenant that its campaigns belong to.",
)  # fmt: skip
@pass_context
def command(
    context: Context,
    *,
    port: int,
    folder: Path | None,
    state: Path | None,
    faults: tuple[str, ...],
    tenant_id: int,
) -> None:
    """Run a local VOXO to try things out.

    Prints the environment variables that direct the other commands to it. Press Ctrl-C to stop it.

    Exit status: 0 stopped; 1 invalid arguments or definitions, or the port is taken.
    """
    server = local_sandbox.sandbox(
        token=_TOKEN, tenant_id=tenant_id, port=port, state=state, faults=faults
    )
    with local_sandbox.port_errors(port), server:
        if folder is not None:
            local_sandbox.fill(server, context.project(), folder)
        server.serve_forever(ready=lambda: _announce(server.base_url))


def _announce(base_url: str) -> None:
    output.remark("A local VOXO is running; press Ctrl-C to stop it. In another terminal:")
    output.result(f"export VOXO_API_BASE_URL={base_url} VOXO_API_TOKEN={_TOKEN}\n")
