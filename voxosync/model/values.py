"""The canonical form: the one spelling in which a definition and a live campaign are compared.

| kind         | canonical value                                                        |
|--------------|------------------------------------------------------------------------|
| TEXT         | `str`; null equals `""`                                                |
| ZONE         | `str`, as TEXT; two names of one zone are equal                        |
| DATE, TIME   | `"YYYY-MM-DD"`, `"HH:MM"`                                              |
| NUMBER       | `int` where it is whole, else `float`                                  |
| FLAG         | `"1"` or `"0"`                                                         |
| NUMBERS      | `Numbers`: phone to spelling and description (`numbers.py`); no order    |
| DESTINATIONS | tuple of `Destination`, in order                                       |

A live scalar may also be None. Three spellings lead here and one leads out: `from_text` (a definition),
`from_live` (a response) and `to_wire` (a PATCH body). `are_equal` compares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from voxosync.model.fields import Field, Kind
from voxosync.model.zone import is_same_zone

if TYPE_CHECKING:
    from voxosync.model.numbers import Numbers


class Destination(NamedTuple):
    """Where a call is connected: a kind of extension, such as `QUEUE`, and its id."""

    type: str
    id: int


Scalar: TypeAlias = str | int | float | None
Value: TypeAlias = "Scalar | Numbers | tuple[Destination, ...]"

# At most 400 characters: a longer text is not a number of a campaign, and conversions of long ones are slow.
_DECIMAL = re.compile(r"(?=.{1,400}\Z)[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")
_DATE_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", re.DOTALL)
_TIME_WITH_SECONDS = re.compile(r"([0-9]{2}:[0-9]{2}):00(?:\.0+)?")


class Unreadable(ValueError):
    """A live value that has no canonical form; the message says what came."""


def number_from_text(text: str) -> int | float:
    """A decimal number; whole numbers become `int`, so that `30` equals `30.0`.

    Raises:
        ValueError: the text is not a decimal number, or one beyond what a float holds.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a decimal number of at most 400 characters: write one such as 30")
    if text.lstrip("+-").isdigit():
        return int(text)
    value = float(text)
    if not isfinite(value):
        raise ValueError("too large a number: write a smaller one, such as 30")
    return int(value) if value.is_integer() else value


def from_text(field: Field, text: str) -> Scalar:
    """The canonical form of a scalar in a definition that passed the schema."""
    return number_from_text(text) if field.kind is Kind.NUMBER else text


def from_live(field: Field, raw: Any) -> Value:
    """The canonical form of a value in a response.

    The server may reformat, and that is not a difference: a date with a time part, a time with seconds,
    a number as text and the reverse, a flag as true or false.

    Raises:
        Unreadable: the value is of a kind that the field never has; nothing is guessed.
    """
    if type(raw) is str and field.kind is Kind.TEXT:
        return raw
    if isinstance(raw, bool) and field.kind is Kind.FLAG:
        return str(int(raw))
    if field.kind is Kind.DESTINATIONS:
        return _live_destinations(raw)
    return None if raw is None else _live_scalar(field.kind, live_text(raw))


def are_equal(field: Field, first: Value, second: Value) -> bool:
    """Whether two canonical values of a field mean the same; each is sent as it is written."""
    if first == second:
        return True
    if field.kind is Kind.TEXT:
        return not first and not second
    if field.kind is Kind.ZONE:
        return is_same_zone(str(first or ""), str(second or ""))
    return False


def to_wire(value: Value) -> Any:
    """What a PATCH body holds for a canonical value; `numbers` get theirs from `wire_numbers`."""
    if isinstance(value, tuple):
        return [{"id": destination.id, "type": destination.type} for destination in value]
    return value


def _live_scalar(kind: Kind, text: str) -> Scalar:
    if kind is Kind.NUMBER:
        return _live_number(text)
    if kind is Kind.FLAG:
        return str(_live_number(text))
    if kind is Kind.DATE and (match := _DATE_WITH_TIME.fullmatch(text)):
        return match[1]
    if kind is Kind.TIME and (match := _TIME_WITH_SECONDS.fullmatch(text)):
        return match[1]
    return text


def live_text(raw: Any) -> str:
    """One value of a response as text.

    Raises:
        Unreadable: it is not one value.
    """
    if isinstance(raw, str):
        return raw
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        try:
            return str(raw)
        except ValueError:  # Python's own limit, 4300 digits
            raise Unreadable("a number of absurd length") from None
    raise Unreadable(f"{_kind_of(raw)} where one value was expected")


def _live_number(text: str) -> int | float:
    try:
        return number_from_text(text)
    except ValueError:
        raise Unreadable("text where a number was expected") from None


def live_entries(raw: Any) -> list[Mapping[str, Any]]:
    """The entries of a list in a response.

    Raises:
        Unreadable: it is not a list of objects.
    """
    if not isinstance(raw, list):
        raise Unreadable(f"{_kind_of(raw)} where a list was expected")
    if not {*map(type, raw)} <= {dict} and not all(isinstance(entry, Mapping) for entry in raw):
        raise Unreadable("a list whose entries are not all objects")
    return raw


def _live_destinations(raw: Any) -> tuple[Destination, ...]:
    """The destinations in the order that VOXO gives them by `order`, which need not be the list's."""
    ranked = []
    for index, entry in enumerate(live_entries(raw)):
        kind, order = entry.get("destType"), entry.get("order")
        if kind is None or entry.get("id") is None:
            raise Unreadable("a destination without its destType or id")
        identity = _live_number(live_text(entry["id"]))
        if not isinstance(identity, int):
            raise Unreadable("a destination whose id is no whole number")
        rank = index if order is None else _live_number(live_text(order))
        ranked.append((rank, index, Destination(live_text(kind), identity)))
    return tuple(destination for _, _, destination in sorted(ranked))


def _kind_of(raw: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "nothing"}
    return names.get(type(raw), type(raw).__name__)
