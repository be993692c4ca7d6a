"""What Git says about the files of a project: which commits touch them, and which differ from HEAD."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from voxosync.definitions.git.run_git import Git, without_filters
from voxosync.definitions.project_settings import FILE
from voxosync.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.app.project import Project

_MANY_PATHS = 500


class Checkout:
    """The project as it is checked out; Git is asked each question once.

    Args:
        project: the project.
        git: Git in its folder.
    """

    def __init__(self, project: Project, git: Git) -> None:
        self._project = project
        self._git = git

    @cached_property
    def _inputs(self) -> list[str]:
        """The files that the definitions are made of, relative to the project folder."""
        loaded = self._project.definitions()
        return [FILE, *loaded.inputs]

    @cached_property
    def paths(self) -> list[str]:
        """The paths by which a commit touches the project."""
        layout = self._project.layout
        folders = [
            layout.display_path(layout.campaigns),
            layout.display_path(self._project.policies),
        ]
        outside = [
            file
            for file in self._inputs
            if not any(PurePosixPath(file).is_relative_to(folder) for folder in folders)
        ]
        return [*folders, *outside] if len(outside) <= _MANY_PATHS else ["."]

    @cached_property
    def uncommitted(self) -> list[str]:
        """The files of the project that differ from HEAD, relative to the project folder."""
        changed = changed_files(self._git)
        for submodule in self._submodules:
            git = Git(self._project.folder / submodule)
            if _is_checked_out(git):
                changed += [f"{submodule}/{file}" for file in changed_files(git)]
        tracked = set((self._git("ls-files", "-z", "--recurse-submodules") or "").split("\0"))
        folder = self._project.folder
        resolved = folder.resolve()
        for file in self._inputs:
            if file not in tracked and os.path.lexists(folder / file):
                target = PurePosixPath(os.path.relpath((folder / file).resolve(), resolved))
                if str(target) not in tracked:
                    changed.append(file)
        return changed

    @cached_property
    def unseen(self) -> list[str]:
        """What Git does not look at: files that are not checked out or assumed unchanged, and missing submodules."""
        paths = [f":(literal){path}" for path in self.paths]
        listing = self._git("ls-files", "-v", "-z", "--", *paths) or ""
        unseen = [
            entry[2:] for entry in listing.split("\0") if entry and not entry.startswith("H ")
        ]
        folder = self._project.folder
        return unseen + [
            path for path in self._submodules if not _is_checked_out(Git(folder / path))
        ]

    @cached_property
    def _submodules(self) -> list[str]:
        """The submodules in which the project has files, or may have, relative to the project folder."""
        listing = self._git("ls-files", "--stage", "-z") or ""
        entries = [entry.partition("\t") for entry in listing.split("\0") if entry]
        modules = [path for attributes, _, path in entries if attributes.startswith("160000 ")]
        paths = [PurePosixPath(path) for path in self.paths] if modules else []
        return [
            module
            for module in modules
            if any(
                path.is_relative_to(module)
                or path in (PurePosixPath(module), *PurePosixPath(module).parents)
                for path in paths
            )
        ]


def changed_files(git: Git, paths: Sequence[str] = (".",), *, untracked: bool = False) -> list[str]:
    """The files of a folder that differ from its HEAD, relative to that folder.

    Args:
        git: Git in the folder.
        paths: limit the files, as Git's pathspecs.
        untracked: whether files that Git does not track are among them, apart from ignored ones.

    Raises:
        RecordError: Git cannot say.
    """
    status = ("status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=dirty")
    files = f"--untracked-files={'all' if untracked else 'no'}"
    listing = git(*without_filters(git), *status, files, "--", *paths)
    if listing is None:
        raise RecordError(f"cannot tell what is uncommitted: {git.complaint}")
    prefix = (git("rev-parse", "--show-prefix") or "").rstrip("\n")
    return [entry[3:].removeprefix(prefix) for entry in listing.split("\0") if entry]


def _is_checked_out(submodule: Git) -> bool:
    return os.path.lexists(submodule.folder / ".git")
