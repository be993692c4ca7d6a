"""`voxosync schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from voxosync.cli import output
from voxosync.definitions.derive import DERIVED, derived
from voxosync.resources import schema_text

WRITTEN_BY_HAND = (
    "settings.schema.json",
    "policy.schema.json",
    "plan.schema.json",
    "validation.schema.json",
    "snapshot.schema.json",
    "journal.schema.json",
)
_NAMES = [name.removesuffix(".schema.json") for name in (*DERIVED, *WRITTEN_BY_HAND)]


@click.command("schema")
@click.argument("name", type=click.Choice(_NAMES), default="campaign")
@click.option(
    "--write", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Write every schema into DIR instead, for editors.",
)  # fmt: skip
def command(*, name: str, folder: Path | None) -> None:
    """Print or rewrite the JSON Schemas.

    NAME is one of campaign, defaults, settings, policy, plan, validation, snapshot, journal.

    Exit status: 0 done; 1 the call is wrong, or a file cannot be written.
    """
    if folder is None:
        output.result(file_text(f"{name}.schema.json"))
        return
    with output.file_errors(folder, "write to"):
        folder.mkdir(parents=True, exist_ok=True)
        for file in (*DERIVED, *WRITTEN_BY_HAND):
            (folder / file).write_text(file_text(file), encoding="utf-8")
            output.remark(f"wrote {folder / file}")


def file_text(file: str) -> str:
    """The text of one of these files."""
    if file in DERIVED:
        return json.dumps(derived(file), indent=2, ensure_ascii=False) + "\n"
    return schema_text(file)
