"""The effect of a change on dialing: a label, reasons, the phones and a forecast; the riskiest campaign comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer
from tests.cli.shown_parts import names_of_formats
from voxosync.report.registry import DRIFT, FORMATS, PLAN, ReportPart

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

BASE_MAIN = ("--base", "main")
TEXT_FORMATS = ("text", "markdown", "github", "sarif")


def dialing(project: Project, command: str = "plan", *arguments: str) -> dict[str, Any]:
    [campaign] = project.run(command, "--format", "json", *arguments).json["campaigns"]
    effect: dict[str, Any] = campaign.get("dialing", {})
    return effect


def create_feature_branch(project: Project) -> None:
    project.git("init", "--quiet", "--initial-branch", "main")
    project.commit("The base")
    project.git("switch", "--quiet", "--create", "feature")


@pytest.mark.parametrize(
    ("live", "definition", "effect", "reasons"),
    [
        ({}, ("state: READY",), "STARTS DIALING", ["becomes READY"]),
        (
            {"state": "READY"},
            ("state: READY", "callFrequency: 20"),
            "DIALS MORE",
            ["calls every 20 s instead of 30 s"],
        ),
        (
            {"state": "READY", "callFrequency": 60, "dateEnd": "2096-03-15"},
            ("state: READY", "numbers: [{number: 6015550123}, {number: 6015550124}, {number: 6015550125}]"),
            "DIALS MORE",
            ["ends 2096-03-31 18:30 instead of 2096-03-15 18:30", "calls every 30 s instead of 60 s", "+1 phone"],
        ),
        (
            {"state": "READY", "callHoursStart": "10:00", "callHoursEnd": "16:00"},
            ("state: READY", "callHoursStart: 09:30", "callHoursEnd: 16:00"),
            "DIALS MORE",
            ["calls 09:30-16:00 instead of 10:00-16:00"],
        ),
        ({"state": "READY"}, (), "STOPS DIALING", ["becomes PAUSED"]),
        ({"state": "RUNNING"}, (), "STOPS DIALING", ["becomes PAUSED"]),
        ({"state": "READY"}, ("state: READY", "numbers: []"), "STOPS DIALING", ["no phones"]),
        (
            {"state": "READY", "dateEnd": "2020-01-31", "dateStart": "2020-01-01"},
            ("state: READY",),
            "STARTS DIALING",
            ["ends 2096-03-31 18:30 instead of 2020-01-31 18:30"],
        ),
        ({"state": "READY", "numbers": []}, ("state: READY",), "STARTS DIALING", ["+2 phones"]),
        ({"state": "READY"}, ("state: READY", "callFrequency: 60"), None, []),
    ],
)  # fmt: skip
def test_plan_states_how_applying_changes_dialing_and_why(
    live: dict[str, Any],
    definition: tuple[str, ...],
    effect: str | None,
    reasons: list[str],
    project: Project,
    voxo: FakeVoxo,
) -> None:
    voxo.has(**live)
    project.spring(*definition)
    dialing_effect = dialing(project)
    assert dialing_effect["effect"] == effect
    assert dialing_effect["reasons"] == reasons


@pytest.mark.parametrize(
    ("live", "definition", "effect", "reasons"),
    [
        ({"state": "READY"}, (), "DIALING WITHOUT APPROVAL", ["READY instead of PAUSED"]),
        ({"state": "RUNNING"}, (), "DIALING WITHOUT APPROVAL", ["RUNNING instead of PAUSED"]),
        ({}, ("state: READY",), "STOPPED BY HAND", ["PAUSED in VOXO"]),
        (
            {"state": "READY", "callFrequency": 20},
            ("state: READY",),
            "DIALING WITHOUT APPROVAL",
            ["calls every 20 s instead of 30 s"],
        ),
        ({"state": "READY", "numbers": []}, ("state: READY",), "STOPPED BY HAND", ["no phones in VOXO"]),
        ({"state": "READY", "callFrequency": 60}, ("state: READY",), None, None),
        ({"state": "READY", "message": "by hand"}, ("state: READY",), None, None),
        ({"callFrequency": 20}, (), None, None),
    ],
)  # fmt: skip
def test_drift_states_how_live_dialing_departs_from_the_definition(
    live: dict[str, Any],
    definition: tuple[str, ...],
    effect: str | None,
    reasons: list[str] | None,
    project: Project,
    voxo: FakeVoxo,
) -> None:
    voxo.has(**live)
    project.spring(*definition)
    dialing_effect = dialing(project, "drift")
    assert dialing_effect.get("effect") == effect
    assert dialing_effect.get("reasons") == reasons


def test_drift_raises_no_alarm_for_changes_of_the_branch(project: Project, voxo: FakeVoxo) -> None:
    create_feature_branch(project)
    project.spring("state: READY")
    project.commit()
    assert dialing(project, "drift", *BASE_MAIN) == {}
    voxo.has(callFrequency=20)
    assert dialing(project, "drift", *BASE_MAIN) == {}


def test_plan_states_phones_start_and_forecast(project: Project, voxo: FakeVoxo) -> None:
    hours = {"callHoursStart": "09:00", "callHoursEnd": "13:30"}
    voxo.has(state="READY", **hours)
    numbers = ", ".join(f"{{number: 601555{n:04}}}" for n in (123, 124, *range(1000, 2000)))
    project.spring("state: READY", "callFrequency: 20", f"numbers: [{numbers}]")
    effect = dialing(project)
    assert effect == {
        "effect": "DIALS MORE",
        "reasons": ["calls every 20 s instead of 30 s", "+1000 phones"],
        "phones": 1002,
        "open": 1001,
        "from": "2096-03-01 09:00",
        "timezone": "America/Chicago",
        "alreadyDialing": False,
        "forecast": {"callsPerDay": 810, "lastCall": "2096-03-02 10:03", "notReached": 0},
        "forecastBefore": {"callsPerDay": 540, "lastCall": "2096-03-01 09:00", "notReached": 0},
    }
    out = project.run("plan").out
    assert "1002 phones (1001 open) from 2096-03-01 09:00 (America/Chicago)" in out
    assert "at most 540 → 810 calls a day, done 2096-03-01 → 2096-03-02 at the earliest" in out
    assert "Plan: 1 to update (1 DIALS MORE, 1002 phones), 0 in sync." in out


def test_plan_says_that_a_list_cannot_be_finished_in_time(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(state="READY", callHoursStart="09:00", callHoursEnd="09:01", callFrequency=30)
    project.spring("state: READY", "callFrequency: 86400", "dateEnd: 2096-03-01", "timeEnd: 10:00")
    voxo.has()["numbers"][0]["disposition"] = None
    out = project.run("plan").out
    assert (
        "forecast: at most 2 → 1 calls a day, done 2096-03-01 → not before the end (at least 1 phone left)"
        in out
    )


def test_drift_calendar_marks_when_the_list_is_exhausted(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(state="READY", dateStart="2020-01-01", callHoursStart="09:00", callHoursEnd="13:30")
    project.spring("state: READY", "dateStart: 2020-01-01")
    [campaign] = project.run("drift", "--format", "json").json["campaigns"]
    forecast = campaign["schedules"]["forecast"]
    assert (forecast["callsPerDay"], forecast["notReached"]) == (540, 0)
    page = project.run("drift", "--format", "html").out
    assert page.count('class="cal-exhausted"') > 1, "besides the legend"
    assert f"at most 540 calls a day, done {forecast['lastCall'][:10]} at the earliest" in page


def test_plan_marks_a_campaign_that_is_already_dialing(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(state="READY", dateStart="2020-01-01")
    project.spring("state: READY", "dateStart: 2020-01-01", "callFrequency: 20")
    assert dialing(project)["alreadyDialing"] is True


class TestOrder:
    """Campaigns that need a decision come first: in a plan by its effect, in drift by what VOXO does now."""

    @pytest.fixture(autouse=True)
    def _three_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("message: x")
        voxo.has(4712, state="READY")
        project.spring("state: PAUSED", name="campaigns/tb.yaml", number=4712)
        voxo.has(4713, state="PAUSED")
        project.spring("state: READY", name="campaigns/uc.yaml", number=4713)

    @pytest.mark.parametrize("name", TEXT_FORMATS)
    def test_plan_lists_starts_before_stops(self, name: str, project: Project) -> None:
        out = project.run("plan", "--format", name).out
        starts, stops = (
            out.index("#### 1 STARTS" if name == "markdown" else "STARTS DIALING: becomes"),
            out.index("#### 1 STOPS" if name == "markdown" else "STOPS DIALING: becomes"),
        )
        assert starts < stops

    @pytest.mark.parametrize("name", ["text", "markdown", "html"])
    def test_drift_lists_unapproved_dialing_before_stops_by_hand(
        self, name: str, project: Project
    ) -> None:
        out = project.run("drift", "--format", name).out
        if name == "markdown":
            assert out.index("#### 1 DIALING WITHOUT") < out.index("#### 1 STOPPED BY HAND")
            return
        unapproved = out.index("DIALING WITHOUT APPROVAL", out.index("4712"))
        assert unapproved < out.index("STOPPED BY HAND", out.index("4713"))

    def test_summary_counts_each_effect(self, project: Project) -> None:
        plan = project.run("plan").out
        assert "3 to update (1 STARTS DIALING, 2 phones; 1 STOPS DIALING), 0 in sync" in plan
        drift = project.run("drift").out
        assert (
            "3 differ (1 DIALING WITHOUT APPROVAL, 2 phones; 1 STOPPED BY HAND), 0 in sync" in drift
        )


class TestKindsThatAreNotSent:
    def test_leave_a_campaign_dialing_without_approval(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        create_feature_branch(project)
        voxo.has(state="READY")
        ran = project.run("plan", "--kind", "change", *BASE_MAIN)
        assert "! DIALING WITHOUT APPROVAL: READY instead of PAUSED; 2 phones" in ran.out
        assert "1 left alone (1 DIALING WITHOUT APPROVAL, 2 phones)" in ran.out

    def test_raise_no_alarm_for_ignored_fields(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("voxosync: {ignore: [state]}")
        voxo.has(state="READY")
        assert dialing(project) == {}
        assert dialing(project, "drift") == {}


class TestRemovedDefinition:
    """A branch removes the definition of a campaign, so what the campaign does in VOXO is no longer reviewed."""

    @pytest.fixture(autouse=True)
    def _removed_definition(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712, state="READY")
        project.spring("state: READY", name="campaigns/autumn.yaml", number=4712)
        create_feature_branch(project)
        (project.folder / "campaigns/autumn.yaml").unlink()
        project.commit()

    @pytest.mark.parametrize(
        ("command", "name"),
        [
            *(("plan", name) for name in names_of_formats(PLAN, ReportPart.ALARMS)),
            *(("drift", name) for name in names_of_formats(DRIFT, ReportPart.ALARMS)),
        ],
    )
    def test_raises_an_alarm_in_every_format(
        self, command: str, name: str, project: Project
    ) -> None:
        out = project.run(command, "--format", name, *BASE_MAIN).out
        assert "DIALING WITHOUT APPROVAL" in out
        assert "4712" in out
        if FORMATS[name].shows(ReportPart.REASONS):
            assert "2 phones" in out or '"phones": 2' in out

    def test_is_counted_in_the_summary(self, project: Project) -> None:
        ran = project.run("plan", *BASE_MAIN)
        assert ran.out.endswith(
            "Nothing to do: 1 campaign agrees with VOXO, "
            "1 no longer managed (1 DIALING WITHOUT APPROVAL, 2 phones).\n"
        )

    @pytest.mark.parametrize(
        "live", [{"state": "PAUSED"}, {"dateEnd": "2020-01-01", "dateStart": "2019-01-01"}, {"numbers": []}]
    )  # fmt: skip
    def test_raises_no_alarm_if_the_campaign_cannot_call_anyone(
        self, live: dict[str, Any], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712, **live)
        project.write("voxosync.yaml", "guards: {removed: pause}\n")
        ran = project.run("plan", *BASE_MAIN)
        assert "no longer managed; it stays in VOXO unchanged" in ran.out
        assert "DIALING" not in ran.out

    def test_sends_nothing_by_default(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("apply", "--yes", *BASE_MAIN).status == 0
        assert voxo.sent == []

    def test_pauses_the_campaign_if_the_guard_says_so(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", "guards: {removed: pause}\n")
        project.spring("message: Another text")
        plan = project.run("plan", *BASE_MAIN)
        assert "! STOPS DIALING: its definition was removed; 2 phones (1 open)" in plan.out
        assert "2 to update (1 STOPS DIALING), 0 in sync" in plan.out
        ran = project.run("apply", "--yes", *BASE_MAIN)
        assert ran.status == 0, ran.said
        assert voxo.sent == [(4712, {"state": "PAUSED"}), (4711, {"message": "Another text"})]
        assert "4712 Spring renewal: applied (sent: state)" in ran.out
        assert "4712" in project.run("history", "latest").out
        assert project.run("plan", "--exit-code", *BASE_MAIN).status == 0

    def test_pauses_the_campaign_from_a_saved_plan(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("voxosync.yaml", "guards: {removed: pause}\n")
        assert project.run("plan", "--out", "saved.json", *BASE_MAIN).status == 0
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 0
        assert voxo.sent == [(4712, {"state": "PAUSED"})]

    def test_is_reported_by_drift_regardless_of_the_guard(self, project: Project) -> None:
        project.write("voxosync.yaml", "guards: {removed: pause}\n")
        document = project.run("drift", "--format", "json", *BASE_MAIN).json
        assert [campaign["id"] for campaign in document["campaigns"]] == [4711]
        assert document["abandoned"][0]["dialing"]["effect"] == "DIALING WITHOUT APPROVAL"

    @pytest.mark.parametrize(("removed", "status"), [("keep", 0), ("pause", 3)])
    def test_of_an_unreadable_campaign_is_reported(
        self, removed: str, status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", f"guards: {{removed: {removed}}}\n")
        voxo.say(answer(500, {"message": "no"}), about="/4712")
        ran = project.run("plan", *BASE_MAIN)
        assert ran.status == status
        assert "4712" in ran.out
        assert ("is unknown" if removed == "keep" else "it cannot be paused") in ran.out

    @pytest.mark.parametrize("removed", ["keep", "pause"])
    def test_of_a_campaign_missing_in_voxo_is_not_an_error(
        self, removed: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", f"guards: {{removed: {removed}}}\n")
        del voxo.campaigns[4712]
        assert project.run("plan", *BASE_MAIN).status == 0

    def test_of_another_tenants_campaign_sends_nothing(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", "guards: {removed: pause}\n")
        voxo.has(4712, tenantId=18)
        ran = project.run("apply", "--yes", *BASE_MAIN, VOXO_TENANT_ID="17")
        assert ran.status == 3
        assert voxo.sent == []


def test_shortened_markdown_still_lists_every_dialing_campaign_by_id(
    project: Project, voxo: FakeVoxo
) -> None:
    ids = range(5000, 5120)
    for number in ids:
        voxo.has(number, name="A name of some length, " * 40)
        project.spring(
            "state: READY", f"message: {'m' * 400}", name=f"campaigns/{number}.yaml", number=number
        )
    out = project.run("plan", "--format", "markdown").out
    assert len(out.encode()) <= 65_536
    assert "(120 STARTS DIALING, 240 phones)" in out
    assert [number for number in ids if str(number) not in out] == []
