"""What only `drift` shows people: missing, acknowledged and unmanaged campaigns, and the times of differences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.report import samples
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.drift import History, UnmanagedCampaign
from voxosync.model.plan import CampaignPlan, LeftAloneChange, Plan, Reason
from voxosync.model.problem import Position, Problem, Severity
from voxosync.report import github_format, text_format
from voxosync.report.markdown import comment as markdown_format
from voxosync.report.view import View

DRIFT = View(command="drift")
LEFT_OUT = "differences first seen before {} 12:00 UTC are left out"
ACKNOWLEDGED = CampaignPlan(
    4716, "Trial", "trial.yaml", acknowledged=samples.acknowledged_changes()[:1]
)

IGNORED = CampaignPlan(
    4718,
    "Quiet",
    "quiet.yaml",
    left_alone=(LeftAloneChange(FieldChange("callFrequency", 45, 30), Reason.IGNORE),),
)


def plan_of(*campaigns: CampaignPlan, **options: Any) -> Plan:
    return Plan(samples.NOW, "", campaigns, **options)


def last_line(plan: Plan, view: View = DRIFT) -> str:
    return text_format.render_plan(plan, view).splitlines()[-1]


def test_summary_counts_each_campaign_once() -> None:
    assert last_line(samples.drift_plan()) == (
        "Drift: 1 differs (1 STARTS DIALING, 2 phones), 1 left alone, 2 in sync, 1 missing, 1 failed, 2 unmanaged."
    )


@pytest.mark.parametrize(
    ("plan", "summary"),
    [
        (plan_of(ACKNOWLEDGED), "No drift: 0 differ, 1 left alone, 0 in sync."),
        (plan_of(ACKNOWLEDGED, IGNORED), "No drift: 0 differ, 2 left alone, 0 in sync."),
        (
            plan_of(ACKNOWLEDGED, IGNORED, CampaignPlan(1, "Fine", "fine.yaml")),
            "No drift: 1 campaign agrees with VOXO, 2 left alone.",
        ),
        (
            samples.in_sync_plan(unmanaged=(UnmanagedCampaign(1, None, None),)),
            "No drift: 2 campaigns agree with VOXO, 1 unmanaged.",
        ),
        (
            samples.in_sync_plan(
                unmanaged=(UnmanagedCampaign(1, None, None),), unmanaged_counts=True
            ),
            "Drift: 0 differ, 2 in sync, 1 unmanaged.",
        ),
        (
            samples.in_sync_plan(unlisted="VOXO answered 503"),
            "Drift: 0 differ, 2 in sync, unmanaged not listed.",
        ),
        (
            samples.in_sync_plan(history=History((), samples.NOW - timedelta(days=7))),
            f"No drift: 2 campaigns agree with VOXO ({LEFT_OUT.format('2026-02-22')}).",
        ),
    ],
)
def test_summary_states_no_drift_exactly_if_the_exit_status_is_0(plan: Plan, summary: str) -> None:
    assert last_line(plan) == summary
    assert summary.startswith("No drift") == (plan.exit_status(count=tuple(ChangeKind)) == 0)


def test_missing_campaign_is_reported_with_what_to_do() -> None:
    output = text_format.render_plan(samples.drift_plan(), DRIFT)
    assert (
        "  ! missing: GET /v2/…/4717: VOXO answered 404 (not found); check the id; "
        "if the campaign is gone, remove its definition; if the definition is a copy for a new campaign, "
        "remove its id and run voxosync create\n"
    ) in output


def test_plan_shows_acknowledged_differences_as_left_alone() -> None:
    output = "  ≈ dateEnd: {}  (since 2026-02-25 12:00 UTC; {}acknowledged until "
    plan_line = output.format("2026-03-31 → 2026-04-30", "left alone; ")
    drift_line = output.format("VOXO 2026-03-31, Git 2026-04-30", "")
    assert plan_line in text_format.render_plan(plan_of(ACKNOWLEDGED), View())
    assert drift_line in text_format.render_plan(plan_of(ACKNOWLEDGED), DRIFT)
    assert last_line(plan_of(ACKNOWLEDGED), View()) == "Plan: 0 to update, 1 left alone, 0 in sync."


def test_acknowledged_numbers_are_listed_and_masked() -> None:
    output = text_format.render_plan(samples.drift_plan(), DRIFT)
    assert "      - only in VOXO: 601•••0126\n" in output
    assert samples.CALLED[3] not in output


def test_acknowledged_campaign_is_not_shown_as_in_sync() -> None:
    assert "= in sync" not in text_format.render_plan(plan_of(ACKNOWLEDGED), DRIFT)


def test_time_of_a_difference_is_in_utc_after_its_kind() -> None:
    change = samples.three_sided_plan().campaigns[0].changes[1]
    plan = plan_of(
        CampaignPlan(1, None, "x.yaml", (replace(change, since=samples.NOW),)), base="c0ffee"
    )
    assert "  (conflict: was 30, since 2026-03-01 12:00 UTC)\n" in text_format.render_plan(
        plan, DRIFT
    )


def test_reason_why_unmanaged_campaigns_could_not_be_listed_is_shown() -> None:
    output = text_format.render_plan(samples.in_sync_plan(unlisted="VOXO answered 503"), DRIFT)
    assert output.startswith("Unmanaged campaigns\n  ! failed: VOXO answered 503\n")
    assert "::error title=voxosync unlisted::" in github_format.render_plan(
        samples.in_sync_plan(unlisted="VOXO answered 503"), DRIFT
    )


def test_every_position_of_an_alarm_is_listed() -> None:
    findings = [
        Problem(Position("people.csv", line), severity, rule, "listed")
        for rule, severity in (("doNotCall", Severity.ERROR), ("unreachable", Severity.WARNING))
        for line in range(1, 21)
    ]
    out = text_format.render_plan(replace(samples.in_sync_plan(), findings=findings), View())
    assert [line for line in range(1, 21) if f"people.csv:{line}:1: error: listed" not in out] == []
    assert out.count("warning: listed") == 1


class TestIssue:
    def test_has_a_section_for_each_sort_of_finding(self) -> None:
        output = markdown_format.render_plan(samples.drift_plan(), DRIFT)
        titles = [line for line in output.splitlines() if line.startswith(("####", "<details>"))]
        assert titles == [
            "#### 1 STARTS DIALING, 2 phones",
            "#### Differences",
            "<details><summary>Acknowledged: 3</summary>",
            "<details><summary>Warnings: 2</summary>",
            "<details><summary>In VOXO without a definition: 2</summary>",
        ]

    def test_shows_times_of_differences_only_if_a_history_has_them(self) -> None:
        assert "(since 2026&#45;02&#45;15" in markdown_format.render_plan(
            samples.drift_plan(), DRIFT
        )
        assert "since" not in markdown_format.render_plan(samples.plan(), DRIFT)

    def test_states_which_differences_a_limited_report_leaves_out(self) -> None:
        plan = samples.drift_plan(history=History((), samples.NOW))
        assert LEFT_OUT.format("2026-03-01") in markdown_format.render_plan(plan, DRIFT)

    @pytest.mark.parametrize(
        "plan",
        [
            plan_of(unmanaged=tuple(UnmanagedCampaign(n, "n" * 60, "READY") for n in range(1, 5000))),
            plan_of(*(replace(ACKNOWLEDGED, id=n, name="n" * 60) for n in range(1, 2000))),
            plan_of(*(CampaignPlan(n, None, "x.yaml", error=f"e{n}" + "e" * 90, missing=True) for n in range(1, 900))),
            plan_of(ACKNOWLEDGED, unlisted="u" * 70_000),
        ],
        ids=["unmanaged", "acknowledged", "missing", "unlisted"],
    )  # fmt: skip
    def test_is_shortened_to_fit_and_says_so(self, plan: Plan) -> None:
        output = markdown_format.render_plan(plan, DRIFT)
        assert len(output.encode()) <= 65_536
        assert "shortened to fit an issue" in output
        counts = output.splitlines()[3]
        assert any(
            word in counts
            for word in (
                "4999 unmanaged",
                "1999 left alone",
                "899 missing",
                "unmanaged not listed",
            )
        )
