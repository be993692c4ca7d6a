"""Canonical values, and how values in a response are read. What each kind of field does with them is in `kinds`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from voxosync.model.numbers import Numbers


class Destination(NamedTuple):
    """Where a call is connected: a kind of extension, such as `QUEUE`, and its id."""

    type: str
    id: int

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


Scalar: TypeAlias = str | int | float | None
Value: TypeAlias = "Scalar | Numbers | tuple[Destination, ...]"

# At most 400 characters: a longer text is not a number of a campaign, and conversions of long ones are slow.
_DECIMAL = re.compile(r"(?=.{1,400}\Z)[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")


class Unreadable(ValueError):
    """A live value that has no canonical form; the message says what VOXO returned instead."""


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


def _kind_of(raw: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "nothing"}
    return names.get(type(raw), type(raw).__name__)
