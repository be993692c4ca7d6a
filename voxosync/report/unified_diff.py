"""Unified diffs of large files in nearly linear time."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Opcode: TypeAlias = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
"""(operation, start and end in the old sequence, start and end in the new one), as difflib defines it."""


class DiffLine(NamedTuple):
    """A line of a hunk: its mark (`-`, `+` or a space), and its number in the combined list of lines."""

    mark: str
    line: int


class Hunk(NamedTuple):
    """A group of changes with the lines around it.

    Attributes:
        header: `@@ -3,7 +3,8 @@`.
        lines: in the order in which they are displayed.
    """

    header: str
    lines: Sequence[DiffLine]


def hunks(old: Sequence[int], new: Sequence[int]) -> Iterator[Hunk]:
    """The differences between two files.

    Args:
        old: a number for each line; equal lines have equal numbers.
        new: the same of the new file.
    """
    for group in _OpcodeMatcher(old, new).get_grouped_opcodes():
        _, old_start, _, new_start, _ = group[0]
        _, _, old_end, _, new_end = group[-1]
        header = f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@"
        lines: list[DiffLine] = []
        for operation, a, b, c, d in group:
            if operation == "equal":
                lines += [DiffLine(" ", line) for line in old[a:b]]
            else:
                lines += [DiffLine("-", line) for line in old[a:b]]
                lines += [DiffLine("+", line) for line in new[c:d]]
        yield Hunk(header, lines)


class _OpcodeMatcher(SequenceMatcher[int]):
    """Groups the opcodes of `_opcodes` as difflib does its own."""

    def __init__(self, old: Sequence[int], new: Sequence[int]) -> None:
        super().__init__(None, (), ())
        self._opcodes = list(_merged(_opcodes(old, new)))

    def get_opcodes(self) -> list[Opcode]:
        """The differences, and the equal parts between them."""
        return self._opcodes


def _opcodes(old: Sequence[int], new: Sequence[int]) -> list[Opcode]:
    """The opcodes of SequenceMatcher, which takes minutes for 100,000 lines; linear if lines only come and go."""
    old_lines, new_lines = set(old), set(new)
    opcodes: list[Opcode] = []
    i = j = 0
    while i < len(old) or j < len(new):
        a, b = i, j
        while i < len(old) and j < len(new) and old[i] == new[j]:
            i, j = i + 1, j + 1
        if i > a:
            opcodes.append(("equal", a, i, b, j))
            a, b = i, j
        while i < len(old) and (old[i] not in new_lines or j == len(new)):
            i += 1
        while j < len(new) and (new[j] not in old_lines or i == len(old)):
            j += 1
        if (i, j) != (a, b):
            opcodes.append(("replace", a, i, b, j))
        elif i < len(old) and j < len(new):
            remaining = SequenceMatcher(None, old[i:], new[j:]).get_opcodes()
            return opcodes + [
                (operation, a + i, b + i, c + j, d + j) for operation, a, b, c, d in remaining
            ]
    return opcodes


def _merged(opcodes: Iterable[Opcode]) -> Iterator[Opcode]:
    """Adjacent removals and additions as one replacement, so that removed lines are displayed first."""
    for is_equal, group in groupby(opcodes, key=lambda opcode: opcode[0] == "equal"):
        codes = list(group)
        _, old_start, _, new_start, _ = codes[0]
        _, _, old_end, _, new_end = codes[-1]
        yield "equal" if is_equal else "replace", old_start, old_end, new_start, new_end


def _range(start: int, end: int) -> str:
    """A range of lines in a unified diff; an empty range names the line before it."""
    size = end - start
    return str(start + 1) if size == 1 else f"{start + 1 if size else start},{size}"
