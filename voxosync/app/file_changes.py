"""Changes to files of the project: shown first, written together or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.file_writer import replace_all
from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.writing import edit, edit_csv
from voxosync.model.phone import masked, masked_in
from voxosync.model.pull import FileEdit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path


_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


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
            _file_edit(self.names[path], self.before[path] or b"", content, csv=path in self.csv)
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


def _file_edit(file: str, before: bytes, after: bytes, *, csv: bool) -> FileEdit:
    """A file before and after, with its numbers masked for people; `csv` is a list of numbers, not YAML."""
    old, new = _lines(before, csv=csv), _lines(after, csv=csv)
    return FileEdit(file, old[0], new[0], old[1], new[1])


def _lines(content: bytes, *, csv: bool) -> tuple[list[str], list[str]]:
    """The lines, and the same lines with phone numbers masked, and whatever looks like one."""
    text = content.decode("utf-8-sig")
    pieces, at = [], 0
    for start, end, number in (edit_csv if csv else edit).number_spans(text):
        pieces += [text[at:start], masked(number), *LINE_END.findall(text, start, end)]
        at = end
    masked_lines = _LINE.findall("".join([*pieces, text[at:]]))
    return _LINE.findall(text), [
        line if "callerId" in line else masked_in(line) for line in masked_lines
    ]
