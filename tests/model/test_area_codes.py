"""The table of area codes agrees with the library from which it is generated, and with NANPA."""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers
import pytest
from phonenumbers.timezone import time_zones_for_number

from data.area_codes import (
    MORE_ZONES,
    OVERLAYS,
    TABLE,
    library_zones,
    offsets,
    table_text,
    zones_by_code,
)
from voxosync.model.area_codes import ZONES
from voxosync.model.called_zones import US_ZONES, count_by_zones, zones_of
from voxosync.model.zone import is_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES = {code: tuple(names.split()) for names, codes in ZONES.items() for code in codes.split()}
NEWER = sorted(OVERLAYS.keys() - library_zones().keys())

# Source: NANPA, NPA Report of 2025-11-26, the column TIME_ZONE where it names several.
SEVERAL = {
    "EC": "219 270 364 423 448 574 606 729 812 850 906 931",
    "CM": "308 605 620 701 785 915",
    "MP": "208 458 541 775",
}
LETTERS = {
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "P": "America/Los_Angeles",
}
# Source: the same, the column USE: N.
NOT_GEOGRAPHIC = """
    500 521 522 523 524 525 526 527 528 529 532 533 538 544 566 577 588 600 622 633 700 710 800 833 844 855 866 877
    888 900
"""


def clocks(names: Iterable[str]) -> set[object]:
    return {offsets(name) for name in names}


def test_table_in_the_package_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == table_text(
        zones_by_code(), phonenumbers.__version__
    )


def test_every_area_code_has_the_clocks_of_the_library() -> None:
    listed = library_zones()
    codes = sorted(listed.keys() | CODES.keys())
    sources = {code: OVERLAYS.get(code, code).split() for code in codes}
    assert {code: clocks(zones_of(f"{code}5550123")) for code in codes} == {
        code: clocks(
            [
                *MORE_ZONES.get(code, ()),
                *(zone for source in sources[code] for zone in listed[source]),
            ]
        )
        for code in codes
    }
    for zones in CODES.values():
        assert len(clocks(zones)) == len(zones)
        assert list(zones) == sorted(zones)
        assert all(map(is_zone, zones))


@pytest.mark.parametrize("exchange", [200, 555, 772, 999])
def test_no_number_has_a_clock_that_its_area_code_lacks(exchange: int) -> None:
    for code in CODES.keys() - OVERLAYS.keys():
        number = phonenumbers.parse(f"+1{code}{exchange}0123")
        listed = time_zones_for_number(number)
        if "Etc/Unknown" not in listed and len(listed) < 10:  # else those of the whole plan
            assert clocks(listed) <= clocks(zones_of(f"{code}{exchange}0123")), code


def test_an_overlay_has_the_zones_of_the_area_that_it_overlays() -> None:
    for overlay, parents in OVERLAYS.items():
        zones = {zone for parent in parents.split() for zone in zones_of(f"{parent}5550123")}
        assert clocks(zones_of(f"{overlay}5550123")) == clocks(zones), overlay


def test_area_codes_with_several_zones_agree_with_nanpa() -> None:
    for letters, codes in SEVERAL.items():
        for code in codes.split():
            assert {LETTERS[letter] for letter in letters} == set(CODES[code]), code


def test_few_area_codes_have_more_zones_than_nanpa_lists() -> None:
    """986 and 930 share the areas of 208 and 812, 928 is divided by daylight saving time; the rest is farther north."""
    several = {code for codes in SEVERAL.values() for code in codes.split()}
    other_codes = {code for code, zones in CODES.items() if len(zones) > 1} - several
    canada = "236 250 257 273 367 418 581 672 709 778 807 867 879"
    assert other_codes == {"986", "930", "928", "907", *canada.split()}


def test_codes_without_a_geographic_area_have_no_zone() -> None:
    for code in [*NOT_GEOGRAPHIC.split(), "555", "999", "387", "011", "123"]:
        assert zones_of(f"{code}5550123") == (), code


@pytest.mark.parametrize(
    ("phone", "zones"),
    [
        ("8505550123", ("America/Chicago", "America/New_York")),
        ("4485550123", ("America/Chicago", "America/New_York")),
        ("6025550123", ("America/Phoenix",)),
        ("9285550123", ("America/Denver", "America/Phoenix")),
        ("8085550123", ("Pacific/Honolulu",)),
        ("7095550123", ("America/Halifax", "America/St_Johns")),
        ("2425550123", ("America/Nassau",)),
        ("6895550123", ("America/New_York",)),
        ("6395550123", ("America/Regina",)),
        ("6015550123x12", ("America/Chicago",)),
        ("5550123", ()),
        ("442071838750", ()),
        ("16015550123x1", ()),
        ("word", ()),
        ("", ()),
    ],
)
def test_zones_of_a_phone_follow_from_its_area_code(phone: str, zones: tuple[str, ...]) -> None:
    assert zones_of(phone) == zones


def test_codes_newer_than_the_library_have_the_zones_of_the_area_they_overlay() -> None:
    assert len(NEWER) > 10
    assert all(zones_of(f"{code}5550123") for code in NEWER)


def test_us_zones_are_those_of_area_codes_in_the_states() -> None:
    assert set(US_ZONES) == {
        zone for code in ("201", "601", "303", "602", "213", "907", "808") for zone in CODES[code]
    }


def test_phones_are_counted_by_zone_and_a_listed_zone_overrides_the_area_code() -> None:
    phones = dict.fromkeys(
        ("6015550123", "2055550123", "8505550123", "8005550123", "9995550123", "6025550123"), ""
    )
    assert count_by_zones(phones, {}) == {
        ("America/Chicago",): 2,
        ("America/Chicago", "America/New_York"): 1,
        (): 2,
        ("America/Phoenix",): 1,
    }
    own_zones = {"8005550123": "America/Denver", "6015550123": "America/Denver", "7005550123": "X"}
    assert count_by_zones(phones, own_zones) == {
        ("America/Chicago",): 1,
        ("America/Chicago", "America/New_York"): 1,
        (): 1,
        ("America/Phoenix",): 1,
        ("America/Denver",): 2,
    }
    assert count_by_zones({**phones, "601555012": "", "6015550123x7": ""}, {}) == {
        ("America/Chicago",): 3,
        ("America/Chicago", "America/New_York"): 1,
        (): 3,
        ("America/Phoenix",): 1,
    }
    assert count_by_zones({}, {}) == {}
