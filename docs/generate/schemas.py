"""A JSON Schema as tables: one for each mapping in it, one row for each key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from markupsafe import Markup

from docs.generate.html import code, paragraph, prose, table
from voxosync.model.fields import READ_ONLY
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema: TypeAlias = dict[str, Any]

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
    "null": "null",
}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "minItems": "at least {}",
}
_LONGEST_PATTERN = 80
"""A longer pattern, such as that of an id, is less useful to a reader than the text next to it."""


@dataclass(frozen=True)
class Section:
    """One mapping of a schema: its path, where it applies, and its schema."""

    path: str
    location: str
    schema: Schema


def described(name: str) -> str:
    """The tables of one schema of schemas/, with its title and description.

    Args:
        name: the file's name, such as `plan.schema.json`.
    """
    schema = json.loads(schema_text(name))
    parts = [paragraph(schema["description"])]
    headings: dict[str, str] = {}
    for section in _sections(schema, schema, ""):
        rows = table(("key", "means", "accepts"), _rows(section.schema, schema))
        heading = f"{section.path}{section.location}".removeprefix(": ") or "top level"
        first = headings.setdefault(rows, heading)
        level = "####" if "." in section.path else "###"  # the table of contents ends at three
        parts.append(f"{level} {_plain(heading)}\n")
        if section.path and "description" in section.schema:
            parts.append(paragraph(section.schema["description"]))
        parts.append(rows if first == heading else paragraph(f"The same keys as `{first}`."))
    return "\n".join(parts)


def read_only_fields() -> str:
    """The fields that VOXO returns and does not accept, from the OpenAPI file."""
    api = yaml.safe_load(schema_text("voxo-call-campaigns.openapi.yaml"))
    properties = _resolved(api["components"]["schemas"]["Campaign"], api)["properties"]
    rows = [(code(name), prose(properties[name].get("description", ""))) for name in READ_ONLY]
    return table(("key", "means"), rows)


def _sections(node: Schema, root: Schema, path: str, location: str = "") -> Iterator[Section]:
    """Every mapping with named keys, outermost first."""
    node = _resolved(node, root)
    if _repeats_the_top_level(node):
        return
    if "properties" in node:
        yield Section(path, location, node)
    for key, value in node.get("properties", {}).items():
        yield from _sections(value, root, f"{path}.{key}" if path else key)
    if isinstance(node.get("additionalProperties"), dict):
        yield from _sections(node["additionalProperties"], root, f"{path}.NAME")
    if "items" in node:
        yield from _sections(node["items"], root, f"{path}[]")
    for branch in [*node.get("oneOf", ()), *node.get("anyOf", ())]:
        about = f": {branch['title']}" if "title" in branch else location
        yield from _sections(branch, root, path, about)
    if "if" in node:
        conditions = node["if"]["properties"].items()
        condition = " and ".join(f"{key} is {_flow(value['const'])}" for key, value in conditions)
        yield from _sections(node["then"], root, path, f" where {condition}")
        yield from _sections(node["else"], root, path, " otherwise")


def _repeats_the_top_level(node: Schema) -> bool:
    """Whether all keys of a mapping are keys of the whole document too, which are described there."""
    keys = node.get("properties", {})
    return bool(keys) and all(keys[key] == {"$ref": f"#/properties/{key}"} for key in keys)


def _rows(node: Schema, root: Schema) -> list[tuple[Markup, ...]]:
    must = node.get("required", ())
    return [
        (
            code(key) + (Markup(" <em>required</em>") if key in must else ""),
            _means(key, _resolved(value, root)),
            _accepts(value, root) + _example(value),
        )
        for key, value in node["properties"].items()
    ]


def _means(key: str, node: Schema) -> Markup:
    title = node.get("title", key)
    meaning = Markup("<strong>{}</strong>. ").format(title) if title != key else Markup()
    meaning += prose(node.get("description", ""))
    if "default" in node:
        meaning += Markup(" Default: ") + code(_flow(node["default"])) + "."
    return meaning


def _example(node: Schema) -> Markup:
    """An example, unless the words about what is accepted give one."""
    examples = [_flow(example) for example in node.get("examples", ())]
    if not examples or any(example in node.get("errorMessage", "") for example in examples):
        return Markup()
    return Markup("; for example {}").format(code(examples[0]))


def _accepts(node: Schema, root: Schema) -> Markup:
    """What a value may be: in the words of the schema's own errors, else from its keywords."""
    if "errorMessage" in node:
        return prose(node["errorMessage"].removeprefix("write "))
    node = _resolved(node, root)
    if "const" in node:
        return code(_flow(node["const"]))
    if "enum" in node:
        return Markup(", ").join(code(value) for value in dict.fromkeys(map(_flow, node["enum"])))
    if "anyOf" in node:
        return Markup(" or ").join(_accepts(branch, root) for branch in node["anyOf"])
    types = node.get("type", "object" if "properties" in node else [])
    names = [_TYPES[name] for name in ([types] if isinstance(types, str) else types)]
    description = prose(" or ".join(names))
    for limit, words in _LIMITS.items():
        if limit in node:
            description += ", " + words.format(node[limit])
    if len(node.get("pattern", "")) in range(1, _LONGEST_PATTERN):
        description += Markup(", ") + code(node["pattern"])
    if "items" in node:
        item = _accepts(node["items"], root)
        description += " of " + (item + "s" if item in ("text", "mapping") else item)
    return description


def _resolved(node: Schema, root: Schema) -> Schema:
    """A schema with what it refers to, and all parts of `allOf`, in one."""
    parts = [node]
    if "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        parts.insert(0, _resolved(target, root))
    parts += [_resolved(part, root) for part in node.get("allOf", ())]
    merged: Schema = {}
    for part in parts:
        lists = {
            "properties": {**merged.get("properties", {}), **part.get("properties", {})},
            "required": [*merged.get("required", ()), *part.get("required", ())],
        }
        merged = {**merged, **part, **{key: value for key, value in lists.items() if value}}
    return merged


def _flow(value: Any) -> str:
    """A value as one writes it into a line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(heading: str) -> str:
    """A heading of which Markdown makes nothing else."""
    return heading.replace("[", r"\[").replace("]", r"\]").replace("_", r"\_")
