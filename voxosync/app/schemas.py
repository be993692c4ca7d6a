"""The JSON Schemas that voxosync ships or derives from VOXO's OpenAPI file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voxosync.app.file_writer import file_errors
from voxosync.definitions.completed_schemas import COMPLETED, completed_schema
from voxosync.definitions.definition_schemas import DERIVED, derived_schema
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = (
    *DERIVED,
    "settings.schema.json",
    "policy.schema.json",
    "plan.schema.json",
    "validation.schema.json",
    "snapshot.schema.json",
    "journal.schema.json",
)
"""The files of all schemas; the derived ones first."""
FOR_EDITORS = (*DERIVED, "settings.schema.json", "policy.schema.json")
"""The schemas of the files that people write."""


def schema_file(file: str) -> str:
    """The text of a schema, by the name of its file."""
    if file in DERIVED:
        schema = derived_schema(file)
    elif file in COMPLETED:
        schema = completed_schema(file)
    else:
        return schema_text(file)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> Iterator[Path]:
    """Writes every schema into a folder; yields each path once it is written.

    Raises:
        UsageError: a file cannot be written.
    """
    with file_errors(folder, "write to"):
        folder.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            (folder / file).write_text(schema_file(file), encoding="utf-8")
            yield folder / file
