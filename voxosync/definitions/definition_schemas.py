"""Derives the JSON Schemas of definitions from the OpenAPI description of VOXO.

Only the OpenAPI file says what VOXO accepts. This module and `openapi_properties` add what distinguishes a YAML
definition from a request body: values may be written with or without quotes, `numbers` may be a CSV file, and
`voxosync:` has the settings of the tool itself.
"""

from __future__ import annotations

from typing import Any

import yaml

from voxosync.definitions.openapi_properties import free_text, integer, property_schema
from voxosync.model.fields import MAX_ID, WRITABLE
from voxosync.resources import schema_text

DERIVED = ("campaign.schema.json", "defaults.schema.json")
"""The files of `schemas/` that are generated; the others are written by hand."""

OPENAPI = "voxo-call-campaigns.openapi.yaml"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def derived_schema(name: str) -> dict[str, Any]:
    """The schema for one of `DERIVED`."""
    return {"campaign.schema.json": campaign_schema, "defaults.schema.json": defaults_schema}[
        name
    ]()


def campaign_schema() -> dict[str, Any]:
    """`schemas/campaign.schema.json`: one campaign definition."""
    return {
        "$schema": _DIALECT,
        "title": "VOXO call campaign",
        "description": "The desired state of one call campaign. Only the keys that are present are managed.",
        "type": "object",
        "errorMessage": "write id: …, name: … and so on, one key per line",
        **_body(with_id=True),
    }


def defaults_schema() -> dict[str, Any]:
    """`schemas/defaults.schema.json`: a `_defaults.yaml`, a definition without its id."""
    return {
        "$schema": _DIALECT,
        "title": "Defaults of a folder of call campaigns",
        "description": "Values for every definition in this folder and below, key by key; the nearest folder wins.",
        "type": "object",
        "errorMessage": "write timezone: …, callerId: … and so on, one key per line",
        **_body(with_id=False),
    }


def _body(*, with_id: bool) -> dict[str, Any]:
    openapi = yaml.load(schema_text(OPENAPI), Loader=yaml.CSafeLoader)
    components = openapi["components"]["schemas"]
    update = components["CampaignUpdate"]["properties"]
    properties = {"id": _identities()} if with_id else {}
    properties["tenantId"] = _identity(
        "Tenant",
        "A guard: a live campaign of another tenant is an error, and nothing is sent.",
        17,
    )
    for name in WRITABLE:
        properties[name] = property_schema(name, update[name], components)
    properties["voxosync"] = _settings()
    return {"properties": properties, "additionalProperties": False}


def _identities() -> dict[str, Any]:
    """`id`: a number, or one for each environment, so that one file works for several."""
    single = _identity(
        "Campaign id",
        "VOXO's id of the campaign, or one for each environment; a new campaign has none yet.",
        4711,
    )
    by_environment = "{staging: 12, prod: 4711}"
    return {
        **single,
        "type": [*single["type"], "object"],
        "minProperties": 1,
        "additionalProperties": _identity("Campaign id", "VOXO's id of the campaign there.", 4711),
        "examples": [4711, {"staging": 12, "prod": 4711}],
        "errorMessage": f"{single['errorMessage']}, or one for each environment, such as {by_environment}; "
        "or leave it out: voxosync create makes a new campaign and writes its id",
    }


def _identity(title: str, description: str, example: int) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        **integer(1, MAX_ID),
        "examples": [example],
        "errorMessage": f"write a whole number from 1 to {MAX_ID}, such as {example}",
    }


