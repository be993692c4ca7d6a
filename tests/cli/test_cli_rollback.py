"""`voxosync rollback RUN` puts a run's fields back, as carefully as apply sent them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import TOKEN, FakeVoxo, answer, applied_then

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import Handler


def journals(project: Project) -> list[Path]:
    return sorted((project.folder / ".voxosync/runs").iterdir())


def applied(project: Project, *arguments: str) -> str:
    """An apply that succeeds; its run's id."""
    assert project.run("apply", "--yes", *arguments).status == 0
    return journals(project)[-1].stem


def rolled_back(project: Project, run: str, *arguments: str) -> Ran:
    return project.run("rollback", run, "--yes", *arguments)


@pytest.fixture
def run(project: Project, voxo: FakeVoxo) -> str:
    """A run that changed two fields of campaign 4711."""
    project.spring("callFrequency: 60", "message: Another")
    journal = applied(project)
    voxo.received.clear()
    return journal


class TestPutsBack:
    def test_exactly_what_the_run_changed(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        voxo.has(name="By hand")
        ran = rolled_back(project, run)
        assert ran.status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30, "message": "Time to renew"})]
        assert "callFrequency: 60 → 30" in ran.out
        assert voxo.has()["name"] == "By hand"

    def test_needs_no_definitions(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        assert rolled_back(project, run).status == 0
        assert len(voxo.sent) == 1

    def test_everything_that_a_campaign_has(self, project: Project, voxo: FakeVoxo) -> None:
        before = json.loads(json.dumps(voxo.has()))
        project.spring(
            "callFrequency: 60",
            "enableVMDetect: 0",
            "recording: no",
            "dateEnd: 2096-04-30",
            "numbers: [{number: 6015550125, description: New}]",
            "destinations: [{type: IVR, id: 3}]",
            "matchDestinations: []",
        )
        assert rolled_back(project, applied(project)).status == 0
        assert {**voxo.has(), "numbers": []} == {
            **before,
            "numbers": [],
            "destinations": voxo.has()["destinations"],
            "matchDestinations": voxo.has()["matchDestinations"],
        }
        project.spring()
        assert project.run("plan", "--exit-code").status == 0
        results = {entry["number"]: entry["disposition"] for entry in voxo.has()["numbers"]}
        assert results == {"6015550123": "ANSWERED", "6015550124": None}

    def test_twice_is_nothing_to_do(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rolled_back(project, run).status == 0
        ran = rolled_back(project, run)
        assert ran.status == 0
        assert "Nothing to do: 1 campaign already holds the values from before the run." in ran.out
        assert len(voxo.sent) == 1

    def test_only_what_it_is_limited_to(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        run = applied(project)
        voxo.received.clear()
        assert rolled_back(project, run, "--only", "4712").status == 0
        assert voxo.sent == [(4712, {"callFrequency": 30})]

    def test_what_is_limited_to_a_campaign_of_another_run_is_wrong(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        ran = rolled_back(project, run, "--only", "4712")
        assert ran.status == 1
        assert "--only 4712: that run sent nothing to this campaign" in ran.err
        assert voxo.asked == []

    def test_a_run_that_was_killed(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        (journal,) = journals(project)
        lines = journal.read_text().splitlines(keepends=True)
        assert '"intent"' in lines[1]
        journal.write_text("".join(lines[:2]) + lines[2][:10])
        assert rolled_back(project, run).status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30, "message": "Time to renew"})]

    def test_a_rollback(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rolled_back(project, run).status == 0
        newest = project.run("history").out.splitlines()[1]
        assert "rollback" in newest
        assert rolled_back(project, newest.split()[0]).status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_numbers_are_masked_unless_asked_for(self, project: Project) -> None:
        project.spring("numbers: []")
        run = applied(project)
        ran = project.run("rollback", run, "--yes", "--show-numbers")
        assert "6015550123" in ran.out
        second = rolled_back(project, journals(project)[-1].stem)
        assert "601•••0123" in second.out
        assert "6015550123" not in second.said


class TestWhatItLeaves:
    def test_a_field_that_was_changed_again_unless_forced(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        voxo.has(callFrequency=45)
        ran = rolled_back(project, run)
        assert ran.status == 3
        assert "callFrequency was changed again since that run: left alone without --force" in (
            ran.out
        )
        assert ran.out.endswith("\n1 skipped, changed since\n")
        assert voxo.sent == [(4711, {"message": "Time to renew"})]
        assert rolled_back(project, run, "--force").status == 0
        assert voxo.has()["callFrequency"] == 30

    def test_a_field_that_had_no_value(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callHoursStart=None)
        project.spring("callHoursStart: 09:00")
        run = applied(project)
        voxo.received.clear()
        ran = rolled_back(project, run, "--force")
        assert ran.status == 3
        assert "callHoursStart had no value before" in ran.out
        assert ran.out.endswith("\nnothing rolled back: 1 skipped, cannot be put back\n")
        assert voxo.sent == []

    def test_everything_where_all_of_it_was_changed_again(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        numbers = range(4711, 4717)
        for number in numbers:
            voxo.has(number)
            project.spring("callFrequency: 60", name=f"campaigns/{number}.yaml", number=number)
        (project.folder / "campaigns/spring.yaml").unlink()
        run = applied(project)
        for number in numbers:
            voxo.has(number, callFrequency=45)
        voxo.received.clear()
        ran = rolled_back(project, run)
        assert ran.status == 3
        assert ran.out.endswith("\nnothing rolled back: 6 skipped, changed since\n")
        assert "Nothing to do" not in ran.out
        assert "in sync." not in ran.out
        assert voxo.sent == []

    def test_a_campaign_that_refused(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(422, {"message": "no"}), to="PATCH", times=1)
        assert project.run("apply", "--yes").status == 3
        voxo.received.clear()
        ran = rolled_back(project, journals(project)[-1].stem)
        assert ran.status == 0
        assert "changed nothing" in ran.out
        assert voxo.asked == []

    @pytest.mark.parametrize("status", [408, 425, 499, 500, 503])
    def test_nothing_of_which_nobody_knows_whether_it_was_sent(
        self, status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        """VOXO may have done what it answered so, so there may be something to undo."""
        project.spring("callFrequency: 60")
        voxo.say(applied_then(answer(status)), to="PATCH", times=1)
        run = applied(project)
        assert "PATCH 4711: unknown" in project.run("history", run).out
        assert rolled_back(project, run).status == 0
        assert voxo.has()["callFrequency"] == 30

    def test_what_changes_between_the_plan_and_the_patch(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        def by_hand(handler: Handler) -> None:
            before = answer(200, json.loads(json.dumps(voxo.campaigns[4711])))
            voxo.has(callFrequency=45)
            before(handler)

        voxo.say(by_hand, to="GET", times=1)
        ran = rolled_back(project, run)
        assert ran.status == 3
        assert "4711 Spring renewal: stale" in ran.out
        assert voxo.sent == []

    def test_a_campaign_that_is_gone(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        del voxo.campaigns[4711]
        ran = rolled_back(project, run)
        assert ran.status == 3
        assert "missing" in ran.out


class TestWhichRun:
    def test_a_beginning_that_no_other_has(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert rolled_back(project, run[:9]).status == 0
        assert len(voxo.sent) == 1

    def test_a_beginning_that_several_have_is_refused(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert rolled_back(project, run).status == 0
        voxo.received.clear()
        ran = rolled_back(project, run[:4])
        assert ran.status == 1
        assert "2 runs in .voxosync/runs with an id like" in ran.err
        assert voxo.asked == []

    def test_an_id_that_is_anothers_beginning_is_itself(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        (journal,) = journals(project)
        journal.with_name(f"{run}0.jsonl").write_bytes(journal.read_bytes())
        assert rolled_back(project, run).status == 0
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize("command", ["rollback", "history"])
    @pytest.mark.parametrize("empty", ["", " ", "\t"])
    def test_an_empty_one_is_refused(
        self, empty: str, command: str, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert run
        ran = project.run(command, empty, *(["--yes"] if command == "rollback" else []))
        assert ran.status == 1
        assert "it is empty: write an id that voxosync history lists, or latest" in ran.err
        assert voxo.asked == []

    @pytest.mark.usefixtures("run")
    def test_latest_is_the_newest_that_sent_anything(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 45", "message: Another")
        newest = applied(project)
        project.spring("callFrequency: 50", "message: Another")
        voxo.say(answer(401), to="GET", about="4711")  # the token ends: begun, and nothing sent
        assert project.run("apply", "--yes").status == 3
        voxo._rules.clear()  # noqa: SLF001  # the trouble is over
        beginning = '{"formatVersion":1,"event":"run","ru'
        project.write(".voxosync/runs/29990101T000000.000000Z-000000.jsonl", beginning)
        assert f"run      {newest} (apply)" in project.run("history", "latest").out
        assert rolled_back(project, "latest").status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_latest_never_passes_over_one_that_cannot_be_read(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(".voxosync/runs/29990101T000000.000000Z-000000.jsonl", "damaged\n")
        ran = rolled_back(project, "latest")
        assert ran.status == 1
        assert "not a voxosync journal, or it is damaged" in ran.err
        assert voxo.asked == []
        assert run

    def test_latest_without_runs(self, project: Project) -> None:
        ran = rolled_back(project, "latest")
        assert ran.status == 1
        assert "no run in .voxosync/runs has sent anything yet" in ran.err

    @pytest.mark.parametrize("unknown", ["19700101", "*", "../x", "nothing"])
    def test_an_unknown_one_is_refused(
        self, unknown: str, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert run
        ran = rolled_back(project, unknown)
        assert ran.status == 1
        assert f"no run in .voxosync/runs with an id like '{unknown}'" in ran.err
        assert voxo.asked == []

    def test_a_damaged_one_is_refused_and_others_are_not(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(".voxosync/runs/19700101T000000Z-000000.jsonl", "")
        ran = rolled_back(project, "1970")
        assert ran.status == 1
        assert "not a voxosync journal, or it is damaged" in ran.err
        assert rolled_back(project, run).status == 0
        assert len(voxo.sent) == 1

    def test_journals_may_be_elsewhere(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        ran = project.run("apply", "--yes", "--journal", "the journals")
        (journal,) = (project.folder / "the journals").iterdir()
        hint = f"voxosync rollback {journal.stem} --journal 'the journals' undoes it"
        assert hint in ran.err
        assert rolled_back(project, journal.stem).status == 1
        assert rolled_back(project, journal.stem, "--journal", "the journals").status == 0
        assert voxo.has()["callFrequency"] == 30


class TestTheFiles:
    """A rollback edits none, so the next apply would send the run's changes again."""

    STILL = "The definitions still contain what was rolled back, and the next apply sends it again"

    def test_which_commit_to_revert(self, project: Project, voxo: FakeVoxo) -> None:
        project.git("init", "--quiet")
        project.spring("callFrequency: 60")
        commit = project.commit()
        ran = rolled_back(project, applied(project))
        assert f"{self.STILL}: revert it in Git (git revert {commit[:12]}), or" in ran.err
        assert "voxosync pull" in ran.err
        assert voxo.has()["callFrequency"] == 30

    def test_where_no_commit_is_known(self, project: Project, run: str) -> None:
        ran = rolled_back(project, run)
        assert ran.err.count(self.STILL) == 1
        assert "git revert COMMIT" in ran.err

    def test_nothing_where_nothing_was_sent(self, project: Project, run: str) -> None:
        assert rolled_back(project, run).status == 0
        assert self.STILL not in rolled_back(project, run).err

    def test_nothing_of_a_rollback_undone(self, project: Project, run: str) -> None:
        assert rolled_back(project, run).status == 0
        assert self.STILL not in rolled_back(project, "latest").err


class TestCallResults:
    """Nobody is called twice: the latest result that a journal holds comes back with a number."""

    NO_NUMBERS = "numbers: []"
    BACK = "numbers: [{number: 6015550123}, {number: 6015550124}]"

    @staticmethod
    def call(voxo: FakeVoxo, number: str, result: str) -> None:
        (entry,) = (entry for entry in voxo.has()["numbers"] if entry["number"] == number)
        entry["disposition"] = result

    @staticmethod
    def results(voxo: FakeVoxo) -> dict[str, str]:
        return {entry["number"]: entry["disposition"] for entry in voxo.has()["numbers"]}

    def test_of_a_later_run(self, project: Project, voxo: FakeVoxo) -> None:
        self.call(voxo, "6015550123", "BUSY")
        project.spring(self.NO_NUMBERS)
        first = applied(project)
        project.spring(self.BACK)
        applied(project)
        self.call(voxo, "6015550123", "ANSWERED")
        project.spring(self.NO_NUMBERS)
        applied(project)
        assert rolled_back(project, first).status == 0
        assert self.results(voxo)["6015550123"] == "ANSWERED"

    def test_that_went_along_in_a_later_run_before_somebody_removed_the_number(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(self.NO_NUMBERS)
        first = applied(project)
        project.spring(self.BACK)
        applied(project)
        self.call(voxo, "6015550124", "ANSWERED")
        project.spring("numbers: [{number: 6015550123}, {number: 6015550124, description: Again}]")
        applied(project)  # which removes nothing
        voxo.has(numbers=[])  # by hand
        assert rolled_back(project, first).status == 0
        assert self.results(voxo)["6015550124"] == "ANSWERED"

    def test_of_the_second_reading_of_one_run(self, project: Project, voxo: FakeVoxo) -> None:
        """The first PATCH got no answer and no effect; before the second, the call had ended."""

        def called_meanwhile(handler: Handler) -> None:
            self.call(voxo, "6015550124", "ANSWERED")
            answer(504)(handler)

        self.call(voxo, "6015550124", "BUSY")
        project.spring(self.NO_NUMBERS)
        voxo.say(called_meanwhile, to="PATCH", times=1)
        assert rolled_back(project, applied(project)).status == 0
        assert self.results(voxo)["6015550124"] == "ANSWERED"

    def test_of_an_earlier_run_where_no_later_one_knows_any(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(self.NO_NUMBERS)
        applied(project)  # 6015550123 was ANSWERED
        project.spring(self.BACK)
        applied(project)
        project.spring(self.NO_NUMBERS)
        assert rolled_back(project, applied(project)).status == 0
        assert self.results(voxo)["6015550123"] == "ANSWERED"

    def test_never_over_one_that_voxo_has(self, project: Project, voxo: FakeVoxo) -> None:
        self.call(voxo, "6015550123", "BUSY")
        project.spring("numbers: [{number: 6015550123}]")
        run = applied(project)
        self.call(voxo, "6015550123", "ANSWERED")
        assert rolled_back(project, run).status == 0
        assert self.results(voxo)["6015550123"] == "ANSWERED"

    def test_not_of_another_voxo_or_campaign(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        project.spring("numbers: [{number: 6015550123}]", name="campaigns/z.yaml", number=4712)
        voxo.has(4712)["numbers"][1]["disposition"] = "ANSWERED"
        applied(project)
        (journal,) = journals(project)
        edited = journal.read_text().replace(voxo.url, "https://other.test").replace("4712", "4711")
        journal.with_name("29990101T000000.000000Z-000000.jsonl").write_text(edited)
        project.spring(self.NO_NUMBERS)
        assert project.run("apply", "--yes").status == 0
        run = journals(project)[-2].stem
        assert rolled_back(project, run).status == 0
        assert self.results(voxo)["6015550124"] is None


class TestWhichVoxo:
    def test_another_is_refused(self, project: Project, run: str) -> None:
        second_voxo = FakeVoxo()
        second_voxo.has(4711, callFrequency=60)
        try:
            ran = rolled_back(project, run, "--base-url", second_voxo.url)
            assert ran.status == 1
            assert f"but this command uses {second_voxo.url}" in ran.err
            assert second_voxo.asked == []
        finally:
            second_voxo.stop()

    def test_another_tenant_is_refused(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rolled_back(project, run, "--tenant-id", "18").status == 3
        assert voxo.sent == []

    def test_the_environment_is_named_in_the_hint(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(
            "voxosync.yaml", f"environments: {{prod: {{baseUrl: '{voxo.url}', tokenEnv: T}}}}\n"
        )
        project.variables = {"T": TOKEN}
        project.spring("callFrequency: 60")
        ran = project.run("--env", "prod", "apply", "--yes")
        (journal,) = journals(project)
        assert f"voxosync --env prod rollback {journal.stem} undoes it" in ran.err
        assert project.run("--env", "prod", "rollback", journal.stem, "--yes").status == 0


class TestAsks:
    def test_without_a_terminal_it_needs_yes(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        ran = project.run("rollback", run)
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 1)])
    def test_at_a_terminal_it_asks(
        self, answer: str, status: int, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        ran = project.terminal("rollback", run, answer=answer)
        assert ran.status == status
        assert "1 campaign changes? [y/N]: " in ran.out
        assert len(voxo.sent) == (1 if status == 0 else 0)

    def test_yes_lets_no_campaign_dial(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(state="READY")
        run = applied(project)  # pauses it
        voxo.received.clear()
        ran = rolled_back(project, run)
        assert ran.status == 1
        assert "--allow-go-live" in ran.err
        assert voxo.sent == []
        assert rolled_back(project, run, "--allow-go-live").status == 0
        assert voxo.has()["state"] == "READY"


def test_a_progress_word_is_not_sent(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(state="RUNNING")
    run = applied(project)
    voxo.received.clear()
    ran = rolled_back(project, run, "--allow-go-live")
    assert "state was RUNNING before, which VOXO's reference does not allow to be sent" in ran.out
    assert voxo.sent == []


def test_voxos_words_in_the_journal_do_not_act(project: Project, voxo: FakeVoxo) -> None:
    hostile: dict[str, Any] = {"name": "\x1b[2Jnew", "callFrequency": 30}
    voxo.has(**hostile)
    project.spring("callFrequency: 60", "-name")
    ran = rolled_back(project, applied(project))
    assert ran.status == 0
    assert "\x1b" not in ran.said
