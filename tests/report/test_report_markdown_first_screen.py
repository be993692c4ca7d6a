"""The first screen of a comment: what rings, how many phones, from when, outside which hours, what conflicts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.report.samples import COMMIT, NOW, numbers
from voxosync.model.change import Change, FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.model.problem import Position, Problem, Severity
from voxosync.report.markdown.comment import render_plan
from voxosync.report.view import View

BASE = "https://git.example/calls/blob/cafe"
LINKED = View(link_base=BASE)
SCREEN = 25
FREQUENCY = FieldChange("callFrequency", 30, 20, position=Position("campaigns/x.yaml", 7))


def campaign(number: int, *changes: Change, effect: Effect | None = None) -> CampaignPlan:
    dialing = effect and DialingEffect(
        effect, ("becomes READY",), 33, 30, "2027-01-04 09:00", "America/Chicago"
    )
    return CampaignPlan(number, f"Campaign {number}", "campaigns/x.yaml", changes, dialing=dialing)


def starting(number: int) -> CampaignPlan:
    return campaign(number, FieldChange("state", "PAUSED", "READY"), effect=Effect.STARTS)


def conflicting(number: int) -> CampaignPlan:
    return campaign(number, FieldChange("callFrequency", 45, 60, ChangeKind.CONFLICT, 30))


def outside(number: int) -> Problem:
    message = "calledHours: 12 of 33 phones would be called from 06:00: start at 10:00"
    at = Position("campaigns/x.yaml", 8)
    return Problem(at, Severity.WARNING, "calledHours", message, 12, number)


def rendered(*campaigns: CampaignPlan, view: View = LINKED, **options: Any) -> str:
    return render_plan(Plan(NOW, "https://voxo.test", campaigns, COMMIT, **options), view)


@pytest.mark.parametrize("count", [1, 30, 300])
def test_says_what_a_reviewer_must_know(count: int) -> None:
    ringing = [starting(5000 + index) for index in range(count)]
    findings = tuple(outside(entry.id) for entry in ringing)
    out = rendered(*ringing, conflicting(4711), findings=findings)
    screen = "\n".join(out.splitlines()[:SCREEN])
    assert f"({count} STARTS DIALING, {33 * count} phones)" in screen
    assert "2027&#45;01&#45;04 09&#58;00 (America/Chicago)" in screen
    assert "**Called outside their hours**" in screen
    assert ("12 of 33 phones" if count == 1 else f"{12 * count} phones in {count} camp") in screen
    assert "**Conflict**: [4711 Campaign 4711]" in screen
    assert [entry.id for entry in ringing if str(entry.id) not in out] == []


def faster(number: int, kind: ChangeKind = ChangeKind.CHANGE) -> CampaignPlan:
    dialing = DialingEffect(
        Effect.MORE, ("calls every 20 s instead of 30 s",), 33, 30, "2027-01-05 10:00", "Etc/UTC"
    )
    return replace(campaign(number, replace(FREQUENCY, kind=kind)), dialing=dialing)


def test_effects_with_the_same_reasons_are_one_row_and_all_effects_are_on_the_screen() -> None:
    out = rendered(
        *(starting(number) for number in range(5000, 5120)),
        *(faster(number) for number in range(6000, 6040)),
        *(campaign(number, FREQUENCY, effect=Effect.STOPS) for number in range(7000, 7010)),
    )
    unfolded = re.sub(r"<details>.*?</details>\n", "", out, flags=re.DOTALL)
    screen = "\n".join(unfolded.splitlines()[: SCREEN + 5])
    assert "| 120 campaigns (5000-5119) | 3960 | 2027&#45;01&#45;04 09&#58;00 (America/C" in screen
    assert (
        "| 40 campaigns (6000-6039) | 1320 | 2027&#45;01&#45;05 10&#58;00 (Etc/UTC) | call"
        in screen
    )
    assert "| 10 campaigns (7000-7009) |" in screen
    assert [number for number in range(5000, 5120) if str(number) not in screen] == []
    assert "<details><summary>All 120 one by one</summary>" in out
    assert "[5119 Campaign 5119]" in out


def test_an_equal_finding_of_many_is_said_once() -> None:
    findings = tuple(outside(number) for number in range(5000, 5020))
    out = rendered(starting(5000), findings=findings)
    assert out.count("start at 10") == 1
    assert "**Called outside their hours**: warning: 240 phones in 20 campaigns" in out


def test_what_dials_only_because_a_change_by_hand_is_reverted_is_named() -> None:
    stopped = FieldChange("state", "PAUSED", "READY", ChangeKind.DRIFT, "READY")
    reverting = replace(starting(5001), changes=(stopped,))
    out = rendered(starting(5000), reverting, faster(6000, ChangeKind.DRIFT))
    assert "**Dials because changes by hand are reverted**: [5001 Campaign 5001]" in out
    assert "**Dials because changes by hand are reverted**: [6000 Campaign 6000]" in out
    assert "reverted**: [5000" not in out


def test_all_that_asked_not_to_be_called_are_listed_and_nothing_else_with_them() -> None:
    alarms = tuple(
        Problem(Position("campaigns/x.yaml", line), Severity.ERROR, "doNotCall", "listed", 1, 4711)
        for line in range(100, 120)
    )
    lines = rendered(conflicting(4711), findings=alarms, view=View()).splitlines()
    begin = lines.index("#### People who asked not to be called")
    alarm_lines = lines[begin : lines.index("#### Also needs attention")]
    assert sum("listed" in line for line in alarm_lines) == 20
    assert "<details><summary>14 more</summary>" in alarm_lines
    assert "**Conflict**" not in "\n".join(alarm_lines)


def test_the_ids_of_all_that_ring_are_there_however_little_fits() -> None:
    ids = range(1_000_001, 1_008_001, 2)
    out = rendered(*(starting(number) for number in ids))
    assert len(out.encode()) <= 65_536
    assert [number for number in ids if str(number) not in out] == []


def test_few_campaigns_are_unfolded_with_values_and_links() -> None:
    changes = [numbers(added=(f"601555010{n}",)) for n in range(1, 6)]
    out = rendered(*(campaign(n, FREQUENCY, change) for n, change in enumerate(changes, start=1)))
    assert "<details>" not in out
    assert out.count(f"- [callFrequency]({BASE}/campaigns/x.yaml#L7)&#58; 30 → 20") == 5
    assert "601•••0105" in out
    assert "<details>" in rendered(
        *(campaign(n, FREQUENCY, numbers(added=(f"601555010{n}",))) for n in range(1, 7))
    )


def test_the_same_change_of_many_is_shown_once() -> None:
    out = rendered(*(campaign(number, FREQUENCY) for number in range(4700, 5000)))
    assert out.count("30 → 20") == 1
    assert "<strong>300 campaigns</strong> (4700-4999)" in out
    assert len(out.splitlines()) <= SCREEN


def test_a_table_has_no_empty_column() -> None:
    without_forecast = rendered(starting(4711), view=View())
    assert "| Campaign | Phones | From | Why |" in without_forecast
    stopped = rendered(campaign(4711, FREQUENCY, effect=Effect.STOPS), view=View())
    assert "| Campaign | Phones | Why |" in stopped


def test_names_are_text_and_not_code() -> None:
    assert "<code>" not in rendered(starting(4711), conflicting(4712), findings=(outside(4711),))


def test_a_line_number_is_no_emoji() -> None:
    """`x.yaml:100: …` holds `:100:`, of which GitHub makes a picture."""
    finding = Problem(Position("x.yaml", 100), Severity.WARNING, "unreachable", "unreachable: x")
    assert "x&#46;yaml<span>&#58;</span>100:" in rendered(view=View(), findings=(finding,))
