"""The folders of a project, and its definition files: those of the campaigns folder, or those that a call names."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import Unusable, is_inside, read_file
from voxosync.errors import UsageError
from voxosync.model.problem import Position, Problem, error, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DEFAULTS = "_defaults.yaml"
_SUFFIXES = (".yaml", ".yml")
_ALMOST = (".yaml.txt", ".yml.txt")
"""Names that Windows gives `spring.yaml` when it hides file extensions."""
_DEFAULTS_STEM = "_defaults"
_IGNORED_FOLDERS = frozenset((".git", ".voxosync", ".venv", ".tox"))
"""Hidden folders that do not hold definitions."""
_A_DEFINITION = re.compile(rb"""^(?:\{[ \t]*)?["']?id["']?[ \t]*:""", re.MULTILINE)
_LOOKED_AT = 1 << 20


@dataclass(frozen=True, slots=True)
class ProjectLayout:
    """Where a project's files are.

    Attributes:
        folder: the project folder; files are shown relative to it, and nothing outside it is read.
        campaigns: the folder of the definitions.
        environment: the chosen environment; None: none is chosen.
        environments: those that voxosync.yaml names.
        boundary: the folder that every file must be in to be read; None: the project folder.
    """

    folder: Path
    campaigns: Path
    environment: str | None = None
    environments: tuple[str, ...] = ()
    boundary: Path | None = None

    @property
    def limit(self) -> Path:
        """The folder that every file must be in to be read."""
        return self.boundary or self.folder

    def display_path(self, path: Path) -> str:
        """A path as in messages and plans, the same on every system."""
        # Called for every file: Path takes ten times as long.
        inside = os.fspath(self.folder) + os.sep
        if (text := os.fspath(path)).startswith(inside) and os.pardir not in text:
            return text[len(inside) :].replace(os.sep, "/")
        try:
            return os.path.relpath(path, self.folder).replace(os.sep, "/")
        except ValueError:  # on another drive of Windows
            return path.as_posix()


def is_yaml(path: str) -> bool:
    """Whether a path has the suffix of a YAML file, in any letter case."""
    return path.lower().endswith(_SUFFIXES)


def files_to_read(
    project: ProjectLayout, paths: Sequence[Path], problems: list[Problem]
) -> Iterator[Path]:
    """The files to read, each once, sorted by name in each folder.

    Args:
        project: the project's folders.
        paths: files or folders; none: the whole campaigns folder.
        problems: the list to which problems of folders are added.

    Raises:
        UsageError: one of `paths` does not exist.
    """
    yielded_paths: set[str] = set()
    for requested_path in paths or [project.campaigns]:
        path = _canonical_path(requested_path, project)
        folder = path.parent if path.name == DEFAULTS else path
        if paths and not os.path.lexists(path):
            name = project.display_path(path)
            is_id = name.isascii() and name.isdecimal()  # campaigns/2027 is a folder
            hint = f": plan, apply, drift and pull take an id as --only {name}" if is_id else ""
            raise UsageError(f"file or folder not found: {name}{hint}")
        if not is_inside(folder, project.limit):
            reason = "outside the project folder, or a link leads there"
            message = f"this is {reason}: keep definitions inside it"
            problems.append(
                error(Position(project.display_path(requested_path)), "outside", message)
            )
            files = []
        elif os.path.isdir(folder):  # noqa: PTH112  # unlike Path's, false for an invalid path
            files = list(_Walk(project, problems).files(folder))
            if not files:
                message = "no definitions in this folder: add one, or name another folder"
                problems.append(
                    error(Position(project.display_path(requested_path)), "empty", message)
                )
        elif os.path.lexists(path):
            files = [path]
        else:
            files = []
            message = "folder not found: run voxosync in the project folder, or name it with -C"
            problems.append(error(Position(project.display_path(path)), "missing", message))
        for file in files:
            text = os.fspath(file)  # a Path takes ten times as long to look up
            if text not in yielded_paths:
                yielded_paths.add(text)
                yield file


def _canonical_path(path: Path, project: ProjectLayout) -> Path:
    """An absolute path. If it is in the campaigns folder, it begins with that, because its defaults depend on it.

    A folder that contains the campaigns folder stands for the campaigns folder.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow the last link as well
    home = project.campaigns
    if home.is_relative_to(path):
        return home
    if not path.is_relative_to(home):
        with suppress(OSError, RuntimeError):
            real, real_home = path.parent.resolve() / path.name, home.resolve()
            if real_home.is_relative_to(real):
                return home
            if real.is_relative_to(real_home):
                return home / real.relative_to(real_home)
    return path


class _Walk:
    """Walks a folder and its subfolders, each once even if several links lead to it. Reports files that are not read.

    A file or folder that can be reached without links has the path without links.
    """

    def __init__(self, project: ProjectLayout, problems: list[Problem]) -> None:
        self._project, self._problems = project, problems
        self._visited: set[str] = set()
        self._links: list[os.DirEntry[str]] = []

    def files(self, folder: Path) -> Iterator[Path]:
        """The definition files, sorted by name in each folder."""
        yield from self._below(os.fspath(folder), os.path.realpath(folder))
        while self._links:
            links, self._links = self._links, []
            for link in links:
                yield from self._behind(link)

    def _below(self, folder: str, real: str) -> Iterator[Path]:
        if real in self._visited:
            return
        self._visited.add(real)
        try:
            with os.scandir(folder) as entries:
                sorted_entries = sorted(entries, key=lambda entry: entry.name)
        except OSError as failure:
            message = f"cannot read the folder: {failure.strerror}"
            self._note(folder, error, "unreadable", message)
            return
        folders: list[os.DirEntry[str]] = []
        for entry in sorted_entries:
            if entry.is_symlink():
                self._links.append(entry)
            elif entry.is_dir():
                folders.append(entry)
            elif self._is_definition(entry):
                yield Path(entry.path)
        for entry in folders:
            if not entry.name.startswith("."):
                yield from self._below(entry.path, os.path.join(real, entry.name))  # noqa: PTH118  # texts
            elif entry.name not in _IGNORED_FOLDERS:
                self._look_for_hidden(entry.path)

    def _behind(self, link: os.DirEntry[str]) -> Iterator[Path]:
        real = os.path.realpath(link.path)
        if os.path.isdir(real):  # noqa: PTH112  # a text
            if not is_inside(Path(real), self._project.limit):
                message = "a link leads out of the project folder: keep definitions inside it"
                self._note(link.path, error, "outside", message)
            else:
                yield from self._below(link.path, real)
        elif is_yaml(link.name):
            folder = os.path.dirname(real)  # noqa: PTH120  # a text
            is_read = folder in self._visited and is_yaml(real) and os.path.isfile(real)  # noqa: PTH113  # a text
            if not is_read and real not in self._visited and self._is_definition(link):
                self._visited.add(real)
                yield Path(link.path)
        elif "." not in link.name and not os.path.exists(real):  # noqa: PTH110  # a text
            self._note(link.path, warning, "not-read", "this link leads nowhere: remove it")

    def _is_definition(self, entry: os.DirEntry[str]) -> bool:
        """Whether a file is read. Notes one that is not, but looks as if it should be."""
        name = entry.name
        if name.startswith("."):
            message = (
                "files whose names begin with a dot are not read: rename this one, or move it away"
            )
        elif is_yaml(name):
            if name == DEFAULTS:
                return False
            if name.lower().rpartition(".")[0] != _DEFAULTS_STEM:
                return True
            self._note(
                entry.path, error, "defaults", f"defaults are read from {DEFAULTS} only: rename it"
            )
            return False
        else:
            message = "only files whose names end in .yaml or .yml are read: rename this one"
        self._note_definition(entry.path, message)
        return False

    def _look_for_hidden(self, folder: str) -> None:
        for current, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS)
            for name in sorted(names):
                message = "folders whose names begin with a dot are not read: rename this one's, or move it away"
                self._note_definition(os.path.join(current, name), message)  # noqa: PTH118  # texts

    def _note_definition(self, path: str, message: str) -> None:
        """Notes that a file is not read, if its name and content look like those of a definition."""
        if not path.lower().endswith((*_SUFFIXES, *_ALMOST)):
            return
        with suppress(Unusable):
            if _A_DEFINITION.search(read_file(Path(path), self._project.limit, _LOOKED_AT)):
                self._note(path, warning, "not-read", message)

    def _note(
        self, path: str, kind: Callable[[Position, str, str], Problem], rule: str, message: str
    ) -> None:
        self._problems.append(kind(Position(self._project.display_path(Path(path))), rule, message))
