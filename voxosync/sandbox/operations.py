"""The operations of the OpenAPI file, each of which checks its parameters and its body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft202012Validator

from voxosync.sandbox.openapi import document, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voxosync.sandbox.openapi import Node

_METHODS = ("get", "post", "patch")
# As JSON Schema has it, to which 12.0 is whole; and no longer than int() reads.
_WHOLE_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]{0,999}))(?:\.0+)?")
_MOST_PROBLEMS = 20
_LONGEST_PROBLEM = 300


class InvalidRequestError(ValueError):
    """A request that the OpenAPI file refuses; `problems` says all of why, a text for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Parameter:
    """One path or query parameter of an operation."""

    name: str
    location: str  # path or query
    required: bool
    validator: Draft202012Validator

    def read(self, texts: Sequence[str]) -> tuple[Any, list[str]]:
        """The value and what is wrong with it, from the texts of a URL (none: it was left out)."""
        if not texts:
            return None, [f"{self.name}: is missing"] if self.required else []
        value = _typed(texts[0]) if len(texts) == 1 else list(texts)
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
            texts = [path[name]] if parameter.location == "path" else query.get(name, ())
            values[name], new_problems = parameter.read(texts)
            problems += new_problems
        _refuse(problems)
        return values

    def check_body(self, body: object) -> None:
        """Refuse a body that the operation does not take."""
        if self.body is not None:
            _refuse(_problems(self.body, body))


@cache
def operations() -> dict[str, Operation]:
    """Every operation of the OpenAPI file, by its id."""
    return {operation.id: operation for operation in _operations()}


def _operations() -> Iterator[Operation]:
    for path, item in document()["paths"].items():
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
                parameters=tuple(_parameter(parameter) for parameter in parameters),
                body=body and _validator(body["content"]["application/json"]["schema"]),
            )


def _parameter(node: Node) -> Parameter:
    node = resolved(node)
    return Parameter(
        name=node["name"],
        location=node["in"],
        required=node.get("required", False),
        validator=_validator(node["schema"]),
    )


def _validator(schema: Node) -> Draft202012Validator:
    """A validator for a schema whose references point into the document's components."""
    return Draft202012Validator({**schema, "components": document()["components"]})


def _typed(text: str) -> int | str:
    match = _WHOLE_NUMBER.fullmatch(text)
    return int(match[1]) if match else text


def _refuse(problems: list[str]) -> None:
    if problems:
        raise InvalidRequestError(problems)


def _problems(validator: Draft202012Validator, value: object, *path: str) -> list[str]:
    try:
        errors = list(islice(validator.iter_errors(value), _MOST_PROBLEMS + 1))
    except ValueError as error:  # nested too deep, or (from Python) no JSON at all
        return [_problem(path, str(error))]
    texts = [_problem([*path, *error.instance_path], error.message) for error in errors]
    if len(texts) > _MOST_PROBLEMS:
        texts[_MOST_PROBLEMS:] = ["and more"]
    return texts


def _problem(path: Sequence[object], message: str) -> str:
    position = ".".join(map(str, path))
    return (f"{position}: {message}" if position else message)[:_LONGEST_PROBLEM]
