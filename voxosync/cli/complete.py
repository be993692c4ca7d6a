"""What a shell completes: campaign ids, with their names where the shell shows them, and the ids of runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from voxosync.app.history import LATEST, journal_files
from voxosync.cli.context import Context
from voxosync.errors import VoxosyncError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def campaign_ids(
    incomplete: str, directories: Sequence[Path], environment: str | None
) -> list[CompletionItem]:
    """The ids of the project's definitions that begin with `incomplete`; none if it cannot be read."""
    try:
        for directory in directories:
            os.chdir(directory)
        with Context(environment=environment).project() as project:
            definitions = project.definitions().definitions
    except (VoxosyncError, OSError):
        return []
    return [
        CompletionItem(str(definition.id), help=definition.name)
        for definition in definitions
        if str(definition.id).startswith(incomplete)
    ]


def run_ids(incomplete: str, directories: Sequence[Path], folder: Path) -> list[CompletionItem]:
    """`latest` and the ids of runs that begin with `incomplete`, newest first; none if there are no runs."""
    try:
        for directory in directories:
            os.chdir(directory)
        runs = [path.stem for path in reversed(journal_files(folder))]
    except (VoxosyncError, OSError):
        return []
    names = [LATEST, *runs] if runs else []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
