"""The kind of field that says whom a campaign calls."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voxosync.model.kinds.field_kind import NOTHING, FieldKind
from voxosync.model.numbers import Numbers, numbers_from_live, wire_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping


class NumbersKind(FieldKind):
    """`Numbers`: phone to spelling and description, without an order."""

    policy_type = "object"
    body_schema = MappingProxyType({"$ref": "#/$defs/numbers"})

    def from_live(self, raw: Any) -> Numbers:
        """Only the numbers; `numbers_from_live` also returns the other data of VOXO's list."""
        return numbers_from_live(raw).numbers

    def to_wire(
        self,
        value: Any,
        write_only: Mapping[str, Mapping[str, str]] = NOTHING,
        dispositions: Mapping[str, str] = NOTHING,
    ) -> list[dict[str, str]]:
        return wire_numbers(value, write_only, dispositions)

    def from_wire(self, raw: Any) -> Numbers:
        return Numbers.spelled({entry["number"]: entry["description"] for entry in raw})

    def to_document(self, value: Any) -> Any:
        return None if value is None else dict(value.as_written())

    def from_document(self, saved: Any) -> Any:
        return None if saved is None else Numbers.spelled(saved)

    def to_policy(self, value: Any) -> Any:
        """The count: no finding can show a number."""
        return {"count": len(value)}

    def describe(self, value: Any) -> str:
        return str(len(value or ()))


NUMBERS = NumbersKind()
