"""The ids that a shell completes; none where they cannot be read, because a shell has no place for errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.app.history import LATEST, journal_files
from voxosync.app.project import Project
from voxosync.errors import VoxosyncError

if TYPE_CHECKING:
    from pathlib import Path


def campaign_names(folder: Path, environment: str | None) -> dict[str, str | None]:
    """The names of the campaigns of a project, by id, in the order of the definitions."""
    try:
        with Project.open(folder, environment=environment) as project:
            definitions = project.definitions().definitions
    except (VoxosyncError, OSError):
        return {}
    return {str(definition.id): definition.name for definition in definitions}


def run_names(journal: Path) -> list[str]:
    """What names a run in a folder of journals: `latest`, then the ids, newest first; empty without runs."""
    try:
        paths = journal_files(journal)
    except (VoxosyncError, OSError):
        return []
    return [LATEST, *(path.stem for path in reversed(paths))] if paths else []
