"""`apply --quiesce`: a READY campaign is paused while its numbers change. And `--fail-fast`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli_voxo import answer, silence

if TYPE_CHECKING:
    from cli_project import Project, Ran
    from cli_voxo import FakeVoxo, Handler, Reply

KEPT = {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"}
ONE = "numbers: [{number: 6015550123, description: Customer 1042}]"
WARNING = "numbers change while READY"
PAUSED, READY = {"state": "PAUSED"}, {"state": "READY"}


@pytest.fixture(autouse=True)
def _ready(project: Project, voxo: FakeVoxo) -> None:
    """A READY campaign of which a number is to go; who pauses it is not the definition."""
    voxo.has(state="READY")
    project.spring("-state", ONE)


def quiesced(project: Project, *arguments: str) -> Ran:
    return project.run("apply", "--yes", "--quiesce", *arguments)


def at_patch(voxo: FakeVoxo, number: int, reply: Reply) -> None:
    """Reply so to the campaign's PATCH of this number, counted from 1, and to all after it."""

    def choose(handler: Handler) -> None:
        received = voxo.received[-1]
        late = len(voxo.sent) >= number
        (reply if late else voxo.well_behaved(received))(handler)

    voxo.say(choose, to="PATCH")


class TestPauses:
    def test_sends_and_resumes(self, project: Project, voxo: FakeVoxo) -> None:
        ran = quiesced(project)
        assert ran.status == 0
        bodies: list[Any] = [PAUSED, {"numbers": [KEPT]}, READY]
        assert voxo.sent == [(4711, body) for body in bodies]
        assert "4711 Spring renewal: applied (sent: state, numbers)" in ran.out

    def test_reads_again_so_that_no_result_is_lost(self, project: Project, voxo: FakeVoxo) -> None:
        def a_last_call(handler: Handler) -> None:
            reply = voxo.well_behaved(voxo.received[-1])
            voxo.has()["numbers"][0]["disposition"] = "BUSY"
            reply(handler)

        voxo.say(a_last_call, to="PATCH", times=1)
        assert quiesced(project).status == 0
        assert voxo.sent[1] == (4711, {"numbers": [{**KEPT, "disposition": "BUSY"}]})

    def test_other_changes_go_along(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("-state", ONE, "callFrequency: 60")
        assert quiesced(project).status == 0
        assert voxo.sent[1] == (4711, {"numbers": [KEPT], "callFrequency": 60})
        assert voxo.has()["state"] == "READY"

    def test_is_not_resumed_where_the_plan_itself_pauses(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(ONE)
        assert quiesced(project).status == 0
        assert voxo.sent == [(4711, PAUSED), (4711, {"numbers": [KEPT]})]
        assert voxo.has()["state"] == "PAUSED"

    def test_is_resumed_where_the_definition_says_ready(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY", ONE)
        assert quiesced(project).status == 0
        assert voxo.has()["state"] == "READY"

    def test_every_step_is_in_the_journal(self, project: Project) -> None:
        assert quiesced(project).status == 0
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        events = [json.loads(line) for line in journal.read_text().splitlines()]
        told = [
            (each["attempt"], each.get("step"), list(each["patch"]))
            for each in events
            if each["event"] == "intent"
        ]
        assert told == [(1, "pause", ["state"]), (2, None, ["numbers"]), (3, "resume", ["state"])]

    def test_a_saved_plan_too(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        assert quiesced(project, "--plan", "saved.json").status == 0
        assert len(voxo.sent) == 3


class TestIsNotUsed:
    @pytest.mark.parametrize("state", ["PAUSED", "RUNNING", "FINISHED", None])
    def test_for_a_campaign_in_another_state(
        self, state: str | None, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state=state)
        assert quiesced(project).status == 0
        assert voxo.sent == [(4711, {"numbers": [KEPT]})]
        assert voxo.has()["state"] == state

    def test_where_the_numbers_stay(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("-state", "callFrequency: 60")
        assert quiesced(project).status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]

    def test_without_the_option(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"numbers": [KEPT]})]

    def test_to_wake_a_campaign_that_somebody_paused_since_the_plan(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(state="PAUSED")
        ran = quiesced(project, "--plan", "saved.json")
        assert ran.status == 0
        assert "it was PAUSED already, and stays so" in ran.out
        assert voxo.sent == [(4711, {"numbers": [KEPT]})]
        assert voxo.has()["state"] == "PAUSED"

    def test_to_pause_a_campaign_whose_change_is_stale(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(numbers=[])
        ran = quiesced(project, "--plan", "saved.json")
        assert ran.status == 3
        assert "numbers changed in VOXO since the plan was made: plan again" in ran.out
        assert voxo.sent == []
        assert voxo.has()["state"] == "READY"


class TestFails:
    """On any failure the campaign stays PAUSED, and the report says so loudly."""

    def test_before_it_is_paused(self, project: Project, voxo: FakeVoxo) -> None:
        at_patch(voxo, 1, answer(422, {"message": "no"}))
        ran = quiesced(project)
        assert ran.status == 3
        assert "it could not be paused first" in ran.out
        assert "STAYS PAUSED" not in ran.out
        assert len(voxo.sent) == 1
        assert voxo.has()["state"] == "READY"

    @pytest.mark.parametrize("number", [2, 3])
    @pytest.mark.parametrize(
        "reply",
        [answer(422, {"message": "no"}), answer(401), answer(403)],
        ids=["422", "401", "403"],
    )
    def test_after_that(self, number: int, reply: Reply, project: Project, voxo: FakeVoxo) -> None:
        at_patch(voxo, number, reply)
        ran = quiesced(project)
        assert ran.status == 3
        assert "THE CAMPAIGN STAYS PAUSED" in ran.out
        assert "4711 Spring renewal: failed (sent: state" in ran.out
        assert voxo.has()["state"] == "PAUSED"

    @pytest.mark.parametrize("number", [2, 3])
    def test_where_it_does_not_converge(
        self, number: int, project: Project, voxo: FakeVoxo
    ) -> None:
        def ignored(handler: Handler) -> None:
            answer(200, voxo.has())(handler)

        at_patch(voxo, number, ignored)
        ran = quiesced(project)
        assert ran.status == 3
        assert "not converged" in ran.out
        assert "THE CAMPAIGN STAYS PAUSED" in ran.out
        assert voxo.has()["state"] == "PAUSED"

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize(
        ("number", "told"),
        [(1, "MAY BE PAUSED NOW"), (2, "STAYS PAUSED"), (3, "MAY STAY PAUSED")],
    )
    def test_where_nobody_knows(
        self, number: int, told: str, project: Project, voxo: FakeVoxo
    ) -> None:
        def dead(handler: Handler) -> None:
            voxo.say(silence)
            voxo._rules.reverse()  # from now on, whatever is asked  # noqa: SLF001
            silence(handler)

        at_patch(voxo, number, dead)
        ran = quiesced(project)
        assert ran.status == 3
        assert f"THE CAMPAIGN {told}" in ran.out
        assert "4711 Spring renewal: unknown" in ran.out

    def test_where_the_numbers_change_while_it_is_paused(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        def by_hand(handler: Handler) -> None:
            reply = voxo.well_behaved(voxo.received[-1])
            voxo.has(numbers=[])
            reply(handler)

        voxo.say(by_hand, to="PATCH", times=1)
        ran = quiesced(project)
        assert ran.status == 3
        assert "stale" in ran.out
        assert "THE CAMPAIGN STAYS PAUSED" in ran.out
        assert voxo.sent == [(4711, PAUSED)]

    def test_and_can_be_rolled_back(self, project: Project, voxo: FakeVoxo) -> None:
        at_patch(voxo, 2, answer(422, {"message": "no"}))
        assert quiesced(project).status == 3
        voxo._rules.clear()  # noqa: SLF001  # the trouble is over
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        ran = project.run("rollback", journal.stem, "--yes", "--allow-go-live")
        assert ran.status == 0
        assert voxo.has()["state"] == "READY"


class TestWarns:
    def test_where_it_is_not_used(self, project: Project) -> None:
        assert WARNING in project.run("plan").out
        assert WARNING in project.run("apply", "--yes").out

    def test_where_it_is_used_there_is_nothing_to_warn_of(self, project: Project) -> None:
        assert WARNING not in quiesced(project).out

    @pytest.mark.parametrize("state", ["PAUSED", None])
    def test_not_of_a_campaign_that_does_not_dial(
        self, state: str | None, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state=state)
        assert WARNING not in project.run("plan").out

    def test_not_where_the_numbers_stay(self, project: Project) -> None:
        project.spring("-state", "callFrequency: 60")
        assert WARNING not in project.run("plan").out


class TestFailFast:
    @pytest.fixture(autouse=True)
    def _three(self, project: Project, voxo: FakeVoxo) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        for number in (1, 2, 3):
            voxo.has(number, state="PAUSED")
            project.spring("callFrequency: 60", name=f"campaigns/{number}.yaml", number=number)
        voxo.say(answer(422, {"message": "no"}), to="PATCH", about="/1", times=1)

    def test_begins_no_further_campaign(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--fail-fast", "--concurrency", "1")
        assert ran.status == 3
        assert [campaign_id for campaign_id, _ in voxo.sent] == [1]
        assert "Apply: 1 failed, 2 not sent." in ran.out

    def test_without_it_the_others_go_on(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--concurrency", "1")
        assert ran.status == 3
        assert [campaign_id for campaign_id, _ in voxo.sent] == [1, 2, 3]
        assert "Apply: 2 applied, 1 failed." in ran.out
