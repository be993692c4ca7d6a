"""Two views of a node tree as plain data; the schema must accept both.

`as_yaml` is what an editor sees: YAML 1.2 typing of unquoted scalars. `as_text` is what is meant and sent:
every scalar as it was written. Checking both keeps editors and voxosync of one mind, makes quotes
irrelevant, and refuses a spelling such as `0x1E`, which is a number only to YAML.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from voxosync.definitions.nodes import NULLS, MappingNode, Node, Scalar

_LONGEST_NUMBER = 300
_number = re.compile(
    r"([-+]?[0-9]+)"
    r"|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(0o[0-7]+|0x[0-9a-fA-F]+)"
).fullmatch
_INTEGER, _BASED = 1, 3  # its groups
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAY_BE_NUMBER = frozenset("0123456789+-.")


def as_text(node: Node) -> Any:
    """Every scalar as its text, null aside."""
    return schema_views(node)[1]


def as_yaml(node: Node) -> Any:
    """Every scalar as YAML 1.2 (core schema) types it."""
    return schema_views(node)[0]


def schema_views(node: Node) -> tuple[Any, Any]:
    """A node as YAML types it, and as text."""
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
        return _WORDS[text], None if text in NULLS else text
    if text[0] not in _MAY_BE_NUMBER or len(text) > _LONGEST_NUMBER:
        return text, text
    number = _number(text)
    return _number_of(text, number.lastindex) if number else text, text


def _number_of(text: str, kind: int | None) -> int | float | str:
    if kind == _INTEGER:
        return int(text)
    if kind == _BASED:
        return int(text, 0)
    number = float(text)
    return number if isfinite(number) else text
