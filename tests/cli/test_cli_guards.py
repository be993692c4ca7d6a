"""Guards in `voxosync.yaml`: what `apply` refuses, what lifts it, and how `plan` shows it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import TENANT
from tests.cli.creating import FILE, NEW_SPRING, create, events, text
from tests.fakes.json_schema import check_document
from voxosync.app import project as project_module
from voxosync.model.guard import GuardName
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

NUMBERS = [f"60155501{index:02}" for index in range(20)]


def guarded(project: Project, guards: str) -> None:
    project.write("voxosync.yaml", f"guards: {{{guards}}}\n")


def listed(count: int) -> str:
    return f"numbers: [{', '.join(f'{{number: {number}}}' for number in NUMBERS[:count])}]"


@pytest.fixture
def many(project: Project, voxo: FakeVoxo) -> Project:
    """Twelve campaigns in sync."""
    (project.folder / "campaigns/spring.yaml").unlink()
    for number in range(1, 13):
        voxo.has(number)
        project.spring(name=f"campaigns/{number:02}.yaml", number=number)
    return project


def changed(project: Project, count: int) -> None:
    for number in range(1, count + 1):
        project.spring("callFrequency: 60", name=f"campaigns/{number:02}.yaml", number=number)


@pytest.fixture
def friday(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Friday, 15:00 in Chicago."""
    monkeypatch.setattr(project_module, "now", lambda: datetime(2096, 3, 2, 21, tzinfo=UTC))


FROZEN = "frozen: {timezone: America/Chicago, weekdays: {fri: 15:00-24:00}}"


def refused(ran: Ran, voxo: FakeVoxo, *flags: str) -> None:
    """Status 1, each of these flags is named, and nothing was sent."""
    assert ran.status == 1
    assert voxo.sent == []
    assert "error: nothing was sent: a guard refuses" in ran.err
    for flag in flags:
        assert f"to proceed anyway, pass {flag}" in ran.err


