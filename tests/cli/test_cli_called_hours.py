"""The check `calledHours`: people whom a campaign would call too early or too late in their own time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

HOURS = ("callHoursStart: 08:00", "callHoursEnd: 20:00")
CHICAGO = [f"60155501{n:02}" for n in range(6)]
LOS_ANGELES = [f"21355501{n:02}" for n in range(2)]


def numbers(*phones: str) -> str:
    return f"numbers: [{', '.join(f'{{number: {phone}}}' for phone in phones)}]"


def findings(project: Project, *arguments: str) -> list[str]:
    """The messages of the check in the output of `validate`, without position and severity."""
    ran = project.run("validate", *arguments)
    lines = [line for line in ran.said.splitlines() if "calledHours: " in line]
    assert ran.status == (1 if any(": error: " in line for line in lines) else 0), ran.said
    return [line.partition("calledHours: ")[2] for line in lines]


def test_finding_says_how_many_phones_at_what_time_and_how_to_fix_it(project: Project) -> None:
    project.spring(*HOURS, numbers(*CHICAGO, *LOS_ANGELES))
    ran = project.run("validate")
    assert ran.status == 0
    at = (project.folder / "campaigns/spring.yaml").read_text().splitlines().index(HOURS[0]) + 1
    assert (
        f"campaigns/spring.yaml:{at}:17: warning: calledHours: 2 of 8 phones would be called from 06:00 "
        "(America/Los_Angeles): start at 10:00 or split the list"
    ) in ran.said


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ((*HOURS, numbers(*CHICAGO)), None),
        (
            ("callHoursStart: 08:00", "callHoursEnd: 21:00", numbers("2125550123")),
            "1 of 1 phone would be called until 22:00 (America/New_York): end at 20:00",
        ),
        (
            ("callHoursStart: 08:00", "callHoursEnd: 21:00", numbers("2125550123", "2135550123")),
            ("2 of 2 phones would be called from 06:00 (America/Los_Angeles) and until 22:00 (America/New_York): "
            "dial from 10:00 to 20:00 or split the list"),
        ),
        (
            ("callHoursStart: 22:00", "callHoursEnd: 23:00", numbers("6015550123")),
            ("1 of 1 phone would be called from 22:00 until 23:00 (America/Chicago): "
            "dial from 08:00 to 21:00"),
        ),
        (
            ("callHoursStart: 07:00", "callHoursEnd: 22:00", numbers("6015550123")),
            "1 of 1 phone would be called from 07:00 and until 22:00 (America/Chicago): dial from 08:00 to 21:00",
        ),
        (
            ("callHoursStart: 00:00", "callHoursEnd: 00:00", numbers("6015550123")),
            "1 of 1 phone would be called at any hour: dial from 08:00 to 21:00",
        ),
        (
            (
                "timezone: Etc/UTC",
                "callHoursStart: 07:00",
                "callHoursEnd: 07:30",
                numbers("6015550123"),
            ),
            "1 of 1 phone would be called from 01:00 until 02:30 (America/Chicago): dial from 14:00 to 02:00",
        ),
        # The first code overlays an area of two time zones; toll-free and unknown codes have no area.
        ((*HOURS, numbers("4485550123", "8505550123", "8005550123", "9995550123")), None),
        (
            ("callHoursStart: 08:00", "callHoursEnd: 20:30", numbers("4485550123", "8505550123")),
            "2 of 2 phones would be called until 21:30 (America/New_York): end at 20:00",
        ),
        (
            ("callHoursStart: 08:00", "callHoursEnd: 19:00", numbers("7095550123", "6015550123")),
            "1 of 2 phones would be called until 21:30 (America/St_Johns): end at 18:30 or split the list",
        ),
        # Phoenix has no daylight saving time, so it is two hours behind Chicago from mid-March on.
        (
            ("callHoursStart: 09:00", "callHoursEnd: 20:00", numbers("6025550123", "3035550123")),
            "1 of 2 phones would be called from 07:00 (America/Phoenix): start at 10:00 or split the list",
        ),
        (("callHoursStart: 09:00", "callHoursEnd: 20:00", "dateEnd: 2096-03-08", numbers("6025550123")), None),
        (
            (
                *HOURS,
                "numbers: {file: far.csv}",
            ),
            "2 of 3 phones would be called from 23:00 (Pacific/Guam) and until 02:00 (Europe/London): split the list",
        ),
        # A field that the definition does not manage may have any value in VOXO.
        (("callHoursStart: 06:00", numbers("6015550123")), None),
        (("callHoursStart: 06:00", "callHoursEnd: 20:00", "-timezone", numbers("6015550123")), None),
        (("callHoursStart: 06:00", "callHoursEnd: 20:00", "-numbers"), None),
        (("callHoursStart: 06:00", "callHoursEnd: 20:00", "numbers: []"), None),
    ],
)  # fmt: skip
def test_hours_outside_the_permitted_ones_are_a_finding(
    project: Project, changes: tuple[str, ...], finding: str | None
) -> None:
    rows = "6715550123,\n2125550123,\n2125550124,Europe/London\n"
    project.write("campaigns/far.csv", f"number,timezone\n{rows}")
    project.spring(*changes)
    messages = findings(project)
    if finding is None:
        assert messages == []
    else:
        assert len(messages) == 1
        assert messages[0] == finding


def test_unknown_area_codes_use_the_time_zone_of_the_campaign(
    project: Project,
) -> None:
    project.spring(
        "callHoursStart: 07:00", "callHoursEnd: 20:00", numbers("9995550123", "2995550123")
    )
    assert findings(project) == [
        "2 of 2 phones would be called from 07:00 (America/Chicago): start at 08:00"
    ]


def test_strict_setting_assumes_every_us_time_zone_for_an_unknown_zone(project: Project) -> None:
    project.spring(*HOURS, numbers("8005550123", "6015550123"))
    assert findings(project) == []
    project.write("voxosync.yaml", "checks: {calledHours: {unknownZone: strict}}\n")
    assert findings(project) == [
        "1 of 2 phones would be called from 03:00 (Pacific/Honolulu): start at 13:00 or split the list"
    ]


def test_timezone_column_takes_precedence_over_the_area_code(project: Project) -> None:
    rows = "2135550123,America/Chicago\n6015550123,America/Los_Angeles\n6015550124,\n"
    project.write("campaigns/list.csv", f"number,timezone\n{rows}")
    project.spring(*HOURS, "numbers: {file: list.csv}")
    assert findings(project) == [
        "1 of 3 phones would be called from 06:00 (America/Los_Angeles): start at 10:00 or split the list"
    ]


@pytest.mark.parametrize(
    "zone", ["Mars", " America/Chicago", "america/chicago", "../zone", "+02:00"]
)
def test_unknown_time_zone_is_an_error_and_the_area_code_is_used_instead(
    project: Project, zone: str
) -> None:
    project.spring(*HOURS, "numbers: {file: people.csv}")
    project.write("campaigns/people.csv", f"number,timezone\n2135550123,{zone}\n")
    project.write("policies/hours.yaml", "rules: {hours: {message: too early, schema: {}}}\n")
    ran = project.run("validate")
    assert ran.status == 1
    assert f"people.csv:2:12: error: timezone: '{zone}' is not an IANA time zone" in ran.said
    assert "1 of 1 phone would be called from 06:00 (America/Los_Angeles)" in ran.said


def test_settings_choose_the_permitted_hours_and_the_severity(project: Project) -> None:
    project.spring(*HOURS, numbers("6015550123"))
    project.write(
        "voxosync.yaml", "checks: {calledHours: {between: 09:00-21:30, severity: error}}\n"
    )
    assert findings(project) == [
        "1 of 1 phone would be called from 08:00 (America/Chicago): start at 09:00"
    ]
    project.write("voxosync.yaml", "checks: {calledHours: {between: 09:00-21:30, severity: off}}\n")
    assert findings(project) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "{between: 21:00-08:00}",
            "1:33: error: 21:00-08:00 ends before it begins: write the earlier time first",
        ),
        ("{between: 8:00-21:00}", "write two times of a day, such as 08:00-21:00"),
        ("{between: 08:00-24:30}", "write two times of a day, such as 08:00-21:00"),
        ("{unknownZone: mine}", "write campaign or strict"),
    ],
)
def test_invalid_settings_are_errors_that_say_what_to_write(
    project: Project, settings: str, message: str
) -> None:
    project.spring()
    project.write("voxosync.yaml", f"checks: {{calledHours: {settings}}}\n")
    ran = project.run("validate")
    assert ran.status == 1
    assert message in ran.err


def test_comment_allows_a_finding(project: Project) -> None:
    hours = ("callHoursStart: 06:00 # voxosync: allow calledHours they work at night", HOURS[1])
    project.spring(*hours, numbers("6015550123"))
    ran = project.run("validate")
    assert ran.status == 0
    assert "they work at night" in ran.said
    assert ": warning: " not in ran.said


def test_plan_uses_live_values_of_unmanaged_fields(project: Project, voxo: FakeVoxo) -> None:
    voxo.campaigns[4711]["callHoursStart"], voxo.campaigns[4711]["callHoursEnd"] = "07:30", "20:00"
    project.spring()
    assert findings(project) == []
    ran = project.run("plan")
    assert (
        "calledHours: 2 of 2 phones would be called from 07:30 (America/Chicago): start at 08:00"
        in ran.said
    )
    voxo.campaigns[4711]["callHoursStart"] = "08:00"
    assert "calledHours" not in project.run("plan").said
    voxo.campaigns[4711]["numbers"].append({"number": "2135550123"})
    project.spring("-numbers")
    assert (
        "1 of 3 phones would be called from 06:00 (America/Los_Angeles)" in project.run("plan").said
    )
