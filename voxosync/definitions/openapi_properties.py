"""Derives the schema of one property of a definition from the same property of a request body for VOXO.

Every keyword of the OpenAPI property is derived, or refused by name, so that no limit of VOXO is lost.
"""

from __future__ import annotations

from typing import Any

from voxosync.definitions.number_patterns import Range, integer_pattern, number_pattern

_ANNOTATIONS = frozenset({"title", "description", "examples", "x-write", "type"})
_EXPONENT = r"[eE]\+?[0-9]{1,3}"

# JSON Schema cannot match the text of a number. So these two tables give, for a limit of the OpenAPI file, the
# equivalent for the other spelling: the numbers that match a pattern of digits, and the texts of the numbers
# in a range if they may have an exponent.
_NUMBERS_BY_PATTERN = {"^[1-9][0-9]{9}$": {"minimum": 1_000_000_000, "maximum": 9_999_999_999}}
_PATTERNS_WITH_EXPONENT = {
    Range(
        9, excludes_lower=True
    ): rf"^\+?0*(?:(?:[1-9][0-9]+(?:\.[0-9]*)?|9\.0*[1-9][0-9]*)(?:{_EXPONENT})?"
    rf"|[1-9](?:\.[0-9]*)?[eE]\+?0{{0,2}}[1-9][0-9]{{0,2}})$"
}
_LOWER = {"minimum": False, "exclusiveMinimum": True}
_UPPER = {"maximum": False, "exclusiveMaximum": True}
_LIMITS = (*_LOWER, *_UPPER)


