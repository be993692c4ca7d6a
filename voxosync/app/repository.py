"""The Git repository that a folder is in, without asking Git."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def repository_root(folder: Path) -> Path | None:
    """The root of the Git repository, which `.git` marks; None if the folder is in none."""
    return next((root for root in (folder, *folder.parents) if (root / ".git").exists()), None)


def path_in_repository(folder: Path) -> str:
    """The folder's path from the root of its Git repository, as `calls/`; empty if it is the root or in none."""
    root = repository_root(folder)
    return "" if root in (None, folder) else f"{folder.relative_to(root).as_posix()}/"
