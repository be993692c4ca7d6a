"""The published JSON Schemas, each loaded once, because that takes 20 times as long as checking a document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from voxosync.resources import schema_text


def check_document(document: Any, schema: str) -> None:
    """Raise a ValidationError for a document that a schema, such as `plan`, does not accept.

    The schemas themselves are checked by tests/definitions/test_definition_schema.py.
    """
    _validator(schema).validate(document)


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(f"{schema}.schema.json")))
