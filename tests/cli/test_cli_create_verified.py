"""`voxosync create` reads a new campaign back, pauses one that dials unexpectedly, and reports differences."""

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
def _new_definition(project: Project) -> None:
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    project.write(FILE, NEW_SPRING)


def assert_not_converged(ran: Ran, project: Project, *messages: str) -> None:
    """Check for exit status 3 with these reasons, and that the id is written nevertheless."""
    assert ran.status == 3, ran.said
    assert "error: 5001 Autumn renewal: " in ran.err
    for message in messages:
        assert message in ran.err
    assert text(project).startswith("id: 5001\n")
    assert "5001 Autumn renewal: created; campaigns/new.yaml now has its id" in ran.out


class TestDefinitionWithoutState:
    @pytest.fixture(autouse=True)
    def _stateless_definition(self, project: Project) -> None:
        project.write(FILE, STATELESS)

    def test_is_created_paused_as_the_preview_says(self, project: Project, voxo: FakeVoxo) -> None:
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

    def test_is_paused_if_voxo_makes_it_ready(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        assert_not_converged(
            create(project), project, "PAUSED was requested, but VOXO made it READY"
        )
        assert voxo.campaigns[5001]["state"] == "PAUSED"


class TestUnexpectedDialing:
    """A campaign with any other state than the requested PAUSED."""

    def test_in_another_tenant_is_paused_and_its_id_is_not_written(
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
        "response_values",
        [
            pytest.param(None, id="response with the state"),
            pytest.param({"state": "PAUSED"}, id="response with another state"),
            pytest.param({}, id="response without a state"),
            pytest.param({"state": None, "campaignId": 5001}, id="response with null"),
        ],
    )
    @pytest.mark.parametrize("state", ["READY", "RUNNING", "FINISHED", "", None, ["x"]])
    def test_is_paused_regardless_of_the_response(
        self, project: Project, voxo: FakeVoxo, state: Any, response_values: dict[str, Any] | None
    ) -> None:
        voxo.say(makes(voxo, response_values, state=state), to="POST")
        state_name = state if isinstance(state, str) and state else "without a state"
        assert_not_converged(
            create(project), project, f"PAUSED was requested, but VOXO made it {state_name}"
        )
        if state != ["x"]:  # a list is unreadable, so no PATCH is sent that would replace it
            assert voxo.campaigns[5001]["state"] == "PAUSED"
            assert event_names(project)[:5] == PAUSED_AT_ONCE
            assert event_names(project)[5:] == ["written", "result not converged", "end"]
            assert agrees(project)

    def test_is_paused_before_anything_else_is_sent_or_written(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        contents_at_pause: list[bytes] = []

        def record_file_and_reply(handler: Handler) -> None:
            contents_at_pause.append((project.folder / FILE).read_bytes())
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(makes(voxo, state="READY"), to="POST", times=1)
        voxo.say(record_file_and_reply, to="PATCH")
        assert create(project).status == 3
        path = f"{NEW}5001"
        assert voxo.asked[:4] == [f"POST {NEW}", f"GET {path}", f"PATCH {path}", f"GET {path}"]
        assert contents_at_pause == [f"{NEW_SPRING}---\n{WINTER}".encode()]
        assert voxo.asked[4] == f"POST {NEW}"  # a failed campaign does not stop the others

    @pytest.mark.parametrize(
        "reply", [answer(400, {"message": "6015550123 is being called"}), answer(403)]
    )
    def test_that_cannot_be_paused_is_reported_with_what_to_do(
        self, project: Project, voxo: FakeVoxo, reply: Reply
    ) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(reply, to="PATCH")
        ran = create(project)
        assert_not_converged(
            ran, project, "and it could not be paused (", "): pause it in VOXO now"
        )
        assert "6015550123" not in ran.said
        assert ran.err.count("state: sent") == 0
        assert event_names(project)[-3:] == ["written", "result not converged", "end"]

    def test_is_paused_by_a_later_attempt(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(answer(409), to="PATCH", times=2)
        assert_not_converged(create(project), project, "it was set to PAUSED at once")
        assert voxo.campaigns[5001]["state"] == "PAUSED"

    def test_that_continues_after_the_pause_is_not_reported_as_paused(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        def reply_unchanged(handler: Handler) -> None:
            answer(200, voxo.campaigns[5001])(handler)

        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(reply_unchanged, to="PATCH")
        assert_not_converged(
            create(project), project, "it could not be paused", 'came back "READY"'
        )
        assert len(voxo.sent) == 1

    def test_is_paused_although_the_response_is_lost(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(makes(voxo, state="READY"), to="POST")
        voxo.say(applied_then(dropped), to="PATCH", times=1)
        assert_not_converged(
            create(project), project, "PAUSED was requested, but VOXO made it READY"
        )
        assert voxo.campaigns[5001]["state"] == "PAUSED"

    def test_only_in_the_response_is_not_an_error(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(makes(voxo, {"state": "READY"}), to="POST")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert voxo.sent == []

    def test_is_accepted_if_ready_was_requested(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(FILE, READY)
        voxo.say(makes(voxo, state="RUNNING"), to="POST")
        ran = create(project, "--allow-go-live")
        assert ran.status == 0, ran.said
        assert voxo.sent == []

    @pytest.mark.skipif(os.name != "posix", reason="Windows ends a process instead")
    def test_in_an_interrupted_run_is_reported_and_nothing_more_is_sent(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        ready = makes(voxo, state="READY")

        def interrupt_and_create(handler: Handler) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            ready(handler)

        voxo.say(interrupt_and_create, to="POST")
        assert_not_converged(
            create(project), project, "could not be paused", "pause it in VOXO now"
        )
        assert [name for name in voxo.asked if not name.startswith("GET")] == [f"POST {NEW}"]

    @pytest.mark.parametrize(
        "obstacle",
        [(answer(400), "PATCH", None), (answer(403), "GET", {})],
        ids=["dials", "may dial"],
    )
    def test_that_continues_or_may_continue_ends_the_run(
        self,
        project: Project,
        voxo: FakeVoxo,
        obstacle: tuple[Reply, str, dict[str, Any] | None],
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        reply, method, response_values = obstacle
        voxo.say(makes(voxo, response_values, state="READY"), to="POST")
        voxo.say(reply, to=method)
        assert_not_converged(create(project), project, "error: Winter renewal: not created")
        assert len(voxo.posted) == 1

    def test_of_the_campaign_of_another_definition_is_not_paused(
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


class TestDifferences:
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
    def test_are_reported_with_the_sent_and_the_live_value(
        self, project: Project, voxo: FakeVoxo, values: dict[str, Any], message: str
    ) -> None:
        voxo.say(makes(voxo, {}, **values), to="POST")
        assert_not_converged(create(project), project, "not converged: ", message)
        assert voxo.sent == []

    def test_paused_instead_of_ready_is_reported(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(FILE, READY)
        voxo.say(makes(voxo, state="PAUSED"), to="POST")
        ran = create(project, "--allow-go-live")
        assert_not_converged(ran, project, 'state: sent "READY", came back "PAUSED"')
        assert voxo.sent == []

    @pytest.mark.parametrize("outdated_reads", [1, 4])
    @pytest.mark.parametrize("first_response", ["404", "old"])
    def test_outdated_reads_are_not_reported(
        self, project: Project, voxo: FakeVoxo, first_response: str, outdated_reads: int
    ) -> None:
        if first_response == "404":  # at both paths
            voxo.say(answer(404), to="GET", times=2 * outdated_reads)
        else:
            reads = count(1)

            def reply_outdated(handler: Handler) -> None:
                live_message = "not yet" if next(reads) <= outdated_reads else "Time to renew"
                answer(200, voxo.campaigns[5001] | {"message": live_message})(handler)

            voxo.say(reply_outdated, to="GET")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert [line for line in ran.err.splitlines() if "calledHours" not in line] == []

    def test_sparse_response_is_not_reported(self, project: Project, voxo: FakeVoxo) -> None:
        def reply_sparsely(handler: Handler) -> None:
            voxo.well_behaved(voxo.received[-1])
            answer(201, {"campaignId": 5001, "maxChannels": 5, "hosted": True})(handler)

        voxo.say(reply_sparsely, to="POST")
        ran = create(project)
        assert ran.status == 0, ran.said
        assert agrees(project)


class TestUnreadableCampaign:
    @pytest.mark.parametrize(
        ("response_values", "message"),
        [
            (None, "it could not be read back: "),
            ({}, "it could not be read back, and may dial: "),
        ],
    )
    def test_is_reported_as_unknown(
        self, project: Project, voxo: FakeVoxo, response_values: dict[str, Any] | None, message: str
    ) -> None:
        voxo.say(makes(voxo, response_values), to="POST")
        voxo.say(answer(403), to="GET")
        assert_not_converged(create(project), project, f"unknown: {message}")

    def test_because_of_a_rejected_token_ends_the_run(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, f"{NEW_SPRING}---\n{WINTER}")
        voxo.say(answer(401), to="GET")
        ran = create(project)
        assert_not_converged(
            ran, project, "it could not be read back", "error: Winter renewal: not created"
        )
        assert TOKEN not in ran.said
        assert len(voxo.posted) == 1

    def test_with_another_tenant_in_the_response_is_not_accepted(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(makes(voxo, tenantId=78), to="POST")
        voxo.say(answer(403), to="GET")
        ran = create(project)
        assert ran.status == 3
        assert "VOXO has it in tenant 78" in ran.err
        assert text(project) == NEW_SPRING


class TestCampaignOfAnEarlierRun:
    """The campaign was created, but its id could not be written."""

    @pytest.fixture(autouse=True)
    def _created(self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> None:
        def raise_disk_full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full_disk:
            full_disk.setattr(file_writer, "_stage", raise_disk_full)
            assert create(project).status == 3
        voxo.received.clear()

    def test_is_read_back_before_its_id_is_written(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.campaigns[5001]["state"] = "READY"
        assert_not_converged(create(project), project, "it was set to PAUSED at once")
        assert voxo.campaigns[5001]["state"] == "PAUSED"
        assert voxo.posted == []

    def test_is_compared_with_what_the_earlier_run_requested(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write(FILE, READY.replace("Time to renew", "Soon"))
        ran = create(project)
        assert ran.status == 0, ran.said
        assert voxo.sent == []
        assert text(project).startswith("id: 5001\n")

    def test_that_was_deleted_is_created_again_only_with_the_again_option(
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
        assert (
            "abandoned; the campaign was created by an earlier run"
            in self.history_of_latest_run(project)
        )
        assert create(project, "--again").status == 0
        assert len(voxo.posted) == 1
        assert agrees(project)

    def history_of_latest_run(self, project: Project) -> str:
        run = project.run("history").out.splitlines()[1].split()[0]
        return project.run("history", run).out
