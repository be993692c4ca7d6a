"""The canonical form: the one spelling in which a definition and a live campaign are compared.

| kind         | canonical value                                                        |
|--------------|------------------------------------------------------------------------|
| TEXT         | `str`; null equals `""`                                                |
| ZONE         | `str`, as TEXT; two names of one zone are equal                        |
| DATE, TIME   | `"YYYY-MM-DD"`, `"HH:MM"`                                              |
| NUMBER       | `int` where it is whole, else `float`                                  |
| FLAG         | `"1"` or `"0"`                                                         |
| NUMBERS      | mapping of number to description (`""` where there is none); no order   |
| DESTINATIONS | tuple of `Destination`, in order                                       |

A live scalar may also be None. Three spellings lead here and one leads out: `from_text` (a definition),
`from_live` (a response) and `to_wire` (a PATCH body). `are_equal` compares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from voxosync.model.fields import Field, Kind
from voxosync.model.zone import is_same_zone

Numbers: TypeAlias = Mapping[str, str]


class Destination(NamedTuple):
    """Where a call is connected: a kind of extension, such as `QUEUE`, and its id."""

    type: str
    id: int


Scalar: TypeAlias = str | int | float | None
Value: TypeAlias = Scalar | Numbers | tuple[Destination, ...]

# At most 400 characters: more is no number of a campaign, and conversions of long ones are slow.
_DECIMAL = re.compile(r"(?=.{1,400}\Z)[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")
_DATE_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", re.DOTALL)
_TIME_WITH_SECONDS = re.compile(r"([0-9]{2}:[0-9]{2}):00(?:\.0+)?")


class Unreadable(ValueError):
    """A live value that has no canonical form; the message says what came."""


def number_from_text(text: str) -> int | float:
    """A decimal number; whole numbers become `int`, so that `30` equals `30.0`.

    Raises:
        ValueError: the text is no decimal number, or one beyond what a float holds.
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

    The server may reformat, and that is no difference: a date with a time part, a time with seconds,
    a number as text and the reverse, a flag as true or false.

    Raises:
        Unreadable: the value is of a kind that the field never has; nothing is guessed.
    """
    if type(raw) is str and field.kind is Kind.TEXT:
        return raw
    if isinstance(raw, bool) and field.kind is Kind.FLAG:
        return str(int(raw))
    if field.kind is Kind.NUMBERS:
        return numbers_from_live(raw)[0]
    if field.kind is Kind.DESTINATIONS:
        return _live_destinations(raw)
    return None if raw is None else _live_scalar(field.kind, _live_text(raw))


def numbers_from_live(raw: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The numbers in a response with their descriptions, and the results of calls that VOXO holds.

    The results are carried over, never compared.

    Raises:
        Unreadable: as `from_live`.
    """
    entries = _live_entries(raw)
    descriptions = _plain_descriptions(entries)
    if descriptions is None:
        descriptions = {}
        for entry in entries:
            number, description = entry.get("number"), entry.get("description")
            if number is None:
                raise Unreadable("an entry without its number")
            descriptions[_live_text(number)] = (
                "" if description is None else _live_text(description)
            )
    dispositions = {
        _live_text(entry["number"]): _live_text(disposition)
        for entry in entries
        if (disposition := entry.get("disposition")) is not None
    }
    return descriptions, dispositions


def are_equal(field: Field, left: Value, right: Value) -> bool:
    """Whether two canonical values of a field mean the same; each is sent as it is written."""
    if left == right:
        return True
    if field.kind is Kind.TEXT:
        return not left and not right
    if field.kind is Kind.ZONE:
        return is_same_zone(str(left or ""), str(right or ""))
    return False


def to_wire(value: Value) -> Any:
    """What a PATCH body holds for a canonical value. `numbers` get their riders in `wire_numbers`."""
    if isinstance(value, Mapping):
        return wire_numbers(value, {}, {})
    if isinstance(value, tuple):
        return [{"id": destination.id, "type": destination.type} for destination in value]
    return value


def wire_numbers(
    numbers: Numbers,
    fields: Mapping[str, Mapping[str, str]],
    dispositions: Mapping[str, str],
) -> list[dict[str, str]]:
    """The body's `numbers`: the array is replaced whole, so what is not repeated here is lost.

    Args:
        numbers: number to description.
        fields: number to its `field1` … `field9`, which cannot be read back.
        dispositions: number to the result of its call, as just read.
    """
    if not fields and not dispositions:
        return [
            {"number": number, "description": description}
            for number, description in numbers.items()
        ]
    entries = []
    for number, description in numbers.items():
        entry = {"number": number, "description": description, **fields.get(number, {})}
        if (disposition := dispositions.get(number)) is not None:
            entry["disposition"] = disposition
        entries.append(entry)
    return entries


class Digest:
    """A fingerprint of (number, description) pairs, whatever their order.

    Worked out when somebody asks: that takes longer than the comparison, and most reports need none.
    """

    __slots__ = ("_of",)

    def __init__(self, of: Numbers | str) -> None:
        """Of numbers; or, as text, one that was worked out before."""
        self._of = of

    def __str__(self) -> str:
        if not isinstance(self._of, str):
            self._of = _digest(self._of)
        return self._of

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Digest) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"Digest({str(self)!r})"


def _digest(numbers: Numbers) -> str:
    from hashlib import sha256  # noqa: PLC0415  # OpenSSL: only numbers that differ need it
    from json import dumps  # noqa: PLC0415  # as above

    return "sha256:" + sha256(dumps(sorted(numbers.items())).encode()).hexdigest()


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


def _live_text(raw: Any) -> str:
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


def _live_entries(raw: Any) -> list[Mapping[str, Any]]:
    if not isinstance(raw, list):
        raise Unreadable(f"{_kind_of(raw)} where a list was expected")
    if not {*map(type, raw)} <= {dict} and not all(isinstance(entry, Mapping) for entry in raw):
        raise Unreadable("a list whose entries are not all objects")
    return raw


def _plain_descriptions(entries: list[Mapping[str, Any]]) -> dict[str, str] | None:
    """Number to description where all of them are texts, as nearly always; in half the time."""
    try:
        found = dict(map(itemgetter("number", "description"), entries))
    except (KeyError, TypeError):
        return None
    return found if {*map(type, found), *map(type, found.values())} <= {str} else None


def _live_destinations(raw: Any) -> tuple[Destination, ...]:
    """The destinations in the order that VOXO gives them by `order`, which need not be the list's."""
    found = []
    for place, entry in enumerate(_live_entries(raw)):
        kind, order = entry.get("destType"), entry.get("order")
        if kind is None or entry.get("id") is None:
            raise Unreadable("a destination without its destType or id")
        identity = _live_number(_live_text(entry["id"]))
        if not isinstance(identity, int):
            raise Unreadable("a destination whose id is no whole number")
        rank = place if order is None else _live_number(_live_text(order))
        found.append((rank, place, Destination(_live_text(kind), identity)))
    return tuple(destination for _, _, destination in sorted(found))


def _kind_of(raw: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "nothing"}
    return names.get(type(raw), type(raw).__name__)
