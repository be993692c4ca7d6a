"""Where a project is, and which of its files hold definitions: the campaigns folder's, or those that a call names."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.errors import UsageError
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEFAULTS = "_defaults.yaml"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project's files are.

    Attributes:
        folder: the project folder; files are shown relative to it, and nothing outside of it is read.
        campaigns: the folder of the definitions.
        environment: the one that this call is about; of an id for each environment, it chooses.
        environments: those that voxosync.yaml names.
        boundary: what is read must lie inside of it; None: the project folder.
    """

    folder: Path
    campaigns: Path
    environment: str | None = None
    environments: tuple[str, ...] = ()
    boundary: Path | None = None

    @property
    def limit(self) -> Path:
        """The folder inside of which everything lies that may be read."""
        return self.boundary or self.folder

    def shown(self, path: Path) -> str:
        """A path as problems and plans call it, the same on every system."""
        inside = (
            os.fspath(self.folder) + os.sep
        )  # called for every file: Path takes ten times as long
        if (text := os.fspath(path)).startswith(inside) and os.pardir not in text:
            return text[len(inside) :].replace(os.sep, "/")
        try:
            return os.path.relpath(path, self.folder).replace(os.sep, "/")
        except ValueError:  # on another drive of Windows
            return path.as_posix()


def is_yaml(path: str) -> bool:
    """Whether a path is called like a YAML file, in any letter case."""
    return path.lower().endswith(_SUFFIXES)


def files_to_read(
    project: Project, paths: Sequence[Path], problems: list[Problem]
) -> Iterator[Path]:
    """The files to read, each once, those of a folder in the order of their names.

    Args:
        project: the project's folders.
        paths: files or folders; none: the whole campaigns folder.
        problems: what is wrong with a folder is added here.

    Raises:
        UsageError: one of `paths` is not there.
    """
    seen: set[str] = set()
    for given in paths or [project.campaigns]:
        path = _by_its_own_name(given, project)
        folder = path.parent if path.name == DEFAULTS else path
        if os.path.isdir(folder):  # noqa: PTH112  # unlike Path's, false for what is no path at all
            found = list(_files_below(folder, project, problems))
            if not found:
                what = "there are no definitions in this folder: add one, or name another folder"
                problems.append(error(Position(project.shown(given)), "empty", what))
        elif os.path.lexists(path):
            found = [path]
        elif paths:
            raise UsageError(f"there is no file or folder {project.shown(path)!r}")
        else:
            found = []
            what = "there is no such folder: run voxosync in the project folder, or name it with -C"
            problems.append(error(Position(project.shown(path)), "missing", what))
        for file in found:
            if (text := os.fspath(file)) not in seen:  # a Path takes ten times as long to look up
                seen.add(text)
                yield file


def _by_its_own_name(path: Path, project: Project) -> Path:
    """A path without detours, below the campaigns folder where it is: which defaults hold depends on it.

    Of a folder around the campaigns folder only the campaigns are meant.
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


def _files_below(folder: Path, project: Project, problems: list[Problem]) -> Iterator[Path]:
    def unreadable(failure: OSError) -> None:
        what = f"cannot read the folder: {failure.strerror}"
        place = Position(project.shown(Path(failure.filename)))
        problems.append(error(place, "unreadable", what))

    for current, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if is_yaml(name) and not name.startswith(".") and name != DEFAULTS:
                yield Path(current, name)
