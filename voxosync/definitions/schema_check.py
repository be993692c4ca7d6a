"""Checks nodes against a JSON Schema, and explains each failure: its position, and what to write instead.

jsonschema-rs decides (fast for 100,000 numbers); jsonschema gives the reasons, only for the entries that failed.
"""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from voxosync.definitions.did_you_mean import suggestion
from voxosync.definitions.nodes import (
    MappingNode,
    Node,
    Scalar,
    SequenceNode,
    position,
    schema_views,
)
from voxosync.model.fields import FIELDS, READ_ONLY
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.phone import abridged, appearance, is_phone, quoted
from voxosync.model.problem import Problem, error
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_EXPLAINED = 50
"""How many failing entries of one list are explained one by one."""

Path = tuple[str | int, ...]


@cache
def checker(name: str) -> Checker:
    """The checker for one file of `schemas/`, compiled once."""
    return Checker(json.loads(schema_text(name)))


class Checker:
    """One JSON Schema, ready to check documents."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._fast = jsonschema_rs.Draft202012Validator(schema)

    def problems(self, node: Node, file: str) -> list[Problem]:
        """Everything in a document that the schema refuses, in the order of the file.

        Args:
            node: the document.
            file: the name of its file in messages.
        """
        by_path: dict[Path, Problem] = {}
        for view in schema_views(node):
            if not self._fast.is_valid(view):
                for path, problem in self._explain(view, node, file):
                    by_path.setdefault(path, problem)
        return sorted(by_path.values(), key=lambda problem: problem.position)

    def refused_paths(self, node: Node) -> set[Path]:
        """The paths that the schema refuses, except those of unknown keys, which are never read."""
        return {
            tuple(failure.instance_path)
            for view in schema_views(node)
            for failure in self._fast.iter_errors(view)
            if failure.schema_path[-1] != "additionalProperties"
        }

    def _explain(self, view: Any, node: Node, file: str) -> Iterator[tuple[Path, Problem]]:
        failing_paths = [tuple(failure.instance_path) for failure in self._fast.iter_errors(view)]
        small, original_indexes = _only_failing_entries(view, failing_paths)
        is_explained = False
        for failure in self._slow.iter_errors(small):
            path = _original(tuple(failure.absolute_path), original_indexes)
            for target, rule, message in _reasons(failure, path, node):
                is_explained = True
                yield (*path, rule, message), error(position(file, target), rule, message)
        for path, count in _truncated_lists(failing_paths):
            is_explained = True
            more = count - MAX_EXPLAINED
            message = f"{more} more entries of {_label(path)} are refused for such reasons"
            target = _find(node, path)
            yield (*path, "more"), error(position(file, target), "schema", message)
        if not is_explained:  # the two libraries disagree: refuse, and say at least where
            for path in failing_paths:
                message = f"{_label(path)}: not accepted by the schema"
                yield path, error(position(file, _find(node, path)), "schema", message)

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, ValidationError  # noqa: PLC0415  # 150 ms, for wrong definitions only
        from jsonschema.validators import extend  # noqa: PLC0415  # 150 ms, for wrong definitions only

        def pattern(_: Any, expression: str, instance: Any, __: Any) -> Iterable[Any]:
            # Python's `$` matches before a final newline; VOXO's and every editor's does not.
            strict = (
                expression.removesuffix("$") + r"\Z" if expression.endswith("$") else expression
            )
            if isinstance(instance, str) and not re.search(strict, instance):
                yield ValidationError("does not match")

        strict_validator: Any = extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]  # jsonschema does not type it
        return strict_validator(self._schema)


def _only_failing_entries(
    view: Any, failing_paths: list[Path], at: Path = ()
) -> tuple[Any, dict[Path, list[int]]]:
    """A document whose lists hold only their failing entries, and the original indexes of those.

    Args:
        view: the document, or a part of it.
        failing_paths: where the document fails.
        at: the path of the part in the document.
    """
    small: Any = view
    original_indexes: dict[Path, list[int]] = {}
    if isinstance(view, dict):
        small = {}
        for key, value in view.items():
            small[key], inner = _only_failing_entries(value, failing_paths, (*at, key))
            original_indexes |= inner
    elif isinstance(view, list) and at:
        entries = {
            index
            for path in failing_paths
            if path[: len(at)] == at and len(path) > len(at)
            if isinstance(index := path[len(at)], int)
        }
        if entries or at not in failing_paths:
            original_indexes[at] = sorted(entries)[:MAX_EXPLAINED]
            small = [view[index] for index in original_indexes[at]]
    return small, original_indexes


def _truncated_lists(failing_paths: list[Path]) -> Iterator[tuple[Path, int]]:
    """The lists of which more entries fail than are explained, and how many fail."""
    entries: dict[Path, set[str | int]] = {}
    for path in failing_paths:
        if list_path := _list_of(path):
            entries.setdefault(list_path, set()).add(path[len(list_path)])
    return (
        (path, len(indexes)) for path, indexes in entries.items() if len(indexes) > MAX_EXPLAINED
    )


def _original(path: Path, original_indexes: dict[Path, list[int]]) -> Path:
    list_path = _list_of(path)
    if list_path not in original_indexes:
        return path
    index = path[len(list_path)]
    assert isinstance(index, int)  # noqa: S101  # an entry of a list
    return (*list_path, original_indexes[list_path][index], *path[len(list_path) + 1 :])


def _list_of(path: Path) -> Path:
    """The path of the outermost list that a path leads through; empty: it leads through none."""
    indexes = (number for number, step in enumerate(path) if isinstance(step, int))
    return path[: next(indexes, 0)]


def _in_campaign(path: Path) -> Path:
    """A path among the values of the campaign: those for one environment have the same paths as those for all."""
    return path[3:] if path[:2] == ("voxosync", "overrides") and len(path) > 2 else path  # noqa: PLR2004  # the environment's name


def _reasons(failure: Any, path: Path, node: Node) -> Iterator[tuple[Node, str, str]]:
    """The node, the rule, and the message of each problem in one failure of the schema."""
    target = _find(node, path)
    label = _label(path)
    if failure.validator == "additionalProperties" and isinstance(target, MappingNode):
        known_keys = list(failure.schema["properties"])
        for key in target.keys:
            if key not in known_keys:
                yield target.keys[key], *_unknown_key(key, known_keys, _in_campaign(path))
    elif failure.validator == "required":
        for key in failure.validator_value:
            if key not in failure.instance:
                hint = failure.schema.get("properties", {}).get(key, {}).get("errorMessage", "")
                message = f"{key} is missing{f' in {label}' if path else ''}: {hint or 'add it'}"
                yield target, "missing-key", message
    else:
        yield target, *_wrong_value(target, label, _hint(failure, target), path)


def _unknown_key(key: str, known_keys: list[str], path: Path) -> tuple[str, str]:
    if key in (("disposition",) if path else READ_ONLY):
        return "read-only", f"{key} is read-only, VOXO alone sets it: remove it"
    if key == "id" and not path:
        return "unknown-key", "id belongs to one campaign: write it in its definition"
    if key == "voxosync" and not path:
        return (
            "unknown-key",
            "voxosync is the same in every environment: write it outside overrides",
        )
    return "unknown-key", f"unknown key {quoted(key)}: {_key_hint(key, known_keys)}"


def _key_hint(key: str, known_keys: list[str]) -> str:
    """What to write instead of a key that does not exist."""
    hidden = next((sign for sign in key if not sign.isprintable()), None)
    if hidden:
        return f"it contains the invisible character U+{ord(hidden):04X}; write a plain space, or remove it"
    if key.startswith("-"):
        return "a space is missing after the '-' of a list entry"
    return suggestion(key, known_keys)


def _hint(failure: Any, node: Node) -> str:
    """What to write instead, as the schema says."""
    hint: str = failure.schema.get("errorMessage", "see the schema")
    if not isinstance(node, Scalar):
        return hint
    shortest = failure.schema.get("minLength", 0)
    if failure.validator == "not" and len(node.text) >= shortest:
        return f'put it in quotes, "{node.text}", because YAML reads a short number here'
    if failure.schema.get("format") == "phone":
        if is_phone(node.text):
            return "put it in quotes, because YAML reads another number here"
        return f"it looks like {appearance(node.text)}: {hint}"
    return hint


def _wrong_value(node: Node, label: str, hint: str, path: Path) -> tuple[str, str]:
    if not path:
        return "schema", f"a mapping of keys to values is expected here: {hint}"
    if isinstance(node, Scalar) and node.is_null:
        if len(_in_campaign(path)) == 1 and path[-1] in FIELDS:
            return "null", (
                f"{label} has no value, and VOXO documents no way to clear one: {hint}, "
                f"or remove the key to {'leave the field unmanaged' if len(path) == 1 else 'keep the usual value'}"
            )
        return "null", f"{label} has no value: {hint}"
    if isinstance(node, Scalar):
        may_be_phone = _in_campaign(path)[:1] == (NUMBERS_FIELD,) and path[-1] != "file"
        text = abridged(node.text) if may_be_phone else _shorten(node.text)
        return "value", f"{label}: {text} is not accepted: {hint}"
    kind, holds = ("list", node.items) if isinstance(node, SequenceNode) else ("mapping", node.keys)
    value_text = f"a {kind}" if holds else f"an empty {kind}"
    return "value", f"{label}: {value_text} is not accepted here: {hint}"


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")  # noqa: PLR2004  # a line of a terminal


def _label(path: Path) -> str:
    """A path for people, who count from 1: `numbers[3].number`."""
    label = ""
    for step in path:
        label += f"[{step + 1}]" if isinstance(step, int) else f"{'.' if label else ''}{step}"
    return label


def _find(node: Node, path: Path) -> Node:
    """The node at a path, or the nearest one above it."""
    for step in path:
        if isinstance(node, MappingNode) and step in node.values:
            node = node.values[str(step)]
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            node = node.items[step]
        else:
            break
    return node
