"""Two readings of a node tree as plain data, both of which a definition must survive.

`as_yaml` is what an editor sees: YAML 1.2 typing of unquoted scalars. `as_text` is what is meant and sent:
every scalar as it was written. Checking both keeps editors and voxosync of one mind, makes quotes
irrelevant, and refuses a spelling such as `0x1E`, which is a number only to YAML.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from voxosync.definitions.nodes import NULLS, Mapping, Node, Scalar

_LONGEST_NUMBER = 300
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAY_BE_NUMBER = frozenset("0123456789+-.")


def as_text(node: Node) -> Any:
    """Every scalar as its text, null aside."""
    kind = type(node)
    if kind is Scalar:
        return None if node.is_null else node.text  # type: ignore[union-attr]  # narrowed by `kind`, which isinstance would do at twice the time
    if kind is Mapping:
        return {
            # Nearly all are scalars: a call for each would take as long as the rest.
            key: (None if value.plain and value.text in NULLS else value.text)
            if type(value) is Scalar
            else as_text(value)
            for key, value in node.values.items()  # type: ignore[union-attr]  # as above
        }
    return [as_text(item) for item in node.items]  # type: ignore[union-attr]  # as above


def as_yaml(node: Node) -> Any:
    """Every scalar as YAML 1.2 (core schema) types it."""
    kind = type(node)
    if kind is Scalar:
        return _typed(node.text) if node.plain else node.text  # type: ignore[union-attr]  # as in as_text
    if kind is Mapping:
        return {
            key: (_typed(value.text) if value.plain else value.text)
            if type(value) is Scalar  # as in as_text
            else as_yaml(value)
            for key, value in node.values.items()  # type: ignore[union-attr]  # as in as_text
        }
    return [as_yaml(item) for item in node.items]  # type: ignore[union-attr]  # as in as_text


def _typed(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BE_NUMBER or len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if isfinite(number) else text
    if _BASED.fullmatch(text):
        return int(text, 0)
    return text
