"""`voxosync schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app.schemas import FILES, schema_file, write_schemas
from voxosync.cli import output
from voxosync.cli.parameter_types import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = [file.removesuffix(".schema.json") for file in FILES]


@click.command("schema")
@click.argument("name", type=click.Choice(_NAMES), default="campaign", metavar="[NAME]")
@click.option(
    "--write", "folder", type=FOLDER, metavar="DIR",
    help="Write every schema to DIR instead, for use by editors.",
)  # fmt: skip
def command(*, name: str, folder: Path | None) -> None:
    """Print or write the JSON Schemas.

    NAME is one of campaign, defaults, settings, policy, plan, validation, snapshot, journal.

    Exit status: 0 done; 1 invalid arguments, or a file cannot be written.
    """
    if folder is None:
        output.result(schema_file(f"{name}.schema.json"))
        return
    for path in write_schemas(folder):
        output.remark(f"wrote {path}")
