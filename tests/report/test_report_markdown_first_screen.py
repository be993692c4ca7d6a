"""The first screen of a comment: which campaigns dial, how many phones and from when, and what else is important."""

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
    dialing = None
    if effect:
        dialing = DialingEffect(
            effect, ("becomes READY",), 33, 30, "2027-01-04 09:00", "America/Chicago"
        )
    return CampaignPlan(number, f"Campaign {number}", "campaigns/x.yaml", changes, dialing=dialing)


def starting_campaign(number: int) -> CampaignPlan:
    return campaign(number, FieldChange("state", "PAUSED", "READY"), effect=Effect.STARTS)


def conflicting_campaign(number: int) -> CampaignPlan:
    return campaign(number, FieldChange("callFrequency", 45, 60, ChangeKind.CONFLICT, 30))


def outside_hours(number: int) -> Problem:
    message = "calledHours: 12 of 33 phones would be called from 06:00: start at 10:00"
    position = Position("campaigns/x.yaml", 8)
    return Problem(position, Severity.WARNING, "calledHours", message, 12, number)


def render_comment(*campaigns: CampaignPlan, view: View = LINKED, **options: Any) -> str:
    return render_plan(Plan(NOW, "https://voxo.test", campaigns, COMMIT, **options), view)


@pytest.mark.parametrize("count", [1, 30, 300])
def test_first_screen_shows_what_a_reviewer_must_know(count: int) -> None:
    starting_campaigns = [starting_campaign(5000 + index) for index in range(count)]
    findings = tuple(outside_hours(entry.id) for entry in starting_campaigns)
    out = render_comment(*starting_campaigns, conflicting_campaign(4711), findings=findings)
    screen = "\n".join(out.splitlines()[:SCREEN])
    assert f"({count} STARTS DIALING, {33 * count} phones)" in screen
    assert "2027&#45;01&#45;04 09&#58;00 (America/Chicago)" in screen
    assert "**Called outside their hours**" in screen
    assert ("12 of 33 phones" if count == 1 else f"{12 * count} phones in {count} camp") in screen
    assert "**Conflict**: [4711 Campaign 4711]" in screen
    assert [entry.id for entry in starting_campaigns if str(entry.id) not in out] == []


def faster_campaign(number: int, kind: ChangeKind = ChangeKind.CHANGE) -> CampaignPlan:
    dialing = DialingEffect(
        Effect.MORE, ("calls every 20 s instead of 30 s",), 33, 30, "2027-01-05 10:00", "Etc/UTC"
    )
    return replace(campaign(number, replace(FREQUENCY, kind=kind)), dialing=dialing)


def test_first_screen_shows_all_effects_with_one_row_for_the_same_reasons() -> None:
    out = render_comment(
        *(starting_campaign(number) for number in range(5000, 5120)),
        *(faster_campaign(number) for number in range(6000, 6040)),
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


def test_same_finding_of_many_campaigns_is_shown_once() -> None:
    findings = tuple(outside_hours(number) for number in range(5000, 5020))
    out = render_comment(starting_campaign(5000), findings=findings)
    assert out.count("start at 10") == 1
    assert "**Called outside their hours**: warning: 240 phones in 20 campaigns" in out


def test_campaigns_that_dial_because_a_manual_change_is_reverted_are_named() -> None:
    stopped_by_hand = FieldChange("state", "PAUSED", "READY", ChangeKind.DRIFT, "READY")
    reverting = replace(starting_campaign(5001), changes=(stopped_by_hand,))
    out = render_comment(
        starting_campaign(5000), reverting, faster_campaign(6000, ChangeKind.DRIFT)
    )
    assert "**Dials because changes by hand are reverted**: [5001 Campaign 5001]" in out
    assert "**Dials because changes by hand are reverted**: [6000 Campaign 6000]" in out
    assert "reverted**: [5000" not in out


def test_do_not_call_alarms_are_listed_completely_in_their_own_section() -> None:
    alarms = tuple(
        Problem(Position("campaigns/x.yaml", line), Severity.ERROR, "doNotCall", "listed", 1, 4711)
        for line in range(100, 120)
    )
    lines = render_comment(conflicting_campaign(4711), findings=alarms, view=View()).splitlines()
    start = lines.index("#### People who asked not to be called")
    alarm_lines = lines[start : lines.index("#### Also needs attention")]
    assert sum("listed" in line for line in alarm_lines) == 20
    assert "<details><summary>14 more</summary>" in alarm_lines
    assert "**Conflict**" not in "\n".join(alarm_lines)


def test_ids_of_all_campaigns_that_start_dialing_are_shown_in_a_shortened_comment() -> None:
    ids = range(1_000_001, 1_008_001, 2)
    out = render_comment(*(starting_campaign(number) for number in ids))
    assert len(out.encode()) <= 65_536
    assert [number for number in ids if str(number) not in out] == []


def test_few_campaigns_are_shown_unfolded_with_values_and_links() -> None:
    changes = [numbers(added=(f"601555010{n}",)) for n in range(1, 6)]
    out = render_comment(
        *(campaign(n, FREQUENCY, change) for n, change in enumerate(changes, start=1))
    )
    assert "<details>" not in out
    assert out.count(f"- [callFrequency]({BASE}/campaigns/x.yaml#L7)&#58; 30 → 20") == 5
    assert "601•••0105" in out
    assert "<details>" in render_comment(
        *(campaign(n, FREQUENCY, numbers(added=(f"601555010{n}",))) for n in range(1, 7))
    )


def test_same_change_of_many_campaigns_is_shown_once() -> None:
    out = render_comment(*(campaign(number, FREQUENCY) for number in range(4700, 5000)))
    assert out.count("30 → 20") == 1
    assert "<strong>300 campaigns</strong> (4700-4999)" in out
    assert len(out.splitlines()) <= SCREEN


def test_tables_have_no_empty_columns() -> None:
    without_forecast = render_comment(starting_campaign(4711), view=View())
    assert "| Campaign | Phones | From | Why |" in without_forecast
    without_time = render_comment(campaign(4711, FREQUENCY, effect=Effect.STOPS), view=View())
    assert "| Campaign | Phones | Why |" in without_time


def test_names_are_not_formatted_as_code() -> None:
    assert "<code>" not in render_comment(
        starting_campaign(4711), conflicting_campaign(4712), findings=(outside_hours(4711),)
    )


def test_line_number_is_not_turned_into_an_emoji() -> None:
    """`x.yaml:100: …` contains `:100:`, which GitHub would display as an emoji."""
    finding = Problem(Position("x.yaml", 100), Severity.WARNING, "unreachable", "unreachable: x")
    assert "x&#46;yaml<span>&#58;</span>100:" in render_comment(view=View(), findings=(finding,))
