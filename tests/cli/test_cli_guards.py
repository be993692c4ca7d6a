"""Guards in `voxosync.yaml`: what `apply` refuses, what lifts the refusal, and how `plan` shows it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import TENANT
from tests.cli.creating import FILE, NEW_SPRING, create, events, text
from tests.cli.shown_parts import names_of_formats
from tests.fakes.json_schema import check_document
from voxosync.app import project as project_module
from voxosync.model.guard import GuardName
from voxosync.report.registry import PLAN, ReportPart

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

NUMBERS = [f"60155501{index:02}" for index in range(20)]


def write_guards(project: Project, guards: str) -> None:
    project.write("voxosync.yaml", f"guards: {{{guards}}}\n")


def numbers_setting(count: int) -> str:
    return f"numbers: [{', '.join(f'{{number: {number}}}' for number in NUMBERS[:count])}]"


@pytest.fixture
def twelve_campaigns(project: Project, voxo: FakeVoxo) -> Project:
    """Twelve campaigns in sync."""
    (project.folder / "campaigns/spring.yaml").unlink()
    for number in range(1, 13):
        voxo.has(number)
        project.spring(name=f"campaigns/{number:02}.yaml", number=number)
    return project


def change_campaigns(project: Project, count: int) -> None:
    for number in range(1, count + 1):
        project.spring("callFrequency: 60", name=f"campaigns/{number:02}.yaml", number=number)


@pytest.fixture
def friday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the current time to Friday, 15:00 in Chicago."""
    monkeypatch.setattr(project_module, "now", lambda: datetime(2096, 3, 2, 21, tzinfo=UTC))


FROZEN = "frozen: {timezone: America/Chicago, weekdays: {fri: 15:00-24:00}}"


def assert_refused(ran: Ran, voxo: FakeVoxo, *flags: str) -> None:
    """Assert status 1, an error that names each of these flags, and that nothing was sent."""
    assert ran.status == 1
    assert voxo.sent == []
    assert "error: nothing was sent: a guard refuses" in ran.err
    for flag in flags:
        assert f"to proceed anyway, pass {flag}" in ran.err


def assert_refused_directly_and_from_a_plan(
    project: Project, voxo: FakeVoxo, selection: list[str], *flags: str
) -> None:
    """Assert that these campaigns are refused by `apply`, and by `apply` of a saved plan of them."""
    assert_refused(project.run("apply", "--yes", *selection), voxo, *flags)
    assert project.run("plan", *selection, "--out", "saved.json").status == 0
    assert_refused(project.run("apply", "--yes", "--plan", "saved.json"), voxo, *flags)


