"""Reads the JSON Schema of a policy rule from its YAML, strictly, because a misspelled rule would allow everything.

JSON Schema 2020-12 is accepted, except references (YAML has anchors) and `format`; nothing is ever fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from voxosync.definitions.did_you_mean import suggestion
from voxosync.definitions.nodes import (
    MappingNode,
    Node,
    Scalar,
    SequenceNode,
    as_text,
    as_yaml,
    items_of,
    position,
)
from voxosync.definitions.policies.facts import TYPES
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterable

_IN_PLACE = {"not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas"}
"""Keywords whose schemas judge the same value. Those of the other keywords judge what is inside it."""
_SCHEMA = {
    "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip
_LIST = {"allOf", "anyOf", "oneOf", "prefixItems"}
_NAMED = {"properties", "patternProperties", "dependentSchemas"}
_PLAIN = {
    "type": "one of string, number, integer, boolean, array, object",
    "const": "a value",
    "enum": "a list of values",
    "multipleOf": "a number above 0",
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "a number"),
    **dict.fromkeys(
        (f"{limit}{measure}" for limit in ("min", "max")
         for measure in ("Length", "Items", "Properties", "Contains")),
        "a whole number from 0",
    ),
    "uniqueItems": "true or false",
    "pattern": "a regular expression in quotes, without lookaround and backreferences",
    "required": "a list of keys, each once",
    "dependentRequired": "lists of keys by key",
    **dict.fromkeys(("title", "description", "$comment"), "text, in quotes"),
}  # fmt: skip
"""Each keyword whose value is not a schema, and what to write there."""

_ABOUT = {
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"
    ),
    **dict.fromkeys(("minLength", "maxLength", "pattern"), "string"),
    **dict.fromkeys(
        ("items", "prefixItems", "contains", "minItems", "maxItems", "minContains", "maxContains",
         "uniqueItems", "unevaluatedItems"),
        "array",
    ),
    **dict.fromkeys(
        ("properties", "patternProperties", "additionalProperties", "propertyNames", "required",
         "minProperties", "maxProperties", "dependentRequired", "dependentSchemas",
         "unevaluatedProperties"),
        "object",
    ),
}  # fmt: skip
"""The type of value that a keyword limits; it accepts every value of another type."""

_INSTEAD = {
    "string": "pattern, const or enum",
    "number": "minimum, maximum, const or enum",
    "array": "items, contains, minItems or maxItems",
    "object": "properties or required",
}


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a schema judges: a value of a known type, or, without a name, anything."""

    name: str = ""
    type: str = ""
    inside: dict[str, _Subject] | None = None


_ANYTHING = _Subject()


def _field(name: str) -> _Subject:
    """A field as policies see it: of a list of numbers, only the count."""
    kind = FIELDS[name].kind
    inside = {"count": _Subject("count", "number")} if kind is NUMBERS else None
    return _Subject(name, kind.policy_type, inside)


_DEFINITION = _Subject(
    "a definition",
    "object",
    {
        **{name: _Subject(name, "number") for name in ("id", "tenantId")},
        **{name: _field(name) for name in WRITABLE},
        "facts": _Subject(
            "facts", "object", {name: _Subject(name, kind) for name, kind in TYPES.items()}
        ),
    },
)


def read_rule_schema(node: Node, file: str) -> tuple[Any, list[Problem]]:
    """A rule's schema as data, and its problems; if there are any, it must not be used.

    Args:
        node: the value of `schema:`.
        file: the name of the policy's file in messages.
    """
    reading = _Reading(file)
    return reading.schema(node, _DEFINITION), reading.problems


def _accepts(schema: dict[str, Any]) -> bool:
    try:
        compile_schema(schema)
    except jsonschema_rs.ValidationError:
        return False
    return True


