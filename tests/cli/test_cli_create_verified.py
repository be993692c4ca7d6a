"""`voxosync create` reads back what it made: what dials unasked is paused, and what differs is named."""

from __future__ import annotations

import os
import re
import signal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import NEW, TENANT, TOKEN, FakeVoxo, answer, applied_then, dropped
from tests.cli.creating import FILE, NEW_SPRING, agrees, create, event_names, events, makes, text
from voxosync.app import file_writer

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import Handler, Reply

READY = NEW_SPRING.replace("PAUSED", "READY")
STATELESS = NEW_SPRING.replace("state: PAUSED\n", "")
WINTER = NEW_SPRING.replace("Autumn", "Winter")
PAUSED_AT_ONCE = ["run", "create", "created accepted", "intent", "outcome accepted"]


@pytest.fixture(autouse=True)
def _of_a_tenant(project: Project) -> None:
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    project.write(FILE, NEW_SPRING)


def not_converged(ran: Ran, project: Project, *messages: str) -> None:
    """Status 3 with the reason; the campaign is the definition's all the same, so its id is written."""
    assert ran.status == 3, ran.said
    assert "error: 5001 Autumn renewal: " in ran.err
    for words in messages:
        assert words in ran.err
    assert text(project).startswith("id: 5001\n")
    assert "5001 Autumn renewal: created; campaigns/new.yaml now has its id" in ran.out


