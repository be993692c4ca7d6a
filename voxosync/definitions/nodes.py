"""The nodes of a YAML document: every scalar as the text that was written, with its position."""

from __future__ import annotations

import re
from typing import TypeAlias

from voxosync.model.problem import Position

LINE_END = re.compile(r"\r\n?|\n")

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""What YAML reads as null where it is not in quotes."""


class Scalar:
    """One value as it was written, without its quotes."""

    __slots__ = ("column", "line", "plain", "text")
    size = 1

    def __init__(self, text: str, plain: bool, line: int, column: int) -> None:  # noqa: FBT001  # built 200,000 times from one place
        self.text = text
        self.plain = plain
        self.line = line
        self.column = column

    @property
    def is_null(self) -> bool:
        """Whether YAML reads this as null: `null`, `~`, or nothing at all."""
        return self.plain and self.text in NULLS


class SequenceNode:
    """A list. `size` counts the values in it, those of aliases included."""

    __slots__ = ("column", "items", "line", "size")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column
        self.size = 1


class MappingNode:
    """Keys and values, with the place of each key. `<<` is resolved: own keys beat merged ones."""

    __slots__ = ("column", "keys", "line", "size", "values")

    def __init__(self, line: int, column: int) -> None:
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        self.line = line
        self.column = column
        self.size = 1


Node: TypeAlias = Scalar | SequenceNode | MappingNode


def position(file: str, node: Node) -> Position:
    """Where a node begins."""
    return Position(file, node.line + 1, node.column + 1)
