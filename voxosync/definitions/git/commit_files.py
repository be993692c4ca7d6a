"""The YAML and CSV files of a commit, written to a folder, and the parts of the commit that cannot be."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import MAX_CSV
from voxosync.definitions.git.run_git import Git, TreeEntry
from voxosync.definitions.project_layout import is_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FILE_KEY = re.compile(rb"""\bfile["']?[ \t]*:[ \t]*([^\r\n]*)""")
_END_OF_NAME = re.compile(rb"""["',}]|[ \t]#""")


class CommitFiles:
    """Writes a commit's files to a folder, without filters.

    Attributes:
        root: the folder, which corresponds to the root of the repository.
        unreadable: the paths of the commit that are not written, and why: a submodule, a link that leads out of
            the repository, a blob that this clone does not have.
    """

    def __init__(self, git: Git, commit: str, root: Path) -> None:
        self.root = root
        self.unreadable: dict[str, str] = {}
        self._git = git
        self._entries: list[tuple[Git, TreeEntry]] = []
        self._list(git, commit, "", git.root)

    def _list(self, git: Git, commit: str, prefix: str, worktree: Path) -> None:
        """Adds the entries of a commit, and those of the submodules that are checked out."""
        for entry in git.entries(commit):
            path = f"{prefix}{entry.path}"
            if any(part in ("", ".", "..") for part in path.split("/")):
                self.unreadable[path] = "its path leads out of the repository"
            elif not entry.is_submodule:
                self._entries.append((git, TreeEntry(path, entry.mode, entry.object_id)))
            else:
                inner = worktree / path
                submodule = Git(inner)
                if os.path.lexists(inner / ".git") and submodule.has_commit(entry.object_id):
                    self._list(submodule, entry.object_id, f"{path}/", worktree)
                else:
                    self.unreadable[path] = (
                        f"it is a submodule, whose commit {entry.object_id[:12]} is not here: "
                        "run git submodule update --init"
                    )

    def paths(self) -> Iterable[str]:
        """The paths of all YAML files."""
        return (entry.path for _, entry in self._entries if is_yaml(entry.path))

    def write(self, folder: str = "") -> None:
        """Writes the YAML files below a folder, the CSV files that they may name, and links.

        Args:
            folder: its path, with a `/` at the end; empty: everything.
        """
        folder_entries = [
            (git, entry) for git, entry in self._entries if entry.path.startswith(folder)
        ]
        named_files: set[str] = set()
        for git, entries in _by_repository(folder_entries):
            with git.blobs(MAX_CSV) as blob:
                for entry in entries:
                    if is_yaml(entry.path) and not entry.is_link:
                        named_files |= _named_files(self._write(entry, blob) or b"")
        for git, entries in _by_repository(folder_entries):
            with git.blobs(MAX_CSV) as blob:
                for entry in entries:
                    name = entry.path.rpartition("/")[2]
                    if not entry.is_link and (name.lower().endswith(".csv") or name in named_files):
                        self._write(entry, blob)
                for entry in entries:  # last, so that nothing is written through a link
                    if entry.is_link:
                        self._link(entry, blob)

    def _write(self, entry: TreeEntry, blob: Callable[[str], bytes | None]) -> bytes | None:
        path = self.root / entry.path
        if os.path.lexists(path):
            return None
        content = blob(entry.object_id)
        if content is None:
            self.unreadable[entry.path] = (
                f"its content is not in this clone, or longer than {MAX_CSV >> 20} MiB"
            )
            return None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except (OSError, ValueError) as failure:  # such as a name that this system does not allow
            self.unreadable[entry.path] = f"it cannot be written out: {failure}"
        return content

    def _link(self, entry: TreeEntry, blob: Callable[[str], bytes | None]) -> None:
        path = self.root / entry.path
        target = blob(entry.object_id)
        if os.path.lexists(path):
            return
        if target is None or not _stays_inside(entry.path, os.fsdecode(target)):
            self.unreadable[entry.path] = "it is a link that leads out of the repository"
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(os.fsdecode(target))
        except (OSError, ValueError) as failure:
            self.unreadable[entry.path] = f"it is a link that cannot be made here: {failure}"


def _by_repository(
    entries: Iterable[tuple[Git, TreeEntry]],
) -> Iterable[tuple[Git, list[TreeEntry]]]:
    together: dict[Git, list[TreeEntry]] = {}
    for git, entry in entries:
        together.setdefault(git, []).append(entry)
    return together.items()


def _named_files(yaml: bytes) -> set[str]:
    """The file names of the paths that a text gives as `file: PATH`: a list of numbers may have any suffix."""
    values = (match[1].strip().lstrip(b"\"'") for match in _FILE_KEY.finditer(yaml))
    return {os.fsdecode(_END_OF_NAME.split(text, 1)[0].strip().split(b"/")[-1]) for text in values}


def _stays_inside(path: str, target: str) -> bool:
    if target.startswith("/") or PurePosixPath(target).is_absolute():
        return False
    together = os.path.normpath(f"{path}/../{target}")
    return together != os.pardir and not together.startswith(f"..{os.sep}")