def compile_schema(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A schema, ready to check documents; its regular expressions take time in proportion to a text.

    The default engine gives up after a number of steps and takes that for "does not match", which could evade a rule.

    Raises:
        jsonschema_rs.ValidationError: it is not a schema, or a regular expression has lookaround or backreferences.
    """
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())


class _Reading:
    """Reads a schema's nodes in one pass. Each problem has the position of its keyword or value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def schema(self, node: Node, subject: _Subject) -> Any:
        """One schema, and those inside it."""
        if isinstance(node, MappingNode):
            return {
                key: self._keyword(key, node.keys[key], value, subject)
                for key, value in node.values.items()
            }
        allowed = as_yaml(node)
        if not isinstance(allowed, bool):
            self._note(node, "a schema is expected here: write keywords, such as {minimum: 30}")
        return allowed

    def _keyword(self, key: str, at: Scalar, value: Node, subject: _Subject) -> Any:
        about = _ABOUT.get(key, subject.type)
        if subject.type and about != subject.type:
            message = f"{key} says nothing about {subject.name}, which is of type {subject.type}"
            self._note(at, f"{message}: write {_INSTEAD[subject.type]}")
        inside = subject if key in _IN_PLACE else _ANYTHING
        if key in _SCHEMA:
            return self.schema(value, inside)
        if key in _LIST:
            return self._list(key, value, inside)
        if key in _NAMED:
            return self._named(key, value, subject)
        if key in _PLAIN:
            return self._plain(key, value, subject)
        self._note(at, f"unknown keyword {key!r}: {self._keyword_hint(key, subject)}")
        return None

    def _keyword_hint(self, key: str, subject: _Subject) -> str:
        if key in (subject.inside or ()):
            return f"write it inside properties: {{{key}: …}}"
        if key.startswith("$"):
            return "references are not followed: write the schema out, or use YAML's anchors"
        keywords = {*_SCHEMA, *_LIST, *_NAMED, *_PLAIN}
        return suggestion(key, keywords, "write one of JSON Schema 2020-12")

    def _list(self, key: str, value: Node, subject: _Subject) -> Any:
        if isinstance(value, SequenceNode) and value.items:
            return [self.schema(item, subject) for item in value.items]
        self._note(value, f"{key}: write a list of schemas")
        return None

    def _named(self, key: str, value: Node, subject: _Subject) -> Any:
        if not isinstance(value, MappingNode):
            self._note(value, f"{key}: write schemas by name")
            return None
        schemas = {}
        for name, inner in value.values.items():
            if key == "patternProperties":
                below = _ANYTHING
                if not _accepts({"pattern": name}):
                    self._note(
                        value.keys[name],
                        f"{name!r}: write {_PLAIN['pattern']}",
                    )
            else:
                self._check_keys([value.keys[name]], subject)
                below = subject if key in _IN_PLACE else (subject.inside or {}).get(name, _ANYTHING)
            schemas[name] = self.schema(inner, below)
        return schemas

    def _plain(self, key: str, value: Node, subject: _Subject) -> Any:
        # As in a definition, quotes do not matter: people write callerId: {const: 6015550100}.
        is_text = key in ("const", "enum") and subject.type == "string"
        data = as_text(value) if is_text else as_yaml(value)
        if not _accepts({key: data}):
            self._note(value, f"{key}: write {_PLAIN[key]}")
        elif key == "required" and isinstance(value, SequenceNode):
            self._check_keys(value.items, subject)
        elif key == "dependentRequired" and isinstance(value, MappingNode):
            for name, needed in value.values.items():
                self._check_keys([value.keys[name], *items_of(needed)], subject)
        return data

    def _check_keys(self, names: Iterable[Node], subject: _Subject) -> None:
        """Refuses keys that no document has: a rule about them would allow everything."""
        for node in names:
            if subject.inside and isinstance(node, Scalar) and node.text not in subject.inside:
                hint = suggestion(node.text, subject.inside)
                self._note(node, f"{subject.name} has no key {node.text!r}: {hint}")

    def _note(self, node: Node, message: str) -> None:
        self.problems.append(error(position(self.file, node), "policy", message))
