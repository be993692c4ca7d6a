"""A text that takes changes by place: what no change touches stays as it is, character for character."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from voxosync.definitions.nodes import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotEditable(Exception):
    """A value cannot be written where it belongs; the message says why, and what to do instead."""


class Splices:
    """The text of a file whose every line is ended, and what is to become of its places.

    Attributes:
        text: the text; where its last line was not ended, now it is, until `result`.
        eol: how its lines end.
        unended: whether its last line was not ended.
    """

    def __init__(self, text: str) -> None:
        line_end = LINE_END.search(text)
        self.eol = line_end.group() if line_end else "\n"
        self.unended = not text.endswith(("\n", "\r"))
        self.text = text + self.eol if self.unended else text
        self._starts = [0, *(match.end() for match in LINE_END.finditer(self.text))]
        self._made: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, new: str) -> None:
        """Puts something in place of what stands from `start` to `end`."""
        self._made.append((start, end, new))

    def insert(self, at: int, new: str) -> None:
        """Puts something between what stands before a place and what stands from there on."""
        self._made.append((at, at, new))

    def insert_lines(self, at: int, lines: Iterable[str], margin: str = "") -> None:
        """Puts whole lines before the line that begins at a place."""
        self.insert(at, "".join(f"{margin}{line}{self.eol}" for line in lines))

    def line_start(self, at: int) -> int:
        """Where the line with this place begins."""
        return self._starts[bisect_right(self._starts, at) - 1]

    def next_line(self, at: int) -> int:
        """Where the line after the one with this place begins."""
        index = bisect_right(self._starts, at)
        return self._starts[index] if index < len(self._starts) else len(self.text)

    def result(self) -> str:
        """The text with every change; of two changes at one place the earlier one comes first."""
        pieces: list[str] = []
        at = 0
        for start, end, new in sorted(self._made, key=lambda splice: splice[:2]):
            pieces += [self.text[at:start], new]  # nothing stands between two that overlap
            at = max(at, end)
        text = "".join([*pieces, self.text[at:]])
        return text.removesuffix(self.eol) if self.unended else text