class TestMaxCampaigns:
    def test_defaults_to_30_percent_of_more_than_10(
        self, twelve_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        change_campaigns(twelve_campaigns, 4)
        assert_refused(twelve_campaigns.run("apply", "--yes"), voxo, "--max-campaigns 4")
        change_campaigns(twelve_campaigns, 3)
        twelve_campaigns.spring(name="campaigns/04.yaml", number=4)
        assert twelve_campaigns.run("apply", "--yes").status == 0
        assert len(voxo.sent) == 3

    @pytest.mark.parametrize("limit", ["4", "34%", "100%"])
    def test_flag_lifts_it(self, limit: str, twelve_campaigns: Project, voxo: FakeVoxo) -> None:
        change_campaigns(twelve_campaigns, 4)
        assert twelve_campaigns.run("apply", "--yes", "--max-campaigns", limit).status == 0
        assert len(voxo.sent) == 4

    @pytest.mark.parametrize("limit", ["3", "33%", "0"])
    def test_flag_with_too_small_a_limit_does_not_lift_it(
        self, limit: str, twelve_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        change_campaigns(twelve_campaigns, 4)
        assert_refused(
            twelve_campaigns.run("apply", "--yes", "--max-campaigns", limit),
            voxo,
            "--max-campaigns 4",
        )

    @pytest.mark.parametrize("limit", ["", "-1", "5 %", "%", "all", "1.5", "٣"])
    def test_invalid_limit_is_a_usage_error(
        self, limit: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("apply", "--yes", "--max-campaigns", limit)
        assert ran.status == 1
        assert "write a number such as 5, or a percentage such as 30%" in ran.err
        assert voxo.asked == []

    def test_selected_campaigns_are_counted_against_all_managed_ones(
        self, twelve_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        change_campaigns(twelve_campaigns, 5)
        write_guards(twelve_campaigns, "maxCampaigns: 10%")
        assert twelve_campaigns.run("apply", "--yes", "--only", "1").status == 0
        only = [flag for number in (2, 3, 4, 5) for flag in ("--only", str(number))]
        voxo.received.clear()
        assert_refused(twelve_campaigns.run("apply", "--yes", *only), voxo, "--max-campaigns 4")

    def test_selecting_campaigns_does_not_lift_it(
        self, twelve_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        """The limit starts at more than ten campaigns; it counts the twelve managed, not the four selected."""
        change_campaigns(twelve_campaigns, 12)
        only = [flag for number in (1, 2, 3, 4) for flag in ("--only", str(number))]
        assert_refused_directly_and_from_a_plan(twelve_campaigns, voxo, only, "--max-campaigns 4")

    def test_naming_files_does_not_lift_it(self, twelve_campaigns: Project, voxo: FakeVoxo) -> None:
        change_campaigns(twelve_campaigns, 12)
        paths = [f"campaigns/{number:02}.yaml" for number in (1, 2, 3, 4)]
        assert_refused_directly_and_from_a_plan(twelve_campaigns, voxo, paths, "--max-campaigns 4")
        assert twelve_campaigns.run("apply", "--yes", *paths[:3]).status == 0
        assert len(voxo.sent) == 3

    def test_naming_files_ignores_errors_in_other_files(
        self, twelve_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        change_campaigns(twelve_campaigns, 1)
        twelve_campaigns.write("campaigns/12.yaml", "id: none\n")
        assert twelve_campaigns.run("apply", "--yes", "campaigns/01.yaml").status == 0
        assert len(voxo.sent) == 1

    def test_saved_plan_does_not_lift_it(self, twelve_campaigns: Project, voxo: FakeVoxo) -> None:
        change_campaigns(twelve_campaigns, 4)
        assert twelve_campaigns.run("plan", "--out", "saved.json").status == 0
        assert_refused(
            twelve_campaigns.run("apply", "--yes", "--plan", "saved.json"),
            voxo,
            "--max-campaigns 4",
        )


class TestMaxNumbersRemoved:
    @pytest.fixture(autouse=True)
    def _twenty_numbers(self, voxo: FakeVoxo) -> None:
        voxo.has(numbers=[{"number": number, "description": ""} for number in NUMBERS])

    def test_by_default_20_percent_of_more_than_10(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(numbers_setting(15))
        assert_refused(project.run("apply", "--yes"), voxo, "--max-numbers-removed 5")
        project.spring(numbers_setting(16))
        assert project.run("apply", "--yes").status == 0

    @pytest.mark.parametrize("limit", ["5", "25%", "100%"])
    def test_flag_lifts_it(self, limit: str, project: Project, voxo: FakeVoxo) -> None:
        project.spring(numbers_setting(15))
        assert project.run("apply", "--yes", "--max-numbers-removed", limit).status == 0
        assert len(voxo.sent) == 1

    def test_setting_takes_precedence_over_the_default(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        write_guards(project, "maxNumbersRemoved: 1")
        project.spring(numbers_setting(18))
        assert_refused(project.run("apply", "--yes"), voxo, "--max-numbers-removed 2")
        write_guards(project, "maxNumbersRemoved: 2")
        assert project.run("apply", "--yes").status == 0

    def test_saved_plan_does_not_lift_it(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(numbers_setting(0))
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert_refused(ran, voxo, "--max-numbers-removed 20")


class TestGoLive:
    @pytest.fixture(autouse=True)
    def _ready_definition(self, project: Project) -> None:
        project.spring("state: READY")

    def test_requires_its_flag_without_a_terminal(self, project: Project, voxo: FakeVoxo) -> None:
        assert_refused(project.run("apply", "--yes"), voxo, "--allow-go-live")
        assert project.run("apply", "--yes", "--allow-go-live").status == 0
        assert voxo.sent == [(4711, {"state": "READY"})]

    def test_is_confirmed_by_a_saved_plan_that_lists_it(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert ran.status == 0
        assert voxo.sent == [(4711, {"state": "READY"})]
        assert "guard" not in ran.said  # nothing is refused, and nothing is asked

    @pytest.mark.parametrize("saved", [False, True])
    def test_deny_is_lifted_by_the_flag_only(
        self, *, saved: bool, project: Project, voxo: FakeVoxo
    ) -> None:
        write_guards(project, "goLive: deny")
        assert project.run("plan", "--out", "saved.json").status == 0
        arguments = ["--plan", "saved.json"] if saved else []
        assert_refused(project.run("apply", "--yes", *arguments), voxo, "--allow-go-live")
        assert project.run("apply", "--yes", "--allow-go-live", *arguments).status == 0

    def test_allow_treats_it_like_any_other_change(self, project: Project, voxo: FakeVoxo) -> None:
        write_guards(project, "goLive: allow")
        assert project.run("apply", "--yes").status == 0
        assert len(voxo.sent) == 1

    def test_is_not_confirmed_by_a_plan_saved_before_the_campaign_was_live(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """The numbers were reviewed for a PAUSED campaign, but would now be called at once."""
        project.spring("-state", "numbers: [{number: 6015550125}]")
        assert project.run("plan", "--out", "saved.json").status == 0
        assert "goLive" not in (project.folder / "saved.json").read_text()
        voxo.has(state="READY")
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert ran.status == 3
        assert voxo.sent == []
        assert "state changed in VOXO since the plan was made: plan again" in ran.out

    def test_is_not_confirmed_by_a_plan_saved_before_the_campaign_was_running(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("-state", "dateEnd: 2096-04-30")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(state="RUNNING")
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 3
        assert voxo.sent == []

    def test_saved_plan_covers_a_change_that_calls_no_one_new(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("-state", "message: Another")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(state="READY")
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 0
        assert len(voxo.sent) == 1


class TestAtATerminal:
    @pytest.fixture(autouse=True)
    def _ready_definition(self, project: Project) -> None:
        project.spring("state: READY")

    def test_going_live_is_a_separate_question(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", answer="y\ny\n")
        assert ran.status == 0
        assert "Campaigns would start dialing or dial more: 4711. Let them dial? [y/N]: " in ran.out
        assert "1 campaign changes; 1 STARTS DIALING, 2 phones? [y/N]: " in ran.out
        assert voxo.sent == [(4711, {"state": "READY"})]

    @pytest.mark.parametrize("answer", ["n\n", "\n", "y\nn\n"])
    def test_no_to_either_question_sends_nothing(
        self, answer: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.terminal("apply", answer=answer)
        assert ran.status == 1
        assert "not confirmed: nothing was sent" in ran.out
        assert voxo.sent == []

    def test_yes_option_does_not_answer_the_question(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.terminal("apply", "--yes", answer="n\n")
        assert ran.status == 1
        assert voxo.sent == []
        assert project.terminal("apply", "--yes", answer="y\n").status == 0

    def test_flag_answers_the_question(self, project: Project) -> None:
        ran = project.terminal("apply", "--allow-go-live", answer="y\n")
        assert ran.status == 0
        assert "Let them dial?" not in ran.out

    def test_deny_is_refused_without_a_question(self, project: Project, voxo: FakeVoxo) -> None:
        write_guards(project, "goLive: deny")
        ran = project.terminal("apply")
        assert ran.status == 1
        assert "[y/N]" not in ran.out
        assert "--allow-go-live" in ran.out
        assert voxo.sent == []


@pytest.mark.usefixtures("friday")
class TestFrozen:
    @pytest.fixture(autouse=True)
    def _frozen(self, project: Project) -> None:
        write_guards(project, FROZEN)
        project.spring("callFrequency: 60")

    def test_apply_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        assert_refused(project.run("apply", "--yes"), voxo, "--during-freeze REASON")

    def test_saved_plan_does_not_lift_it(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert_refused(ran, voxo, "--during-freeze REASON")

    def test_reason_lifts_it_and_is_journaled(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--during-freeze", "The queue is gone")
        assert ran.status == 0
        assert len(voxo.sent) == 1
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        first = json.loads(journal.read_text().splitlines()[0])
        assert first["overrides"] == {"--during-freeze": "The queue is gone"}

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_empty_reason_is_a_usage_error(
        self, reason: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("apply", "--yes", "--during-freeze", reason)
        assert ran.status == 1
        assert "--during-freeze requires a reason" in ran.err
        assert voxo.asked == []

    def test_apply_without_changes_is_permitted(self, project: Project) -> None:
        project.spring()
        assert project.run("apply", "--yes").status == 0


EVERY_GUARD = {
    GuardName.MAX_CAMPAIGNS: ("maxCampaigns: 0", ("--max-campaigns", "1")),
    GuardName.MAX_NUMBERS_REMOVED: ("maxNumbersRemoved: 0", ("--max-numbers-removed", "2")),
    GuardName.GO_LIVE: ("goLive: deny", ("--allow-go-live",)),
    GuardName.FROZEN: (FROZEN, ("--during-freeze", "REASON")),
}
"""For each guard, a setting by which it refuses `_change_that_all_refuse`, and the flag that the refusal names."""


@pytest.mark.usefixtures("friday")
class TestTogether:
    FLAGS = tuple(flag for _, flag in EVERY_GUARD.values())

    @pytest.fixture(autouse=True)
    def _change_that_all_refuse(self, project: Project) -> None:
        write_guards(project, ", ".join(setting for setting, _ in EVERY_GUARD.values()))
        project.spring("state: READY", "numbers: []")

    def test_every_guard_has_an_example(self) -> None:
        assert set(EVERY_GUARD) == set(GuardName)

    def test_all_are_reported_at_once(self, project: Project, voxo: FakeVoxo) -> None:
        assert_refused(
            project.run("apply", "--yes"), voxo, *(" ".join(flag) for flag in self.FLAGS)
        )

    @pytest.mark.parametrize("missing", FLAGS, ids=lambda flag: flag[0])
    def test_each_is_lifted_by_its_own_flag_only(
        self, missing: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        flags = [word for flag in self.FLAGS if flag is not missing for word in flag]
        ran = project.run("apply", "--yes", *flags)
        assert_refused(ran, voxo, " ".join(missing))
        assert ran.err.count("to proceed anyway") == 1

    def test_all_flags_lift_all_guards_and_are_journaled(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        flags = [word for flag in self.FLAGS for word in flag]
        assert project.run("apply", "--yes", *flags).status == 0
        assert len(voxo.sent) == 1
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        assert json.loads(journal.read_text().splitlines()[0])["overrides"] == {
            flag: "".join(value) or "yes" for flag, *value in self.FLAGS
        }

    def test_rollback_is_refused_by_the_same_guards(self, project: Project, voxo: FakeVoxo) -> None:
        flags = [word for flag in self.FLAGS for word in flag]
        assert project.run("apply", "--yes", *flags).status == 0
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        voxo.received.clear()
        ran = project.run("rollback", journal.stem, "--yes")
        assert_refused(ran, voxo, "--max-campaigns 1", "--during-freeze REASON")
        flags = ["--max-campaigns", "1", "--during-freeze", "REASON"]
        assert project.run("rollback", journal.stem, "--yes", *flags).status == 0

    @pytest.mark.parametrize("format_name", names_of_formats(PLAN, ReportPart.ALARMS))
    def test_plan_shows_each_in_every_format_and_its_status_is_unchanged(
        self, format_name: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("plan", "--format", format_name)
        assert ran.status == 0
        for name in GuardName:
            assert name in ran.out
        output = ran.out.replace("&#45;", "-")
        for flag in self.FLAGS:
            assert " ".join(flag) in output
        assert voxo.sent == []
        assert project.run("plan", "--format", format_name, "--exit-code").status == 2

    def test_json_plan_conforms_to_the_schema(self, project: Project) -> None:
        document = project.run("plan", "--format", "json").json
        check_document(document, "plan")
        assert sorted(entry["guard"] for entry in document["guards"]) == sorted(GuardName)

    def test_drift_shows_no_guard(self, project: Project) -> None:
        assert "guard" not in project.run("drift").out


READY = NEW_SPRING.replace("PAUSED", "READY")


class TestCreate:
    @pytest.fixture(autouse=True)
    def _tenant(self, project: Project) -> None:
        project.variables["VOXO_TENANT_ID"] = str(TENANT)
        project.write(FILE, NEW_SPRING)

    @pytest.mark.parametrize("guard", ["confirm", "deny"])
    def test_campaign_that_would_dial_is_refused_without_the_flag(
        self, project: Project, voxo: FakeVoxo, guard: str
    ) -> None:
        write_guards(project, f"goLive: {guard}")
        project.write(FILE, READY)
        ran = create(project)
        assert ran.status == 1
        assert "goLive: campaigns would start dialing or dial more: Autumn renewal" in ran.err
        assert "--allow-go-live" in ran.err
        assert "! Autumn renewal STARTS DIALING: is created READY" in ran.out
        assert voxo.asked == []
        assert create(project, "--allow-go-live").status == 0
        assert text(project) == f"id: 5001\n{READY}"
        assert events(project)[0]["overrides"] == {"--allow-go-live": "yes"}

    @pytest.mark.parametrize(
        ("guards", "definition"), [("goLive: allow", READY), ("maxCampaigns: 0", NEW_SPRING)]
    )
    def test_permitted_campaign_is_created(
        self, project: Project, guards: str, definition: str
    ) -> None:
        write_guards(project, guards)
        project.write(FILE, definition)
        assert create(project).status == 0

    @pytest.mark.parametrize("paths", [(), ("campaigns/new",)])
    @pytest.mark.parametrize("managed", [0, 1])
    def test_apply_counts_new_campaigns_even_if_a_path_names_only_those(
        self, project: Project, voxo: FakeVoxo, managed: int, paths: tuple[str, ...]
    ) -> None:
        write_guards(project, "maxCampaigns: 1")
        (project.folder / FILE).unlink()
        for path in list((project.folder / "campaigns").glob("*.yaml"))[managed:]:
            path.unlink()
        for name in ("One", "Two"):
            definition = NEW_SPRING.replace("Autumn renewal", name)
            project.write(f"campaigns/new/{name}.yaml", definition)
        ran = project.run("apply", "--create", "--yes", *paths)
        assert ran.status == 1
        assert f"2 of {managed + 2} campaigns would change, more than 1" in ran.err
        assert voxo.posted == []
        ran = project.run("apply", "--create", "--yes", "--max-campaigns", "2", *paths)
        assert (ran.status, len(voxo.posted)) == (0, 2)

    @pytest.mark.parametrize(("answer", "status"), [("y\ny\n", 0), ("n\n", 1)])
    def test_user_at_a_terminal_is_asked_whether_the_campaign_may_dial(
        self, project: Project, voxo: FakeVoxo, answer: str, status: int
    ) -> None:
        project.write(FILE, READY)
        ran = project.terminal("create", FILE, answer=answer)
        assert ran.status == status, ran.out
        assert (
            "Campaigns would start dialing or dial more: Autumn renewal. Let them dial? [y/N]"
            in ran.out
        )
        assert len(voxo.posted) == (status == 0)

    def test_nothing_is_created_during_a_freeze_without_a_reason(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(project_module, "now", lambda: datetime(2026, 3, 6, 21, tzinfo=UTC))
        write_guards(project, FROZEN)
        ran = create(project)
        assert_refused(ran, voxo, "--during-freeze REASON")
        assert (voxo.asked, text(project), events(project)) == ([], NEW_SPRING, [])
        assert create(project, "--during-freeze", "It burns").status == 0
        assert events(project)[0]["overrides"] == {"--during-freeze": "It burns"}

    def test_a_protected_environment_must_be_named(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(
            "voxosync.yaml",
            f"environments: {{prod: {{baseUrl: '{voxo.url}', tenantId: 17, protected: true}}}}\n",
        )
        ran = create(project)
        assert ran.status == 1
        assert "--env prod" in ran.err
        assert (voxo.asked, text(project), events(project)) == ([], NEW_SPRING, [])
        assert project.run("--env", "prod", "create", FILE, "--yes").status == 0


class TestALargeRun:
    """A large run is approved by typing its count, so that no one makes a thousand phones ring out of habit."""

    @pytest.fixture
    def list_of_1001(self, project: Project) -> None:
        numbers = ", ".join(f"{{number: 601555{n:04}}}" for n in range(1001))
        project.spring("state: READY", f"numbers: [{numbers}]")

    @pytest.mark.usefixtures("list_of_1001")
    @pytest.mark.parametrize(("answer", "status"), [("1,001\n", 0), ("y\n", 1), ("\n", 1)])
    def test_of_phones_is_approved_by_typing_their_number(
        self, answer: str, status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        flags = ("--allow-go-live", "--max-numbers-removed", "2")
        ran = project.terminal("apply", *flags, answer=answer)
        assert "1 STARTS DIALING, 1001 phones. Type 1001 to continue: " in ran.out
        assert ran.status == status, ran.out
        assert len(voxo.sent) == (status == 0)

    @pytest.mark.parametrize(
        ("count", "question"), [(20, "changes"), (21, "Type 21 to continue: ")]
    )
    def test_of_campaigns_is_approved_by_typing_their_number(
        self, count: int, question: str, project: Project, voxo: FakeVoxo
    ) -> None:
        for number in range(4711, 4711 + count):
            voxo.has(number, callFrequency=45)
            project.spring(name=f"campaigns/{number}.yaml", number=number)
        (project.folder / "campaigns/spring.yaml").unlink()
        ran = project.terminal("apply", "--max-campaigns", "100%", answer="n\n")
        assert ran.status == 1
        assert question.replace("changes", f"{count} campaigns change? [y/N]") in ran.out
        assert voxo.sent == []
