"""`voxosync snapshot`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from voxosync.app.file_writer import check_writable, write_output
from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import FILE
from voxosync.model.phone import masked_in

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions


@click.command("snapshot")
@shared.plan_options(shared.paths_argument, shared.only, shared.shard)
@shared.requests
@click.option(
    "--out", type=FILE, required=True,
    help="The file to write. It holds phone numbers; only you can read it.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Save every campaign of the tenant.")
@pass_context
def command(context: Context, *, options: PlanOptions, out: Path, everything: bool) -> int:
    """Save live campaigns to a file for plans without a token.

    Saves the campaigns that have a definition, or with --all every campaign of the tenant. Pass the
    file to plan --live or drift --live.

    Exit status: 0 saved; 1 invalid arguments or definitions; 3 a campaign could not be read; the
    others are saved.
    """
    if everything and options.is_limited:
        raise click.UsageError("--all cannot be combined with PATH or --only")
    with context.project() as project:
        check_writable(out)
        saved = project.snapshot(options, everything=everything)
    write_output(out, json.dumps(saved.snapshot.to_document(), indent=1) + "\n")
    for campaign_id, failure in saved.failures.items():
        output.remark(f"{campaign_id}: {masked_in(str(failure))}")
    count = len(saved.snapshot.campaigns)
    output.result(f"Saved {count} of {count + len(saved.failures)} campaigns.\n")
    return saved.exit_status
