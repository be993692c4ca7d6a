"""The kinds of fields that have one value: texts, time zones, dates, times, numbers and flags."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voxosync.model.kinds.field_kind import FieldKind
from voxosync.model.values import Unreadable, live_text, number_from_text
from voxosync.model.zone import is_same_zone

if TYPE_CHECKING:
    from voxosync.model.values import Scalar, Value

_DATE_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", re.DOTALL)
_TIME_WITH_SECONDS = re.compile(r"([0-9]{2}:[0-9]{2}):00(?:\.0+)?")


class ScalarKind(FieldKind):
    """A kind with one value, which VOXO may answer as a text or as a number."""

    def from_live(self, raw: Any) -> Scalar:
        return None if raw is None else self._from_live_text(live_text(raw))

    def _from_live_text(self, text: str) -> Scalar:
        return text


class TextKind(ScalarKind):
    """A `str`; null equals `""`."""

    def from_live(self, raw: Any) -> Scalar:
        return raw if type(raw) is str else super().from_live(raw)

    def are_equal(self, first: Value, second: Value) -> bool:
        return first == second or (not first and not second)


class ZoneKind(ScalarKind):
    """The name of a time zone, a `str`; two names of one zone are equal."""

    def are_equal(self, first: Value, second: Value) -> bool:
        return first == second or is_same_zone(str(first or ""), str(second or ""))


class DateKind(ScalarKind):
    """A day, `"YYYY-MM-DD"`."""

    is_plain = True

    def _from_live_text(self, text: str) -> str:
        match = _DATE_WITH_TIME.fullmatch(text)
        return match[1] if match else text


class TimeKind(ScalarKind):
    """A time of the day, `"HH:MM"`."""

    is_plain = True

    def _from_live_text(self, text: str) -> str:
        match = _TIME_WITH_SECONDS.fullmatch(text)
        return match[1] if match else text


class NumberKind(ScalarKind):
    """An `int` where it is whole, else a `float`."""

    policy_type = "number"
    body_schema = MappingProxyType({"type": "number"})
    is_plain = True

    def from_text(self, text: str) -> int | float:
        return number_from_text(text)

    def _from_live_text(self, text: str) -> int | float:
        return live_number(text)


class FlagKind(ScalarKind):
    """`"1"` or `"0"`."""

    is_plain = True

    def from_live(self, raw: Any) -> Scalar:
        return str(int(raw)) if isinstance(raw, bool) else super().from_live(raw)

    def _from_live_text(self, text: str) -> str:
        return str(live_number(text))


def live_number(text: str) -> int | float:
    """The number that a response holds as text.

    Raises:
        Unreadable: it holds another text.
    """
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
