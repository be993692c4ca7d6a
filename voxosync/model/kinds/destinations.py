"""The kind of field that says where a call is connected."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voxosync.model.kinds.field_kind import NOTHING, FieldKind
from voxosync.model.kinds.scalars import live_number
from voxosync.model.values import Destination, Unreadable, live_entries, live_text

if TYPE_CHECKING:
    from collections.abc import Mapping


class DestinationsKind(FieldKind):
    """A tuple of `Destination`, in order."""

    policy_type = "array"
    body_schema = MappingProxyType({"$ref": "#/$defs/destinations"})

    def from_live(self, raw: Any) -> tuple[Destination, ...]:
        """The destinations in the order that VOXO gives them by `order`, which need not be the list's."""
        ranked = []
        for index, entry in enumerate(live_entries(raw)):
            kind, order = entry.get("destType"), entry.get("order")
            if kind is None or entry.get("id") is None:
                raise Unreadable("a destination without its destType or id")
            identity = live_number(entry["id"])
            if not isinstance(identity, int):
                raise Unreadable("a destination whose id is not a whole number")
            rank = index if order is None else live_number(order)
            ranked.append((rank, index, Destination(live_text(kind), identity)))
        return tuple(destination for _, _, destination in sorted(ranked))

    def to_wire(
        self,
        value: Any,
        write_only: Mapping[str, Mapping[str, str]] = NOTHING,
        dispositions: Mapping[str, str] = NOTHING,
    ) -> Any:
        return [{"id": destination.id, "type": destination.type} for destination in value]

    def from_wire(self, raw: Any) -> Any:
        """The destinations of a list; anything else in a file that was edited by hand is returned unchanged."""
        if not isinstance(raw, list):
            return raw
        return tuple(Destination(entry["type"], entry["id"]) for entry in raw)

    def to_document(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        return [{"type": destination.type, "id": destination.id} for destination in value]

    def from_document(self, saved: Any) -> Any:
        return self.from_wire(saved)

    def to_policy(self, value: Any) -> Any:
        return self.to_wire(value)

    def describe(self, value: Any) -> str:
        if not isinstance(value, tuple):
            return super().describe(value)
        return f"[{', '.join(map(str, value))}]"


DESTINATIONS = DestinationsKind()
