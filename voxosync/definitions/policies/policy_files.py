"""`policies/*.yaml`: an organization's rules for the content of its definitions."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxosync.definitions.file_reader import is_inside
from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode, node_at, position
from voxosync.definitions.policies.facts import SOURCES
from voxosync.definitions.policies.rule_schema import compile_schema, read_rule_schema
from voxosync.definitions.project_layout import is_yaml
from voxosync.definitions.schema_check import checker
from voxosync.definitions.yaml_reader import read_documents
from voxosync.model.problem import Position, Problem, Severity, error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import jsonschema_rs

    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.model.campaign import Definition

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONG = 60
"""The length, in characters, at which a value in a message is cut."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy.

    Attributes:
        paths: patterns; it applies to the definitions in files that match one. Empty: to all.
        fields: it applies to definitions that manage one of these; empty: to all.
        validator: the compiled schema, over `facts.document`.
    """

    name: str
    message: str
    severity: Severity
    paths: tuple[jsonschema_rs.Draft202012Validator, ...]
    fields: tuple[str, ...]
    validator: jsonschema_rs.Draft202012Validator

    def is_about(self, document: dict[str, Any], file: str) -> bool:
        """Whether the rule applies to a definition in a file."""
        by_path = not self.paths or any(path.is_valid(file) for path in self.paths)
        return by_path and (not self.fields or any(name in document for name in self.fields))

    def problems(self, document: Any, definition: Definition) -> list[Problem]:
        """The problems of a definition under this rule, one for each position.

        Args:
            document: the definition's `facts.document`.
            definition: the definition.
        """
        if self.validator.is_valid(document):
            return []
        values: dict[Position, dict[str, dict[str, None]]] = {}
        for failure in self.validator.iter_errors(document):
            by_name = values.setdefault(self._position(failure.instance_path, definition), {})
            if name := _name_of(failure.instance_path):
                by_name.setdefault(name, {})[_as_read(failure.instance)] = None
        return [
            Problem(start, self.severity, f"policy/{self.name}", self._message(by_name))
            for start, by_name in values.items()
        ]

    def _message(self, values: Mapping[str, Iterable[str]]) -> str:
        """The rule's message and the values that violate it: `leave a pause (callFrequency: 30)`."""
        texts = "; ".join(f"{name}: {', '.join(listed)}" for name, listed in values.items())
        return f"policy {self.name}: {self.message}" + (f" ({texts})" if texts else "")

    def _position(self, path: list[str | int], definition: Definition) -> Position:
        """The position of the value that failed, or else that of the definition."""
        names: Iterable[str | int] = path[:1] or self.fields
        if path[:1] == ["facts"] and len(path) > 1:
            first, last = SOURCES[str(path[1])]
            names = (first, last) if path[2:3] == [0] else (last, first)
        positions = (definition.positions.get(str(name)) for name in names)
        return next(filter(None, positions), definition.position)


def _name_of(path: list[str | int]) -> str:
    """The field or fact that has a value; empty for a definition as a whole, such as one that lacks a key."""
    names = [str(part) for part in path if isinstance(part, str)]
    return ".".join(names if names != ["facts"] else [])


def _as_read(value: Any) -> str:
    """A value that violates a rule, as text for people; a long one is cut."""
    if isinstance(value, list) and all(isinstance(entry, str | int) for entry in value):
        text = f"[{', '.join(map(str, value))}]"
    else:
        text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


@dataclass(slots=True)
class Policies:
    """The rules of all policy files, and the problems of the files.

    Attributes:
        rules: those without problems, by name.
        files: the names of the files in messages, in the order in which they were read.
    """

    rules: dict[str, Rule] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def read_policies(folder: Path, project: ProjectLayout) -> Policies:
    """The rules of the policy files in a folder, without its subfolders."""
    policies = Policies()
    if not is_inside(folder, project.limit):
        message = "a link leads out of the project folder: keep policies inside it"
        policies.problems.append(error(Position(project.display_path(folder)), "outside", message))
        return policies
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208  # only names are needed
    except OSError as failure:
        message = f"cannot read the folder: {failure.strerror}"
        policies.problems.append(
            error(Position(project.display_path(folder)), "unreadable", message)
        )
        return policies
    positions: dict[str, Position] = {}
    for name in names:
        if is_yaml(name):
            _read_file(folder / name, project, policies, positions)
    return policies


def _read_file(
    path: Path, project: ProjectLayout, policies: Policies, positions: dict[str, Position]
) -> None:
    file = project.display_path(path)
    policies.files.append(file)
    documents, problems = read_documents(path, file, "rules", project.limit)
    for extra in documents[1:]:
        message = "a policy file holds one document: join them"
        problems.append(error(position(file, extra), "policy", message))
    rules: dict[str, tuple[MappingNode, Any]] = {}
    for node in documents[:1]:
        problems += checker("policy.schema.json").problems(node, file)
        for key, rule in _entries(node):
            problems += _name_problems(key.text, position(file, key), positions)
            schema, wrong = read_rule_schema(rule.values["schema"], file)
            problems += wrong
            rules[key.text] = rule, schema
    policies.problems += problems
    if not problems:
        policies.rules.update((name, _rule(name, *read)) for name, read in rules.items())


def _entries(document: Node) -> Iterator[tuple[Scalar, MappingNode]]:
    """The rules that have a schema. If something else is missing, the schema of policies reports it."""
    rules = node_at(document, "rules")
    if isinstance(rules, MappingNode):
        for name, rule in rules.values.items():
            if isinstance(rule, MappingNode) and isinstance(rule.values.get("schema"), MappingNode):
                yield rules.keys[name], rule


def _name_problems(name: str, start: Position, positions: dict[str, Position]) -> Iterator[Problem]:
    if not _NAME.fullmatch(name):
        message = f"{name!r} is not a valid rule name"
        yield error(
            start, "policy", f"{message}: write small letters, digits and -, as in calling-hours"
        )
    elif name in positions:
        message = f"the rule {name} is already at {positions[name]}: keep one of the two"
        yield error(start, "policy", message)
    positions.setdefault(name, start)


def _rule(name: str, node: MappingNode, schema: Any) -> Rule:
    return Rule(
        name,
        " ".join(_texts(node, "message")[0].split()),
        Severity(next(iter(_texts(node, "severity")), "error")),
        tuple(_pattern(path) for path in _texts(node, "paths")),
        _texts(node, "fields"),
        compile_schema(schema),
    )


def _texts(node: MappingNode, key: str) -> tuple[str, ...]:
    """The text of one key, or the texts of its list; empty if it is absent."""
    value = node.values.get(key)
    items = value.items if isinstance(value, SequenceNode) else [value]
    return tuple(item.text for item in items if isinstance(item, Scalar))


def _pattern(path: str) -> jsonschema_rs.Draft202012Validator:
    """A pattern of paths. As in .gitignore, `*` and `?` stay within a folder, and `**` does not.

    It is compiled as a schema, which takes time in proportion to the path; Python's engine might never end.
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", path)
    wild = {"**/": r"(?:[\s\S]*/)?", "**": r"[\s\S]*", "*": "[^/]*", "?": "[^/]"}
    expression = "".join(wild.get(part) or re.escape(part) for part in parts)
    return compile_schema({"pattern": f"^(?:{expression})$"})
