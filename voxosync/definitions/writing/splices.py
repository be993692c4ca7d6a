"""Changes a text by position; everything else stays the same, character for character."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotEditable(Exception):
    """A value cannot be written to the file; the message says why, and what to do instead."""


class Splices:
    """The text of a file, and the changes to make to it.

    Attributes:
        text: the text, whose last line has a line ending; `result` removes it if it was added.
        eol: the line ending of the file.
        unended: whether the last line of the file has no line ending.
    """

    def __init__(self, text: str) -> None:
        line_end = LINE_END.search(text)
        self.eol = line_end.group() if line_end else "\n"
        self.unended = not text.endswith(("\n", "\r"))
        self.text = text + self.eol if self.unended else text
        self._starts = [0, *(match.end() for match in LINE_END.finditer(self.text))]
        self._changes: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, new: str) -> None:
        """Replaces the text from `start` to `end`."""
        self._changes.append((start, end, new))

    def insert(self, at: int, new: str) -> None:
        """Inserts text at a position."""
        self._changes.append((at, at, new))

    def insert_lines(self, at: int, lines: Iterable[str], margin: str = "") -> None:
        """Inserts complete lines before the line that begins at a position."""
        self.insert(at, "".join(f"{margin}{line}{self.eol}" for line in lines))

    def line_start(self, at: int) -> int:
        """The start of the line that contains a position."""
        return self._starts[bisect_right(self._starts, at) - 1]

    def next_line(self, at: int) -> int:
        """The start of the line after the one that contains a position."""
        index = bisect_right(self._starts, at)
        return self._starts[index] if index < len(self._starts) else len(self.text)

    def result(self) -> str:
        """The text with all changes; of two at the same position, the one that was added first comes first."""
        pieces: list[str] = []
        at = 0
        for start, end, new in sorted(self._changes, key=lambda splice: splice[:2]):
            pieces += [self.text[at:start], new]  # empty between two that overlap
            at = max(at, end)
        text = "".join([*pieces, self.text[at:]])
        return text.removesuffix(self.eol) if self.unended else text
