"""Completes the schemas that are written by hand with what the catalog says about fields."""

from __future__ import annotations

import json
from typing import Any

from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.resources import schema_text

COMPLETED = ("plan.schema.json", "policy.schema.json")
"""The files of `schemas/` that are written by hand apart from their lists of fields."""


def completed(name: str) -> dict[str, Any]:
    """The schema for one of `COMPLETED`, with the fields of the catalog in place of those that its file lists."""
    schema: dict[str, Any] = json.loads(schema_text(name))
    if name == "plan.schema.json":
        parts = schema["$defs"]
        parts["change"]["properties"]["field"]["enum"] = list(WRITABLE)
        parts["campaign"]["properties"]["patch"]["properties"] = {
            field: dict(FIELDS[field].kind.body_schema) for field in WRITABLE
        }
    else:
        rule = schema["properties"]["rules"]["additionalProperties"]
        rule["properties"]["fields"]["items"]["enum"] = list(WRITABLE)
    return schema


def completed_text(name: str) -> str:
    """The text of one of `COMPLETED`: that of its file, where it is complete."""
    text, schema = schema_text(name), completed(name)
    if json.loads(text) == schema:
        return text
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
