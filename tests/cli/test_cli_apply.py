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


def applied(project: Project, *arguments: str) -> Ran:
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
    def test_just_what_differs(
        self, change: str, body: dict[str, Any], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(change)
        assert applied(project).status == 0
        assert voxo.sent == [(4711, body)]

    def test_everything_that_differs_in_one_request(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "message: Another", "enableVMDetect: 0")
        assert applied(project).status == 0
        assert voxo.sent == [
            (4711, {"callFrequency": 60, "message": "Another", "enableVMDetect": "0"})
        ]

    def test_as_json_to_the_documented_path(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        applied(project)
        [patch] = [request for request in voxo.received if request.method == "PATCH"]
        assert patch.path == "/v2/admin/call-campaigns/4711"
        assert patch.headers["Content-Type"] == "application/json"

    def test_nothing_where_nothing_differs(self, project: Project, voxo: FakeVoxo) -> None:
        ran = applied(project)
        assert ran.status == 0
        assert voxo.sent == []
        assert "Nothing to do" in ran.out

    def test_and_then_nothing_differs(self, project: Project) -> None:
        project.spring(
            "callFrequency: 60",
            "numbers: [{number: 6015550125, description: New}]",
            "destinations: [{type: IVR, id: 3}, {type: QUEUE, id: 2}, {type: IVR, id: 1}]",
            "enableVMDetect: 0",
        )
        assert applied(project).status == 0
        assert project.run("plan", "--exit-code").status == 0
        assert project.run("drift").status == 0

    def test_says_what(self, project: Project) -> None:
        project.spring("callFrequency: 60", "message: Another")
        ran = applied(project)
        assert "4711 Spring renewal: applied (sent: callFrequency, message)" in ran.out
        assert "Apply: 1 applied." in ran.out

    def test_only_what_it_is_limited_to(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/other.yaml", number=4712)
        assert applied(project, "--only", "4712").status == 0
        assert voxo.sent == [(4712, {"callFrequency": 60})]

    def test_pauses_first_and_what_becomes_ready_last(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(1, state="PAUSED")
        project.spring("state: READY", name="campaigns/1.yaml", number=1)
        voxo.has(2)
        project.spring("callFrequency: 60", name="campaigns/2.yaml", number=2)
        voxo.has(3, state="READY")
        project.spring("state: PAUSED", name="campaigns/3.yaml", number=3)
        assert applied(project, "--concurrency", "8", "--allow-go-live").status == 0
        assert [campaign_id for campaign_id, _ in voxo.sent] == [3, 2, 1]


class TestReadsAgainBeforeItSends:
    """Right before each PATCH: what changed since the plan is refused as stale, the others go on."""

    @staticmethod
    def by_hand_after_the_plan(voxo: FakeVoxo, **values: Any) -> None:
        """Somebody changes campaign 4711 between the first read and the second."""

        def reply(handler: Handler) -> None:
            before = answer(200, json.loads(json.dumps(voxo.campaigns[4711])))
            voxo.has(**values)
            before(handler)

        voxo.say(reply, to="GET", about="/4711", times=1)

    def test_stale_is_refused_and_others_go_on(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        self.by_hand_after_the_plan(voxo, callFrequency=45)
        ran = applied(project)
        assert ran.status == 3
        assert voxo.sent == [(4712, {"callFrequency": 60})]
        assert "4711 Spring renewal: stale" in ran.out
        assert "callFrequency" in ran.out
        assert "Apply: 1 applied, 1 stale." in ran.out

    def test_numbers_that_changed_are_stale_though_there_are_as_many(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: []")
        self.by_hand_after_the_plan(
            voxo, numbers=[{"number": "6015550123"}, {"number": "6015550150"}]
        )
        assert applied(project).status == 3
        assert voxo.sent == []

    def test_another_field_is_no_reason(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        self.by_hand_after_the_plan(voxo, message="By hand")
        assert applied(project).status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]

    def test_what_already_is_so_is_not_sent_again(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "message: Another")
        self.by_hand_after_the_plan(voxo, callFrequency=60)
        assert applied(project).status == 0
        assert voxo.sent == [(4711, {"message": "Another"})]

    def test_the_result_of_a_call_is_the_one_just_read(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: [{number: 6015550124}]")
        called = [
            {**WITH_LIVE_RESULT},
            {"number": "6015550124", "description": None, "disposition": "BUSY"},
        ]
        self.by_hand_after_the_plan(voxo, numbers=called)
        assert applied(project).status == 0
        body = {"numbers": [{"number": "6015550124", "description": "", "disposition": "BUSY"}]}
        assert voxo.sent == [(4711, body)]

    def test_another_tenant_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        self.by_hand_after_the_plan(voxo, tenantId=18)
        ran = project.run("apply", "--yes", VOXO_TENANT_ID="17")
        assert ran.status == 3
        assert voxo.sent == []


class TestVerifies:
    def test_what_reads_back_different_has_not_converged(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(200, voxo.has()), to="PATCH")
        ran = applied(project)
        assert ran.status == 3
        assert "not converged" in ran.out
        assert "callFrequency: sent 60, came back 30" in ran.out

    def test_an_answer_of_before_is_read_once_more(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(applied_then(answer(200, dict(voxo.has()))), to="PATCH")
        assert applied(project).status == 0

    @pytest.mark.parametrize(
        "lost",
        [answer(502), answer(503), answer(504), html(), dropped],
        ids=["502", "503", "504", "html", "dropped"],
    )
    def test_an_unknown_outcome_that_took_effect_is_not_sent_again(
        self, lost: Any, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(applied_then(lost), to="PATCH", times=1)
        assert applied(project).status == 0
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize(
        "lost",
        [answer(502), answer(503), answer(504), html(), dropped],
        ids=["502", "503", "504", "html", "dropped"],
    )
    def test_an_unknown_outcome_that_did_not_is_sent_again(
        self, lost: Any, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(lost, to="PATCH", times=2)
        assert applied(project).status == 0
        assert len(voxo.sent) == 3
        assert voxo.has()["callFrequency"] == 60

    def test_an_outcome_that_stays_unknown_is_3(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(503, {"message": "maintenance"}), to="PATCH")
        ran = applied(project)
        assert ran.status == 3
        assert "unknown (sent: callFrequency)" in ran.out
        assert "maintenance" in ran.out

    def test_too_many_requests_are_obeyed(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(429, {"message": "slow down"}, Retry_After="0"), times=3)
        assert applied(project).status == 0
        assert len(voxo.sent) == 1


class TestInterrupted:
    def test_what_is_under_way_ends_and_nothing_more_is_sent(
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

        def interrupting(handler: Handler) -> None:
            process.send_signal(signal.SIGINT)
            handler.server.over.wait(0.5)  # a slow answer: the signal is there before it
            handler.server.well_behaved(handler.server.received[-1])(handler)

        voxo.say(interrupting, to="PATCH")
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 3
        assert voxo.sent == [(4711, {"callFrequency": 60})]
        assert "4711 Spring renewal: applied (sent: callFrequency)" in out
        assert "4712 Spring renewal: not sent" in out
        assert "Apply: 1 applied, 2 not sent." in out


class TestASavedPlan:
    @pytest.fixture(autouse=True)
    def _saved(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "numbers: [{number: 6015550124}]")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.received.clear()

    @staticmethod
    def changed(project: Project, **values: Any) -> dict[str, Any]:
        """Change the saved plan, its digest left as it was."""
        path = project.folder / "saved.json"
        document: dict[str, Any] = json.loads(path.read_text()) | values
        path.write_text(json.dumps(document))
        return document

    def test_needs_no_definitions_and_sends_exactly_that(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 0
        body = {"callFrequency": 60, "numbers": [{"number": "6015550124", "description": ""}]}
        assert voxo.sent == [(4711, body)]
        assert "callFrequency: 30 → 60" in ran.out

    def test_is_not_what_the_definitions_say_by_now(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 90")
        assert applied(project, "--plan", "saved.json").status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_is_refused_where_it_is_stale(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 3
        assert "stale" in ran.out
        assert voxo.sent == []

    @staticmethod
    def last_run(project: Project) -> Path:
        return max((project.folder / ".voxosync/runs").iterdir())

    def is_used_up(self, project: Project, voxo: FakeVoxo, run: str, *arguments: str) -> None:
        voxo.received.clear()
        ran = applied(project, "--plan", "saved.json", *arguments)
        assert ran.status == 1
        assert f"saved.json was applied by run {run}, and a saved plan is used once" in ran.err
        assert voxo.asked == []

    def test_is_used_once(self, project: Project, voxo: FakeVoxo) -> None:
        """Applied again, it would send again what somebody has changed back since."""
        assert applied(project, "--plan", "saved.json").status == 0
        run = self.last_run(project).stem
        self.is_used_up(project, voxo, run)
        digest = json.loads((project.folder / "saved.json").read_text())["digest"]
        assert f"saved    plan {digest}\n" in project.run("history", run).out
        assert project.run("rollback", run, "--yes").status == 0
        self.is_used_up(project, voxo, run)

    def test_is_used_up_where_all_of_it_was_so_already(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("apply", "--yes").status == 0
        assert "already so" in applied(project, "--plan", "saved.json").out
        run = self.last_run(project).stem
        voxo.received.clear()
        path = project.folder / "saved.json"
        path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
        self.is_used_up(project, voxo, run)

    def test_is_not_used_up_by_a_run_that_sent_nothing(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        refused = applied(project, "--plan", "saved.json", "--tenant-id", "99")
        assert refused.status == 3
        assert voxo.sent == []
        assert applied(project, "--plan", "saved.json").status == 0

    def test_is_not_used_up_by_a_run_that_failed_in_part(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.say(answer(422, {"message": "no"}), to="PATCH", about="4712", times=1)
        assert applied(project, "--plan", "saved.json").status == 3
        voxo.received.clear()
        assert applied(project, "--plan", "saved.json").status == 0
        assert voxo.sent == [(4712, {"callFrequency": 60})]
        self.is_used_up(project, voxo, self.last_run(project).stem)

    @pytest.mark.parametrize("lines", [1, 2, 3, 4])
    def test_is_not_used_up_by_a_run_that_was_killed(
        self, lines: int, project: Project, voxo: FakeVoxo
    ) -> None:
        assert applied(project, "--plan", "saved.json").status == 0
        journal = self.last_run(project)
        records = journal.read_text().splitlines(keepends=True)
        assert len(records) == 5
        journal.write_text("".join(records[:lines]) + records[lines][:20])
        voxo.received.clear()
        assert applied(project, "--plan", "saved.json").status == 0
        assert voxo.sent == []  # it is so already
        self.is_used_up(project, voxo, self.last_run(project).stem)

    def test_is_known_by_the_journals_of_the_call(self, project: Project, voxo: FakeVoxo) -> None:
        elsewhere = ("--journal", "elsewhere")
        assert applied(project, "--plan", "saved.json", *elsewhere).status == 0
        (journal,) = (project.folder / "elsewhere").iterdir()
        self.is_used_up(project, voxo, journal.stem, *elsewhere)

    def test_carries_the_results_of_calls_made_since(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has()["numbers"][1]["disposition"] = "BUSY"
        assert applied(project, "--plan", "saved.json").status == 0
        assert voxo.sent[0][1]["numbers"][0]["disposition"] == "BUSY"

    def test_that_was_changed_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        self.changed(project, createdAt="2026-01-01T00:00:00Z")
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "changed since it was saved" in ran.err
        assert voxo.asked == []

    def test_laid_out_in_another_way_is_the_same(self, project: Project, voxo: FakeVoxo) -> None:
        path = project.folder / "saved.json"
        path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
        assert applied(project, "--plan", "saved.json").status == 0
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize("version", [0, 2, "1", None])
    def test_of_another_format_is_refused(
        self, version: object, project: Project, voxo: FakeVoxo
    ) -> None:
        self.changed(project, formatVersion=version)
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "formatVersion" in ran.err
        assert voxo.asked == []

    def test_of_another_voxo_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run(
            "apply", "--yes", "--plan", "saved.json", VOXO_API_BASE_URL="https://api.voxo.co"
        )
        assert ran.status == 1
        assert voxo.url in ran.err
        assert "https://api.voxo.co" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("spelling", ["{}/", " {} ", "{}//"])
    def test_of_the_same_voxo_in_another_spelling_is_not(
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
    def test_that_is_none_is_refused(
        self, content: str | bytes, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("saved.json", content)
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "saved.json" in ran.err
        assert voxo.asked == []

    def test_that_is_not_there_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = applied(project, "--plan", "missing.json")
        assert ran.status == 1
        assert "missing.json" in ran.err
        assert voxo.asked == []

    def test_by_drift_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("saved.json", project.run("drift", "--format", "json").out)
        voxo.received.clear()
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "drift" in ran.err
        assert voxo.asked == []

    def test_with_a_snapshot_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 0
        assert project.run("plan", "--live", "live.json", "--out", "saved.json").status == 0
        voxo.received.clear()
        ran = applied(project, "--plan", "saved.json")
        assert ran.status == 1
        assert "--live" in ran.err
        assert voxo.asked == []

    def test_is_guarded_by_the_tenant(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("apply", "--yes", "--plan", "saved.json", VOXO_TENANT_ID="18")
        assert ran.status == 3
        assert voxo.sent == []

    def test_in_which_a_campaign_failed_applies_the_others(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        assert project.run("plan", "--out", "saved.json").status == 3
        assert applied(project, "--plan", "saved.json").status == 3
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

    def test_does_not_ask_where_nothing_differs(self, project: Project) -> None:
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
