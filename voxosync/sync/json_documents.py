"""Reads JSON documents that voxosync wrote, and validates them by their schemas in `schemas/`."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from voxosync.resources import schema_text

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.errors import InvocationError


_AFTER_A_COMMA = {
    "Illegal trailing comma before end of array": "Expecting value",
    "Illegal trailing comma before end of object": "Expecting property name enclosed in double quotes",
}
"""The messages of newer Pythons, each with that of all others."""


def read_json(path: Path, error: type[InvocationError], command: str) -> Any:
    """The JSON document in a file.

    Args:
        path: the file.
        error: what is raised where the file is not JSON, or cannot be read.
        command: the command that makes such a file.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as failure:
        raise error(f"cannot read {path}: {failure.strerror}") from failure
    except json.JSONDecodeError as failure:
        line, column, reason = json_error(failure, text)
        position, problem = f"{path}:{line}:{column}", f"not JSON ({reason})"
    except UnicodeDecodeError:
        position, problem = f"{path}:1:1", "not JSON (not UTF-8)"
    except (ValueError, RecursionError):
        position, problem = (
            f"{path}:1:1",
            "not usable JSON (a number is too long, or it is nested too deeply)",
        )
    raise error(f"{position}: error: {problem}: create the file again with {command}")


def json_error(failure: json.JSONDecodeError, text: str) -> tuple[int, int, str]:
    """The line, column and reason of a failure to read JSON, the same in every Python.

    Python 3.13 and newer report a comma after the last entry, older versions the bracket that follows it.
    """
    reason = _AFTER_A_COMMA.get(failure.msg)
    if reason is None:
        return failure.lineno, failure.colno, failure.msg
    at = len(text) - len(text[failure.pos + 1 :].lstrip(" \t\r\n"))
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), reason


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """The validator for one kind of document, such as `plan`, compiled once."""
    return jsonschema_rs.Draft202012Validator(json.loads(schema_text(f"{name}.schema.json")))
