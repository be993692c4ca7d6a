"""`voxosync apply` plans, asks (or `--yes`), sends the smallest PATCH, and verifies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer, applied_then, dropped, html

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo, Handler

WITH_LIVE_RESULT = {
    "number": "6015550123",
    "description": "Customer 1042",
    "disposition": "ANSWERED",
}


def apply_without_prompt(project: Project, *arguments: str) -> Ran:
    return project.run("apply", "--yes", *arguments)


class TestSends:
    @pytest.mark.parametrize(
        ("change", "body"),
        [
            ("callFrequency: 60", {"callFrequency": 60}),
            ("enableVMDetect: 0", {"enableVMDetect": "0"}),
            ("recording: no", {"recording": "no"}),
            ("timeEnd: 18:31", {"timeEnd": "18:31"}),
            ("callerId: 6015550101", {"callerId": "6015550101"}),
            ("numbers: []", {"numbers": []}),
            (
                "numbers: [{number: 6015550123, description: Customer 1042}]",
                {"numbers": [WITH_LIVE_RESULT]},
            ),
            (
                "destinations: [{type: EXTENSION, id: 101}, {type: QUEUE, id: 12}]",
                {"destinations": [{"id": 101, "type": "EXTENSION"}, {"id": 12, "type": "QUEUE"}]},
            ),
            ("notMatchDestinations: []", {"notMatchDestinations": []}),
        ],
        ids=str,
    )
    def test_only_the_field_that_differs(
        self, change: str, body: dict[str, Any], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(change)
        assert apply_without_prompt(project).status == 0
        assert voxo.sent == [(4711, body)]

    def test_everything_that_differs_in_one_request(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "message: Another", "enableVMDetect: 0")
        assert apply_without_prompt(project).status == 0
        assert voxo.sent == [
            (4711, {"callFrequency": 60, "message": "Another", "enableVMDetect": "0"})
        ]

    def test_as_json_to_the_documented_path(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        apply_without_prompt(project)
        [patch] = [request for request in voxo.received if request.method == "PATCH"]
        assert patch.path == "/v2/admin/call-campaigns/4711"
        assert patch.headers["Content-Type"] == "application/json"

    def test_nothing_if_nothing_differs(self, project: Project, voxo: FakeVoxo) -> None:
        ran = apply_without_prompt(project)
        assert ran.status == 0
        assert voxo.sent == []
        assert "Nothing to do" in ran.out

    def test_changes_after_which_nothing_differs(self, project: Project) -> None:
        project.spring(
            "callFrequency: 60",
            "numbers: [{number: 6015550125, description: New}]",
            "destinations: [{type: IVR, id: 3}, {type: QUEUE, id: 2}, {type: IVR, id: 1}]",
            "enableVMDetect: 0",
        )
        assert apply_without_prompt(project).status == 0
        assert project.run("plan", "--exit-code").status == 0
        assert project.run("drift").status == 0

    def test_and_reports_the_sent_fields(self, project: Project) -> None:
        project.spring("callFrequency: 60", "message: Another")
        ran = apply_without_prompt(project)
        assert "4711 Spring renewal: applied (sent: callFrequency, message)" in ran.out
        assert "Apply: 1 applied." in ran.out

    def test_only_the_campaigns_that_are_selected(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/other.yaml", number=4712)
        assert apply_without_prompt(project, "--only", "4712").status == 0
        assert voxo.sent == [(4712, {"callFrequency": 60})]

    def test_pauses_first_and_starts_last(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(1, state="PAUSED")
        project.spring("state: READY", name="campaigns/1.yaml", number=1)
        voxo.has(2)
        project.spring("callFrequency: 60", name="campaigns/2.yaml", number=2)
        voxo.has(3, state="READY")
        project.spring("state: PAUSED", name="campaigns/3.yaml", number=3)
        assert apply_without_prompt(project, "--concurrency", "8", "--allow-go-live").status == 0
        assert [campaign_id for campaign_id, _ in voxo.sent] == [3, 2, 1]


class TestReadsAgainBeforeItSends:
    """A campaign that changed since the plan is refused as stale right before its PATCH; others are still sent."""

    @staticmethod
    def change_after_the_plan(voxo: FakeVoxo, **values: Any) -> None:
        """Change campaign 4711 between the first read and the second one."""

        def reply(handler: Handler) -> None:
            before = answer(200, json.loads(json.dumps(voxo.campaigns[4711])))
            voxo.has(**values)
            before(handler)

        voxo.say(reply, to="GET", about="/4711", times=1)

    def test_stale_campaign_is_refused_and_others_are_sent(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        self.change_after_the_plan(voxo, callFrequency=45)
        ran = apply_without_prompt(project)
        assert ran.status == 3
        assert voxo.sent == [(4712, {"callFrequency": 60})]
        assert "4711 Spring renewal: stale" in ran.out
        assert "callFrequency" in ran.out
        assert "Apply: 1 applied, 1 stale." in ran.out

    def test_changed_numbers_are_stale_even_if_their_count_is_the_same(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: []")
        self.change_after_the_plan(
            voxo, numbers=[{"number": "6015550123"}, {"number": "6015550150"}]
        )
        ran = apply_without_prompt(project)
        assert ran.status == 3
        assert voxo.sent == []
        assert "Journal: " in ran.err
        assert "rollback" not in ran.err, "there is nothing to undo"

    def test_change_of_an_unrelated_field_is_not_stale(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        self.change_after_the_plan(voxo, message="By hand")
        assert apply_without_prompt(project).status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]

    def test_field_that_already_has_the_value_is_not_sent(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60", "message: Another")
        self.change_after_the_plan(voxo, callFrequency=60)
        assert apply_without_prompt(project).status == 0
        assert voxo.sent == [(4711, {"message": "Another"})]

    def test_call_results_are_sent_as_read_last(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("numbers: [{number: 6015550124}]")
        called_numbers = [
            {**WITH_LIVE_RESULT},
            {"number": "6015550124", "description": None, "disposition": "BUSY"},
        ]
        self.change_after_the_plan(voxo, numbers=called_numbers)
        assert apply_without_prompt(project).status == 0
        body = {"numbers": [{"number": "6015550124", "description": "", "disposition": "BUSY"}]}
        assert voxo.sent == [(4711, body)]

    def test_campaign_of_another_tenant_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        self.change_after_the_plan(voxo, tenantId=18)
        ran = project.run("apply", "--yes", VOXO_TENANT_ID="17")
        assert ran.status == 3
        assert voxo.sent == []


class TestVerifies:
    def test_value_that_reads_back_different_has_not_converged(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(200, voxo.has()), to="PATCH")
        ran = apply_without_prompt(project)
        assert ran.status == 3
        assert "not converged" in ran.out
        assert "callFrequency: sent 60, came back 30" in ran.out

    def test_response_with_the_old_value_is_read_again(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(applied_then(answer(200, dict(voxo.has()))), to="PATCH")
        assert apply_without_prompt(project).status == 0

    @pytest.mark.parametrize(
        "lost_response",
        [answer(502), answer(503), answer(504), html(), dropped],
        ids=["502", "503", "504", "html", "dropped"],
    )
    def test_request_with_unknown_outcome_that_took_effect_is_not_repeated(
        self, lost_response: Any, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(applied_then(lost_response), to="PATCH", times=1)
        assert apply_without_prompt(project).status == 0
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize(
        "lost_response",
        [answer(502), answer(503), answer(504), html(), dropped],
        ids=["502", "503", "504", "html", "dropped"],
    )
    def test_request_with_unknown_outcome_without_effect_is_repeated(
        self, lost_response: Any, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(lost_response, to="PATCH", times=2)
        assert apply_without_prompt(project).status == 0
        assert len(voxo.sent) == 3
        assert voxo.has()["callFrequency"] == 60

    def test_exits_with_3_if_the_outcome_stays_unknown(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(503, {"message": "maintenance"}), to="PATCH")
        ran = apply_without_prompt(project)
        assert ran.status == 3
        assert "unknown (sent: callFrequency)" in ran.out
        assert "maintenance" in ran.out

    def test_waits_after_too_many_requests(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(429, {"message": "slow down"}, Retry_After="0"), times=3)
        assert apply_without_prompt(project).status == 0
        assert len(voxo.sent) == 1


class TestInterrupted:
    def test_finishes_the_current_request_and_sends_no_more(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        for number in (4711, 4712, 4713):
            voxo.has(number)
            project.spring("callFrequency: 60", name=f"campaigns/{number}.yaml", number=number)
        (project.folder / "campaigns/spring.yaml").unlink()
        process = subprocess.Popen(
            [sys.executable, "-m", "voxosync", "apply", "--yes", "--concurrency", "1"],
            cwd=project.folder,
            env=project.environment({}),
            stdout=subprocess.PIPE,
            text=True,
        )

        def interrupt_and_reply(handler: Handler) -> None:
            process.send_signal(signal.SIGINT)
            handler.server.over.wait(0.5)  # a slow response, which arrives after the signal
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(interrupt_and_reply, to="PATCH")
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 3
        assert voxo.sent == [(4711, {"callFrequency": 60})]
        assert "4711 Spring renewal: applied (sent: callFrequency)" in out
        assert "4712 Spring renewal: not sent" in out
        assert "Apply: 1 applied, 2 not sent." in out


class TestSavedPlan:
    @pytest.fixture(autouse=True)
    def _save_plan(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "numbers: [{number: 6015550124}]")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.received.clear()

    @staticmethod
    def change_saved_plan(project: Project, **values: Any) -> dict[str, Any]:
        """Change the saved plan without updating its digest."""
        path = project.folder / "saved.json"
        document: dict[str, Any] = json.loads(path.read_text()) | values
        path.write_text(json.dumps(document))
        return document

    def test_is_sent_without_reading_definitions(self, project: Project, voxo: FakeVoxo) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 0
        body = {"callFrequency": 60, "numbers": [{"number": "6015550124", "description": ""}]}
        assert voxo.sent == [(4711, body)]
        assert "callFrequency: 30 → 60" in ran.out

    def test_does_not_follow_later_changes_of_definitions(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 90")
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_is_refused_if_it_is_stale(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 3
        assert "stale" in ran.out
        assert voxo.sent == []

    @staticmethod
    def last_run(project: Project) -> Path:
        return max((project.folder / ".voxosync/runs").iterdir())

    def assert_refused_as_used(
        self, project: Project, voxo: FakeVoxo, run: str, *arguments: str
    ) -> None:
        voxo.received.clear()
        ran = apply_without_prompt(project, "--plan", "saved.json", *arguments)
        assert ran.status == 1
        assert f"saved.json was applied by run {run}, and a saved plan is used once" in ran.err
        assert voxo.asked == []

    def test_is_refused_after_it_was_applied(self, project: Project, voxo: FakeVoxo) -> None:
        """Applying it again would overwrite what a person has changed back since then."""
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        run = self.last_run(project).stem
        self.assert_refused_as_used(project, voxo, run)
        digest = json.loads((project.folder / "saved.json").read_text())["digest"]
        assert f"saved    plan {digest}\n" in project.run("history", run).out
        assert project.run("rollback", run, "--yes").status == 0
        self.assert_refused_as_used(project, voxo, run)

    def test_is_refused_after_a_run_that_had_nothing_to_send(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("apply", "--yes").status == 0
        assert "already so" in apply_without_prompt(project, "--plan", "saved.json").out
        run = self.last_run(project).stem
        voxo.received.clear()
        path = project.folder / "saved.json"
        path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
        self.assert_refused_as_used(project, voxo, run)

    def test_can_be_applied_after_a_refused_run(self, project: Project, voxo: FakeVoxo) -> None:
        refused = apply_without_prompt(project, "--plan", "saved.json", "--tenant-id", "99")
        assert refused.status == 3
        assert voxo.sent == []
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0

    def test_can_be_applied_after_a_run_that_failed_in_part(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.say(answer(422, {"message": "no"}), to="PATCH", about="4712", times=1)
        assert apply_without_prompt(project, "--plan", "saved.json").status == 3
        voxo.received.clear()
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        assert voxo.sent == [(4712, {"callFrequency": 60})]
        self.assert_refused_as_used(project, voxo, self.last_run(project).stem)

    @pytest.mark.parametrize("lines", [1, 2, 3, 4])
    def test_can_be_applied_after_a_run_that_was_killed(
        self, lines: int, project: Project, voxo: FakeVoxo
    ) -> None:
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        journal = self.last_run(project)
        records = journal.read_text().splitlines(keepends=True)
        assert len(records) == 5
        journal.write_text("".join(records[:lines]) + records[lines][:20])
        voxo.received.clear()
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        assert voxo.sent == []  # VOXO already has the values
        self.assert_refused_as_used(project, voxo, self.last_run(project).stem)

    def test_is_refused_by_the_journal_of_the_chosen_folder(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        elsewhere = ("--journal", "elsewhere")
        assert apply_without_prompt(project, "--plan", "saved.json", *elsewhere).status == 0
        (journal,) = (project.folder / "elsewhere").iterdir()
        self.assert_refused_as_used(project, voxo, journal.stem, *elsewhere)

    def test_sends_the_results_of_later_calls(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has()["numbers"][1]["disposition"] = "BUSY"
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        assert voxo.sent[0][1]["numbers"][0]["disposition"] == "BUSY"

    def test_that_was_edited_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        self.change_saved_plan(project, createdAt="2026-01-01T00:00:00Z")
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "changed since it was saved" in ran.err
        assert voxo.asked == []

    def test_with_another_json_layout_is_accepted(self, project: Project, voxo: FakeVoxo) -> None:
        path = project.folder / "saved.json"
        path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
        assert apply_without_prompt(project, "--plan", "saved.json").status == 0
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize("version", [0, 2, "1", None])
    def test_of_another_format_version_is_refused(
        self, version: object, project: Project, voxo: FakeVoxo
    ) -> None:
        self.change_saved_plan(project, formatVersion=version)
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "formatVersion" in ran.err
        assert voxo.asked == []

    def test_for_another_base_url_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run(
            "apply", "--yes", "--plan", "saved.json", VOXO_API_BASE_URL="https://api.voxo.co"
        )
        assert ran.status == 1
        assert voxo.url in ran.err
        assert "https://api.voxo.co" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("spelling", ["{}/", " {} ", "{}//"])
    def test_for_another_spelling_of_the_base_url_is_accepted(
        self, spelling: str, project: Project, voxo: FakeVoxo
    ) -> None:
        url = spelling.format(voxo.url.replace("http", "HTTP"))
        ran = project.run("apply", "--yes", "--plan", "saved.json", VOXO_API_BASE_URL=url)
        assert ran.status == 0, ran.err
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize(
        "content",
        ["", "not JSON", "[]", "null", "{}", '{"formatVersion": 1}', b"\xff\xfe", "[" * 100_000],
        ids=["nothing", "text", "list", "null", "empty", "version", "binary", "deep"],
    )
    def test_with_invalid_content_is_refused(
        self, content: str | bytes, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("saved.json", content)
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "saved.json" in ran.err
        assert voxo.asked == []

    def test_that_does_not_exist_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = apply_without_prompt(project, "--plan", "missing.json")
        assert ran.status == 1
        assert "missing.json" in ran.err
        assert voxo.asked == []

    def test_made_by_drift_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("saved.json", project.run("drift", "--format", "json").out)
        voxo.received.clear()
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "drift" in ran.err
        assert voxo.asked == []

    def test_made_from_a_snapshot_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 0
        assert project.run("plan", "--live", "live.json", "--out", "saved.json").status == 0
        voxo.received.clear()
        ran = apply_without_prompt(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "--live" in ran.err
        assert voxo.asked == []

    def test_of_another_tenant_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--plan", "saved.json", VOXO_TENANT_ID="18")
        assert ran.status == 3
        assert voxo.sent == []

    def test_with_a_failed_campaign_applies_the_others(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        assert project.run("plan", "--out", "saved.json").status == 3
        assert apply_without_prompt(project, "--plan", "saved.json").status == 3
        assert [campaign_id for campaign_id, _ in voxo.sent] == [4711]


class TestOnATerminal:
    @pytest.fixture(autouse=True)
    def _differs(self, project: Project) -> None:
        project.spring("callFrequency: 60")

    def test_asks_and_sends_on_yes(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", answer="y\n")
        assert ran.status == 0
        host = voxo.url.removeprefix("http://")
        assert f"Send to VOXO ({host}): 1 campaign changes? [y/N]" in ran.out
        assert voxo.sent == [(4711, {"callFrequency": 60})]

    @pytest.mark.parametrize("answer", ["n\n", "\n", "\x04"], ids=["n", "Enter", "Ctrl-D"])
    def test_sends_nothing_on_no(self, answer: str, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", answer=answer)
        assert ran.status == 1
        assert voxo.sent == []

    def test_sends_nothing_on_ctrl_c(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", answer="\x03")
        assert ran.status == 1
        assert ran.out.splitlines()[-1] == "Interrupted: nothing more was sent."  # on its own line
        assert "Traceback" not in ran.out
        assert voxo.sent == []

    def test_does_not_ask_if_nothing_differs(self, project: Project) -> None:
        project.spring()
        ran = project.terminal("apply")
        assert ran.status == 0
        assert "Send to" not in ran.out

    def test_does_not_ask_with_yes(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.terminal("apply", "--yes")
        assert ran.status == 0
        assert "Send to" not in ran.out
        assert len(voxo.sent) == 1

    def test_asks_for_a_saved_plan_too(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        ran = project.terminal("apply", "--plan", "saved.json", answer="n\n")
        assert ran.status == 1
        assert voxo.sent == []
