"""The three representations of a campaign: a request body, what the server stores, what it answers.

What is stored is the answer plus what no answer shows (the numbers' `field1` to `field9`). So every
conversion happens when a request arrives, and reading only leaves things out. Which keys there are,
and how a request and an answer spell them, comes from the OpenAPI file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from voxosync.sandbox.openapi import properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.sandbox.openapi import Node

Body = dict[str, Any]
"""A JSON object: a request body, a stored campaign or an answer."""

_REQUEST = properties("CampaignCreate")
_ANSWER = properties("Campaign")

KEYS = tuple(_ANSWER)
"""Every key of an answer."""

_ARRAYS = [key for key, schema in _ANSWER.items() if schema["type"] == "array"]
_SERVER_VALUES = {"type": "SCHEDULED", "callDelay": 1000, "dialtimeout": 30}  # no request sets them
_BLANK: Body = {key: [] if key in _ARRAYS else _SERVER_VALUES.get(key) for key in KEYS}

[_NUMBERS] = [key for key in _ARRAYS if _REQUEST[key]["items"]["$ref"].endswith("/NumberEntry")]
"""The key of the numbers to call."""
_BLANK_NUMBER: Body = dict.fromkeys(properties("NumberRead"))
_HIDDEN = properties("NumberEntry").keys() - _BLANK_NUMBER.keys()


def keys_that_hold(example: str) -> set[str]:
    """The keys of a request body whose pattern takes a text, such as a date or a time."""
    return {
        key
        for key, schema in _REQUEST.items()
        if "pattern" in schema and re.fullmatch(schema["pattern"], example)
    }


def new(campaign_id: int, body: Body) -> Body:
    """A campaign as it is stored after its creation from a request body."""
    return {**_BLANK, "id": campaign_id, **stored(body)}


def stored(body: Body) -> Body:
    """The keys of a request body as the server stores them, each replacing the old value."""
    return {
        key: _CONVERSIONS[key](value) if key in _CONVERSIONS else value
        for key, value in body.items()
    }


def answer(campaign: Body) -> Body:
    """A stored campaign as the server shows it."""
    numbers = campaign[_NUMBERS]
    if not isinstance(numbers, list):  # a test has set it so
        return campaign
    return {**campaign, _NUMBERS: [_visible(entry) for entry in numbers]}


def summary(campaign: Body) -> Body:
    """A stored campaign as lists show it."""
    return {key: value for key, value in campaign.items() if key not in _ARRAYS}


def _visible(entry: Any) -> Any:
    if not isinstance(entry, dict):  # a test has set it so
        return entry
    return {key: value for key, value in entry.items() if key not in _HIDDEN}


def _numbers(entries: list[Body]) -> list[Body]:
    """Nothing is carried over: a result of a call that is not sent along is lost."""
    return [{**_BLANK_NUMBER, **entry} for entry in entries]


def _destinations(key: str) -> Callable[[list[Body]], list[Body]]:
    """Stored last first, so that a client which does not sort by `order` shows itself."""
    condition = key.lower().removesuffix("destinations").upper()
    type_src = f"CALLCAMPAIGN_{condition}" if condition else "CALLCAMPAIGN"

    def convert(entries: list[Body]) -> list[Body]:
        ordered = [
            {"typeSrc": type_src, "destType": entry["type"], "id": int(entry["id"]), "order": order}
            for order, entry in enumerate(entries, start=1)
        ]
        return ordered[::-1]

    return convert


def _conversion(key: str, request: Node, response: Node) -> Callable[[Any], object] | None:
    """What turns a value of a request body into the one of an answer; None where both are the same."""
    if request["type"] == "array":
        return _numbers if key == _NUMBERS else _destinations(key)
    if request["type"] == "integer":  # JSON Schema takes 12.0 for 12
        return int
    is_number = request["type"] == "string" and "string" not in response["type"]
    return int if is_number else None


_CONVERSIONS = {
    key: conversion
    for key, schema in _REQUEST.items()
    if (conversion := _conversion(key, schema, _ANSWER[key]))
}
