"""JSON documents that voxosync left in files: read again, and whether one is ours, by its schema in `schemas/`."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from voxosync.resources import schema_text

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.errors import CallError


def read_json(path: Path, error: type[CallError], anew: str) -> Any:
    """What a file holds as JSON.

    Args:
        path: the file.
        error: what is raised where it holds none, or cannot be read.
        anew: the command that makes such a file.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        raise error(f"cannot read {path}: {failure.strerror}") from failure
    except json.JSONDecodeError as failure:
        place, what = f"{path}:{failure.lineno}:{failure.colno}", f"no JSON ({failure.msg})"
    except UnicodeDecodeError:
        place, what = f"{path}:1:1", "no JSON (not UTF-8)"
    except (ValueError, RecursionError):
        place, what = f"{path}:1:1", "no JSON of ours (a number too long, or nested too deeply)"
    raise error(f"{place}: error: {what}: make the file anew with {anew}")


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """The validator for one kind of document, such as `plan`, compiled once."""
    return jsonschema_rs.Draft202012Validator(json.loads(schema_text(f"{name}.schema.json")))
