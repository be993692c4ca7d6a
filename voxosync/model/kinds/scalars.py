"""The kinds of fields that have one value: texts, time zones, dates, times, numbers and flags."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from voxosync.model.kinds.field_kind import FieldKind
from voxosync.model.values import Unreadable, live_text, number_from_text
from voxosync.model.zone import is_same_zone

if TYPE_CHECKING:
    from voxosync.model.values import Scalar, Value


class ScalarKind(FieldKind):
    """A kind with one value, which VOXO may answer as a text or as a number.

    Attributes:
        longer_form: what VOXO may answer in place of the canonical text, which is its first group.
    """

    longer_form: ClassVar[re.Pattern[str] | None] = None

    def from_live(self, raw: Any) -> Scalar:
        if raw is None:
            return None
        text = live_text(raw)
        match = self.longer_form and self.longer_form.fullmatch(text)
        return match[1] if match else text


class TextKind(ScalarKind):
    """A `str`; null equals `""`."""

    def are_equal(self, first: Value, second: Value) -> bool:
        return first == second or (not first and not second)


class ZoneKind(ScalarKind):
    """The name of a time zone, a `str`; two names of one zone are equal."""

    def are_equal(self, first: Value, second: Value) -> bool:
        return first == second or is_same_zone(str(first or ""), str(second or ""))


class DateKind(ScalarKind):
    """A day, `"YYYY-MM-DD"`."""

    is_plain = True
    longer_form = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", re.DOTALL)


class TimeKind(ScalarKind):
    """A time of the day, `"HH:MM"`."""

    is_plain = True
    longer_form = re.compile(r"([0-9]{2}:[0-9]{2}):00(?:\.0+)?")


class NumberKind(ScalarKind):
    """An `int` where it is whole, else a `float`."""

    policy_type = "number"
    body_schema = MappingProxyType({"type": "number"})
    is_plain = True

    def from_text(self, text: str) -> int | float:
        return number_from_text(text)

    def from_live(self, raw: Any) -> int | float | None:
        return None if raw is None else live_number(raw)


class FlagKind(ScalarKind):
    """`"1"` or `"0"`."""

    is_plain = True

    def from_live(self, raw: Any) -> Scalar:
        if raw is None:
            return None
        return str(int(raw) if isinstance(raw, bool) else live_number(raw))


def live_number(raw: Any) -> int | float:
    """A number in a response, which may hold it as text.

    Raises:
        Unreadable: it is not a number.
    """
    text = live_text(raw)
    try:
        return number_from_text(text)
    except ValueError:
        raise Unreadable("text where a number was expected") from None


TEXT = TextKind()
ZONE = ZoneKind()
DATE = DateKind()
TIME = TimeKind()
NUMBER = NumberKind()
FLAG = FlagKind()
