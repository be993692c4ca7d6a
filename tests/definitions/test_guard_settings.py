"""`guards:` of `voxosync.yaml`: what is accepted, and the positions of problems."""

from __future__ import annotations

import json
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest

from voxosync.definitions.project_settings import read_settings
from voxosync.errors import SettingsError
from voxosync.model.guard import Freeze, GoLive, GuardName, Guards, Limit
from voxosync.resources import folder, schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = folder("schemas").parent
SAFETY = ROOT / "docs" / "explanation" / "safety.md"
README = ROOT / "README.md"
TEMPLATE = folder("examples") / "voxosync.yaml"


def read_guards(folder: Path, content: str) -> Guards:
    (folder / "voxosync.yaml").write_text(content)
    return read_settings(folder).guards


def problems(folder: Path, content: str) -> list[str]:
    """`line:column: message` of every problem."""
    with pytest.raises(SettingsError) as failure:
        read_guards(folder, content)
    first, *lines = str(failure.value).split("\n")
    assert first == "the settings are wrong"
    return [line.removeprefix("voxosync.yaml:") for line in lines]


@pytest.mark.parametrize("content", ["{}", "guards: {}", "environments: {prod: {}}"])
def test_defaults_apply_without_settings(tmp_path: Path, content: str) -> None:
    assert read_guards(tmp_path, content) == Guards(
        max_campaigns=Limit(30, is_percent=True, above=10),
        max_numbers_removed=Limit(20, is_percent=True, above=10),
        go_live=GoLive.CONFIRM,
        freeze=None,
    )


def test_all_guards_are_read(tmp_path: Path) -> None:
    content = """
guards:
  maxCampaigns: 5
  maxNumbersRemoved: 10%
  goLive: deny
  frozen:
    timezone: America/Chicago
    dates: [2026-07-04, 2026-12-24..2027-01-02]
    weekdays: {fri: 15:00-24:00, mon: "00:00-09:30, 18:00-20:00"}
"""
    assert read_guards(tmp_path, content) == Guards(
        max_campaigns=Limit(5, is_percent=False),
        max_numbers_removed=Limit(10, is_percent=True),
        go_live=GoLive.DENY,
        freeze=Freeze(
            "America/Chicago",
            dates=(
                (date(2026, 7, 4), date(2026, 7, 4)),
                (date(2026, 12, 24), date(2027, 1, 2)),
            ),
            weekdays={4: ((time(15), None),), 0: ((time(0), time(9, 30)), (time(18), time(20)))},
        ),
    )


def test_setting_one_guard_keeps_the_defaults_of_the_others(tmp_path: Path) -> None:
    assert read_guards(tmp_path, "guards: {goLive: allow}") == Guards(go_live=GoLive.ALLOW)


@pytest.mark.parametrize("limit", ["0", '"0"', "7", "0%", "100%", "'100%'", "999999999"])
def test_limit_is_a_count_or_a_percentage_quoted_or_not(tmp_path: Path, limit: str) -> None:
    unquoted = limit.strip("\"'")
    expected = Limit(int(unquoted.rstrip("%")), is_percent=unquoted.endswith("%"))
    assert read_guards(tmp_path, f"guards: {{maxCampaigns: {limit}}}").max_campaigns == expected


