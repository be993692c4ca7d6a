"""Which live values a definition can have, according to the schema and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.definitions import definition_rules
from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode
from voxosync.definitions.schema_check import checker
from voxosync.model.campaign import Definition
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import Numbers
from voxosync.model.problem import Position

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from voxosync.model.values import Value

SCHEMA = "campaign.schema.json"


def refusals(values: Mapping[str, Value], now: datetime) -> dict[str, str]:
    """The values that a definition cannot have, by key, and why.

    Args:
        values: canonical values by key, including `id`; none is None.
        now: the present moment, aware, for the rules.
    """
    problems = {
        name: "it is not text that a file can hold"
        for name, value in values.items()
        if not _is_text(value)
    }
    problems |= _by_the_schema({name: values[name] for name in values if name not in problems})
    while errors := _by_the_rules(
        {n: values[n] for n in WRITABLE if n in values.keys() - problems}, now
    ):
        problems |= errors  # without these values, other rules can be checked
    return problems


def _is_text(value: Value) -> bool:
    """Whether UTF-8 can encode it: JSON may contain half of a surrogate pair."""
    try:
        if isinstance(value, Numbers):
            "".join([*value.spellings_of(value), *value.values()]).encode()
        elif isinstance(value, tuple):
            "".join(destination.type for destination in value).encode()
        else:
            str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def _by_the_schema(values: Mapping[str, Value]) -> dict[str, str]:
    """The first problem that the schema finds in each value; each has a line of its own."""
    node = MappingNode(0, 0)
    for line, (name, value) in enumerate(values.items()):
        node.keys[name] = Scalar(name, plain=True, line=line, column=0)
        node.values[name] = _node(value, line)
    names = list(values)
    messages: dict[str, str] = {}
    for problem in checker(SCHEMA).problems(node, ""):
        messages.setdefault(names[problem.position.line - 1], problem.message)
    return messages


def _by_the_rules(values: Mapping[str, Value], now: datetime) -> dict[str, str]:
    """The errors that the rules find in values; each has a file with its name."""
    definition = Definition(0, Position(""), values, {name: Position(name) for name in values})
    return {
        problem.position.file: problem.message
        for problem in definition_rules.check(definition, now)
        if problem.is_error and problem.position.file in values
    }


def _node(value: Value, line: int) -> Node:
    """A value as if it were written in quotes, which do not matter."""
    if isinstance(value, Numbers):
        return _list(
            [{"number": n, "description": text} for n, text in value.as_written().items()], line
        )
    if isinstance(value, tuple):
        return _list(
            [{"type": destination.type, "id": str(destination.id)} for destination in value], line
        )
    return Scalar(str(value), plain=False, line=line, column=0)


def _list(entries: list[dict[str, str]], line: int) -> SequenceNode:
    listed = SequenceNode(line, 0)
    for entry in entries:
        node = MappingNode(line, 0)
        for key, text in entry.items():
            node.keys[key] = Scalar(key, plain=True, line=line, column=0)
            node.values[key] = Scalar(text, plain=False, line=line, column=0)
        listed.items.append(node)
    return listed
