"""The folder of a project, and the Git repository that it is in."""

from __future__ import annotations

from pathlib import Path

from voxosync.errors import UsageError


def current_folder() -> Path:
    """The folder in which voxosync was started, or which `-C` names.

    Raises:
        UsageError: it has been deleted.
    """
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError(
            "the current folder has been deleted: change to another one, or name it with -C"
        ) from None


def repository_root(folder: Path) -> Path | None:
    """The root of the Git repository, which `.git` marks; None if the folder is in none."""
    return next((root for root in (folder, *folder.parents) if (root / ".git").exists()), None)


def path_in_repository(folder: Path) -> str:
    """The folder's path from the root of its Git repository, as `calls/`; empty if it is the root or in none."""
    root = repository_root(folder)
    return "" if root in (None, folder) else f"{folder.relative_to(root).as_posix()}/"
