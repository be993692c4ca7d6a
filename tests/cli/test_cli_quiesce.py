"""`apply --quiesce` pauses a READY campaign while its numbers change; `apply --fail-fast` stops after a failure."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer, silence

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo, Handler, Reply

ANSWERED = {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"}
ONE_NUMBER = "numbers: [{number: 6015550123, description: Customer 1042}]"
WARNING = "numbers change while READY"
NAME = "Spring renewal"
MARKED = "Spring renewal [voxosync: paused while numbers change]"
PAUSED, READY = {"state": "PAUSED", "name": MARKED}, {"state": "READY", "name": NAME}


@pytest.fixture(autouse=True)
def _ready_campaign(project: Project, voxo: FakeVoxo) -> None:
    """A READY campaign from which a number will be removed; its definition has no state."""
    voxo.has(state="READY")
    project.spring("-state", ONE_NUMBER)


def apply_with_quiesce(project: Project, *arguments: str) -> Ran:
    return project.run("apply", "--yes", "--quiesce", *arguments)


def at_patch(voxo: FakeVoxo, number: int, reply: Reply) -> None:
    """Give this reply to the campaign's PATCH with this number, counted from 1, and to all later ones."""

    def choose(handler: Handler) -> None:
        received = voxo.received[-1]
        replaces = len(voxo.sent) >= number
        (reply if replaces else voxo.well_behaved(received))(handler)

    voxo.say(choose, to="PATCH")


