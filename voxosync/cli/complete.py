"""What a shell completes: campaign ids, with their names where the shell shows them, and the ids of runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from voxosync.app.history import LATEST, journal_files
from voxosync.app.options import JOURNAL
from voxosync.cli.context import Context
from voxosync.errors import VoxosyncError

if TYPE_CHECKING:
    import click


def campaign_ids(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The ids of the project's definitions that begin with `incomplete`; none if it cannot be read."""
    try:
        _enter_folder(ctx)
        with Context(environment=ctx.find_root().params.get("env")).project() as project:
            definitions = project.definitions().definitions
    except (VoxosyncError, OSError):
        return []
    return [
        CompletionItem(str(definition.id), help=definition.name)
        for definition in definitions
        if str(definition.id).startswith(incomplete)
    ]


def run_ids(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """`latest` and the ids of runs that begin with `incomplete`, newest first; none if there are no runs."""
    try:
        _enter_folder(ctx)
        runs = [path.stem for path in reversed(journal_files(ctx.params.get("journal") or JOURNAL))]
    except (VoxosyncError, OSError):
        return []
    names = [LATEST, *runs] if runs else []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _enter_folder(ctx: click.Context) -> None:
    """Does what `-C` says, which is not executed when a shell completes."""
    for directory in ctx.find_root().params.get("directories") or ():
        os.chdir(directory)
