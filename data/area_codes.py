"""Writes `voxosync/model/area_codes.py`: the time zones of each area code of the North American Numbering Plan.

The zones come from the library `phonenumbers`, which lists them by prefix: an area code has the zones of all its
prefixes. Some facts come from NANPA, the plan's administrator, because the library has no better data for an overlay
than one zone for the whole code, and lacks the newest codes.
Source: NANPA, *NPA Report* (npa_report.csv, reports.nanpa.com), file of 2025-11-26.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from textwrap import fill
from zoneinfo import ZoneInfo

TABLE = Path(__file__).resolve().parent.parent / "voxosync" / "model" / "area_codes.py"

OVERLAYS = {
    "236": "250 604", "257": "250 604", "672": "250 604", "778": "250 604",
    "273": "418", "357": "559", "364": "270", "367": "418", "436": "440", "448": "850", "457": "318", "458": "541",
    "465": "718", "471": "662", "474": "306", "483": "334", "565": "912", "581": "418", "621": "713", "624": "716",
    "639": "306", "679": "313", "689": "407", "729": "423", "761": "502", "837": "530", "861": "309", "879": "709",
    "924": "507", "930": "812", "986": "208",
}  # fmt: skip
"""Overlays that `phonenumbers` lacks, or gives other zones than the area codes whose area they share.

Source: the columns OVERLAY_COMPLEX and PARENT_NPA_ID of the NPA Report.
"""

MORE_ZONES = {
    "915": ("America/Chicago",),
    "931": ("America/New_York",),
}
"""Zones that `phonenumbers` lacks. Source: the column TIME_ZONE of the NPA Report (CM and EC)."""

HEADER = '''"""The time zones of each area code of the North American Numbering Plan.

Made by `python3 dev.py area-codes` from the library `phonenumbers` {version} and the facts in `data/area_codes.py`.
A code that is not in it has no known zone: it is toll-free or not geographic, newer than the data, or unused.
"""

ZONES = {{
'''

_NANP = "1"
_CODE = slice(1, 4)
_CLOCKS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days) for days in range(0, 5 * 366, 7)]


def zones_by_code() -> dict[str, tuple[str, ...]]:
    """Each area code with its zones, sorted; of zones whose clocks agree only the most common one."""
    listed = library_zones()
    zones = {code: set(names) for code, names in listed.items()}
    for code, names in MORE_ZONES.items():
        zones[code].update(names)
    for code, parents in OVERLAYS.items():
        zones[code] = set().union(*(zones[parent] for parent in parents.split()))
    common = Counter(name for names in listed.values() for name in names)
    return {code: _distinct(names, common) for code, names in sorted(zones.items())}


def library_zones() -> dict[str, set[str]]:
    """Each area code with the zones of all prefixes that the library lists for it."""
    from phonenumbers.tzdata import TIMEZONE_DATA  # noqa: PLC0415  # the library is for developers only

    zones = defaultdict(set)
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith(_NANP) and len(prefix) >= _CODE.stop:
            zones[prefix[_CODE]].update(names)
    return dict(zones)


@cache
def offsets(name: str) -> tuple[timedelta | None, ...]:
    """How far a zone is from UTC, week by week for five years: equal where two zones have one clock."""
    return tuple(moment.astimezone(ZoneInfo(name)).utcoffset() for moment in _CLOCKS)


def table_text(zones: dict[str, tuple[str, ...]], version: str) -> str:
    """The text of the table's module."""
    codes = defaultdict(list)
    for code, names in zones.items():
        codes[names].append(code)
    entries = (
        f'    "{" ".join(names)}": """\n'
        + fill(" ".join(codes[names]), 100, initial_indent=" " * 8, subsequent_indent=" " * 8)
        + '\n    """,\n'
        for names in sorted(codes)
    )
    return f"""{HEADER.format(version=version)}{"".join(entries)}}}
\"\"\"Zones to the area codes that have just these.\"\"\"
"""


def _distinct(names: set[str], common: Counter[str]) -> tuple[str, ...]:
    by_clock: dict[tuple[timedelta | None, ...], str] = {}
    for name in sorted(names, key=lambda name: (-common[name], name)):
        by_clock.setdefault(offsets(name), name)
    return tuple(sorted(by_clock.values()))


def main() -> None:
    """Writes the table."""
    import phonenumbers  # noqa: PLC0415  # as above

    TABLE.write_text(table_text(zones_by_code(), phonenumbers.__version__), encoding="utf-8")


if __name__ == "__main__":
    main()
