"""Whether a document from outside is one of ours, by its schema in `schemas/`."""

from __future__ import annotations

import json
from functools import cache

import jsonschema_rs

from voxosync.resources import schema_text


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """The validator for one kind of document, such as `plan`, compiled once."""
    return jsonschema_rs.Draft202012Validator(json.loads(schema_text(f"{name}.schema.json")))
