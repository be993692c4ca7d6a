"""Looks up which definitions have the id of a campaign, or have none yet."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.definitions.load import LoadedDefinitions, load_new
from voxosync.errors import DefinitionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.app.project import Project


def load_with_new(project: Project, paths: Sequence[Path]) -> LoadedDefinitions:
    """The definitions in some files and folders, those without an id included."""
    return load_new(project.layout, paths, project.now, project.policies, project.settings.checks)


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
