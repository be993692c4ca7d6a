"""Definitions without an id: reads them, looks up ids in the project, and writes new ids into their files."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.app.file_writer import content_of, replace_all
from voxosync.definitions.file_reader import Unusable, read_file
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.project_layout import files_to_read
from voxosync.definitions.writing.edit_id import set_id
from voxosync.definitions.writing.file_text import decode, encode
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.app.project import Project
    from voxosync.model.creation import Creation
    from voxosync.model.journal import NewDefinition


def load_with_new(project: Project, paths: Sequence[Path]) -> LoadedDefinitions:
    """The definitions in some files and folders, those without an id included."""
    return load(
        project.layout,
        paths,
        project.now,
        creating=True,
        policies=project.policies,
        checks=project.settings.checks,
    )


class DefinitionLookup:
    """The definitions that the command names, and those of the project, which are read at first use.

    Args:
        project: the project.
        loaded: the definitions that the command names.
    """

    def __init__(self, project: Project, loaded: LoadedDefinitions) -> None:
        self._project = project
        self._loaded = loaded

    def ids(self) -> set[int]:
        """The ids of the definitions that the command names, and of those of the project."""
        return {
            definition.id
            for loaded in (self._loaded, self._campaigns_folder)
            for definition in loaded.definitions
        }

    def has_id(self, campaign: int, file: str) -> bool:
        """Whether a definition of the project, of this file, or named by the command has the id of a campaign."""
        outside = self._outside(file).definitions
        return campaign in self.ids() or any(definition.id == campaign for definition in outside)

    def has_new(self, file: str, name: str) -> bool:
        """Whether a file holds a definition of this name without an id.

        Raises:
            DefinitionsError: the file has errors, so that this is unknown.
        """
        for loaded in (self._campaigns_folder, self._outside(file)):
            if any(
                problem.is_error and problem.position.file == file for problem in loaded.problems
            ):
                raise DefinitionsError(loaded.problems)
            if any(new.name == name and new.position.file == file for _, new in loaded.new):
                return True
        return False

    @cached_property
    def _campaigns_folder(self) -> LoadedDefinitions:
        folder = self._project.layout.campaigns
        return load_with_new(self._project, [folder]) if folder.is_dir() else LoadedDefinitions()

    def _outside(self, file: str) -> LoadedDefinitions:
        """A file that is not below the campaigns folder, if it exists."""
        path, folder = self._project.folder / file, self._project.layout.campaigns
        is_inside = Path(os.path.abspath(path)).is_relative_to(folder)  # noqa: PTH100  # resolve() follows links
        return (
            load_with_new(self._project, [path])
            if path.is_file() and not is_inside
            else LoadedDefinitions()
        )


class DefinitionFiles:
    """Files as they were before their definitions were read: ids are written into these texts only.

    Args:
        project: the project.
        paths: files and folders, below the project folder or absolute.

    Raises:
        UsageError: one does not exist, or cannot be read.
    """

    def __init__(self, project: Project, paths: Sequence[Path]) -> None:
        self._project = project
        self._paths: dict[str, Path] = {}  # by the name that positions have; links resolved
        self._contents: dict[Path, bytes] = {}
        layout = project.layout
        for path in files_to_read(layout, paths, []):  # the loader reports the problems
            real = Path(os.path.realpath(path))
            self._paths[layout.display_path(path)] = real
            if real not in self._contents:
                with suppress(Unusable):  # the loader reports it
                    self._contents[real] = read_file(real, layout.limit)

    def check(self, creations: Iterable[Creation]) -> None:
        """Refuses creations whose ids could not be written, before anything is sent.

        Raises:
            UsageError: names each, and why.
        """
        refusals: list[str] = []
        names: dict[Path, str] = {}
        for creation in creations:
            file, position = creation.new.file, creation.definition.position
            path = self._paths[file]
            first_file = names.setdefault(path, file)
            if first_file != file:
                refusals.append(
                    f"{position}: {file} and {first_file} are the same file: name it once"
                )
            elif not os.access(path, os.W_OK):
                refusals.append(
                    f"{position}: its id could not be written here: the file is read-only"
                )
            else:
                try:
                    self._with_id(creation.new, 1)
                except NotEditable as failure:
                    refusals.append(f"{position}: its id could not be written here: {failure}")
        if refusals:
            raise UsageError("\n".join(refusals))

    def changed(self, creations: Iterable[Creation]) -> str | None:
        """A file whose content has changed since it was read or written here; None: no file."""
        for file in dict.fromkeys(creation.new.file for creation in creations):
            path = self._paths[file]
            if content_of(path, self._project.folder) != self._contents[path]:
                return file
        return None

    def write(self, new: NewDefinition, campaign: int) -> None:
        """Writes the new id into a definition.

        Raises:
            UsageError: the file cannot be written, or was changed in the meantime.
            NotEditable: the id cannot be written into this definition.
        """
        path = self._paths[new.file]
        content = self._with_id(new, campaign)
        replace_all({path: content}, {path: self._contents[path]}, self._project.folder)
        self._contents[path] = content

    def _with_id(self, new: NewDefinition, campaign: int) -> bytes:
        """The file with the id, for this environment if the definition may serve several."""
        path = self._paths[new.file]
        content = self._contents[path]
        text = decode(content)
        environment, shared = self._project.environment, self._is_shared(path)
        edited = set_id(text, new.document, campaign, environment, shared=shared)
        return encode(edited, content)

    def _is_shared(self, path: Path) -> bool:
        """Whether other environments have a file among their definitions."""
        _, *other_layouts = self._project.layouts
        folders = (os.path.realpath(layout.campaigns) for layout in other_layouts)
        return any(path.is_relative_to(folder) for folder in folders)
