"""Converts canonical values to the body of a PATCH or POST, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.model.fields import FIELDS
from voxosync.model.kinds.field_kind import NOTHING
from voxosync.model.numbers import Numbers
from voxosync.model.phone import phone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.values import Value


def to_body(
    values: Mapping[str, Value],
    write_only: Mapping[str, Mapping[str, str]] = NOTHING,
    dispositions: Mapping[str, str] = NOTHING,
) -> dict[str, Any]:
    """The body that sends canonical values. Source: *Update Campaign* and *Create Campaign*, body.

    Args:
        values: field to canonical value.
        write_only: phone to its `field1` … `field9`, which cannot be read back.
        dispositions: phone to the result of its call, as just read.
    """
    return {
        name: FIELDS[name].kind.to_wire(value, write_only, dispositions)
        for name, value in values.items()
    }


def canonical_value(body: Mapping[str, Any], name: str) -> Value:
    """The canonical value of one key of a body; the inverse of the wire form."""
    return FIELDS[name].kind.from_wire(body[name])


def without_call_results(
    numbers: Sequence[Mapping[str, str]],
) -> tuple[Numbers, dict[str, dict[str, str]]]:
    """Splits a body's `numbers` into the numbers and, by phone, their write-only fields, without call results."""
    descriptions: dict[str, str] = {}
    write_only: dict[str, dict[str, str]] = {}
    for entry in numbers:
        number = entry["number"]
        descriptions[number] = entry["description"]
        if len(entry) > len(("number", "description")):
            write_only[phone(number)] = {
                key: text
                for key, text in entry.items()
                if key not in ("number", "description", "disposition")
            }
    return Numbers.spelled(descriptions), write_only
