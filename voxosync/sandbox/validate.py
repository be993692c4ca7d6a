"""Request checks, straight from the OpenAPI file: an operation checks its parameters and body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema_rs import Draft202012Validator

from voxosync.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_OPENAPI = "voxo-call-campaigns.openapi.yaml"
_METHODS = ("get", "post", "patch")
# As JSON Schema has it, to which 12.0 is whole; and no longer than int() reads.
_WHOLE_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]{0,999}))(?:\.0+)?")
_MOST_PROBLEMS = 20
_LONGEST_PROBLEM = 300

Node = dict[str, Any]


class InvalidRequestError(ValueError):
    """A request that the OpenAPI file refuses; `problems` says all of why, a text for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Parameter:
    """One path or query parameter of an operation."""

    name: str
    place: str
    required: bool
    validator: Draft202012Validator

    def read(self, given: Sequence[str]) -> tuple[Any, list[str]]:
        """The value and what is wrong with it, from the texts of a URL (none: it was left out)."""
        if not given:
            return None, [f"{self.name}: is missing"] if self.required else []
        value = _typed(given[0]) if len(given) == 1 else list(given)
        return value, _problems(self.validator, value, self.name)


@dataclass(frozen=True)
class Operation:
    """One documented call."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Draft202012Validator | None

    def read_parameters(
        self, path: Mapping[str, str], query: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        """The documented parameters by name, typed, none for what was left out; else refuses."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for parameter in self.parameters:
            name = parameter.name
            given = [path[name]] if parameter.place == "path" else query.get(name, ())
            values[name], found = parameter.read(given)
            problems += found
        _refuse(problems)
        return values

    def check_body(self, body: object) -> None:
        """Refuse a body that the operation does not take."""
        if self.body is not None:
            _refuse(_problems(self.body, body))


@cache
def operations() -> dict[str, Operation]:
    """Every operation of the OpenAPI file, by its id."""
    document: Node = yaml.load(schema_text(_OPENAPI), Loader=yaml.CSafeLoader)
    return {operation.id: operation for operation in _operations(document)}


def _operations(document: Node) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            node = item[method]
            parameters = [*item.get("parameters", ()), *node.get("parameters", ())]
            body = node.get("requestBody")
            yield Operation(
                id=node["operationId"],
                method=method.upper(),
                path=path,
                parameters=tuple(_parameter(document, parameter) for parameter in parameters),
                body=body and _validator(document, body["content"]["application/json"]["schema"]),
            )


def _parameter(document: Node, node: Node) -> Parameter:
    node = _resolved(document, node)
    return Parameter(
        name=node["name"],
        place=node["in"],
        required=node.get("required", False),
        validator=_validator(document, node["schema"]),
    )


def _resolved(document: Node, node: Node) -> Node:
    """The node itself, or the one in the document that it refers to."""
    if "$ref" not in node:
        return node
    target = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return target


def _validator(document: Node, schema: Node) -> Draft202012Validator:
    """A validator for a schema whose references point into the document's components."""
    return Draft202012Validator({**schema, "components": document["components"]})


def _typed(text: str) -> int | str:
    whole = _WHOLE_NUMBER.fullmatch(text)
    return int(whole[1]) if whole else text


def _refuse(problems: list[str]) -> None:
    if problems:
        raise InvalidRequestError(problems)


def _problems(validator: Draft202012Validator, value: object, *where: str) -> list[str]:
    try:
        errors = list(islice(validator.iter_errors(value), _MOST_PROBLEMS + 1))
    except ValueError as error:  # nested too deep, or (from Python) no JSON at all
        return [_problem(where, str(error))]
    texts = [_problem([*where, *error.instance_path], error.message) for error in errors]
    if len(texts) > _MOST_PROBLEMS:
        texts[_MOST_PROBLEMS:] = ["and more"]
    return texts


def _problem(where: Sequence[object], what: str) -> str:
    place = ".".join(map(str, where))
    return (f"{place}: {what}" if place else what)[:_LONGEST_PROBLEM]
