"""The catalog of a campaign's fields: each field's name and kind, and whether it can be written.

What people read about a field (titles, descriptions, patterns) is in
`schemas/voxo-call-campaigns.openapi.yaml`; a test checks that the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.kinds.destinations import DESTINATIONS
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import DATE, FLAG, NUMBER, TEXT, TIME, ZONE
from voxosync.model.numbers import NUMBERS_FIELD

if TYPE_CHECKING:
    from voxosync.model.kinds.field_kind import FieldKind
    from voxosync.model.values import Value

MAX_ID = 9_007_199_254_740_991
"""The largest id, 2^53 - 1: the limit that VOXO's other pages give."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a campaign. Source: *Update Campaign*, body and response."""

    name: str
    kind: FieldKind
    writable: bool = True


_CATALOG = (
    Field("tenantId", NUMBER, writable=False),
    Field("name", TEXT),
    Field("type", TEXT, writable=False),
    Field("tech", TEXT),
    Field("state", TEXT),
    Field("dateStart", DATE),
    Field("dateEnd", DATE),
    Field("timeStart", TIME),
    Field("timeEnd", TIME),
    Field("callHoursStart", TIME),
    Field("callHoursEnd", TIME),
    Field("timezone", ZONE),
    Field("callerId", TEXT),
    Field("callFrequency", NUMBER),
    Field("recording", TEXT),
    Field("enableVMDetect", FLAG),
    Field("message", TEXT),
    Field(NUMBERS_FIELD, NUMBERS),
    Field("destinations", DESTINATIONS),
    Field("matchDestinations", DESTINATIONS),
    Field("notMatchDestinations", DESTINATIONS),
    Field("callDelay", NUMBER, writable=False),
    Field("dialtimeout", NUMBER, writable=False),
    Field("lastrun", TEXT, writable=False),
)

FIELDS: dict[str, Field] = {field.name: field for field in _CATALOG}
WRITABLE: tuple[str, ...] = tuple(field.name for field in _CATALOG if field.writable)
READ_ONLY: tuple[str, ...] = tuple(field.name for field in _CATALOG if not field.writable)

NUMBER_FIELDS: tuple[str, ...] = tuple(f"field{n}" for n in range(1, 10))
"""The write-only keys of one entry of `numbers`. Source: *Create Campaign*."""


def agrees(name: str, live: Value, after: Value) -> bool:
    """Whether a live value agrees with a desired one.

    Where READY is desired, a state of VOXO's own, such as RUNNING, is not a difference, so that a running or finished
    campaign is not restarted by accident.
    """
    if name == "state" and after == "READY" and live:  # an empty text is not a state
        return live != "PAUSED"
    return FIELDS[name].kind.are_equal(live, after)
