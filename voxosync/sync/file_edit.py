"""The lines of an edited file, as they are and masked for people."""

from __future__ import annotations

import re

from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.writing import edit, edit_csv
from voxosync.model.phone import masked, masked_in
from voxosync.model.pull import FileEdit

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


def file_edit(file: str, before: bytes, after: bytes, *, csv: bool) -> FileEdit:
    """A file before and after.

    Args:
        file: its path, for people.
        before: its content.
        after: its new content.
        csv: whether it is a list of numbers in CSV, not YAML.
    """
    old, new = _lines(before, csv=csv), _lines(after, csv=csv)
    return FileEdit(file, old[0], new[0], old[1], new[1])


def _lines(content: bytes, *, csv: bool) -> tuple[list[str], list[str]]:
    """The lines, and the same lines with phone numbers masked, and whatever looks like one."""
    text = content.decode("utf-8-sig")
    pieces, at = [], 0
    for start, end, number in (edit_csv if csv else edit).number_places(text):
        pieces += [text[at:start], masked(number), *LINE_END.findall(text, start, end)]
        at = end
    masked_lines = _LINE.findall("".join([*pieces, text[at:]]))
    return _LINE.findall(text), [
        line if "callerId" in line else masked_in(line) for line in masked_lines
    ]
