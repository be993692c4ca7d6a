"""Changes to files of the project: shown first, written together or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.file_writer import replace_all
from voxosync.sync.file_edit import file_edit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from voxosync.model.pull import FileEdit


@dataclass(frozen=True, slots=True)
class FileChanges:
    """New contents of some files.

    Attributes:
        contents: by path, links resolved.
        before: what the files hold; None: the file does not exist.
        names: the names of the files, for people.
        folder: the project folder.
        csv: which of them are lists of numbers in CSV; the others are YAML.
    """

    contents: Mapping[Path, bytes]
    before: Mapping[Path, bytes | None]
    names: Mapping[Path, str]
    folder: Path
    csv: Collection[Path] = ()

    def edits(self) -> Sequence[FileEdit]:
        """The files in the order of their names, to be shown."""
        return [
            file_edit(self.names[path], self.before[path] or b"", content, csv=path in self.csv)
            for path, content in sorted(
                self.contents.items(), key=lambda entry: self.names[entry[0]]
            )
        ]

    def write(self) -> None:
        """Writes the files.

        Raises:
            UsageError: one cannot be written, or was changed in the meantime; then none is written.
        """
        replace_all(self.contents, self.before, self.folder)
