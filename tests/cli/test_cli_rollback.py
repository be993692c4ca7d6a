"""`voxosync rollback RUN` restores the fields that a run changed, with the same checks as apply."""

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


def apply(project: Project, *arguments: str) -> str:
    """Apply successfully, and return the id of the run."""
    assert project.run("apply", "--yes", *arguments).status == 0
    return journals(project)[-1].stem


def rollback(project: Project, run: str, *arguments: str) -> Ran:
    return project.run("rollback", run, "--yes", *arguments)


@pytest.fixture
def run(project: Project, voxo: FakeVoxo) -> str:
    """A run that changed two fields of campaign 4711."""
    project.spring("callFrequency: 60", "message: Another")
    journal = apply(project)
    voxo.received.clear()
    return journal


class TestRestores:
    def test_only_the_fields_that_the_run_changed(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        voxo.has(name="By hand")
        ran = rollback(project, run)
        assert ran.status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30, "message": "Time to renew"})]
        assert "callFrequency: 60 → 30" in ran.out
        assert voxo.has()["name"] == "By hand"

    def test_without_definitions(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        (project.folder / "campaigns/spring.yaml").unlink()
        assert rollback(project, run).status == 0
        assert len(voxo.sent) == 1

    def test_fields_of_every_kind(self, project: Project, voxo: FakeVoxo) -> None:
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
        assert rollback(project, apply(project)).status == 0
        assert {**voxo.has(), "numbers": []} == {
            **before,
            "numbers": [],
            "destinations": voxo.has()["destinations"],
            "matchDestinations": voxo.has()["matchDestinations"],
        }
        project.spring()
        assert project.run("plan", "--exit-code").status == 0
        dispositions = {entry["number"]: entry["disposition"] for entry in voxo.has()["numbers"]}
        assert dispositions == {"6015550123": "ANSWERED", "6015550124": None}

    def test_nothing_the_second_time(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rollback(project, run).status == 0
        ran = rollback(project, run)
        assert ran.status == 0
        assert "Nothing to do: 1 campaign already holds the values from before the run." in ran.out
        assert len(voxo.sent) == 1

    def test_only_the_campaigns_of_only(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        run = apply(project)
        voxo.received.clear()
        assert rollback(project, run, "--only", "4712").status == 0
        assert voxo.sent == [(4712, {"callFrequency": 30})]

    def test_nothing_for_a_campaign_that_is_not_in_the_run(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        ran = rollback(project, run, "--only", "4712")
        assert ran.status == 1
        assert "--only 4712: that run sent nothing to this campaign" in ran.err
        assert voxo.asked == []

    def test_the_fields_of_a_run_that_was_killed(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        (journal,) = journals(project)
        lines = journal.read_text().splitlines(keepends=True)
        assert '"intent"' in lines[1]
        journal.write_text("".join(lines[:2]) + lines[2][:10])
        assert rollback(project, run).status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30, "message": "Time to renew"})]

    def test_the_fields_of_a_rollback(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rollback(project, run).status == 0
        newest = project.run("history").out.splitlines()[1]
        assert "rollback" in newest
        assert rollback(project, newest.split()[0]).status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_numbers_masked_unless_show_numbers_is_given(self, project: Project) -> None:
        project.spring("numbers: []")
        run = apply(project)
        ran = project.run("rollback", run, "--yes", "--show-numbers")
        assert "6015550123" in ran.out
        second = rollback(project, journals(project)[-1].stem)
        assert "601•••0123" in second.out
        assert "6015550123" not in second.said


class TestSkips:
    def test_a_field_that_was_changed_again_without_force(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        voxo.has(callFrequency=45)
        ran = rollback(project, run)
        assert ran.status == 3
        assert "callFrequency was changed again since that run: left alone without --force" in (
            ran.out
        )
        assert ran.out.endswith("\n1 skipped, changed since\n")
        assert voxo.sent == [(4711, {"message": "Time to renew"})]
        assert rollback(project, run, "--force").status == 0
        assert voxo.has()["callFrequency"] == 30

    def test_a_field_that_had_no_value(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callHoursStart=None)
        project.spring("callHoursStart: 09:00")
        run = apply(project)
        voxo.received.clear()
        ran = rollback(project, run, "--force")
        assert ran.status == 3
        assert "callHoursStart had no value before" in ran.out
        assert ran.out.endswith("\nnothing rolled back: 1 skipped, cannot be put back\n")
        assert voxo.sent == []

    def test_all_campaigns_if_all_were_changed_again(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        numbers = range(4711, 4717)
        for number in numbers:
            voxo.has(number)
            project.spring("callFrequency: 60", name=f"campaigns/{number}.yaml", number=number)
        (project.folder / "campaigns/spring.yaml").unlink()
        run = apply(project)
        for number in numbers:
            voxo.has(number, callFrequency=45)
        voxo.received.clear()
        ran = rollback(project, run)
        assert ran.status == 3
        assert ran.out.endswith("\nnothing rolled back: 6 skipped, changed since\n")
        assert "Nothing to do" not in ran.out
        assert "in sync." not in ran.out
        assert voxo.sent == []

    def test_a_campaign_that_the_run_did_not_change(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(422, {"message": "no"}), to="PATCH", times=1)
        assert project.run("apply", "--yes").status == 3
        voxo.received.clear()
        ran = rollback(project, journals(project)[-1].stem)
        assert ran.status == 0
        assert "changed nothing" in ran.out
        assert voxo.asked == []

    @pytest.mark.parametrize("status", [408, 425, 499, 500, 503])
    def test_no_change_with_an_unknown_outcome(
        self, status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        """VOXO may have applied a request that it answered with this status, so it must be undone."""
        project.spring("callFrequency: 60")
        voxo.say(applied_then(answer(status)), to="PATCH", times=1)
        run = apply(project)
        assert "PATCH 4711: unknown" in project.run("history", run).out
        assert rollback(project, run).status == 0
        assert voxo.has()["callFrequency"] == 30

    def test_a_campaign_that_changes_before_its_patch(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        def change_by_hand(handler: Handler) -> None:
            before = answer(200, json.loads(json.dumps(voxo.campaigns[4711])))
            voxo.has(callFrequency=45)
            before(handler)

        voxo.say(change_by_hand, to="GET", times=1)
        ran = rollback(project, run)
        assert ran.status == 3
        assert "4711 Spring renewal: stale" in ran.out
        assert voxo.sent == []

    def test_a_campaign_that_voxo_no_longer_has(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        del voxo.campaigns[4711]
        ran = rollback(project, run)
        assert ran.status == 3
        assert "missing" in ran.out


class TestRunId:
    def test_can_be_a_unique_prefix(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rollback(project, run[:9]).status == 0
        assert len(voxo.sent) == 1

    def test_that_is_an_ambiguous_prefix_is_refused(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert rollback(project, run).status == 0
        voxo.received.clear()
        ran = rollback(project, run[:4])
        assert ran.status == 1
        assert "2 runs in .voxosync/runs with an id like" in ran.err
        assert voxo.asked == []

    def test_that_is_complete_can_be_a_prefix_of_another(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        (journal,) = journals(project)
        journal.with_name(f"{run}0.jsonl").write_bytes(journal.read_bytes())
        assert rollback(project, run).status == 0
        assert len(voxo.sent) == 1

    @pytest.mark.parametrize("command", ["rollback", "history"])
    @pytest.mark.parametrize("empty", ["", " ", "\t"])
    def test_that_is_empty_is_refused(
        self, empty: str, command: str, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert run
        ran = project.run(command, empty, *(["--yes"] if command == "rollback" else []))
        assert ran.status == 1
        assert "it is empty: write an id that voxosync history lists, or latest" in ran.err
        assert voxo.asked == []

    @pytest.mark.usefixtures("run")
    def test_latest_is_the_newest_run_that_sent_something(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 45", "message: Another")
        newest = apply(project)
        project.spring("callFrequency: 50", "message: Another")
        voxo.say(answer(401), to="GET", about="4711")  # the token expires, so the run sends nothing
        assert project.run("apply", "--yes").status == 3
        voxo._rules.clear()  # noqa: SLF001  # VOXO works again
        beginning = '{"formatVersion":1,"event":"run","ru'
        project.write(".voxosync/runs/29990101T000000.000000Z-000000.jsonl", beginning)
        assert f"run      {newest} (apply)" in project.run("history", "latest").out
        assert rollback(project, "latest").status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_latest_does_not_skip_a_run_that_cannot_be_read(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(".voxosync/runs/29990101T000000.000000Z-000000.jsonl", "damaged\n")
        ran = rollback(project, "latest")
        assert ran.status == 1
        assert "not a voxosync journal, or it is damaged" in ran.err
        assert voxo.asked == []
        assert run

    def test_latest_without_runs_is_an_error(self, project: Project) -> None:
        ran = rollback(project, "latest")
        assert ran.status == 1
        assert "no run in .voxosync/runs has sent anything yet" in ran.err

    @pytest.mark.parametrize("unknown", ["19700101", "*", "../x", "nothing"])
    def test_that_is_unknown_is_refused(
        self, unknown: str, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        assert run
        ran = rollback(project, unknown)
        assert ran.status == 1
        assert f"no run in .voxosync/runs with an id like '{unknown}'" in ran.err
        assert voxo.asked == []

    def test_of_a_damaged_journal_is_refused_and_others_are_not(
        self, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        project.write(".voxosync/runs/19700101T000000Z-000000.jsonl", "")
        ran = rollback(project, "1970")
        assert ran.status == 1
        assert "not a voxosync journal, or it is damaged" in ran.err
        assert rollback(project, run).status == 0
        assert len(voxo.sent) == 1

    def test_can_be_in_another_folder_of_journals(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        ran = project.run("apply", "--yes", "--journal", "the journals")
        (journal,) = (project.folder / "the journals").iterdir()
        hint = f"voxosync rollback {journal.stem} --journal 'the journals' undoes it"
        assert hint in ran.err
        assert rollback(project, journal.stem).status == 1
        assert rollback(project, journal.stem, "--journal", "the journals").status == 0
        assert voxo.has()["callFrequency"] == 30


class TestDefinitionsHint:
    """A rollback does not edit definitions, so the next apply would send the changes of the run again."""

    STILL = "The definitions still contain what was rolled back, and the next apply sends it again"

    def test_names_the_commit_to_revert(self, project: Project, voxo: FakeVoxo) -> None:
        project.git("init", "--quiet")
        project.spring("callFrequency: 60")
        commit = project.commit()
        ran = rollback(project, apply(project))
        assert f"{self.STILL}: revert it in Git (git revert {commit[:12]}), or" in ran.err
        assert "voxosync pull" in ran.err
        assert voxo.has()["callFrequency"] == 30

    def test_names_no_commit_if_files_differed_from_it(self, project: Project) -> None:
        project.git("init", "--quiet")
        project.commit()
        project.spring("callFrequency: 60")
        ran = rollback(project, apply(project))
        assert f"{self.STILL}: change them back, or write VOXO's values" in ran.err

    def test_names_no_commit_if_it_is_unknown(self, project: Project, run: str) -> None:
        ran = rollback(project, run)
        assert ran.err.count(self.STILL) == 1
        assert "git revert COMMIT" in ran.err

    def test_is_not_shown_if_nothing_was_sent(self, project: Project, run: str) -> None:
        assert rollback(project, run).status == 0
        assert self.STILL not in rollback(project, run).err

    def test_is_not_shown_after_the_rollback_of_a_rollback(
        self, project: Project, run: str
    ) -> None:
        assert rollback(project, run).status == 0
        assert self.STILL not in rollback(project, "latest").err


class TestDispositions:
    """No phone is called twice: a number is restored with its latest disposition in any journal."""

    NO_NUMBERS = "numbers: []"
    ALL_NUMBERS = "numbers: [{number: 6015550123}, {number: 6015550124}]"

    @staticmethod
    def set_disposition(voxo: FakeVoxo, number: str, disposition: str) -> None:
        (entry,) = (entry for entry in voxo.has()["numbers"] if entry["number"] == number)
        entry["disposition"] = disposition

    @staticmethod
    def dispositions(voxo: FakeVoxo) -> dict[str, str]:
        return {entry["number"]: entry["disposition"] for entry in voxo.has()["numbers"]}

    def test_are_taken_from_a_later_run(self, project: Project, voxo: FakeVoxo) -> None:
        self.set_disposition(voxo, "6015550123", "BUSY")
        project.spring(self.NO_NUMBERS)
        first = apply(project)
        project.spring(self.ALL_NUMBERS)
        apply(project)
        self.set_disposition(voxo, "6015550123", "ANSWERED")
        project.spring(self.NO_NUMBERS)
        apply(project)
        assert rollback(project, first).status == 0
        assert self.dispositions(voxo)["6015550123"] == "ANSWERED"

    def test_are_taken_from_a_later_run_that_sent_the_number(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(self.NO_NUMBERS)
        first = apply(project)
        project.spring(self.ALL_NUMBERS)
        apply(project)
        self.set_disposition(voxo, "6015550124", "ANSWERED")
        project.spring("numbers: [{number: 6015550123}, {number: 6015550124, description: Again}]")
        apply(project)  # removes no number
        voxo.has(numbers=[])  # by hand
        assert rollback(project, first).status == 0
        assert self.dispositions(voxo)["6015550124"] == "ANSWERED"

    def test_are_taken_from_the_second_read_of_a_run(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """The first PATCH got no response and had no effect; the call ended before the second."""

        def end_call_and_time_out(handler: Handler) -> None:
            self.set_disposition(voxo, "6015550124", "ANSWERED")
            answer(504)(handler)

        self.set_disposition(voxo, "6015550124", "BUSY")
        project.spring(self.NO_NUMBERS)
        voxo.say(end_call_and_time_out, to="PATCH", times=1)
        assert rollback(project, apply(project)).status == 0
        assert self.dispositions(voxo)["6015550124"] == "ANSWERED"

    def test_are_taken_from_an_earlier_run_if_later_ones_have_none(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(self.NO_NUMBERS)
        apply(project)  # 6015550123 was ANSWERED
        project.spring(self.ALL_NUMBERS)
        apply(project)
        project.spring(self.NO_NUMBERS)
        assert rollback(project, apply(project)).status == 0
        assert self.dispositions(voxo)["6015550123"] == "ANSWERED"

    def test_of_voxo_are_not_overwritten(self, project: Project, voxo: FakeVoxo) -> None:
        self.set_disposition(voxo, "6015550123", "BUSY")
        project.spring("numbers: [{number: 6015550123}]")
        run = apply(project)
        self.set_disposition(voxo, "6015550123", "ANSWERED")
        assert rollback(project, run).status == 0
        assert self.dispositions(voxo)["6015550123"] == "ANSWERED"

    def test_of_another_voxo_or_campaign_are_not_used(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring("numbers: [{number: 6015550123}]", name="campaigns/z.yaml", number=4712)
        voxo.has(4712)["numbers"][1]["disposition"] = "ANSWERED"
        apply(project)
        (journal,) = journals(project)
        edited = journal.read_text().replace(voxo.url, "https://other.test").replace("4712", "4711")
        journal.with_name("29990101T000000.000000Z-000000.jsonl").write_text(edited)
        project.spring(self.NO_NUMBERS)
        assert project.run("apply", "--yes").status == 0
        run = journals(project)[-2].stem
        assert rollback(project, run).status == 0
        assert self.dispositions(voxo)["6015550124"] is None


class TestOtherVoxo:
    def test_address_is_refused(self, project: Project, run: str) -> None:
        second_voxo = FakeVoxo()
        second_voxo.has(4711, callFrequency=60)
        try:
            ran = rollback(project, run, "--base-url", second_voxo.url)
            assert ran.status == 1
            assert f"but this command uses {second_voxo.url}" in ran.err
            assert second_voxo.asked == []
        finally:
            second_voxo.stop()

    def test_tenant_is_refused(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        assert rollback(project, run, "--tenant-id", "18").status == 3
        assert voxo.sent == []

    def test_environment_is_in_the_hint_after_apply(self, project: Project, voxo: FakeVoxo) -> None:
        project.write(
            "voxosync.yaml", f"environments: {{prod: {{baseUrl: '{voxo.url}', tokenEnv: T}}}}\n"
        )
        project.variables = {"T": TOKEN}
        project.spring("callFrequency: 60")
        ran = project.run("--env", "prod", "apply", "--yes")
        (journal,) = journals(project)
        assert f"voxosync --env prod rollback {journal.stem} undoes it" in ran.err
        assert project.run("--env", "prod", "rollback", journal.stem, "--yes").status == 0


class TestApproval:
    def test_needs_yes_without_a_terminal(self, project: Project, voxo: FakeVoxo, run: str) -> None:
        ran = project.run("rollback", run)
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 1)])
    def test_is_asked_for_at_a_terminal(
        self, answer: str, status: int, project: Project, voxo: FakeVoxo, run: str
    ) -> None:
        ran = project.terminal("rollback", run, answer=answer)
        assert ran.status == status
        assert "1 campaign changes? [y/N]: " in ran.out
        assert len(voxo.sent) == (1 if status == 0 else 0)

    def test_with_yes_does_not_allow_a_campaign_to_dial(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(state="READY")
        run = apply(project)  # pauses it
        voxo.received.clear()
        ran = rollback(project, run)
        assert ran.status == 1
        assert "--allow-go-live" in ran.err
        assert voxo.sent == []
        assert rollback(project, run, "--allow-go-live").status == 0
        assert voxo.has()["state"] == "READY"


def test_rollback_does_not_send_a_state_that_only_voxo_sets(
    project: Project, voxo: FakeVoxo
) -> None:
    voxo.has(state="RUNNING")
    run = apply(project)
    voxo.received.clear()
    ran = rollback(project, run, "--allow-go-live")
    assert "state was RUNNING before, which VOXO's reference does not allow to be sent" in ran.out
    assert voxo.sent == []


def test_text_of_voxo_in_the_journal_is_escaped(project: Project, voxo: FakeVoxo) -> None:
    hostile: dict[str, Any] = {"name": "\x1b[2Jnew", "callFrequency": 30}
    voxo.has(**hostile)
    project.spring("callFrequency: 60", "-name")
    ran = rollback(project, apply(project))
    assert ran.status == 0
    assert "\x1b" not in ran.said
