"""The files of definitions without an id: read once before the definitions are, then given the new ids."""

from __future__ import annotations

import codecs
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.cli.files import content_of, replace_all
from voxosync.cli.target import project
from voxosync.definitions.files import Unusable, read_file
from voxosync.definitions.find import files_to_read
from voxosync.definitions.settings import read_settings
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.cli.context import Context
    from voxosync.model.journal import New
    from voxosync.sync.create import Creation


class DefinitionFiles:
    """Files as they were before their definitions were read: ids are written into these texts and no others.

    Args:
        context: the global options.
        paths: files and folders, below the project folder or absolute.

    Raises:
        UsageError: one is not there, or cannot be read.
    """

    def __init__(self, context: Context, paths: Sequence[Path]) -> None:
        self._context = context
        self._paths: dict[str, Path] = {}  # by the name that positions have; links resolved
        self._contents: dict[Path, bytes] = {}
        home = project(context)
        for path in files_to_read(home, paths, []):  # the loader tells the problems
            real = Path(os.path.realpath(path))
            self._paths[home.shown(path)] = real
            if real not in self._contents:
                with suppress(Unusable):  # as above
                    self._contents[real] = read_file(real, home.limit)

    def check(self, creations: Iterable[Creation]) -> None:
        """Refuses creations whose ids could not be written, while nothing is sent yet.

        Raises:
            UsageError: names each, and why.
        """
        refusals: list[str] = []
        names: dict[Path, str] = {}
        for creation in creations:
            file, where = creation.new.file, creation.definition.position
            path = self._paths[file]
            other = names.setdefault(path, file)
            if other != file:
                refusals.append(f"{where}: {file} and {other} are one file: name it once")
            elif not os.access(path, os.W_OK):
                refusals.append(f"{where}: its id could not be written here: the file is read-only")
            else:
                try:
                    self._with_id(creation.new, 1)
                except NotEditable as failure:
                    refusals.append(f"{where}: its id could not be written here: {failure}")
        if refusals:
            raise UsageError("\n".join(refusals))

    def changed(self, creations: Iterable[Creation]) -> str | None:
        """A file that does not hold any more what was read of it, or written here; None: there is none."""
        for file in dict.fromkeys(creation.new.file for creation in creations):
            path = self._paths[file]
            if content_of(path, self._context.folder) != self._contents[path]:
                return file
        return None

    def write(self, new: New, campaign: int) -> None:
        """Writes the new id into a definition.

        Raises:
            UsageError: the file cannot be written, or was changed meanwhile.
            NotEditable: not in this definition.
        """
        path = self._paths[new.file]
        content = self._with_id(new, campaign)
        replace_all({path: content}, {path: self._contents[path]}, self._context.folder)
        self._contents[path] = content

    def _with_id(self, new: New, campaign: int) -> bytes:
        """A file with an id; in a definition that may serve several environments, for this one."""
        from voxosync.definitions.writing.edit_id import set_id  # noqa: PLC0415  # beside what else comes late

        path = self._paths[new.file]
        content = self._contents[path]
        mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        text = content.removeprefix(mark).decode()
        environment, shared = self._context.environment, self._is_shared(path)
        return mark + set_id(text, new.document, campaign, environment, shared=shared).encode()

    def _is_shared(self, path: Path) -> bool:
        """Whether other environments have a file among their definitions."""
        here = self._context.folder
        folders = (
            os.path.realpath(here / (environment.campaigns or "campaigns"))
            for name, environment in read_settings(here).environments.items()
            if name != self._context.environment
        )
        return any(path.is_relative_to(folder) for folder in folders)
