"""How the values of a new definition are spelled in YAML."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from voxosync.definitions.writing.acceptable import SCHEMA
from voxosync.definitions.writing.spelling import block, spell
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EVEN_DIGITS = re.compile(r"[1-9][0-9]{0,15}")
"""Digits that every YAML reader reads as the same number."""


def number_entry(number: str, description: str, fields: Mapping[str, str]) -> dict[str, str]:
    """An entry of `numbers`; an empty description is left out."""
    return {"number": number, **({"description": description} if description else {}), **fields}


def listed(name: str, entries: list[str]) -> Iterator[str]:
    """The lines of a field that is a list."""
    yield f"{name}:" if entries else f"{name}: []"
    for entry in entries:
        yield f"  - {entry}"


def flow_mapping(entry: Mapping[str, str | int]) -> str:
    """`{number: 6015550123, description: Customer 1042}`."""
    return f"{{{', '.join(f'{key}: {_in_flow(key, value)}' for key, value in entry.items())}}}"


def _in_flow(key: str, value: str | int) -> str:
    if isinstance(value, int) or (key == "number" and _EVEN_DIGITS.fullmatch(value)):
        return str(value)
    return spell_freely(value, flow=True)


def scalar_text(name: str, text: str) -> str:
    """A value as it is written after its key; text with several lines as a block, if that preserves it exactly."""
    if "\n" in text and text.replace("\n", "").isprintable():
        lines = block(text, "|", indent=0, eol="\n")
        if lines is not None:
            return lines
    return _spell_on_one_line(name, text)


def _spell_on_one_line(name: str, text: str) -> str:
    """A value on one line; plain if the field alone determines how it is read."""
    if _is_typed(name):
        return spell(text, like=None, typed=True, flow=False)
    return spell_freely(text)


@cache
def _is_typed(name: str) -> bool:
    """Whether a field accepts only certain spellings, so that quotes would add nothing."""
    rule = json.loads(schema_text(SCHEMA))["properties"][name]
    return "pattern" in rule or "enum" in rule


def spell_freely(text: str, *, flow: bool = False) -> str:
    """Any text; plain only if an editor reads it as this text too.

    Invisible characters, such as one that changes the direction of writing, are written as escapes.
    """
    if text.isprintable():
        return spell(text, like=None, typed=False, flow=flow)
    quoted = spell(text, like='"', typed=False, flow=flow)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)