def property_schema(
    name: str, source: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    """The schema of one property of a definition.

    Args:
        name: the name of the property in messages, such as `callFrequency` or `destinations.id`.
        source: the property in the OpenAPI file.
        components: the schemas to which `$ref` refers, by name.

    Raises:
        ValueError: a keyword cannot be derived, or one is missing; the message names it.
    """
    if "x-write" not in source:
        raise ValueError(f"{name}: keyword 'x-write' is missing: say what to write")
    annotations: dict[str, Any] = {
        key: source[key] for key in ("title", "description", "examples") if key in source
    }
    annotations["errorMessage"] = f"write {source['x-write']}"
    match source.get("type"):
        case "array":
            limits = _list(name, source, components)
        case "integer":
            limits = _integer(name, source)
        case "number":
            limits = _number(name, source)
        case "string":
            limits = _text(name, source)
        case unsupported:
            raise ValueError(f"{name}: type {unsupported!r} cannot be derived")
    return {**annotations, **limits}


def integer(minimum: int, maximum: int) -> dict[str, Any]:
    """The schema of a whole number in a range, written with or without quotes."""
    return {
        "type": ["integer", "string"],
        "minimum": minimum,
        "maximum": maximum,
        "pattern": integer_pattern(minimum, maximum),
    }


def free_text(min_length: int) -> dict[str, Any]:
    """Text, for which any unquoted scalar except null is accepted: `name: 2026` is the text 2026."""
    schema: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    if min_length:
        schema["minLength"] = min_length
    if min_length > 1:
        schema["not"] = {
            "type": "number",
            "exclusiveMinimum": -(10 ** (min_length - 2)),
            "exclusiveMaximum": 10 ** (min_length - 1),
        }
    return schema


def _integer(name: str, source: dict[str, Any]) -> dict[str, Any]:
    numbers, limits = _range(name, "an integer", source)
    pattern = integer_pattern(numbers.smallest, numbers.largest)
    return {"type": ["integer", "string"], **limits, "pattern": pattern}


def _number(name: str, source: dict[str, Any]) -> dict[str, Any]:
    numbers, limits = _range(name, "a number", source)
    pattern = _PATTERNS_WITH_EXPONENT.get(numbers) or number_pattern(numbers)
    return {"type": ["number", "string"], **limits, "pattern": pattern}


def _range(name: str, kind: str, source: dict[str, Any]) -> tuple[Range, dict[str, int]]:
    """The range of a number, and the keywords that limit it."""
    _refuse_others(name, kind, source, *_LIMITS)
    limits = {keyword: source[keyword] for keyword in _LIMITS if keyword in source}
    for keyword, limit in limits.items():
        if type(limit) is not int:
            raise ValueError(f"{name}: {keyword!r} {limit} cannot be derived: it is not whole")
    # If there are two limits on one side, the stricter one counts; if they are equal, the exclusive one.
    lower = [(limits[key], is_out) for key, is_out in _LOWER.items() if key in limits]
    upper = [(-limits[key], is_out) for key, is_out in _UPPER.items() if key in limits]
    least, excludes_least = max(lower, default=(None, False))
    most, excludes_most = max(upper, default=(None, False))
    most = None if most is None else -most
    return Range(least, most, excludes_least, excludes_most), limits


def _text(name: str, source: dict[str, Any]) -> dict[str, Any]:
    if "x-definition" in source:  # text, or digits that YAML reads as a number
        _refuse_others(name, "a text with x-definition", source, "x-definition", "minLength")
        if source.get("minLength", 0) > 1:
            raise ValueError(f"{name}: keyword 'minLength' above 1 cannot be derived here")
        return {"type": ["string", "integer"], "format": "phone", **source["x-definition"]}
    if "enum" in source:
        _refuse_others(name, "a text with enum", source, "enum")
        numbers = [int(word) for word in source["enum"] if word.isdigit()]
        return {"enum": [*source["enum"], *numbers]}
    if "pattern" in source:
        _refuse_others(name, "a text with pattern", source, "pattern")
        pattern = source["pattern"]
        if pattern not in _NUMBERS_BY_PATTERN:
            return {"type": "string", "pattern": pattern}
        numbers_too = _NUMBERS_BY_PATTERN[pattern]
        return {"type": ["string", "integer"], "pattern": pattern, **numbers_too}
    _refuse_others(name, "a text", source, "minLength")
    return free_text(source.get("minLength", 0))


def _list(name: str, source: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    _refuse_others(name, "a list", source, "items")
    if set(source.get("items", ())) != {"$ref"}:
        raise ValueError(f"{name}: keyword 'items' of a list must be one $ref")
    entry = components[source["items"]["$ref"].rpartition("/")[2]]
    _refuse_others(name, "an entry", entry, "additionalProperties", "required", "properties")
    properties = {
        key: property_schema(f"{name}.{key}", property_source, components)
        for key, property_source in entry["properties"].items()
        if key != "disposition"  # VOXO alone sets it
    }
    schema: dict[str, Any] = {
        "type": "array",
        "items": {
            "type": "object",
            "required": entry["required"],
            "properties": properties,
            "additionalProperties": False,
            "errorMessage": f"write {{{', '.join(f'{key}: …' for key in entry['required'])}}}",
        },
    }
    return {**schema, **_csv_file()} if "number" in properties else schema


def _csv_file() -> dict[str, Any]:
    """What a list of numbers accepts instead of its entries: the path of a CSV file."""
    return {
        "type": ["array", "object"],
        "required": ["file"],
        "additionalProperties": False,
        "properties": {
            "file": {
                "title": "CSV file",
                "description": "A CSV file with the header number,description,field1 … field9,timezone, "
                "relative to this definition and inside the project folder.",
                "type": "string",
                "minLength": 1,
                "examples": ["contacts/spring.csv"],
                "errorMessage": "write the path of a CSV file, such as contacts/spring.csv",
            }
        },
    }


def _refuse_others(name: str, kind: str, source: dict[str, Any], *derived: str) -> None:
    """Refuses the keywords that are neither annotations nor among the `derived` ones."""
    for keyword in source:
        if keyword not in _ANNOTATIONS and keyword not in derived:
            raise ValueError(f"{name}: keyword {keyword!r} of {kind} cannot be derived")
