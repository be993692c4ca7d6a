"""The end of a long report, which stays visible in a terminal, states who is called and from when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from click import unstyle

from tests.report.samples import COMMIT, NOW
from tests.report.test_report_markdown_first_screen import (
    conflicting_campaign,
    faster_campaign,
    outside_hours,
    starting_campaign,
)
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.model.problem import Position, Problem, Severity
from voxosync.report import plan_summary, text_format
from voxosync.report.view import View

STOPPED_BY_HAND = FieldChange("state", "PAUSED", "READY", ChangeKind.DRIFT, "READY")
SCREEN = 24


def report(*campaigns: CampaignPlan, width: int | None = None, **options: Any) -> list[str]:
    plan = Plan(NOW, "https://voxo.test", campaigns, COMMIT, **options)
    return text_format.render_plan(plan, View(width=width)).splitlines()


def shared_phones(number: int) -> Problem:
    message = f"sharedPhones: {number} phones are also called by campaign {number + 1}"
    return Problem(Position(f"c{number}.yaml", 8), Severity.WARNING, "sharedPhones", message)


@pytest.mark.parametrize("width", [None, 60, 100])
def test_end_of_a_report_of_300_campaigns_shows_all_important_points(width: int | None) -> None:
    starting_campaigns = [starting_campaign(number) for number in range(5000, 5120)]
    lines = report(
        *starting_campaigns,
        *(
            replace(starting_campaign(number), changes=(STOPPED_BY_HAND,))
            for number in range(5200, 5205)
        ),
        *(faster_campaign(number) for number in range(6000, 6040)),
        *(conflicting_campaign(number) for number in range(7000, 7020)),
        *(CampaignPlan(number, None, "c.yaml", error="no answer") for number in range(8000, 8005)),
        findings=(
            *(outside_hours(number) for number in range(5000, 5020)),
            *map(shared_phones, range(99)),
            Problem(Position("c.yaml", 8), Severity.ERROR, "doNotCall", "listed", 7, 5000),
        ),
        width=width,
    )
    end = " ".join(" ".join(lines[-SCREEN:]).split())
    for text in (
        "STARTS DIALING: 4125 phones from 2027-01-04 09:00 (America/Chicago) in 125 campaigns: 5000-5119, 5200-5204",
        "DIALS MORE: 1320 phones from 2027-01-05 10:00 (Etc/UTC) in 40 campaigns: 6000-6039",
        "People who asked not to be called: 7 phones in 1 campaign: 5000",
        "Called outside their hours: 240 phones in 20 campaigns: 5000-5019",
        "Dials because changes by hand are reverted: 5 campaigns: 5200-5204",
        "Conflict: 20 campaigns: 7000-7019",
        "Failed: 5 campaigns: 8000-8004",
    ):
        assert text in end
    summary = next(line for line in lines if line.startswith("Plan: "))
    assert (
        "Plan: 185 to update (125 STARTS DIALING, 4125 phones; 40 DIALS MORE, 1320 phones)" in end
    )
    assert width is None or len(summary) <= width
    assert width is not None or summary == lines[-1]


@pytest.mark.parametrize("color", [False, True])
def test_summary_is_wrapped_by_its_width_without_color_codes(*, color: bool) -> None:
    failed = [CampaignPlan(number, None, "c.yaml", error="no") for number in range(8000, 8005)]
    plan = Plan(
        NOW,
        "https://voxo.test",
        [starting_campaign(5000), conflicting_campaign(7000), *failed],
        COMMIT,
    )
    whole = plan_summary.summary_line(plan, View(color=color))
    output = text_format.render_plan(plan, View(color=color, width=60))
    wrapped = output[output.index("Plan: ") :].splitlines()
    assert len(wrapped) == 2
    assert all(len(unstyle(line)) <= 60 for line in wrapped)
    assert " ".join(line.strip() for line in wrapped) == whole


def test_short_report_has_no_reminders() -> None:
    out = report(starting_campaign(5000), conflicting_campaign(7000))
    assert [line for line in out if line.startswith(("STARTS DIALING:", "Conflict:"))] == []


def test_terminal_shows_a_few_findings_of_each_check_and_a_log_shows_all() -> None:
    findings = (*map(shared_phones, range(10, 30)), outside_hours(5000))
    on_terminal = report(starting_campaign(5000), findings=findings, width=100)
    assert len([line for line in on_terminal if "sharedPhones: 1" in line]) == 3
    assert "  … 17 more of sharedPhones: -v shows them" in on_terminal
    assert any("calledHours" in line for line in on_terminal)
    in_log = report(starting_campaign(5000), findings=findings)
    assert len([line for line in in_log if "sharedPhones: " in line]) == 20
