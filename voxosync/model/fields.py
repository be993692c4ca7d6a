"""The catalog of a campaign's fields: each field's name, kind, and who may write it, once.

What a field means to people (titles, descriptions, patterns) stands once as well, in
`schemas/voxo-call-campaigns.openapi.yaml`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

MAX_ID = 9_007_199_254_740_991
"""The largest id, 2^53 - 1: the limit that VOXO's other pages give."""


class Kind(Enum):
    """How a field's value is spelled in a definition, in a response and in a PATCH body."""

    TEXT = auto()
    ZONE = auto()
    DATE = auto()
    TIME = auto()
    NUMBER = auto()
    FLAG = auto()
    NUMBERS = auto()
    DESTINATIONS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a campaign. Source: *Update Campaign*, body and response."""

    name: str
    kind: Kind
    writable: bool = True


_CATALOGUE = (
    Field("tenantId", Kind.NUMBER, writable=False),
    Field("name", Kind.TEXT),
    Field("type", Kind.TEXT, writable=False),
    Field("tech", Kind.TEXT),
    Field("state", Kind.TEXT),
    Field("dateStart", Kind.DATE),
    Field("dateEnd", Kind.DATE),
    Field("timeStart", Kind.TIME),
    Field("timeEnd", Kind.TIME),
    Field("callHoursStart", Kind.TIME),
    Field("callHoursEnd", Kind.TIME),
    Field("timezone", Kind.ZONE),
    Field("callerId", Kind.TEXT),
    Field("callFrequency", Kind.NUMBER),
    Field("recording", Kind.TEXT),
    Field("enableVMDetect", Kind.FLAG),
    Field("message", Kind.TEXT),
    Field("numbers", Kind.NUMBERS),
    Field("destinations", Kind.DESTINATIONS),
    Field("matchDestinations", Kind.DESTINATIONS),
    Field("notMatchDestinations", Kind.DESTINATIONS),
    Field("callDelay", Kind.NUMBER, writable=False),
    Field("dialtimeout", Kind.NUMBER, writable=False),
    Field("lastrun", Kind.TEXT, writable=False),
)

FIELDS: dict[str, Field] = {field.name: field for field in _CATALOGUE}
WRITABLE: tuple[str, ...] = tuple(field.name for field in _CATALOGUE if field.writable)
READ_ONLY: tuple[str, ...] = tuple(field.name for field in _CATALOGUE if not field.writable)

NUMBER_FIELDS: tuple[str, ...] = tuple(f"field{n}" for n in range(1, 10))
"""The write-only keys of one entry of `numbers`. Source: *Create Campaign*."""
