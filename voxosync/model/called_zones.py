"""The time zones of the people who are called, as far as their phone numbers show them.

An area code is a good guess but not proof: people keep their numbers when they move.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from voxosync.model.area_codes import ZONES
from voxosync.model.phone import are_local, is_usual

if TYPE_CHECKING:
    from collections.abc import Mapping

Zones: TypeAlias = tuple[str, ...]
"""The zones in which a person may be, sorted; none: unknown."""

UNKNOWN: Zones = ()

PhonesByZones: TypeAlias = tuple[tuple[Zones, int], ...]
"""How many phones have which zones, by the zones."""

US_ZONES: Zones = (
    "America/Adak",
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
)
"""The zones of the fifty states. Source: 49 CFR part 71, and 15 USC 260a for those without daylight saving."""

_CODE_LENGTH = 3
_FIRST_DIGITS = itemgetter(slice(_CODE_LENGTH))


def zones_of(phone: str) -> Zones:
    """The zones of a phone's area code; none where the code has none, such as 800, or is unknown.

    Args:
        phone: as `voxosync.model.phone.phone` gives it.
    """
    return _zones_by_code().get(_area_code(phone), UNKNOWN)


def count_by_zones(phones: Mapping[str, str], own_zones: Mapping[str, str]) -> dict[Zones, int]:
    """The number of phones by the zones in which they may be.

    Args:
        phones: the phones of a campaign, as keys.
        own_zones: phone to the zone that its list gives for it, which takes precedence over the area code.
    """
    unlisted = phones.keys() - own_zones.keys() if own_zones else phones.keys()
    codes = map(_FIRST_DIGITS if are_local(unlisted) else _area_code, unlisted)
    zones_by_code = _zones_by_code()
    counts: defaultdict[Zones, int] = defaultdict(int)
    for code, count in Counter(codes).items():
        counts[zones_by_code.get(code, UNKNOWN)] += count
    if own_zones:
        listed = map(own_zones.__getitem__, own_zones.keys() & phones.keys())
        for zone, count in Counter(listed).items():
            counts[zone,] += count
    return dict(counts)


def _area_code(phone: str) -> str:
    if not is_usual(phone):
        phone = phone.partition("x")[0]  # an extension
    return phone[:_CODE_LENGTH] if is_usual(phone) else ""


@cache
def _zones_by_code() -> dict[str, Zones]:
    return {code: tuple(names.split()) for names, codes in ZONES.items() for code in codes.split()}
