"""Completes the schemas that are written by hand with what the code knows.

That is lists of fields, guards, effects and the like, and how each whole number of the settings is written as text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voxosync.definitions.openapi_properties import integer
from voxosync.model.change_kind import ChangeKind
from voxosync.model.checks.registry import CHECKS
from voxosync.model.dialing.dials_more import DIALING_SCALARS
from voxosync.model.dialing.effect import Effect
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.guard import GuardName
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.plan import Status
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from voxosync.model.checks.check import Check

COMPLETED = ("plan.schema.json", "policy.schema.json", "settings.schema.json")
"""The files of `schemas/` that are written by hand except for what this module adds."""


def completed_schema(name: str) -> dict[str, Any]:
    """The schema for one of `COMPLETED`: that of its file, with the parts that come from the code."""
    schema: dict[str, Any] = json.loads(schema_text(name))
    if name == "plan.schema.json":
        _complete_plan(schema["properties"], schema["$defs"])
    elif name == "settings.schema.json":
        schema = _accept_text_of_integers(schema)
        checks = schema["properties"]["checks"]["properties"]
        for check_name, check in CHECKS.items():
            checks[check_name] = _check_schema(checks[check_name], check)
    else:
        rule = schema["properties"]["rules"]["additionalProperties"]
        rule["properties"]["fields"]["items"]["enum"] = list(WRITABLE)
    return schema


def _complete_plan(properties: dict[str, Any], parts: dict[str, Any]) -> None:
    guard = properties["guards"]["items"]["properties"]["guard"]
    guard["enum"] = [name.value for name in GuardName]
    campaign, change = parts["campaign"]["properties"], parts["change"]["properties"]
    campaign["status"]["enum"] = [status.value for status in Status]
    campaign["patch"]["properties"] = {
        field: dict(FIELDS[field].kind.body_schema) for field in WRITABLE
    }
    reach = campaign["reach"]["properties"]
    campaign["reach"]["properties"] = {
        **{name: _reach_schema(name) for name in DIALING_SCALARS},
        NUMBERS_FIELD: reach[NUMBERS_FIELD],
    }
    change["field"]["enum"] = list(WRITABLE)
    change["kind"]["enum"] = [kind.value for kind in ChangeKind]
    dialing_effect = parts["dialing"]["properties"]["effect"]
    dialing_effect["enum"] = [*(effect.value for effect in Effect), None]


def _check_schema(schema: dict[str, Any], check: Check) -> dict[str, Any]:
    """The schema of the settings of a check, with what all checks have unless it says otherwise, and the severity."""
    severity = check.severity.value
    usual = {
        "type": "object",
        "additionalProperties": False,
        "errorMessage": f"write the settings of the check, such as {{severity: {severity}}}",
        "examples": [{"severity": severity}],
    }
    properties = {**schema.get("properties", {}), "severity": _severity_schema(severity)}
    return {**schema, **(usual | schema), "properties": properties}


def _severity_schema(default: str) -> dict[str, Any]:
    return {
        "title": "Severity",
        "description": "error: the definitions are refused. warning: findings are only shown. "
        "off: the check is disabled.",
        "enum": ["off", "warning", "error"],
        "default": default,
        "errorMessage": "write off, warning or error",
    }


def _accept_text_of_integers(schema: Any) -> Any:
    """A schema whose whole numbers may be written as text too: each scalar of YAML is checked as both."""
    if isinstance(schema, list):
        return [_accept_text_of_integers(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    completed = {key: _accept_text_of_integers(part) for key, part in schema.items()}
    if completed.get("type") == "integer":
        completed |= integer(completed["minimum"], completed["maximum"])
    return completed


def _reach_schema(name: str) -> dict[str, str]:
    """What a saved plan holds for one of the fields that affect dialing."""
    is_number = FIELDS[name].kind.body_schema["type"] == "number"
    return {"$ref": "#/$defs/reachNumber" if is_number else "#/$defs/reachText"}
