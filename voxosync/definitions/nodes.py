"""The nodes of a YAML document: each scalar as the text that was written, with its position.

As plain data, a node has two views, and the schema must accept both. `as_yaml` is what an editor sees: YAML 1.2
types unquoted scalars. `as_text` is what is meant and sent: each scalar as it was written. Checking both makes editors
and voxosync agree, makes quotes irrelevant, and refuses a spelling such as `0x1E`, which is a number only to YAML
(ADR 1).
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, TypeAlias

from voxosync.model.problem import Position

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""What YAML reads as null where it is not in quotes."""

_LONGEST_NUMBER = 300
_number = re.compile(
    r"([-+]?[0-9]+)"
    r"|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(0o[0-7]+|0x[0-9a-fA-F]+)"
).fullmatch
_INTEGER, _BASED = 1, 3  # its groups
_WORDS = {
    **dict.fromkeys(_NULLS),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAY_BE_NUMBER = frozenset("0123456789+-.")


class Scalar:
    """One value as it was written, without its quotes.

    Attributes:
        plain: whether it is not in quotes.
        line: where it begins, from 0, as for every node.
        column: likewise.
    """

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
        return self.plain and self.text in _NULLS


class SequenceNode:
    """A list. `size` is the number of values in it, including those of aliases."""

    __slots__ = ("column", "items", "line", "size")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column
        self.size = 1


class MappingNode:
    """Keys and values, with the position of each key. `<<` is resolved: own keys take precedence over merged ones."""

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


def node_at(node: Node | None, *keys: str) -> Node | None:
    """The value below some keys of nested mappings; None: a key is absent, or something there is not a mapping."""
    for key in keys:
        node = node.values.get(key) if isinstance(node, MappingNode) else None
    return node


def items_of(node: Node | None) -> list[Node]:
    """The items of a list; none if the node is anything else."""
    return node.items if isinstance(node, SequenceNode) else []


def as_text(node: Node) -> Any:
    """A node as plain data, in which each scalar except null is its text."""
    return schema_views(node)[1]


def as_yaml(node: Node) -> Any:
    """A node as plain data, in which each scalar has the type that YAML 1.2 (core schema) gives it."""
    return schema_views(node)[0]


def schema_views(node: Node) -> tuple[Any, Any]:
    """A node as YAML types it (`as_yaml`), and as text (`as_text`)."""
    kind = type(node)
    if kind is Scalar:
        return _scalar(node)  # type: ignore[arg-type]  # narrowed by `kind`, which isinstance would do at twice the time
    if kind is MappingNode:
        typed, texts = {}, {}
        for key, value in node.values.items():  # type: ignore[union-attr]  # narrowed by `kind`
            typed[key], texts[key] = (
                _scalar(value) if type(value) is Scalar else schema_views(value)
            )
        return typed, texts
    pairs = [schema_views(item) for item in node.items]  # type: ignore[union-attr]  # narrowed by `kind`
    return [typed for typed, _ in pairs], [text for _, text in pairs]


def _scalar(node: Scalar) -> tuple[Any, Any]:
    text = node.text
    if not node.plain:
        return text, text
    if text in _WORDS:
        return _WORDS[text], None if text in _NULLS else text
    may_be_number = text[0] in _MAY_BE_NUMBER and len(text) <= _LONGEST_NUMBER
    match = _number(text) if may_be_number else None
    if match is None:
        return text, text
    if match.lastindex == _INTEGER:
        return int(text), text
    if match.lastindex == _BASED:
        return int(text, 0), text
    number = float(text)
    return number if isfinite(number) else text, text