class TestADefinitionWithoutAState:
    @pytest.fixture(autouse=True)
    def _without(self, project: Project) -> None:
        project.write(FILE, STATELESS)

    def test_is_created_paused_and_the_preview_says_so(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", "guards: {goLive: deny}\n")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert voxo.posted[0]["state"] == "PAUSED"
        preview, _, remainder = ran.out.partition(
            "It is created PAUSED, because the definition has no state."
        )
        assert re.search(r"^state +PAUSED$", preview, re.MULTILINE)
        assert "now has its id" in remainder
        assert text(project) == f"id: 5001\n{STATELESS}"
        assert agrees(project)

    def test_is_paused_where_voxo_makes_it_ready(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        not_converged(create(project), project, "PAUSED was requested, but VOXO made it READY")
        assert voxo.campaigns[5001]["state"] == "PAUSED"


class TestWhatDialsUnasked:
    """Any state but PAUSED where PAUSED was asked for."""

    def test_in_another_tenant_is_paused_and_is_not_the_definitions(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(makes(voxo, state="READY", tenantId=78), to="POST", times=1)
        ran = create(project)
        assert ran.status == 3, ran.said
        assert (
            "PAUSED was requested, but VOXO made it READY: it was set to PAUSED at once" in ran.err
        )
        assert "tenant 17 was requested, but VOXO has it in tenant 78" in ran.err
        assert voxo.sent == [(5001, {"state": "PAUSED"})]
        assert voxo.campaigns[5001]["state"] == "PAUSED"
        assert text(project) == NEW_SPRING
        assert event_names(project) == [*PAUSED_AT_ONCE, "abandoned", "result failed", "end"]
        run = events(project)[0]["run"]
        voxo.received.clear()
        again = create(project)
        assert again.status == 1
        assert f"{FILE}:1:1: run {run} created campaign 5001 of this definition: " in again.err
        assert "tenant 78" in again.err
        assert "--again" in again.err
        assert voxo.asked == []
        assert create(project, "--again").status == 0
        assert text(project) == f"id: 5002\n{NEW_SPRING}"
        assert agrees(project)
        assert "1 failed, 1 abandoned" in project.run("history").out
        assert "tenant 78" in project.run("history", run).out

    @pytest.mark.parametrize(
        "answers",
        [
            pytest.param(None, id="and VOXO says so"),
            pytest.param({"state": "PAUSED"}, id="and VOXO says something else"),
            pytest.param({}, id="and VOXO says nothing"),
            pytest.param({"state": None, "campaignId": 5001}, id="and VOXO says null"),
        ],
    )
    @pytest.mark.parametrize("state", ["READY", "RUNNING", "FINISHED", "", None, ["x"]])
    def test_is_paused_whatever_the_answer_says(
        self, project: Project, voxo: FakeVoxo, state: Any, answers: dict[str, Any] | None
    ) -> None:
        voxo.say(makes(voxo, answers, state=state), to="POST")
        named = state if isinstance(state, str) and state else "without a state"
        not_converged(create(project), project, f"PAUSED was requested, but VOXO made it {named}")
        if state != ["x"]:  # a list cannot be read, so a PATCH would not know what it replaces
            assert voxo.campaigns[5001]["state"] == "PAUSED"
            assert event_names(project)[:5] == PAUSED_AT_ONCE
            assert event_names(project)[5:] == ["written", "result not converged", "end"]
            assert agrees(project)

    def test_is_paused_before_anything_else_is_read_or_written(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        before: list[bytes] = []

        def paused(handler: Handler) -> None:
            before.append((project.folder / FILE).read_bytes())
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(makes(voxo, state="READY"), to="POST", times=1)
        voxo.say(paused, to="PATCH")
        assert create(project).status == 3
        path = f"{NEW}5001"
        assert voxo.asked[:4] == [f"POST {NEW}", f"GET {path}", f"PATCH {path}", f"GET {path}"]
        assert before == [f"{NEW_SPRING}---\n{WINTER}".encode()]
        assert voxo.asked[4] == f"POST {NEW}"  # one that failed does not stop the others

    @pytest.mark.parametrize(
        "reply", [answer(400, {"message": "6015550123 is being called"}), answer(403)]
    )
    def test_and_cannot_be_paused_is_said_loudly(
        self, project: Project, voxo: FakeVoxo, reply: Reply
    ) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(reply, to="PATCH")
        ran = create(project)
        not_converged(ran, project, "and it could not be paused (", "): pause it in VOXO now")
        assert "6015550123" not in ran.said
        assert ran.err.count("state: sent") == 0
        assert event_names(project)[-3:] == ["written", "result not converged", "end"]

    def test_is_paused_by_a_later_try(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(answer(409), to="PATCH", times=2)
        not_converged(create(project), project, "it was set to PAUSED at once")
        assert voxo.campaigns[5001]["state"] == "PAUSED"

    def test_and_ignores_being_paused_is_not_called_paused(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        def ignored(handler: Handler) -> None:
            answer(200, voxo.campaigns[5001])(handler)

        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(ignored, to="PATCH")
        not_converged(create(project), project, "it could not be paused", 'came back "READY"')
        assert len(voxo.sent) == 1

    def test_is_paused_though_the_answer_to_that_is_lost(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(applied_then(dropped), to="PATCH", times=1)
        not_converged(create(project), project, "PAUSED was requested, but VOXO made it READY")
        assert voxo.campaigns[5001]["state"] == "PAUSED"

    def test_an_answer_alone_that_says_so_is_no_fault(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(makes(voxo, {"state": "READY"}), to="POST")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert voxo.sent == []

    def test_where_ready_was_asked_for_it_is_as_asked(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, READY)
        voxo.say(makes(voxo, state="RUNNING"), to="POST")
        ran = create(project, "--allow-go-live")
        assert ran.status == 0, ran.said
        assert voxo.sent == []

    @pytest.mark.skipif(os.name != "posix", reason="Windows ends a process instead")
    def test_in_an_interrupted_run_is_said_and_nothing_more_is_sent(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        ready = makes(voxo, state="READY")

        def interrupted(handler: Handler) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            ready(handler)

        voxo.say(interrupted, to="POST")
        not_converged(create(project), project, "could not be paused", "pause it in VOXO now")
        assert [name for name in voxo.asked if not name.startswith("GET")] == [f"POST {NEW}"]

    @pytest.mark.parametrize(
        "unclear",
        [(answer(400), "PATCH", None), (answer(403), "GET", {})],
        ids=["dials", "may dial"],
    )
    def test_and_goes_on_dialing_ends_the_run(
        self,
        project: Project,
        voxo: FakeVoxo,
        unclear: tuple[Reply, str, dict[str, Any] | None],
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        reply, method, answers = unclear
        voxo.say(makes(voxo, answers, state="READY"), to="POST")
        voxo.say(reply, to=method)
        not_converged(create(project), project, "error: Winter renewal: not created")
        assert len(voxo.posted) == 1

    def test_is_never_the_campaign_of_another_definition(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ready = voxo.has(4711, state="READY")
        voxo.say(answer(201, ready), to="POST", times=1)
        ran = create(project)
        assert ran.status == 3
        assert "VOXO named the id 4711, which another definition has" in ran.err
        assert voxo.sent == []
        assert text(project) == NEW_SPRING
        assert create(project).status == 1


class TestWhatDiffers:
    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"message": "Hello"}, 'message: sent "Time to renew", came back "Hello"'),
            ({"dateEnd": None}, 'dateEnd: sent "2096-03-31", came back null'),
            ({"enableVMDetect": False}, 'enableVMDetect: sent "1", came back '),
            ({"numbers": []}, "numbers: sent 2 numbers, came back with 2 missing or different"),
            ({"destinations": []}, "destinations: sent ["),
            ({"numbers": None}, "numbers: sent 2 numbers, came back unreadable"),
            ({"tenantId": None}, "tenantId: sent 17, came back null"),
        ],
    )
    def test_is_named_with_what_was_sent_and_what_came_back(
        self, project: Project, voxo: FakeVoxo, values: dict[str, Any], message: str
    ) -> None:
        voxo.say(makes(voxo, {}, **values), to="POST")
        not_converged(create(project), project, "not converged: ", message)
        assert voxo.sent == []

    def test_a_state_that_does_not_dial_where_ready_was_asked_for(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, READY)
        voxo.say(makes(voxo, state="PAUSED"), to="POST")
        ran = create(project, "--allow-go-live")
        not_converged(ran, project, 'state: sent "READY", came back "PAUSED"')
        assert voxo.sent == []

    @pytest.mark.parametrize("lag", [1, 4])
    @pytest.mark.parametrize("early", ["404", "old"])
    def test_a_read_that_lags_behind_is_no_difference(
        self, project: Project, voxo: FakeVoxo, early: str, lag: int
    ) -> None:
        if early == "404":  # at both paths
            voxo.say(answer(404), to="GET", times=2 * lag)
        else:
            reads = count(1)

            def late(handler: Handler) -> None:
                late_message = "not yet" if next(reads) <= lag else "Time to renew"
                answer(200, voxo.campaigns[5001] | {"message": late_message})(handler)

            voxo.say(late, to="GET")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert [line for line in ran.err.splitlines() if "calledHours" not in line] == []

    def test_a_sparse_answer_is_no_difference(self, project: Project, voxo: FakeVoxo) -> None:
        def sparse(handler: Handler) -> None:
            voxo.well_behaved(voxo.received[-1])
            answer(201, {"campaignId": 5001, "maxChannels": 5, "hosted": True})(handler)

        voxo.say(sparse, to="POST")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert agrees(project)


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            (None, "it could not be read back: "),
            ({}, "it could not be read back, and may dial: "),
        ],
    )
    def test_is_not_called_verified(
        self, project: Project, voxo: FakeVoxo, answers: dict[str, Any] | None, message: str
    ) -> None:
        voxo.say(makes(voxo, answers), to="POST")
        voxo.say(answer(403), to="GET")
        not_converged(create(project), project, f"unknown: {message}")

    def test_where_the_token_is_refused_by_then_nothing_more_is_created(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        voxo.say(answer(401), to="GET")
        ran = create(project)
        not_converged(
            ran, project, "it could not be read back", "error: Winter renewal: not created"
        )
        assert TOKEN not in ran.said
        assert len(voxo.posted) == 1

    def test_another_tenant_in_the_answer_counts_all_the_same(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(makes(voxo, tenantId=78), to="POST")
        voxo.say(answer(403), to="GET")
        ran = create(project)
        assert ran.status == 3
        assert "VOXO has it in tenant 78" in ran.err
        assert text(project) == NEW_SPRING


class TestWhatAnEarlierRunMade:
    """The campaign was created, and its id could not be written."""

    @pytest.fixture(autouse=True)
    def _created(self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_room(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(file_writer, "_stage", no_room)
            assert create(project).status == 3
        voxo.received.clear()

    def test_is_read_back_before_its_id_is_written(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.campaigns[5001]["state"] = "READY"
        not_converged(create(project), project, "it was set to PAUSED at once")
        assert voxo.campaigns[5001]["state"] == "PAUSED"
        assert voxo.posted == []

    def test_is_compared_with_what_was_asked_for_then(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, READY.replace("Time to renew", "Soon"))
        ran = create(project)
        assert ran.status == 0, ran.said
        assert voxo.sent == []
        assert text(project).startswith("id: 5001\n")

    def test_and_somebody_deleted_is_created_again_by_again_only(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        del voxo.campaigns[5001]
        ran = create(project)
        assert ran.status == 3
        assert "created campaign 5001, but VOXO does not show it" in ran.err
        assert text(project) == NEW_SPRING
        again = create(project)
        assert again.status == 1
        assert "created campaign 5001 of this definition" in again.err
        assert voxo.posted == []
        assert "abandoned; the campaign was created by an earlier run" in self.latest(project)
        assert create(project, "--again").status == 0
        assert len(voxo.posted) == 1
        assert agrees(project)

    def latest(self, project: Project) -> str:
        run = project.run("history").out.splitlines()[1].split()[0]
        return project.run("history", run).out