class TestMaxCampaigns:
    def test_by_default_30_percent_of_more_than_10(self, many: Project, voxo: FakeVoxo) -> None:
        changed(many, 4)
        refused(many.run("apply", "--yes"), voxo, "--max-campaigns 4")
        changed(many, 3)
        many.spring(name="campaigns/04.yaml", number=4)
        assert many.run("apply", "--yes").status == 0
        assert len(voxo.sent) == 3

    @pytest.mark.parametrize("limit", ["4", "34%", "100%"])
    def test_its_flag_lifts_it(self, limit: str, many: Project, voxo: FakeVoxo) -> None:
        changed(many, 4)
        assert many.run("apply", "--yes", "--max-campaigns", limit).status == 0
        assert len(voxo.sent) == 4

    @pytest.mark.parametrize("limit", ["3", "33%", "0"])
    def test_a_limit_that_is_too_small_does_not(
        self, limit: str, many: Project, voxo: FakeVoxo
    ) -> None:
        changed(many, 4)
        refused(many.run("apply", "--yes", "--max-campaigns", limit), voxo, "--max-campaigns 4")

    @pytest.mark.parametrize("limit", ["", "-1", "5 %", "%", "all", "1.5", "٣"])
    def test_what_is_no_limit_is_a_usage_error(
        self, limit: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("apply", "--yes", "--max-campaigns", limit)
        assert ran.status == 1
        assert "write a number such as 5, or a percentage such as 30%" in ran.err
        assert voxo.asked == []

    def test_only_some_campaigns_are_still_some_of_all(self, many: Project, voxo: FakeVoxo) -> None:
        changed(many, 5)
        guarded(many, "maxCampaigns: 10%")
        assert many.run("apply", "--yes", "--only", "1").status == 0
        only = [flag for number in (2, 3, 4, 5) for flag in ("--only", str(number))]
        voxo.received.clear()
        refused(many.run("apply", "--yes", *only), voxo, "--max-campaigns 4")

    def test_choosing_campaigns_does_not_lift_it(self, many: Project, voxo: FakeVoxo) -> None:
        """Four campaigns are not more than ten, but the twelve that are managed are."""
        changed(many, 12)
        only = [flag for number in (1, 2, 3, 4) for flag in ("--only", str(number))]
        refused(many.run("apply", "--yes", *only), voxo, "--max-campaigns 4")
        assert many.run("plan", *only, "--out", "saved.json").status == 0
        refused(many.run("apply", "--yes", "--plan", "saved.json"), voxo, "--max-campaigns 4")

    def test_naming_files_does_not_lift_it(self, many: Project, voxo: FakeVoxo) -> None:
        changed(many, 12)
        paths = [f"campaigns/{number:02}.yaml" for number in (1, 2, 3, 4)]
        refused(many.run("apply", "--yes", *paths), voxo, "--max-campaigns 4")
        assert many.run("plan", *paths, "--out", "saved.json").status == 0
        refused(many.run("apply", "--yes", "--plan", "saved.json"), voxo, "--max-campaigns 4")
        assert many.run("apply", "--yes", *paths[:3]).status == 0
        assert len(voxo.sent) == 3

    def test_naming_files_needs_no_other_file_to_be_right(
        self, many: Project, voxo: FakeVoxo
    ) -> None:
        changed(many, 1)
        many.write("campaigns/12.yaml", "id: none\n")
        assert many.run("apply", "--yes", "campaigns/01.yaml").status == 0
        assert len(voxo.sent) == 1

    def test_a_saved_plan_does_not_lift_it(self, many: Project, voxo: FakeVoxo) -> None:
        changed(many, 4)
        assert many.run("plan", "--out", "saved.json").status == 0
        refused(many.run("apply", "--yes", "--plan", "saved.json"), voxo, "--max-campaigns 4")


class TestMaxNumbersRemoved:
    @pytest.fixture(autouse=True)
    def _twenty(self, voxo: FakeVoxo) -> None:
        voxo.has(numbers=[{"number": number, "description": ""} for number in NUMBERS])

    def test_by_default_20_percent_of_more_than_10(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(listed(15))
        refused(project.run("apply", "--yes"), voxo, "--max-numbers-removed 5")
        project.spring(listed(16))
        assert project.run("apply", "--yes").status == 0

    @pytest.mark.parametrize("limit", ["5", "25%", "100%"])
    def test_its_flag_lifts_it(self, limit: str, project: Project, voxo: FakeVoxo) -> None:
        project.spring(listed(15))
        assert project.run("apply", "--yes", "--max-numbers-removed", limit).status == 0
        assert len(voxo.sent) == 1

    def test_the_setting_beats_the_default(self, project: Project, voxo: FakeVoxo) -> None:
        guarded(project, "maxNumbersRemoved: 1")
        project.spring(listed(18))
        refused(project.run("apply", "--yes"), voxo, "--max-numbers-removed 2")
        guarded(project, "maxNumbersRemoved: 2")
        assert project.run("apply", "--yes").status == 0

    def test_a_saved_plan_does_not_lift_it(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(listed(0))
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        refused(ran, voxo, "--max-numbers-removed 20")


class TestGoLive:
    @pytest.fixture(autouse=True)
    def _ready(self, project: Project) -> None:
        project.spring("state: READY")

    def test_without_a_terminal_it_needs_its_flag(self, project: Project, voxo: FakeVoxo) -> None:
        refused(project.run("apply", "--yes"), voxo, "--allow-go-live")
        assert project.run("apply", "--yes", "--allow-go-live").status == 0
        assert voxo.sent == [(4711, {"state": "READY"})]

    def test_or_a_saved_plan_that_lists_it(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert ran.status == 0
        assert voxo.sent == [(4711, {"state": "READY"})]
        assert "guard" not in ran.said  # nothing is refused, and nothing is asked

    @pytest.mark.parametrize("saved", [False, True])
    def test_denied_only_its_flag_lifts_it(
        self, *, saved: bool, project: Project, voxo: FakeVoxo
    ) -> None:
        guarded(project, "goLive: deny")
        assert project.run("plan", "--out", "saved.json").status == 0
        arguments = ["--plan", "saved.json"] if saved else []
        refused(project.run("apply", "--yes", *arguments), voxo, "--allow-go-live")
        assert project.run("apply", "--yes", "--allow-go-live", *arguments).status == 0

    def test_allowed_it_is_like_any_change(self, project: Project, voxo: FakeVoxo) -> None:
        guarded(project, "goLive: allow")
        assert project.run("apply", "--yes").status == 0
        assert len(voxo.sent) == 1

    def test_a_plan_that_was_saved_before_the_campaign_was_live_does_not_cover_it(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """Numbers for a PAUSED campaign were reviewed; by now they would be called at once."""
        project.spring("-state", "numbers: [{number: 6015550125}]")
        assert project.run("plan", "--out", "saved.json").status == 0
        assert "goLive" not in (project.folder / "saved.json").read_text()
        voxo.has(state="READY")
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert ran.status == 3
        assert voxo.sent == []
        assert "state changed in VOXO since the plan was made: plan again" in ran.out

    def test_nor_is_it_covered_where_the_campaign_goes_live_after_the_plan_is_shown(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("-state", "dateEnd: 2096-04-30")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(state="RUNNING")
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 3
        assert voxo.sent == []

    def test_a_change_by_which_nobody_new_is_called_is_covered(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("-state", "message: Another")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(state="READY")
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 0
        assert len(voxo.sent) == 1


class TestAtATerminal:
    @pytest.fixture(autouse=True)
    def _ready(self, project: Project) -> None:
        project.spring("state: READY")

    def test_going_live_is_a_question_of_its_own(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", answer="y\ny\n")
        assert ran.status == 0
        assert "Campaigns would start dialing or dial more: 4711. Let them dial? [y/N]: " in ran.out
        assert "1 campaign changes; 1 STARTS DIALING, 2 phones? [y/N]: " in ran.out
        assert voxo.sent == [(4711, {"state": "READY"})]

    @pytest.mark.parametrize("answer", ["n\n", "\n", "y\nn\n"])
    def test_either_no_is_a_no(self, answer: str, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", answer=answer)
        assert ran.status == 1
        assert "not confirmed: nothing was sent" in ran.out
        assert voxo.sent == []

    def test_yes_does_not_answer_it(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", "--yes", answer="n\n")
        assert ran.status == 1
        assert voxo.sent == []
        assert project.terminal("apply", "--yes", answer="y\n").status == 0

    def test_its_flag_does(self, project: Project) -> None:
        ran = project.terminal("apply", "--allow-go-live", answer="y\n")
        assert ran.status == 0
        assert "Let them dial?" not in ran.out

    def test_nobody_is_asked_about_what_is_denied(self, project: Project, voxo: FakeVoxo) -> None:
        guarded(project, "goLive: deny")
        ran = project.terminal("apply")
        assert ran.status == 1
        assert "[y/N]" not in ran.out
        assert "--allow-go-live" in ran.out
        assert voxo.sent == []


@pytest.mark.usefixtures("friday")
class TestFrozen:
    @pytest.fixture(autouse=True)
    def _frozen(self, project: Project) -> None:
        guarded(project, FROZEN)
        project.spring("callFrequency: 60")

    def test_apply_refuses(self, project: Project, voxo: FakeVoxo) -> None:
        refused(project.run("apply", "--yes"), voxo, "--during-freeze REASON")

    def test_a_saved_plan_does_not_lift_it(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        refused(ran, voxo, "--during-freeze REASON")

    def test_a_reason_does_and_is_journalled(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--during-freeze", "The queue is gone")
        assert ran.status == 0
        assert len(voxo.sent) == 1
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        first = json.loads(journal.read_text().splitlines()[0])
        assert first["overrides"] == {"--during-freeze": "The queue is gone"}

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_a_reason_is_not_empty(self, reason: str, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--during-freeze", reason)
        assert ran.status == 1
        assert "--during-freeze requires a reason" in ran.err
        assert voxo.asked == []

    def test_what_changes_nothing_may_run(self, project: Project) -> None:
        project.spring()
        assert project.run("apply", "--yes").status == 0


EVERY_GUARD = {
    GuardName.MAX_CAMPAIGNS: ("maxCampaigns: 0", ("--max-campaigns", "1")),
    GuardName.MAX_NUMBERS_REMOVED: ("maxNumbersRemoved: 0", ("--max-numbers-removed", "2")),
    GuardName.GO_LIVE: ("goLive: deny", ("--allow-go-live",)),
    GuardName.FROZEN: (FROZEN, ("--during-freeze", "REASON")),
}
"""Guard to a setting by which it refuses the change of `_everything`, and the flag that the refusal names."""


@pytest.mark.usefixtures("friday")
class TestTogether:
    FLAGS = tuple(flag for _, flag in EVERY_GUARD.values())

    @pytest.fixture(autouse=True)
    def _everything(self, project: Project) -> None:
        guarded(project, ", ".join(setting for setting, _ in EVERY_GUARD.values()))
        project.spring("state: READY", "numbers: []")

    def test_every_guard_has_an_example(self) -> None:
        assert set(EVERY_GUARD) == set(GuardName)

    def test_all_are_told_at_once(self, project: Project, voxo: FakeVoxo) -> None:
        refused(project.run("apply", "--yes"), voxo, *(" ".join(flag) for flag in self.FLAGS))

    @pytest.mark.parametrize("missing", FLAGS, ids=lambda flag: flag[0])
    def test_each_is_lifted_by_its_own_flag_alone(
        self, missing: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        flags = [word for flag in self.FLAGS if flag is not missing for word in flag]
        ran = project.run("apply", "--yes", *flags)
        refused(ran, voxo, " ".join(missing))
        assert ran.err.count("to proceed anyway") == 1

    def test_all_of_them_lift_all_and_are_journalled(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        flags = [word for flag in self.FLAGS for word in flag]
        assert project.run("apply", "--yes", *flags).status == 0
        assert len(voxo.sent) == 1
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        assert json.loads(journal.read_text().splitlines()[0])["overrides"] == {
            flag: "".join(value) or "yes" for flag, *value in self.FLAGS
        }

    def test_a_rollback_runs_into_the_same(self, project: Project, voxo: FakeVoxo) -> None:
        flags = [word for flag in self.FLAGS for word in flag]
        assert project.run("apply", "--yes", *flags).status == 0
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        voxo.received.clear()
        flags = ("--max-campaigns 1", "--during-freeze REASON")
        refused(project.run("rollback", journal.stem, "--yes"), voxo, *flags)
        flags = ["--max-campaigns", "1", "--during-freeze", "REASON"]
        assert project.run("rollback", journal.stem, "--yes", *flags).status == 0

    @pytest.mark.parametrize("format_name", PLAN)
    def test_plan_shows_each_in_every_format_and_ends_as_without(
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

    def test_the_document_is_the_schemas(self, project: Project) -> None:
        document = project.run("plan", "--format", "json").json
        check_document(document, "plan")
        assert sorted(entry["guard"] for entry in document["guards"]) == sorted(GuardName)

    def test_drift_shows_none(self, project: Project) -> None:
        assert "guard" not in project.run("drift").out


READY = NEW_SPRING.replace("PAUSED", "READY")


class TestCreate:
    @pytest.fixture(autouse=True)
    def _of_a_tenant(self, project: Project) -> None:
        project.variables["VOXO_TENANT_ID"] = str(TENANT)
        project.write(FILE, NEW_SPRING)

    @pytest.mark.parametrize("guard", ["confirm", "deny"])
    def test_what_would_dial_is_refused_until_its_flag_lifts_that(
        self, project: Project, voxo: FakeVoxo, guard: str
    ) -> None:
        guarded(project, f"goLive: {guard}")
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
    def test_what_is_allowed_is_sent(self, project: Project, guards: str, definition: str) -> None:
        guarded(project, guards)
        project.write(FILE, definition)
        assert create(project).status == 0

    @pytest.mark.parametrize(("answer", "status"), [("y\ny\n", 0), ("n\n", 1)])
    def test_somebody_at_a_terminal_is_asked_whether_it_may_dial(
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
        guarded(project, FROZEN)
        ran = create(project)
        refused(ran, voxo, "--during-freeze REASON")
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
    """Its approval is a count to type, so that no one lets a thousand phones ring by habit."""

    @pytest.fixture
    def list_of_1001(self, project: Project) -> None:
        numbers = ", ".join(f"{{number: 601555{n:04}}}" for n in range(1001))
        project.spring("state: READY", f"numbers: [{numbers}]")

    @pytest.mark.usefixtures("list_of_1001")
    @pytest.mark.parametrize(("answer", "status"), [("1,001\n", 0), ("y\n", 1), ("\n", 1)])
    def test_of_phones(self, answer: str, status: int, project: Project, voxo: FakeVoxo) -> None:
        flags = ("--allow-go-live", "--max-numbers-removed", "2")
        ran = project.terminal("apply", *flags, answer=answer)
        assert "1 STARTS DIALING, 1001 phones. Type 1001 to continue: " in ran.out
        assert ran.status == status, ran.out
        assert len(voxo.sent) == (status == 0)

    @pytest.mark.parametrize(
        ("count", "question"), [(20, "changes"), (21, "Type 21 to continue: ")]
    )
    def test_of_campaigns(
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