def _settings() -> dict[str, Any]:
    fields = {
        "type": "array",
        "items": {"enum": list(WRITABLE), "errorMessage": f"write one of {', '.join(WRITABLE)}"},
        "uniqueItems": True,
        "default": [],
        "errorMessage": "write a list of field names, such as [message], each once",
    }
    return {
        "title": "Settings of voxosync for this campaign",
        "description": "How voxosync treats this campaign; never sent to VOXO.",
        "type": "object",
        "examples": [{"manageNumbers": "add"}],
        "errorMessage": "write settings, such as {manageNumbers: add}",
        "properties": {
            "manageNumbers": {
                "title": "Which numbers are managed",
                "description": "exact: the live list becomes this list. add: live numbers are never removed.",
                "enum": ["exact", "add"],
                "default": "exact",
                "examples": ["add"],
                "errorMessage": "write exact or add",
            },
            "ignore": {
                "title": "Fields that are only reported",
                "description": "A difference is a warning. It is never sent, and does not count as drift.",
                **fields,
                "examples": [["message"]],
            },
            "unmanaged": {
                "title": "Fields that are not managed",
                "description": "As if the key were absent. Use it for a field that _defaults.yaml sets.",
                **fields,
                "examples": [["recording"]],
            },
            "acknowledge": {
                "title": "Acknowledged differences",
                "description": "Until a date, the difference is listed separately. It is not sent, "
                "and does not count as drift.",
                "type": "array",
                "items": _acknowledgement(),
                "default": [],
                "examples": [[_ACKNOWLEDGEMENT]],
                "errorMessage": f"write a list, such as [{_ACKNOWLEDGEMENT_EXAMPLE}]",
            },
            "overrides": _overrides(),
        },
        "additionalProperties": False,
    }


def _overrides() -> dict[str, Any]:
    """`overrides`: for each environment, the values of a definition that differ there."""
    example = "{state: PAUSED}"
    return {
        "title": "Values for one environment",
        "description": "Values for --env NAME, by environment of voxosync.yaml and key by key. They may have every key "
        "of a definition except id and voxosync.",
        "type": "object",
        "additionalProperties": {
            "title": "Values in this environment",
            "description": "The same keys as in a definition, without id and voxosync.",
            "type": "object",
            "properties": {
                name: {"$ref": f"#/properties/{name}"} for name in ("tenantId", *WRITABLE)
            },
            "additionalProperties": False,
            "examples": [{"state": "PAUSED"}],
            "errorMessage": f"write values, such as {example}",
        },
        "default": {},
        "examples": [{"staging": {"state": "PAUSED", "callerId": 6015550199}}],
        "errorMessage": f"write values for each environment, such as {{staging: {example}}}",
    }


_ACKNOWLEDGEMENT = {"field": "callFrequency", "until": "2027-01-31", "reason": "agreed trial"}
_ACKNOWLEDGEMENT_EXAMPLE = "{field: callFrequency, until: 2027-01-31, reason: agreed trial}"


def _acknowledgement() -> dict[str, Any]:
    keys: dict[str, dict[str, Any]] = {
        "field": {
            "title": "Field",
            "description": "The field that may differ.",
            "enum": list(WRITABLE),
            "errorMessage": f"write one of {', '.join(WRITABLE)}",
        },
        "until": {
            "title": "Until",
            "description": "The day (UTC) from which the difference counts again.",
            "type": "string",
            "pattern": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])$",
            "errorMessage": "write a date, such as 2027-01-31",
        },
        "reason": {
            "title": "Reason",
            "description": "The reason, which reports show.",
            **free_text(1),
            "pattern": r"\S",
            "errorMessage": "write why the difference is left alone",
        },
        "owner": {
            "title": "Owner",
            "description": "Who is responsible. Default: the author of the line in Git.",
            **free_text(1),
            "pattern": r"\S",
            "errorMessage": "write a person or a team",
        },
    }
    for name, schema in keys.items():
        schema["examples"] = [_ACKNOWLEDGEMENT.get(name, "support team")]
    return {
        "type": "object",
        "required": ["field", "until", "reason"],
        "properties": keys,
        "additionalProperties": False,
        "examples": [_ACKNOWLEDGEMENT],
        "errorMessage": f"write {_ACKNOWLEDGEMENT_EXAMPLE}",
    }
