"""The OpenAPI file, from which the sandbox takes all that it knows of VOXO."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from voxosync.resources import schema_text

_FILE = "voxo-call-campaigns.openapi.yaml"

Node = dict[str, Any]
"""A mapping of the file."""


@cache
def document() -> Node:
    """The complete file."""
    content: Node = yaml.load(schema_text(_FILE), Loader=yaml.CSafeLoader)
    return content


def resolved(node: Node) -> Node:
    """The node itself, or the one in the file that it refers to."""
    if "$ref" not in node:
        return node
    target = document()
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return target


def properties(schema: str) -> dict[str, Node]:
    """The keys of a named schema, those that it inherits first, each with its own schema."""
    return _properties(document()["components"]["schemas"][schema])


def _properties(schema: Node) -> dict[str, Node]:
    inherited: dict[str, Node] = {}
    for base in schema.get("allOf", ()):
        inherited |= _properties(resolved(base))
    own = {key: resolved(node) for key, node in schema.get("properties", {}).items()}
    return inherited | own
