"""Derives the JSON Schemas of definitions from the OpenAPI description of VOXO.

What VOXO accepts stands in the OpenAPI file alone. Added here is what makes a definition YAML rather than a
request body: a value may be written with or without quotes, `numbers` may be a CSV file, and `voxosync:`
holds the tool's own settings.
"""

from __future__ import annotations

from typing import Any

import yaml

from voxosync.model.fields import MAX_ID, WRITABLE
from voxosync.resources import schema_text

DERIVED = ("campaign.schema.json", "defaults.schema.json")
"""The files of `schemas/` that are made here; the others are written by hand."""

OPENAPI = "voxo-call-campaigns.openapi.yaml"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def derived(name: str) -> dict[str, Any]:
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
        "required": ["id"],
        "errorMessage": "write id: …, name: … and so on, a line each",
        **_body(with_id=True),
    }


def defaults_schema() -> dict[str, Any]:
    """`schemas/defaults.schema.json`: a `_defaults.yaml`, which is a definition without its id."""
    return {
        "$schema": _DIALECT,
        "title": "Defaults of a folder of call campaigns",
        "description": "Values for every definition in this folder and below, key by key; the nearest folder wins.",
        "type": "object",
        "errorMessage": "write timezone: …, callerId: … and so on, a line each",
        **_body(with_id=False),
    }


def _body(*, with_id: bool) -> dict[str, Any]:
    components = yaml.safe_load(schema_text(OPENAPI))["components"]["schemas"]
    update = components["CampaignUpdate"]["properties"]
    properties = {"id": _identities()} if with_id else {}
    properties["tenantId"] = _identity(
        "Tenant",
        "A guard: a live campaign of another tenant is an error, and nothing is sent.",
        17,
    )
    for name in WRITABLE:
        properties[name] = _field(update[name], components)
    properties["voxosync"] = _settings()
    return {"properties": properties, "additionalProperties": False}


def _identities() -> dict[str, Any]:
    """`id`: a number, or one for each environment, so that one file serves several."""
    one = _identity("Campaign id", "VOXO's id of the campaign; or one for each environment.", 4711)
    several = "{staging: 12, prod: 4711}"
    return {
        **one,
        "type": [*one["type"], "object"],
        "minProperties": 1,
        "additionalProperties": _identity("Campaign id", "VOXO's id of the campaign there.", 4711),
        "examples": [4711, {"staging": 12, "prod": 4711}],
        "errorMessage": f"{one['errorMessage']}, or one for each environment, such as {several}; "
        "voxosync create makes a new campaign and writes its id",
    }


def _identity(title: str, description: str, example: int) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": MAX_ID,
        "pattern": rf"^\+?0*(?:{_up_to(MAX_ID)})(?:\.0*)?$",
        "examples": [example],
        "errorMessage": f"write a whole number from 1 to {MAX_ID}, such as {example}",
    }


def _up_to(limit: int) -> str:
    """A pattern for the decimal numbers from 1 to `limit`, without leading zeros."""
    digits = str(limit)
    patterns = [rf"[1-9][0-9]{{0,{len(digits) - 2}}}"]
    for place, digit in enumerate(digits):
        lowest, highest = (1 if place == 0 else 0), int(digit) - 1
        if lowest <= highest:
            smaller = str(lowest) if lowest == highest else f"[{lowest}-{highest}]"
            rest = len(digits) - place - 1
            patterns.append(digits[:place] + smaller + (f"[0-9]{{{rest}}}" if rest else ""))
    return "|".join([*patterns, digits])


