"""The same change in many campaigns is shown once with all of their ids, before the exceptions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.report.samples import NOW
from voxosync.model.change import FieldChange
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.report import text_format
from voxosync.report.markdown import comment
from voxosync.report.view import View

FASTER = FieldChange("callFrequency", 30, 20)
MORE = DialingEffect(
    Effect.MORE, ("calls every 20 s instead of 30 s",), 20, 20, "2026-03-02 09:00", "Etc/UTC"
)
SCREEN = 24


def campaign(number: int, *changes: FieldChange, **attributes: Any) -> CampaignPlan:
    return CampaignPlan(number, f"Campaign {number}", f"c{number}.yaml", changes, **attributes)


def report(campaigns: list[CampaignPlan], **view: Any) -> str:
    return text_format.render_plan(Plan(NOW, "", campaigns), View(**view))


@pytest.mark.parametrize("dialing", [None, MORE], ids=["no effect", "dials more"])
def test_300_campaigns_with_the_same_change_fit_on_a_screen(dialing: DialingEffect | None) -> None:
    same_change = [campaign(number, FASTER, dialing=dialing) for number in range(4711, 5009)]
    exceptions = [
        campaign(6001, FASTER, FieldChange("timeEnd", "18:00", "18:30")),
        campaign(6002, FieldChange("callFrequency", 30, 25)),
    ]
    output = report([*same_change, *exceptions])
    assert len(output.splitlines()) <= SCREEN
    assert max(map(len, output.splitlines())) < 200
    assert "callFrequency: 30 → 20 in 298 campaigns: 4711-5008\n" in output
    assert output.index("4711-5008") < output.index("6001 Campaign 6001")
    assert "  ~ callFrequency: 30 → 25\n" in output
    if dialing:
        assert "DIALS MORE: calls every 20 s instead of 30 s; 5960 phones in all" in output


def test_shared_line_of_drift_names_both_sides() -> None:
    output = report([campaign(number, FASTER) for number in (3, 1, 2, 9)], command="drift")
    assert "callFrequency: VOXO 30, Git 20 in 4 campaigns: 1-3, 9\n" in output
    assert "→" not in output


def test_campaigns_with_other_effects_or_reasons_are_separate() -> None:
    starts = replace(MORE, effect=Effect.STARTS)
    more_phones = replace(MORE, reasons=("+1 phone",))
    effects = [MORE] * 3 + [starts] * 3 + [more_phones]
    output = report(
        [campaign(number, FASTER, dialing=dialing) for number, dialing in enumerate(effects, 1)]
    )
    assert "in 3 campaigns: 1-3\n  ! DIALS MORE: " in output
    assert "in 3 campaigns: 4-6\n  ! STARTS DIALING: " in output
    assert "7 Campaign 7" in output


def test_two_campaigns_are_not_grouped_and_a_verbose_report_groups_none() -> None:
    two_campaigns = [campaign(1, FASTER), campaign(2, FASTER)]
    assert "campaigns:" not in report(two_campaigns)
    output = report([*two_campaigns, campaign(3, FASTER)], verbose=True)
    assert [f"{number} Campaign {number}" in output for number in (1, 2, 3)] == [True] * 3


def test_several_changes_are_listed_under_one_title() -> None:
    changes = (FASTER, FieldChange("timeEnd", "18:00", "18:30"))
    output = report([campaign(number, *changes) for number in (1, 2, 3)])
    assert output.startswith(
        "2 changes in 3 campaigns: 1-3\n  ~ callFrequency: 30 → 20\n  ~ timeEnd: 18:00 → 18:30\n"
    )


def test_shared_warnings_are_shown_once_and_others_with_their_campaigns() -> None:
    warnings = [("both", "first"), ("both",), ("both",)]
    output = report(
        [campaign(number, FASTER, warnings=texts) for number, texts in enumerate(warnings, 1)]
    )
    assert output.count("warning: both") == 1
    assert "  warning: 1: first\n" in output


WARNING = "VOXO says that the state is RUNNING"


def test_campaigns_with_only_the_same_warning_are_one_entry() -> None:
    same_warning = [campaign(number, warnings=(WARNING,)) for number in range(4711, 5009)]
    with_more = campaign(6001, warnings=(WARNING, "another"))
    output = report([*same_warning, with_more])
    assert output.startswith(
        f"298 campaigns: 4711-5008\n  = in sync\n  warning: {WARNING}\n\n6001 Campaign 6001"
    )
    assert report([*same_warning[:2], with_more]).count(WARNING) == 3
    assert report(same_warning[:3], verbose=True).count(WARNING) == 3


def test_comment_shows_a_shared_warning_once() -> None:
    same_warning = [campaign(number, warnings=(WARNING,)) for number in range(4711, 5009)]
    output = comment.render_plan(Plan(NOW, "", same_warning), View())
    assert output.count(WARNING) == 1
    assert f"- 298 campaigns (4711-5008): {WARNING}" in output
    output = comment.render_plan(Plan(NOW, "", same_warning[:2]), View())
    assert output.count(WARNING) == 2


def failed_campaign(number: int) -> CampaignPlan:
    return campaign(number, error=f"GET /v2/campaigns/{number}: 403", missing=number % 2 == 0)


def test_comment_shows_a_shared_failure_once() -> None:
    output = comment.render_plan(
        Plan(NOW, "", [failed_campaign(n) for n in range(4711, 4745)]), View()
    )
    odd = ", ".join(str(number) for number in range(4711, 4745, 2))
    assert f"- **Failed**: 17 campaigns ({odd}): GET /v2/campaigns/ID&#58; 403; " in output
    assert "- **Missing**: 17 campaigns (4712, 4714, " in output
    assert output.count("this is so for every campaign&#58; check &#45;&#45;env NAME") == 2
    assert "<details>" not in output
