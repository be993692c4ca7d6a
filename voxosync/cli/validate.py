"""`voxosync validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output
from voxosync.cli.context import Context, pass_context
from voxosync.report.registry import VALIDATION

if TYPE_CHECKING:
    from pathlib import Path


@click.command("validate")
@options.paths_argument
@options.output_format(VALIDATION)
@pass_context
def command(context: Context, *, paths: tuple[Path, ...], format_name: str) -> int:
    """Check definitions offline.

    Reports every error and every remark with its file, line, and column.

    Exit status: 0 no errors; 1 invalid definitions.
    """
    with context.project() as project:
        validation = project.validate(paths)
    output.result(VALIDATION[format_name](validation, output.view(context)))
    return validation.exit_status
