"""Derives the schema of one property of a definition from the same property of a request body of VOXO.

Every keyword of the OpenAPI property is either derived or refused by name, so that no limit of VOXO is lost.
"""

from __future__ import annotations

from typing import Any

_ANNOTATIONS = frozenset({"title", "description", "examples", "x-write", "type"})
_EXPONENT = r"[eE]\+?[0-9]{1,3}"

# JSON Schema cannot say "the text of this number matches", so these two tables pair a limit of the
# OpenAPI file with its counterpart for the other spelling: the numbers that a pattern of digits admits,
# and the texts of the numbers above a limit.
_NUMBERS_BY_PATTERN = {"^[1-9][0-9]{9}$": {"minimum": 1_000_000_000, "maximum": 9_999_999_999}}
_TEXT_PATTERN_ABOVE = {
    9: rf"^\+?0*(?:(?:[1-9][0-9]+(?:\.[0-9]*)?|9\.0*[1-9][0-9]*)(?:{_EXPONENT})?"
    rf"|[1-9](?:\.[0-9]*)?[eE]\+?0{{0,2}}[1-9][0-9]{{0,2}})$"
}


def property_schema(
    name: str, source: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    """The schema of one property of a definition.

    Args:
        name: how messages call the property, such as `callFrequency` or `destinations.id`.
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


def integer_pattern(minimum: int, maximum: int) -> str:
    """A regular expression for the decimal texts of the whole numbers in a range.

    A plus sign, leading zeros, and a fraction of zeros are accepted, because YAML reads such texts as whole
    numbers.

    Raises:
        ValueError: the range is empty.
    """
    if minimum > maximum:
        raise ValueError(f"no whole number lies from {minimum} to {maximum}")
    patterns = []
    if maximum >= 0:
        patterns.append(rf"\+?0*(?:{_unsigned_pattern(max(minimum, 0), maximum)})")
    if minimum < 0:
        patterns.append(rf"-0*(?:{_unsigned_pattern(max(-maximum, 0), -minimum)})")
    signed = patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"
    return rf"^{signed}(?:\.0*)?$"


def _unsigned_pattern(minimum: int, maximum: int) -> str:
    """A pattern for the decimal numbers of a range that is not negative, without leading zeros."""
    patterns = ["0"] if minimum == 0 else []
    complete: list[int] = []  # the lengths of which every number is in the range
    partial: list[str] = []
    minimum = max(minimum, 1)
    for length in range(len(str(minimum)), len(str(maximum)) + 1):
        lowest, highest = 10 ** (length - 1), 10**length - 1
        if minimum <= lowest and highest <= maximum:
            complete.append(length)
        elif max(minimum, lowest) <= min(maximum, highest):
            partial += _same_length(str(max(minimum, lowest)), str(min(maximum, highest)))
    if complete:
        patterns.append(f"[1-9][0-9]{{{complete[0] - 1},{complete[-1] - 1}}}")
    return "|".join(patterns + partial)


def _same_length(low: str, high: str) -> list[str]:
    """Patterns for the numbers from `low` to `high`, which have the same count of digits."""
    if low == high:
        return [high]
    split = next(index for index in range(len(low)) if low[index] != high[index])
    low_is_round = not low[split + 1 :].strip("0")
    first = int(low[split]) + (0 if low_is_round else 1)
    patterns = _with_digit(high, split, first, int(high[split]) - 1)
    for index in range(split + 1, len(high)):
        patterns += _with_digit(high, index, 0, int(high[index]) - 1)
        if not low_is_round:
            patterns += _with_digit(low, index, int(low[index]) + 1, 9)
    return [*patterns, high] if low_is_round else [*patterns, low, high]


def _with_digit(number: str, index: int, first: int, last: int) -> list[str]:
    """A pattern: the number up to a digit, that digit from `first` to `last`, then any digits."""
    if first > last:
        return []
    digit = str(first) if first == last else f"[{first}-{last}]"
    remaining = len(number) - index - 1
    return [number[:index] + digit + (f"[0-9]{{{remaining}}}" if remaining else "")]


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
    _refuse_others(name, "an integer", source, "minimum", "maximum")
    for keyword in ("minimum", "maximum"):
        if keyword not in source:
            raise ValueError(f"{name}: an integer without keyword {keyword!r} cannot be derived")
    return integer(source["minimum"], source["maximum"])


def _number(name: str, source: dict[str, Any]) -> dict[str, Any]:
    _refuse_others(name, "a number", source, "exclusiveMinimum")
    limit = source.get("exclusiveMinimum")
    if limit not in _TEXT_PATTERN_ABOVE:
        raise ValueError(
            f"{name}: a number with 'exclusiveMinimum' {limit} cannot be derived: "
            "add the pattern of its texts to _TEXT_PATTERN_ABOVE"
        )
    return {
        "type": ["number", "string"],
        "exclusiveMinimum": limit,
        "pattern": _TEXT_PATTERN_ABOVE[limit],
    }


def _text(name: str, source: dict[str, Any]) -> dict[str, Any]:
    if "x-definition" in source:  # text, or digits that an editor reads as a number
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
    """What a list of numbers accepts besides its entries: the path of a CSV file."""
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
    """Refuse the keywords that neither annotate a schema nor are among the `derived` ones."""
    for keyword in source:
        if keyword not in _ANNOTATIONS and keyword not in derived:
            raise ValueError(f"{name}: keyword {keyword!r} of {kind} cannot be derived")