@pytest.mark.parametrize(
    ("content", "position"),
    [
        ("guards:", "1:8"),
        ("guards: []", "1:9"),
        ("guards: {maxCampaign: 5}", "1:10"),
        *(
            (f"guards: {{maxCampaigns: {limit}}}", "1:24")
            for limit in ("-1", "5.0", "1e1", "0x10", "05", "+5", "5 %", "%", "1000000000", "[]")
        ),
        ("guards: {maxNumbersRemoved: some}", "1:29"),
        ("guards: {goLive: yes}", "1:18"),
        ("guards: {frozen: {}}", "1:18"),
        ("guards: {frozen: {dates: []}}", "1:18"),
        ("guards: {frozen: {timezone: Chicago}}", "1:29"),
        ("guards: {frozen: {timezone: Etc/UTC}}", "1:18"),
        ("guards: {frozen: {timezone: Etc/UTC, dates: [], weekdays: {}}}", "1:18"),
        ('guards: {frozen: {timezone: Etc/UTC, weekdays: {fri: "9:00-10:00"}}}', "1:54"),
        ("guards: {frozen: {timezone: America/Chicago, days: []}}", "1:46"),
        ("guards: {frozen: {timezone: Etc/UTC, dates: 2026-07-04}}", "1:45"),
        ("guards: {frozen: {timezone: Etc/UTC, dates: [2026-7-4]}}", "1:46"),
        ("guards: {frozen: {timezone: Etc/UTC, dates: [2026-02-30]}}", "1:46"),
        ("guards: {frozen: {timezone: Etc/UTC, dates: [2026-01-01..2026-02-30]}}", "1:46"),
        ("guards: {frozen: {timezone: Etc/UTC, dates: [2026-02-02..2026-02-01]}}", "1:46"),
        ("guards: {frozen: {timezone: Etc/UTC, weekdays: {fri: 15-24}}}", "1:54"),
        ("guards: {frozen: {timezone: Etc/UTC, weekdays: {fri: 24:00-24:00}}}", "1:54"),
        ("guards: {frozen: {timezone: Etc/UTC, weekdays: {fri: 22:00-06:00}}}", "1:54"),
        ("guards: {frozen: {timezone: Etc/UTC, weekdays: {fri: 09:00-09:00}}}", "1:54"),
        ("guards: {frozen: {timezone: Etc/UTC, weekdays: {friday: 09:00-10:00}}}", "1:49"),
    ],
)  # fmt: skip
def test_invalid_guard_is_refused_with_its_position(
    tmp_path: Path, content: str, position: str
) -> None:
    (problem,) = problems(tmp_path, content)
    assert problem.startswith(f"{position}: error: ")


def test_all_problems_are_reported_at_once_in_the_order_of_the_file(
    tmp_path: Path,
) -> None:
    content = """\
guards:
  frozen:
    weekdays: {mon: 10:00-09:00, tue: 00:00-24:00, fri: 10:00-10:00}
    dates:
      - 2026-02-30
      - 2026-07-04
      - 2026-07-04..2026-07-03
    timezone: Mars/Olympus
"""
    assert problems(tmp_path, content) == [
        "3:21: error: 10:00-09:00 ends before it begins: split it at midnight",
        "3:57: error: 10:00-10:00 ends before it begins: split it at midnight",
        "5:9: error: 2026-02-30 is not a calendar date",
        "7:9: error: 2026-07-04..2026-07-03 ends before it begins",
        "8:15: error: 'Mars/Olympus' is not an IANA time zone: write one such as America/Chicago",
    ]


def test_message_says_what_to_write(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "guards: {maxCampaigns: many}")
    assert "write a number such as 5, or a percentage such as 30%" in problem
    (problem,) = problems(tmp_path, "guards: {golive: deny}")
    assert "did you mean goLive?" in problem


def test_every_guard_is_described_for_editors() -> None:
    schema = json.loads(schema_text("settings.schema.json"))

    def settings(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for name, subschema in node.get("properties", {}).items():
            if name not in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
                yield subschema
                yield from settings(subschema)

    for setting in settings(schema["properties"]["guards"]):
        assert setting["title"]
        assert setting["description"]
        assert setting["errorMessage"]


@pytest.mark.parametrize("guard", GuardName)
def test_every_guard_is_in_the_schema_template_readme_and_safety_page(
    guard: GuardName,
) -> None:
    settings = json.loads(schema_text("settings.schema.json"))["properties"]["guards"]
    assert guard in settings["properties"]
    assert f"\n#   {guard}:" in TEMPLATE.read_text(encoding="utf-8")
    assert f"\n  {guard}:" in README.read_text(encoding="utf-8")
    assert f"\n| `{guard}` |" in SAFETY.read_text(encoding="utf-8")
