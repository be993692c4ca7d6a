"""What cannot be compared makes a campaign go live as far as anybody knows: refused without --allow-go-live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

LISTED = (
    "-numbers",
    "numbers: [{number: 6015550123, description: Customer 1042}, {number: 6015550124}, {number: 6015550199}]",
)
"""The definition with one more phone."""


@pytest.fixture
def dialing(project: Project, voxo: FakeVoxo) -> Project:
    """A campaign that is READY on both sides."""
    voxo.has(state="READY")
    project.spring("state: READY")
    return project


@pytest.mark.parametrize(
    ("live", "definition"),
    [
        ({"state": ""}, ("state: READY",)),
        ({"state": None}, ("state: READY",)),
        *(({"state": odd}, ("-state", *LISTED)) for odd in (None, "", [], {"word": "READY"}, True)),
        *(
            ({"callHoursStart": odd}, ("state: READY", "callHoursStart: 10:00"))
            for odd in ("9:30", "9:00", "5:00 PM", "09:30:30", "17")
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
        ({"state": "RUNNING"}, ("state: READY", *LISTED)),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    live: dict[str, Any], definition: tuple[str, ...], dialing: Project, voxo: FakeVoxo
) -> None:
    voxo.has(**live)
    dialing.spring(*definition)
    plan = dialing.run("plan")
    assert plan.status == 0, plan.err
    assert any(f"! {word}" in plan.out for word in ("STARTS DIALING", "DIALS MORE"))
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
def test_what_is_surely_narrower_needs_no_flag(
    definition: tuple[str, ...], dialing: Project, voxo: FakeVoxo
) -> None:
    dialing.spring("state: READY", *definition)
    assert dialing.run("apply", "--yes", "--max-numbers-removed", "1").status == 0
    assert len(voxo.sent) == 1


MANY = [
    {"number": f"6015550{n}", "description": None, "disposition": None} for n in range(100, 200)
]


@pytest.mark.parametrize(
    ("definition", "before", "by_hand", "named"),
    [
        (
            ("state: READY", "-numbers"),
            {"callHoursStart": "10:00", "callHoursEnd": "17:00"},
            {"numbers": MANY, "callHoursStart": None, "callHoursEnd": None},
            "callHoursStart and callHoursEnd and numbers (100 instead of 2)",
        ),
        (
            ("state: READY", "-numbers"),
            {},
            {"numbers": MANY[:2]},
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
def test_more_than_a_saved_plan_showed_is_stale(
    definition: tuple[str, ...],
    before: dict[str, Any],
    by_hand: dict[str, Any],
    named: str,
    project: Project,
    voxo: FakeVoxo,
) -> None:
    """Whatever VOXO holds by the time of apply in fields that the definition does not manage."""
    voxo.has(**before)
    project.spring(*definition)
    assert project.run("plan", "--out", "saved.json").status == 0
    voxo.has(**by_hand)
    ran = project.run("apply", "--yes", "--plan", "saved.json")
    assert ran.status == 3
    assert f"{named} changed in VOXO since the plan was made: plan again" in ran.out
    assert voxo.sent == []


def test_less_than_a_saved_plan_showed_is_sent(project: Project, voxo: FakeVoxo) -> None:
    project.spring("state: READY", "-callFrequency", "-dateEnd")
    assert project.run("plan", "--out", "saved.json").status == 0
    voxo.has(callFrequency=60, dateEnd="2096-03-20", message="Hello")
    assert project.run("apply", "--yes", "--plan", "saved.json").status == 0
    assert voxo.sent == [(4711, {"state": "READY"})]