def _field(source: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """One property of a definition from the same property of the request body."""
    notes: dict[str, Any] = {
        key: source[key] for key in ("title", "description", "examples") if key in source
    }
    notes["errorMessage"] = f"write {source['x-write']}"
    if source["type"] == "array":
        entry = components[source["items"]["$ref"].rpartition("/")[2]]
        return {**notes, **_list(entry, components, from_file="number" in entry["properties"])}
    return {**notes, **_scalar(source)}


def _scalar(source: dict[str, Any]) -> dict[str, Any]:
    if source["type"] == "integer":
        identity = _identity("", "", 1)
        return {key: identity[key] for key in ("type", "minimum", "maximum", "pattern")}
    if source["type"] == "number":
        return {
            "type": ["number", "string"],
            "exclusiveMinimum": source["exclusiveMinimum"],
            "pattern": _ABOVE[source["exclusiveMinimum"]],
        }
    if "x-definition" in source:  # text, or digits that an editor takes for a number
        return {"type": ["string", "integer"], "format": "phone", **source["x-definition"]}
    if "enum" in source:
        numbers = [int(word) for word in source["enum"] if word.isdigit()]
        return {"enum": [*source["enum"], *numbers]}
    if "pattern" in source:
        also_number = _DIGITS.get(source["pattern"])
        return (
            {"type": "string", "pattern": source["pattern"]}
            if also_number is None
            else {"type": ["string", "integer"], "pattern": source["pattern"], **also_number}
        )
    return _free_text(source.get("minLength", 0))


# JSON Schema cannot say "the text of this number matches", so the numbers that a pattern admits are
# given as a range beside it. Another pattern or minimum in the OpenAPI file stops the derivation here.
_DIGITS = {"^[1-9][0-9]{9}$": {"minimum": 1_000_000_000, "maximum": 9_999_999_999}}
_EXPONENT = r"[eE]\+?[0-9]{1,3}"
_ABOVE = {
    9: rf"^\+?0*(?:(?:[1-9][0-9]+(?:\.[0-9]*)?|9\.0*[1-9][0-9]*)(?:{_EXPONENT})?"
    rf"|[1-9](?:\.[0-9]*)?[eE]\+?0{{0,2}}[1-9][0-9]{{0,2}})$"
}


def _free_text(shortest: int) -> dict[str, Any]:
    """Text, for which any unquoted scalar but null will do: `name: 2026` is the text 2026."""
    schema: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    if shortest:
        schema["minLength"] = shortest
    if shortest > 1:
        schema["not"] = {
            "type": "number",
            "exclusiveMinimum": -(10 ** (shortest - 2)),
            "exclusiveMaximum": 10 ** (shortest - 1),
        }
    return schema


def _list(entry: dict[str, Any], components: dict[str, Any], *, from_file: bool) -> dict[str, Any]:
    properties = {
        name: _field(source, components)
        for name, source in entry["properties"].items()
        if name != "disposition"  # VOXO alone sets it
    }
    schema: dict[str, Any] = {
        "type": "array",
        "items": {
            "type": "object",
            "required": entry["required"],
            "properties": properties,
            "additionalProperties": False,
            "errorMessage": f"write {{{', '.join(f'{name}: …' for name in entry['required'])}}}",
        },
    }
    if from_file:
        schema["type"] = ["array", "object"]
        schema["required"] = ["file"]
        schema["additionalProperties"] = False
        schema["properties"] = {
            "file": {
                "title": "CSV file",
                "description": "A CSV file with the header number,description,field1 … field9,timezone, "
                "relative to this definition and inside the project folder.",
                "type": "string",
                "minLength": 1,
                "examples": ["contacts/spring.csv"],
                "errorMessage": "write the path of a CSV file, such as contacts/spring.csv",
            }
        }
    return schema


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
                "description": "exact: the live list becomes this list. add: a live number is never removed.",
                "enum": ["exact", "add"],
                "default": "exact",
                "examples": ["add"],
                "errorMessage": "write exact or add",
            },
            "ignore": {
                "title": "Fields to watch only",
                "description": "A difference is a warning: it is never sent and is not drift.",
                **fields,
                "examples": [["message"]],
            },
            "unmanaged": {
                "title": "Fields to leave alone",
                "description": "As if the key were absent: the way out of a default.",
                **fields,
                "examples": [["recording"]],
            },
            "acknowledge": {
                "title": "Differences that are known",
                "description": "Until a day, such a difference is listed apart: not sent, and no drift.",
                "type": "array",
                "items": _acknowledgement(),
                "default": [],
                "examples": [[_ACKNOWLEDGEMENT]],
                "errorMessage": f"write a list, such as [{_WRITTEN}]",
            },
        },
        "additionalProperties": False,
    }


_ACKNOWLEDGEMENT = {"field": "callFrequency", "until": "2027-01-31", "reason": "agreed trial"}
_WRITTEN = "{field: callFrequency, until: 2027-01-31, reason: agreed trial}"


def _acknowledgement() -> dict[str, Any]:
    keys: dict[str, dict[str, Any]] = {
        "field": {
            "title": "Field",
            "description": "The field whose difference is known.",
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
            "description": "Why it is left alone, for those who read the report.",
            **_free_text(1),
            "errorMessage": "write why the difference is left alone",
        },
        "owner": {
            "title": "Owner",
            "description": "Who answers for it; else the author of the line, as Git knows.",
            **_free_text(1),
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
        "errorMessage": f"write {_WRITTEN}",
    }
