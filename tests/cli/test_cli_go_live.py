"""A change that cannot be compared with VOXO may make a campaign go live: it is refused without --allow-go-live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

ONE_MORE_PHONE = (
    "-numbers",
    "numbers: [{number: 6015550123, description: Customer 1042}, {number: 6015550124}, {number: 6015550199}]",
)
"""Changes to the definition that add a phone."""
UNKNOWN_STATES: tuple[object, ...] = (None, "", [], {"word": "READY"}, True)
"""Values of `state` in VOXO that say neither READY nor PAUSED."""


@pytest.fixture
def dialing(project: Project, voxo: FakeVoxo) -> Project:
    """A project whose campaign is READY both in Git and in VOXO."""
    voxo.has(state="READY")
    project.spring("state: READY")
    return project


@pytest.mark.parametrize(
    ("live", "definition"),
    [
        ({"state": ""}, ("state: READY",)),
        ({"state": None}, ("state: READY",)),
        *(({"state": value}, ("-state", *ONE_MORE_PHONE)) for value in UNKNOWN_STATES),
        *(
            ({"callHoursStart": value}, ("state: READY", "callHoursStart: 10:00"))
            for value in ("9:30", "9:00", "5:00 PM", "09:30:30", "17")
        ),
        ({"callHoursStart": "09:00", "callHoursEnd": "5:00 PM"}, ("state: READY", "callHoursStart: 10:00")),
        ({"callHoursEnd": ["17:00"]}, ("state: READY", "callHoursStart: 10:00")),
        ({"dateEnd": "31/03/2026"}, ("state: READY", "dateEnd: 2096-03-30")),
        ({"dateEnd": "31/03/2026"}, ("state: READY", "-dateEnd", "timeEnd: 12:00")),
        ({"timeEnd": "6:30 PM"}, ("state: READY", "-timeEnd", "dateEnd: 2096-03-30")),
        ({"tech": "SMS"}, ("state: READY", "tech: VOICE")),
        ({"timezone": "Mars/Base"}, ("state: READY", "-timezone", "timeEnd: 18:00")),
        ({"timezone": "Mars/Base"}, ("state: READY",)),
        ({"timezone": None}, ("state: READY", "-timezone", "dateEnd: 2096-03-30")),
        ({"callFrequency": None}, ("state: READY", "callFrequency: 60")),
        ({"state": "RUNNING"}, ("state: READY", *ONE_MORE_PHONE)),
    ],
)  # fmt: skip
def test_change_that_cannot_be_compared_is_refused(
    live: dict[str, Any], definition: tuple[str, ...], dialing: Project, voxo: FakeVoxo
) -> None:
    voxo.has(**live)
    dialing.spring(*definition)
    plan = dialing.run("plan")
    assert plan.status == 0, plan.err
    assert any(f"! {effect}" in plan.out for effect in ("STARTS DIALING", "DIALS MORE"))
    ran = dialing.run("apply", "--yes")
    assert ran.status == 1
    assert "campaigns would start dialing or dial more: 4711" in ran.err
    assert "to proceed anyway, pass --allow-go-live" in ran.err
    assert voxo.sent == []


@pytest.mark.parametrize(
    "definition",
    [
        ("message: Renew by phone",),
        ("callerId: 6015550199",),
        ("destinations: [{type: QUEUE, id: 13}]",),
        ("callHoursStart: 10:00", "callHoursEnd: 17:00"),
        ("dateEnd: 2096-03-30", "timeEnd: 23:00"),
        ("timezone: US/Central", "callFrequency: 60"),
        ("timezone: America/New_York", "dateStart: 2096-03-02", "callHoursStart: 11:00", "timeEnd: 18:00"),
        ("numbers: [{number: 6015550124}]",),
    ],
)  # fmt: skip
def test_change_that_cannot_dial_more_needs_no_flag(
    definition: tuple[str, ...], dialing: Project, voxo: FakeVoxo
) -> None:
    dialing.spring("state: READY", *definition)
    assert dialing.run("apply", "--yes", "--max-numbers-removed", "1").status == 0
    assert len(voxo.sent) == 1


HUNDRED_PHONES = [
    {"number": f"6015550{n}", "description": None, "disposition": None} for n in range(100, 200)
]


@pytest.mark.parametrize(
    ("definition", "before", "by_hand", "fields"),
    [
        (
            ("state: READY", "-numbers"),
            {"callHoursStart": "10:00", "callHoursEnd": "17:00"},
            {"numbers": HUNDRED_PHONES, "callHoursStart": None, "callHoursEnd": None},
            "callHoursStart and callHoursEnd and numbers (100 instead of 2)",
        ),
        (
            ("state: READY", "-numbers"),
            {},
            {"numbers": HUNDRED_PHONES[:2]},
            "numbers",
        ),
        (
            ("-state", "callHoursEnd: 16:00"),
            {"state": "READY", "callHoursStart": "10:00", "callHoursEnd": "18:00"},
            {"callHoursStart": "08:00"},
            "callHoursStart",
        ),
        (("-state", "callFrequency: 60"), {"state": "PAUSED"}, {"state": "READY"}, "state"),
    ],
)
def test_saved_plan_is_stale_if_it_would_dial_more_than_it_showed(
    definition: tuple[str, ...],
    before: dict[str, Any],
    by_hand: dict[str, Any],
    fields: str,
    project: Project,
    voxo: FakeVoxo,
) -> None:
    """Fields that the definition does not manage change in VOXO between plan and apply."""
    voxo.has(**before)
    project.spring(*definition)
    assert project.run("plan", "--out", "saved.json").status == 0
    voxo.has(**by_hand)
    ran = project.run("apply", "--yes", "--plan", "saved.json")
    assert ran.status == 3
    assert f"{fields} changed in VOXO since the plan was made: plan again" in ran.out
    assert voxo.sent == []


def test_saved_plan_is_sent_if_it_would_dial_less_than_it_showed(
    project: Project, voxo: FakeVoxo
) -> None:
    project.spring("state: READY", "-callFrequency", "-dateEnd")
    assert project.run("plan", "--out", "saved.json").status == 0
    voxo.has(callFrequency=60, dateEnd="2096-03-20", message="Hello")
    assert project.run("apply", "--yes", "--plan", "saved.json").status == 0
    assert voxo.sent == [(4711, {"state": "READY"})]