class TestQuiesce:
    def test_pauses_sends_and_resumes(self, project: Project, voxo: FakeVoxo) -> None:
        ran = apply_with_quiesce(project)
        assert ran.status == 0
        bodies: list[Any] = [PAUSED, {"numbers": [ANSWERED]}, READY]
        assert voxo.sent == [(4711, body) for body in bodies]
        assert "4711 Spring renewal: applied (sent: state, name, numbers)" in ran.out
        assert voxo.has()["name"] == NAME
        assert project.run("plan", "--exit-code").status == 0

    def test_reads_again_after_the_pause_so_that_no_disposition_is_lost(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        def end_a_call(handler: Handler) -> None:
            reply = voxo.well_behaved(voxo.received[-1])
            voxo.has()["numbers"][0]["disposition"] = "BUSY"
            reply(handler)

        voxo.say(end_a_call, to="PATCH", times=1)
        assert apply_with_quiesce(project).status == 0
        assert voxo.sent[1] == (4711, {"numbers": [{**ANSWERED, "disposition": "BUSY"}]})

    def test_sends_other_changes_with_the_numbers(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("-state", ONE_NUMBER, "callFrequency: 60")
        assert apply_with_quiesce(project).status == 0
        assert voxo.sent[1] == (4711, {"numbers": [ANSWERED], "callFrequency": 60})
        assert voxo.has()["state"] == "READY"

    def test_does_not_resume_if_the_plan_pauses(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(ONE_NUMBER)
        assert apply_with_quiesce(project).status == 0
        assert voxo.sent == [(4711, {"state": "PAUSED"}), (4711, {"numbers": [ANSWERED]})]
        assert voxo.has()["state"] == "PAUSED"

    def test_resumes_if_the_definition_has_ready(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("state: READY", ONE_NUMBER)
        assert apply_with_quiesce(project).status == 0
        assert voxo.has()["state"] == "READY"

    def test_records_each_step_in_the_journal(self, project: Project) -> None:
        assert apply_with_quiesce(project).status == 0
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        events = [json.loads(line) for line in journal.read_text().splitlines()]
        steps = [
            (event["attempt"], event.get("step"), list(event["patch"]))
            for event in events
            if event["event"] == "intent"
        ]
        assert steps == [
            (1, "pause", ["state", "name"]),
            (2, None, ["numbers"]),
            (3, "resume", ["state", "name"]),
        ]

    def test_works_with_a_saved_plan(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        assert apply_with_quiesce(project, "--plan", "saved.json").status == 0
        assert len(voxo.sent) == 3

    @pytest.mark.parametrize("state", ["RUNNING", "FINISHED", "Something new"])
    def test_pauses_in_any_state_that_may_dial(
        self, state: str, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state=state)
        ran = apply_with_quiesce(project)
        assert ran.status == 0
        bodies: list[Any] = [PAUSED, {"numbers": [ANSWERED]}, READY]
        assert voxo.sent == [(4711, body) for body in bodies]
        assert f"VOXO said {state} before, and it is READY now" in ran.out

    def test_sends_a_new_name_with_the_last_step(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("-state", ONE_NUMBER, "name: Summer renewal")
        assert apply_with_quiesce(project).status == 0
        bodies: list[Any] = [
            PAUSED, {"numbers": [ANSWERED]}, {"state": "READY", "name": "Summer renewal"},
        ]  # fmt: skip
        assert voxo.sent == [(4711, body) for body in bodies]

    @pytest.mark.parametrize("name", [None, "", "ab"])
    def test_adds_no_mark_to_a_name_that_could_not_be_restored(
        self, name: str | None, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(name=name)
        project.spring("-state", "-name", ONE_NUMBER)
        assert apply_with_quiesce(project).status == 0
        bodies: list[Any] = [{"state": "PAUSED"}, {"numbers": [ANSWERED]}, {"state": "READY"}]
        assert voxo.sent == [(4711, body) for body in bodies]
        assert voxo.has()["name"] == name

    @pytest.mark.parametrize("effect", ["refused", "cut off", "ignored"])
    def test_works_without_a_mark_if_voxo_does_not_accept_it(
        self, effect: str, project: Project, voxo: FakeVoxo
    ) -> None:
        def refuse_long_name(handler: Handler) -> None:
            received = voxo.received[-1]
            body = received.json
            if len(body.get("name", "")) > len(NAME):
                if effect == "refused":
                    answer(422, {"message": "name is too long"})(handler)
                    return
                name = body["name"][:20] if effect == "cut off" else voxo.has()["name"]
                voxo.has(**{**body, "name": name})
                answer(200, voxo.has())(handler)
                return
            voxo.well_behaved(received)(handler)

        voxo.say(refuse_long_name, to="PATCH")
        ran = apply_with_quiesce(project)
        assert ran.status == 0, ran.said
        assert "VOXO did not take the mark of a pause in its name" in ran.out
        assert (voxo.has()["name"], voxo.has()["state"]) == (NAME, "READY")
        assert voxo.has()["numbers"] == [ANSWERED]
        assert project.run("plan", "--exit-code").status == 0


class TestNoPause:
    @pytest.mark.parametrize("state", ["PAUSED", "", None])
    def test_for_a_campaign_that_does_not_dial(
        self, state: str | None, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state=state)
        assert apply_with_quiesce(project).status == 0
        assert voxo.sent == [(4711, {"numbers": [ANSWERED]})]
        assert voxo.has()["state"] == state

    def test_if_the_numbers_do_not_change(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("-state", "callFrequency: 60")
        assert apply_with_quiesce(project).status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]

    def test_without_the_option(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"numbers": [ANSWERED]})]

    def test_for_a_campaign_that_was_paused_after_the_plan(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(state="PAUSED")
        ran = apply_with_quiesce(project, "--plan", "saved.json")
        assert ran.status == 0
        assert "it was PAUSED already, and stays so" in ran.out
        assert voxo.sent == [(4711, {"numbers": [ANSWERED]})]
        assert voxo.has()["state"] == "PAUSED"

    def test_for_a_campaign_whose_change_is_stale(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(numbers=[])
        ran = apply_with_quiesce(project, "--plan", "saved.json")
        assert ran.status == 3
        assert "numbers changed in VOXO since the plan was made: plan again" in ran.out
        assert voxo.sent == []
        assert voxo.has()["state"] == "READY"


class TestFailure:
    """After any failure the campaign stays PAUSED, and the report says so prominently."""

    def test_of_the_pause_leaves_the_campaign_ready(self, project: Project, voxo: FakeVoxo) -> None:
        at_patch(voxo, 1, answer(422, {"message": "no"}))
        ran = apply_with_quiesce(project)
        assert ran.status == 3
        assert "it could not be paused first" in ran.out
        assert "STAYS PAUSED" not in ran.out
        assert [body for _, body in voxo.sent] == [PAUSED, {"state": "PAUSED"}]  # without the mark
        assert voxo.has()["state"] == "READY"

    @pytest.mark.parametrize("number", [2, 3])
    @pytest.mark.parametrize(
        "reply",
        [answer(422, {"message": "no"}), answer(401), answer(403)],
        ids=["422", "401", "403"],
    )
    def test_after_the_pause_leaves_the_campaign_paused(
        self, number: int, reply: Reply, project: Project, voxo: FakeVoxo
    ) -> None:
        at_patch(voxo, number, reply)
        ran = apply_with_quiesce(project)
        assert ran.status == 3
        assert "THE CAMPAIGN STAYS PAUSED" in ran.out
        assert "4711 Spring renewal: failed (sent: state" in ran.out
        assert voxo.has()["state"] == "PAUSED"

    @pytest.mark.parametrize("number", [2, 3])
    def test_to_converge_leaves_the_campaign_paused(
        self, number: int, project: Project, voxo: FakeVoxo
    ) -> None:
        def reply_without_effect(handler: Handler) -> None:
            answer(200, voxo.has())(handler)

        at_patch(voxo, number, reply_without_effect)
        ran = apply_with_quiesce(project)
        assert ran.status == 3
        assert "not converged" in ran.out
        assert "THE CAMPAIGN STAYS PAUSED" in ran.out
        assert voxo.has()["state"] == "PAUSED"

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize(
        ("number", "message"),
        [(1, "MAY BE PAUSED NOW"), (2, "STAYS PAUSED"), (3, "MAY STAY PAUSED")],
    )
    def test_with_an_unknown_outcome_says_that_it_may_be_paused(
        self, number: int, message: str, project: Project, voxo: FakeVoxo
    ) -> None:
        def stop_responding(handler: Handler) -> None:
            voxo.say(silence)
            voxo._rules.reverse()  # silent for every request from now on  # noqa: SLF001
            silence(handler)

        at_patch(voxo, number, stop_responding)
        ran = apply_with_quiesce(project)
        assert ran.status == 3
        assert f"THE CAMPAIGN {message}" in ran.out
        assert "4711 Spring renewal: unknown" in ran.out

    def test_of_a_stale_change_leaves_the_campaign_paused(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        def change_by_hand(handler: Handler) -> None:
            reply = voxo.well_behaved(voxo.received[-1])
            voxo.has(numbers=[])
            reply(handler)

        voxo.say(change_by_hand, to="PATCH", times=1)
        ran = apply_with_quiesce(project)
        assert ran.status == 3
        assert "stale" in ran.out
        assert "THE CAMPAIGN STAYS PAUSED" in ran.out
        assert voxo.sent == [(4711, PAUSED)]

    def test_can_be_rolled_back(self, project: Project, voxo: FakeVoxo) -> None:
        at_patch(voxo, 2, answer(422, {"message": "no"}))
        assert apply_with_quiesce(project).status == 3
        voxo._rules.clear()  # noqa: SLF001  # VOXO works again
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        ran = project.run("rollback", journal.stem, "--yes", "--allow-go-live")
        assert ran.status == 0
        assert voxo.has()["state"] == "READY"


class TestInterruptedPause:
    """The next command sees a pause of an interrupted run, and apply ends it; it is not reported as drift."""

    @pytest.fixture(autouse=True)
    def _journal_folder(self, project: Project) -> None:
        """The folder that `interrupt` removes, because each CI job has a new checkout."""
        self.folder = project.folder / ".voxosync"

    def interrupt(self, project: Project, voxo: FakeVoxo, after: int = 1) -> None:
        """Leave VOXO like a run that is killed after this number of its three requests."""
        at_patch(voxo, after + 1, answer(401))
        assert apply_with_quiesce(project).status == 3
        assert len(voxo.sent) == after + 1
        voxo._rules.clear()  # noqa: SLF001  # VOXO works again
        voxo.received.clear()
        shutil.rmtree(self.folder)
        assert (voxo.has()["state"], voxo.has()["name"]) == ("PAUSED", MARKED)

    @pytest.mark.parametrize("after", [1, 2])
    @pytest.mark.parametrize("state", ["-state", "state: READY"])
    def test_is_shown_and_ended_by_apply(
        self, state: str, after: int, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(state, ONE_NUMBER)
        self.interrupt(project, voxo, after)
        planned = project.run("plan", "--exit-code")
        assert planned.status == 2
        assert "state: PAUSED → READY" in planned.out
        assert f'→ "{NAME}"' in planned.out
        assert "an apply --quiesce that did not end, or still runs, has paused it" in planned.out
        assert "DIALING" not in planned.out
        assert "guard goLive" not in planned.out
        drifted = project.run("drift")
        assert drifted.status == 2
        assert "an apply --quiesce that did not end" in drifted.out
        assert voxo.sent == []
        assert project.run("apply", "--yes").status == 0
        assert len(voxo.sent) == 1
        assert voxo.sent[0][1] == {**READY, **({"numbers": [ANSWERED]} if after == 1 else {})}
        assert project.run("plan", "--exit-code").status == 0

    def test_is_not_seen_in_a_pause_by_hand_after_a_complete_run(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """The journal of the run shows that it paused the campaign and set it READY again."""
        assert apply_with_quiesce(project).status == 0
        voxo.has(state="PAUSED")
        for command in (("plan", "--exit-code"), ("drift",)):
            ran = project.run(*command)
            assert ran.status == 0, ran.said
            assert "apply --quiesce" not in ran.said

    def test_is_an_error_if_a_journal_cannot_be_read(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state="PAUSED")
        path = self.folder / "runs/20960301T000000Z-000000.jsonl"
        path.mkdir(parents=True)
        ran = project.run("plan")
        assert ran.status == 1
        assert f"cannot read {path.relative_to(project.folder)}: Is a directory" in ran.err

    def test_is_ended_by_apply_with_one_kind_of_change(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY", ONE_NUMBER)
        project.git("init", "--quiet", "--initial-branch=main")
        project.commit()
        self.interrupt(project, voxo, 2)
        assert project.run("drift", "--base", "main").status == 2
        ran = project.run("apply", "--yes", "--base", "main", "--kind", "change")
        assert ran.status == 0, ran.said
        assert voxo.sent == [(4711, READY)]

    @pytest.mark.parametrize(
        "settings", ["voxosync: {ignore: [state, name]}", "voxosync: {ignore: [state]}"]
    )
    def test_is_ended_even_if_its_fields_are_ignored(
        self, settings: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: PAUSED", ONE_NUMBER, settings)
        self.interrupt(project, voxo, 2)
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, READY)]

    def test_does_not_lift_the_guard_for_a_change_that_dials_more(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("-state", ONE_NUMBER)
        self.interrupt(project, voxo, 2)
        project.spring("-state", "numbers: [{number: 6015550123}, {number: 6015550129}]")
        ran = project.run("apply", "--yes")
        assert ran.status == 1
        assert "DIALS MORE: +1 phone" in ran.out
        assert "--allow-go-live" in ran.err
        assert voxo.sent == []
        assert project.run("apply", "--yes", "--allow-go-live").status == 0
        assert voxo.has()["state"] == "READY"

    def test_stays_paused_if_the_definition_has_paused(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        self.interrupt(project, voxo)
        project.spring("state: PAUSED", ONE_NUMBER)
        assert "it stays PAUSED" in project.run("plan").out
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"name": NAME, "numbers": [ANSWERED]})]
        assert voxo.has()["state"] == "PAUSED"

    def test_stays_paused_if_the_state_is_acknowledged(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        self.interrupt(project, voxo, 2)
        acknowledgement = (
            "voxosync: {acknowledge: [{field: state, until: 2027-12-31, reason: An emergency}]}"
        )
        project.spring("state: READY", ONE_NUMBER, acknowledgement)
        ran = project.run("apply", "--yes")
        assert ran.status == 0, ran.said
        assert voxo.sent == [(4711, {"name": NAME})]
        assert voxo.has()["state"] == "PAUSED"

    def test_is_over_if_the_campaign_was_set_ready_by_hand(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        self.interrupt(project, voxo, 2)
        voxo.has(state="READY")
        planned = project.run("plan")
        assert "its name has the mark of an apply --quiesce that did not end" in planned.out
        assert "state" not in planned.out
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"name": NAME})]

    def test_is_over_if_the_mark_was_removed_by_hand(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        self.interrupt(project, voxo, 2)
        voxo.has(name=NAME)
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == []

    def test_is_not_ended_if_the_mark_is_removed_after_the_plan(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        self.interrupt(project, voxo, 2)
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(name=NAME)
        ran = project.run("apply", "--yes", "--plan", "saved.json")
        assert ran.status == 3
        assert "stale" in ran.out
        assert voxo.sent == []

    def test_is_seen_with_text_after_the_mark(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("-state", "-name", ONE_NUMBER)
        self.interrupt(project, voxo, 2)
        voxo.has(name=f"{MARKED} (do not touch)")
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"state": "READY", "name": f"{NAME} (do not touch)"})]

    def test_can_be_completed_with_the_saved_plan_and_quiesce(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        self.interrupt(project, voxo)
        refused = project.run("apply", "--yes", "--plan", "saved.json")
        assert refused.status == 3
        assert "an apply --quiesce that did not end left it PAUSED" in refused.out
        assert voxo.sent == []
        assert apply_with_quiesce(project, "--plan", "saved.json").status == 0
        assert voxo.sent == [(4711, {"numbers": [ANSWERED]}), (4711, READY)]

    def test_is_undone_by_rollback(self, project: Project, voxo: FakeVoxo) -> None:
        at_patch(voxo, 2, answer(401))
        assert apply_with_quiesce(project).status == 3
        voxo._rules.clear()  # noqa: SLF001  # VOXO works again
        ran = project.run("rollback", "latest", "--yes")
        assert ran.status == 0, ran.said
        assert (voxo.has()["state"], voxo.has()["name"]) == ("READY", NAME)

    def test_is_not_written_to_files_by_pull_and_import(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY", ONE_NUMBER)
        self.interrupt(project, voxo, 2)
        before = (project.folder / "campaigns/spring.yaml").read_text()
        assert project.run("pull", "--yes").status == 0
        assert (project.folder / "campaigns/spring.yaml").read_text() == before
        (project.folder / "campaigns/spring.yaml").unlink()
        ran = project.run("import", "--id", "4711")
        assert ran.status == 0, ran.said
        (path,) = (project.folder / "campaigns").rglob("*.yaml")
        assert "voxosync: paused" not in path.read_text()
        assert "state: READY" in path.read_text()
        assert path.name == "spring-renewal-4711.yaml"

    def test_is_shown_by_drift_in_an_unmanaged_campaign(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712, state="PAUSED", name=MARKED)
        ran = project.run("drift", "--tenant-id", "17")
        assert MARKED in ran.out


class TestInterruptedPauseWithoutMark:
    """A pause that only a journal shows is reported and not ended, because a person may want it by now."""

    MESSAGE = (
        "an apply --quiesce that did not end, and nothing in VOXO says whether it is to stay so"
    )

    @pytest.fixture(autouse=True)
    def _interrupted_pause(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(name="ab")
        project.spring("-state", "-name", ONE_NUMBER)
        at_patch(voxo, 2, answer(401))
        assert apply_with_quiesce(project).status == 3
        voxo._rules.clear()  # noqa: SLF001  # VOXO works again
        voxo.received.clear()
        voxo.has(numbers=[ANSWERED])  # everything else agrees

    @pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--yes")])
    def test_is_reported(self, command: tuple[str, ...], project: Project, voxo: FakeVoxo) -> None:
        ran = project.run(*command)
        assert ran.status == 3
        (run,) = (path.stem for path in (project.folder / ".voxosync/runs").iterdir())
        assert f"it is PAUSED since run {run}, {self.MESSAGE}" in ran.out
        assert "Nothing to do" not in ran.out
        assert "in sync" not in ran.out.replace("0 in sync", "")
        assert voxo.sent == []

    def test_is_reported_from_another_folder_with_journals(self, project: Project) -> None:
        (project.folder / ".voxosync/runs").rename(project.folder / "elsewhere")
        assert project.run("plan").status == 0
        assert self.MESSAGE in project.run("plan", "--journal", "elsewhere").out
        assert self.MESSAGE in project.run("drift", "--journal", "elsewhere").out

    @pytest.mark.parametrize("state", ["READY", "PAUSED"])
    def test_is_over_if_the_definition_has_the_state(
        self, state: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(f"state: {state}", "-name", ONE_NUMBER)
        assert project.run("apply", "--yes", "--allow-go-live").status == 0
        assert voxo.has()["state"] == state

    def test_is_over_if_the_campaign_is_ready_again(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(state="READY")
        assert project.run("plan", "--exit-code").status == 0

    def test_is_over_after_a_later_run_with_the_campaign_ready(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state="READY")
        project.spring("-state", "-name", ONE_NUMBER, "callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
        voxo.has(state="PAUSED")  # by hand, later
        assert project.run("plan", "--exit-code").status == 0

    def test_of_another_voxo_is_ignored(self, project: Project, voxo: FakeVoxo) -> None:
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        journal.write_text(journal.read_text().replace(voxo.url, "https://other.test"))
        assert project.run("plan", "--exit-code").status == 0


class TestWarning:
    def test_is_shown_without_quiesce(self, project: Project) -> None:
        assert WARNING in project.run("plan").out
        assert WARNING in project.run("apply", "--yes").out

    def test_is_not_shown_with_quiesce(self, project: Project) -> None:
        assert WARNING not in apply_with_quiesce(project).out

    @pytest.mark.parametrize("state", ["PAUSED", None])
    def test_is_not_shown_for_a_campaign_that_does_not_dial(
        self, state: str | None, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state=state)
        assert WARNING not in project.run("plan").out

    def test_is_not_shown_if_the_numbers_do_not_change(self, project: Project) -> None:
        project.spring("-state", "callFrequency: 60")
        assert WARNING not in project.run("plan").out


class TestFailFast:
    @pytest.fixture(autouse=True)
    def _three_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        for number in (1, 2, 3):
            voxo.has(number, state="PAUSED")
            project.spring("callFrequency: 60", name=f"campaigns/{number}.yaml", number=number)
        voxo.say(answer(422, {"message": "no"}), to="PATCH", about="/1", times=1)

    def test_sends_nothing_to_further_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--fail-fast", "--concurrency", "1")
        assert ran.status == 3
        assert [campaign_id for campaign_id, _ in voxo.sent] == [1]
        assert "Apply: 1 failed, 2 not sent." in ran.out

    def test_is_off_by_default(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--concurrency", "1")
        assert ran.status == 3
        assert [campaign_id for campaign_id, _ in voxo.sent] == [1, 2, 3]
        assert "Apply: 2 applied, 1 failed." in ran.out
