"""Which names of time zones mean the same zone."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest

from voxosync.model.zone import is_same_zone

TZDATA = files("tzdata")
LINKS = [
    tuple(line.split()[1:3])
    for line in TZDATA.joinpath("zoneinfo", "tzdata.zi").read_text().splitlines()
    if line.startswith("L ")
]
NAMES = TZDATA.joinpath("zones").read_text().split()


def compiled(name: str) -> bytes:
    """The compiled tz data of a name, which is the same for a link and its target."""
    return TZDATA.joinpath("zoneinfo", *name.split("/")).read_bytes()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("US/Central", "America/Chicago"),
        ("America/Chicago", "US/Central"),
        ("America/Indianapolis", "America/Fort_Wayne"),  # two links to a third name
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("UTC", "Etc/UTC"),
        ("Nowhere/Here", "Nowhere/Here"),
    ],
)
def test_linked_names_are_the_same_zone(first: str, second: str) -> None:
    assert is_same_zone(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("US/Central", "America/Denver"),
        ("US/Central", "US/Mountain"),
        ("America/Chicago", "America/Winnipeg"),  # the same clock today, but not a link
        ("America/Phoenix", "America/Denver"),
        ("America/Chicago", ""),
        ("Nowhere/Here", "Nowhere/There"),
    ],
)
def test_names_without_a_link_are_different_zones(first: str, second: str) -> None:
    assert not is_same_zone(first, second)


def test_every_link_leads_to_a_zone_with_the_same_clock() -> None:
    assert len(LINKS) > 200
    for target, name in LINKS:
        assert is_same_zone(target, name)
        assert compiled(target) == compiled(name), name


def test_names_of_different_clocks_are_never_the_same_zone() -> None:
    by_clock = sorted(NAMES, key=compiled)
    for first, second in pairwise(by_clock):
        if compiled(first) != compiled(second):
            assert not is_same_zone(first, second)
