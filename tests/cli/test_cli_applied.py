"""The applied record: `--base @applied`, `applied` and `applied --set`, with real Git repositories and remotes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN, FakeVoxo, answer
from tests.cli.creating import NEW_SPRING
from tests.cli.git_remote import APPLIED, push_to_new_remote
from voxosync.model.change_kind import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.cli_project import Ran

REF = f"{APPLIED}/default"
APPLY = ("apply", "--yes", "--base", "@applied")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare remote and a clone of it, with one commit and its record; each test gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    clone = Project(folder / "project")
    clone.folder.mkdir()
    clone.spring()
    clone.write(".gitignore", ".voxosync/\n*.plan.json\n")
    push_to_new_remote(clone, REF)
    return folder


class Job(Project):
    """The clone in which a CI job runs, and its remote."""

    @property
    def remote(self) -> Project:
        return Project(self.folder.parent / "remote.git")

    def recorded(self, ref: str = REF) -> str:
        return self.remote.git("rev-parse", ref)

    def refs(self) -> str:
        return self.remote.git("for-each-ref")

    def push(self, *changes: str, message: str = "A change") -> str:
        """Change the definition, commit it on `main`, and push."""
        self.spring(*changes)
        commit = self.commit(message)
        self.git("push", "--quiet", "origin", "HEAD:main")
        return commit

    def clone(self, name: str, *options: str) -> Job:
        """Clone the remote for another job."""
        self.git("clone", "--quiet", *options, self.remote.folder.as_uri(), f"../{name}")
        return replace(self, folder=self.folder.parent / name)


@pytest.fixture
def job(template: Path, tmp_path: Path, voxo: FakeVoxo) -> Job:
    folder = tmp_path / "work"
    shutil.copytree(template, folder)
    return Job(folder / "project", {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN})


def kinds_by_field(ran: Ran) -> dict[str, str]:
    [campaign] = ran.json["campaigns"]
    return {change["field"]: change["kind"] for change in campaign["changes"]}


class TestApply:
    def test_sends_later_commits_and_moves_the_record(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        ran = job.run(*APPLY)
        assert ran.status == 0, ran.said
        assert voxo.has()["callFrequency"] == 60
        assert job.recorded() == commit
        assert f"Recorded: {commit[:12]} is applied" in ran.err
        assert "probe" not in job.refs()

    def test_does_not_revert_drift(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        voxo.has(timeEnd="20:00")
        ran = job.run(*APPLY)
        assert ran.status == 0, ran.said
        assert (voxo.has()["callFrequency"], voxo.has()["timeEnd"]) == (60, "20:00")
        assert job.recorded() == commit

    def test_moves_the_record_when_nothing_has_to_be_sent(self, job: Job, voxo: FakeVoxo) -> None:
        job.write("README.md", "More\n")
        commit = job.commit()
        ran = job.run(*APPLY)
        assert (ran.status, voxo.sent) == (0, [])
        assert job.recorded() == commit

    def test_creates_new_campaigns_only_with_the_create_option(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.write("campaigns/new.yaml", NEW_SPRING)
        commit = job.push("callFrequency: 60")
        first = job.run(*APPLY, VOXO_TENANT_ID="17")
        assert (first.status, job.recorded(), set(voxo.campaigns)) == (0, commit, {4711}), (
            first.said
        )
        assert "not created yet: Autumn renewal" in first.err
        again = job.push("callFrequency: 70")
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, job.recorded()) == (0, again), ran.said
        assert len(voxo.campaigns) == 2
        job.commit("Add the id")
        second = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (second.status, len(voxo.campaigns)) == (0, 2), second.said

    def test_creates_nothing_if_the_record_cannot_be_moved(self, job: Job, voxo: FakeVoxo) -> None:
        job.write("campaigns/new.yaml", NEW_SPRING)
        job.push()
        hook = job.remote.write("hooks/pre-receive", "#!/bin/sh\necho no >&2\nexit 1\n")
        hook.chmod(0o755)
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, voxo.posted) == (1, []), ran.said
        assert "give this job the right to push" in ran.err

    def test_exits_with_3_if_creations_cannot_be_recorded(self, job: Job, voxo: FakeVoxo) -> None:
        job.write("campaigns/new.yaml", NEW_SPRING)
        job.push()

        def meanwhile(handler: Any) -> None:
            job.remote.git("update-ref", REF, job.push("callFrequency: 60"))
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(meanwhile, to="POST", times=1)
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, len(voxo.posted)) == (3, 1), ran.said
        assert "everything was applied, but not recorded" in ran.err

    def test_creates_nothing_and_keeps_the_record_after_a_failure(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        before = job.recorded()
        job.write("campaigns/new.yaml", NEW_SPRING)
        job.push("callFrequency: 60")
        voxo.say(answer(400, {"message": "no"}), to="PATCH", times=1)
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, job.recorded(), set(voxo.campaigns)) == (3, before, {4711}), ran.said

    def test_sends_the_changes_of_canceled_jobs(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60")  # its job is canceled before it begins
        commit = job.push("callFrequency: 60", "timeEnd: 19:00")
        assert job.run(*APPLY).status == 0
        assert (voxo.has()["callFrequency"], voxo.has()["timeEnd"]) == (60, "19:00")
        assert job.recorded() == commit

    def test_after_a_failed_run_the_next_one_sends_the_rest(self, job: Job, voxo: FakeVoxo) -> None:
        before = job.recorded()
        job.push("callFrequency: 60")
        voxo.say(answer(400, {"message": "no"}), to="PATCH", times=1)
        failed = job.run(*APPLY)
        assert failed.status == 3
        assert f"The record stays at {before[:12]}: not every change was applied" in failed.err
        assert job.recorded() == before
        commit = job.push("callFrequency: 60", "timeEnd: 19:00")
        assert job.run(*APPLY).status == 0
        assert (voxo.has()["callFrequency"], voxo.has()["timeEnd"]) == (60, "19:00")
        assert job.recorded() == commit

    @pytest.mark.parametrize(("then", "kind"), [(30, "pending"), (90, "pending"), (60, None)])
    def test_after_a_failed_run_the_next_one_sends_a_later_value(
        self, then: int, kind: str | None, job: Job, voxo: FakeVoxo
    ) -> None:
        """A value that a partly failed run has sent is not a manual change, even if it is reverted in Git later."""
        job.push("callFrequency: 60", "timeEnd: 19:00")
        voxo.has(callFrequency=60, timeStart="10:00")
        commit = job.push(f"callFrequency: {then}", "timeEnd: 19:00")
        planned_kinds = kinds_by_field(job.run("plan", "--base", "@applied", "--format", "json"))
        assert planned_kinds.get("callFrequency") == kind
        assert (planned_kinds["timeStart"], planned_kinds["timeEnd"]) == ("drift", "pending")
        ran = job.run(*APPLY)
        assert (ran.status, job.recorded()) == (0, commit), ran.said
        assert (voxo.has()["callFrequency"], voxo.has()["timeStart"]) == (then, "10:00")

    def test_after_a_failed_run_the_next_one_pauses_a_campaign_it_started(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.push("state: READY")
        voxo.has(state="READY")
        job.push(message="Revert")
        assert job.run(*APPLY).status == 0
        assert voxo.has()["state"] == "PAUSED"

    def test_after_a_failed_run_the_next_one_removes_a_number_it_added(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        first, by_hand = ({"number": number, "description": ""} for number in ("6015550125", "6015550199"))  # fmt: skip
        lines = (job.folder / "campaigns/spring.yaml").read_text()
        added = lines.replace(
            "{number: 6015550124}", "{number: 6015550124}\n  - {number: 6015550125}"
        )
        job.write("campaigns/spring.yaml", added)
        job.commit()
        voxo.has(numbers=[*voxo.has()["numbers"], first, by_hand])
        job.push()
        assert job.run(*APPLY).status == 0
        numbers = [entry["number"] for entry in voxo.has()["numbers"]]
        assert numbers == ["6015550123", "6015550124", "6015550199"]

    @pytest.mark.parametrize("removed", ["keep", "pause"])
    def test_after_a_failed_run_the_next_one_handles_a_removed_definition(
        self, removed: str, job: Job, voxo: FakeVoxo
    ) -> None:
        """The record never had this definition, but a run that failed at another campaign started its campaign."""
        job.write("voxosync.yaml", f"guards: {{removed: {removed}}}\n")
        job.commit()
        assert job.run("applied", "--set", "HEAD").status == 0
        job.spring("state: READY", name="campaigns/autumn.yaml", number=4712)
        job.commit("Add autumn")
        voxo.has(4712, state="READY")
        (job.folder / "campaigns/autumn.yaml").unlink()
        commit = job.commit("Remove autumn")
        drift = job.run("drift", "--base", "@applied")
        assert "DIALING WITHOUT APPROVAL" in drift.out
        assert "4712" not in job.run("plan", "--base", "@applied", "--only", "4711").out
        ran = job.run(*APPLY)
        assert (ran.status, job.recorded()) == (0, commit), ran.said
        assert voxo.sent == ([(4712, {"state": "PAUSED"})] if removed == "pause" else [])
        assert ("DIALING WITHOUT APPROVAL" if removed == "keep" else "STOPS DIALING") in ran.out

    @pytest.mark.parametrize(("removed", "kind"), [("keep", "drift"), ("pause", "pending")])
    def test_after_a_failed_run_the_next_one_starts_a_restored_campaign(
        self, removed: str, kind: str, job: Job, voxo: FakeVoxo
    ) -> None:
        """The pause is pending only if runs pause removed campaigns; otherwise a person paused it, which is drift."""
        job.write("voxosync.yaml", f"guards: {{removed: {removed}}}\n")
        job.spring("state: READY")
        job.spring(name="campaigns/autumn.yaml", number=4712)
        voxo.has(4712)
        job.commit()
        assert job.run("applied", "--set", "HEAD").status == 0
        (job.folder / "campaigns/spring.yaml").unlink()
        job.commit("Remove spring")
        voxo.has(state="PAUSED")
        commit = job.push("state: READY", message="Restore spring")
        plan = job.run("plan", "--base", "@applied", "--only", "4711", "--format", "json")
        assert kinds_by_field(plan) == {"state": kind}
        assert job.run(*APPLY).status == (1 if kind == "pending" else 0), "starting needs a flag"
        pulled = job.run("pull", "--dry-run")
        assert ("PAUSED" in pulled.out) is (kind == "drift"), pulled.said
        ran = job.run(*APPLY, "--allow-go-live")
        assert (ran.status, job.recorded()) == (0, commit), ran.said
        assert voxo.has()["state"] == ("READY" if kind == "pending" else "PAUSED")

    def test_after_a_guard_refused_a_run_the_next_one_sends_everything(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        before = job.refs()
        job.push("state: READY")
        assert job.run(*APPLY).status == 1
        assert job.refs().count("applied") == before.count("applied")
        assert voxo.sent == []
        commit = job.push("state: READY", "timeEnd: 19:00")
        assert job.run(*APPLY, "--allow-go-live").status == 0
        assert (voxo.has()["state"], voxo.has()["timeEnd"]) == ("READY", "19:00")
        assert job.recorded() == commit

    def test_does_not_send_a_conflict(self, job: Job, voxo: FakeVoxo) -> None:
        before = job.recorded()
        job.push("callFrequency: 60", "timeEnd: 19:00")
        voxo.has(timeEnd="20:00")
        ran = job.run(*APPLY)
        assert ran.status == 2
        assert "left unsent: timeEnd of campaign 4711 (conflict)" in ran.err
        assert (
            f"The record stays at {before[:12]}: no apply sends a conflict: write the right value"
            in ran.err
        )
        assert "sends the rest" not in ran.err
        assert (voxo.has()["callFrequency"], voxo.has()["timeEnd"]) == (60, "20:00")
        assert job.recorded() == before

    def test_reports_a_conflict_and_a_failure_separately(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60", "timeEnd: 19:00")
        voxo.has(timeEnd="20:00")
        voxo.say(answer(400, {"message": "no"}), to="PATCH", times=1)
        ran = job.run(*APPLY)
        assert ran.status == 3
        assert "the next apply sends the rest; no apply sends a conflict" in ran.err

    @pytest.mark.parametrize("limit", [("--only", "4711"), ("--shard", "1/1"), ("campaigns",)])
    def test_of_some_campaigns_does_not_move_the_record(
        self, limit: tuple[str, ...], job: Job, voxo: FakeVoxo
    ) -> None:
        before = job.recorded()
        commit = job.push("callFrequency: 60")
        ran = job.run(*APPLY, *limit)
        assert ran.status == 0
        assert "this run was limited to some campaigns" in ran.err
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, before)
        assert job.run(*APPLY).status == 0
        assert job.recorded() == commit

    def test_does_not_overwrite_the_record_of_another_run(self, job: Job, voxo: FakeVoxo) -> None:
        first = job.push("callFrequency: 60")
        second = job.push("callFrequency: 60", message="Meanwhile")
        job.git("checkout", "--quiet", "--detach", first)

        def meanwhile(handler: Any) -> None:
            job.remote.git("update-ref", REF, second)
            answer(200, voxo.has(callFrequency=60))(handler)

        voxo.say(meanwhile, to="PATCH", times=1)
        ran = job.run(*APPLY)
        assert ran.status == 3
        assert f"another run moved {REF} meanwhile" in ran.err
        assert job.recorded() == second

    def test_sends_a_change_of_only_a_csv_file(self, job: Job, voxo: FakeVoxo) -> None:
        job.write(
            "contacts/spring.csv", "number,description\n6015550123,Customer 1042\n6015550124,\n"
        )
        job.push("numbers: {file: ../contacts/spring.csv}")
        assert job.run(*APPLY).status == 0
        job.write("contacts/spring.csv", "number,description\n6015550123,Customer 1042\n")
        commit = job.commit("A list")
        assert "A list" in job.run("applied").out
        assert job.run(*APPLY).status == 0
        assert [entry["number"] for entry in voxo.has()["numbers"]] == ["6015550123"]
        assert job.recorded() == commit


class TestRefuses:
    """A refused run reports one error, sends nothing, and does not move the record."""

    @pytest.fixture(autouse=True)
    def _sends_and_records_nothing(self, job: Job, voxo: FakeVoxo) -> Iterator[None]:
        before = job.refs()
        yield
        assert voxo.sent == []
        assert {line for line in job.refs().splitlines() if "voxosync" in line} == {
            line for line in before.splitlines() if "voxosync" in line
        }

    def error_of_refusal(self, job: Project, *arguments: str) -> str:
        ran = job.run(*(arguments or APPLY))
        assert ran.status == 1, ran.said
        assert ran.err.count("error:") == 1
        return ran.err

    def test_a_rerun_of_an_older_job(self, job: Job, voxo: FakeVoxo) -> None:
        old = job.recorded()
        newer = job.push("callFrequency: 60")
        job.remote.git("update-ref", REF, newer)
        voxo.has(callFrequency=60)
        job.git("checkout", "--quiet", "--detach", old)
        err = self.error_of_refusal(job)
        older = f"HEAD ({old[:12]}) is older than the commit that was applied ({newer[:12]})"
        assert older in err
        for command in ("plan", "drift"):
            messages = job.run(command, "--base", "@applied").err
            assert messages.count(f"warning: apply --base @applied would refuse this: {older}") == 1
        job.remote.git("update-ref", REF, old)

    def test_a_rewritten_history(self, job: Job) -> None:
        job.git("commit", "--quiet", "--amend", "--message", "Rewritten")
        assert "does not descend from the commit that was applied" in self.error_of_refusal(job)

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("campaigns/spring.yaml", None),
            ("campaigns/autumn.yaml", "id: 4712\nname: Autumn\n"),
            ("voxosync.yaml", "guards: {goLive: allow}\n"),
            ("policies/p.yaml", "policies: []\n"),
        ],
    )
    def test_uncommitted_changes(self, file: str, text: str | None, job: Job) -> None:
        if text is None:
            job.spring("callFrequency: 60")
        else:
            job.write(file, text)
        if file.startswith("policies"):
            shutil.copy("examples/policies/calling-hours.yaml", job.folder / file)
        assert f"{file} differs from HEAD" in self.error_of_refusal(job)

    def test_an_uncommitted_do_not_call_list(self, job: Job) -> None:
        job.write("voxosync.yaml", "checks: {doNotCall: {lists: [lists/stop.csv]}}\n")
        job.commit()
        job.write("lists/stop.csv", "number\n6015550199\n")
        assert "lists/stop.csv differs from HEAD" in self.error_of_refusal(job)

    def test_a_change_hidden_by_assume_unchanged(self, job: Job) -> None:
        job.git("update-index", "--assume-unchanged", "campaigns/spring.yaml")
        job.spring("callFrequency: 60")
        assert "campaigns/spring.yaml of HEAD" in self.error_of_refusal(job)

    def test_a_sparse_checkout_without_a_definition(self, job: Job) -> None:
        job.spring("callFrequency: 60", name="campaigns/north/spring.yaml", number=4712)
        job.commit()
        job.git("push", "--quiet", "origin", "HEAD:main")
        clone = job.clone("sparse", "--no-checkout")
        clone.git("sparse-checkout", "set", "--no-cone", "/*", "!/campaigns/north/")
        clone.git("checkout", "--quiet", "main")
        err = self.error_of_refusal(clone)
        assert "campaigns/north/spring.yaml of HEAD" in err
        assert "git sparse-checkout disable" in err

    def test_an_uncommitted_file_of_a_submodule(self, job: Job, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        self.add_submodule(job)
        job.spring("callFrequency: 60", name="campaigns/north/spring.yaml", number=4712)
        assert "campaigns/north/spring.yaml differs from HEAD" in self.error_of_refusal(job)

    def test_a_submodule_that_is_not_checked_out(self, job: Job) -> None:
        self.add_submodule(job)
        job.git("push", "--quiet", "origin", "HEAD:main")
        err = self.error_of_refusal(job.clone("without"))
        assert "campaigns/north of HEAD" in err
        assert "git submodule update --init" in err

    @staticmethod
    def add_submodule(job: Job) -> None:
        """Commit a submodule `campaigns/north` with a definition."""
        inner = replace(job, folder=job.folder.parent / "north")
        inner.folder.mkdir()
        inner.git("init", "--quiet")
        inner.spring(name="spring.yaml", number=4712)
        inner.commit()
        local = ("-c", "protocol.file.allow=always")
        job.git(*local, "submodule", "--quiet", "add", inner.folder.as_uri(), "campaigns/north")
        job.commit()

    def test_a_run_while_another_one_moves_the_record(self, job: Job, voxo: FakeVoxo) -> None:
        before = job.recorded()
        first = job.push("state: READY")
        second = job.push(message="Do not start it")
        job.git("checkout", "--quiet", "--detach", first)

        def meanwhile(handler: Any) -> None:
            job.remote.git("update-ref", REF, second)
            answer(200, voxo.has())(handler)

        voxo.say(meanwhile, to="GET", times=1)
        assert f"another run moved {REF} meanwhile" in self.error_of_refusal(
            job, *APPLY, "--allow-go-live"
        )
        job.remote.git("update-ref", REF, before)

    def test_a_csv_file_that_git_ignores(self, job: Job) -> None:
        job.spring("numbers: {file: list.csv}")
        job.write("campaigns/list.csv", "number\n6015550123\n")
        job.write(".gitignore", "*.csv\n")
        job.commit()
        assert "campaigns/list.csv differs from HEAD" in self.error_of_refusal(job)

    def test_a_remote_that_refuses_pushes(self, job: Job) -> None:
        hook = job.remote.folder / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho not you >&2\nexit 1\n")
        job.spring("callFrequency: 60")
        job.commit()
        hook.chmod(0o755)
        err = self.error_of_refusal(job)
        assert "origin refuses a push: not you; give this job the right to push" in err
        job.git("reset", "--quiet", "--hard", "HEAD~")
        job.write("README.md", "More\n")
        job.commit("Nothing to send")
        err = self.error_of_refusal(job)
        assert f"origin refuses to move {REF}: " in err
        assert "not you; give this job the right to push" in err

    def test_a_missing_record(self, job: Job) -> None:
        job.remote.git("update-ref", "-d", REF)
        for command in (APPLY, ("plan", "--base", "@applied"), ("applied",)):
            err = self.error_of_refusal(job, *command)
            assert "origin has no record of what was applied" in err
            assert "voxosync applied --set COMMIT" in err
        job.remote.git("update-ref", REF, "main")

    def test_a_record_that_is_not_a_commit(self, job: Job) -> None:
        tree = job.remote.git("rev-parse", "main^{tree}")
        commit = job.recorded()
        job.remote.git("update-ref", REF, tree)
        assert f"names {tree[:12]}, which is not a commit" in self.error_of_refusal(job)
        job.remote.git("update-ref", REF, commit)

    @pytest.mark.parametrize("command", [APPLY, ("drift", "--base", "@applied"), ("applied",)])
    def test_an_unreachable_remote(self, command: tuple[str, ...], job: Job) -> None:
        job.git("remote", "set-url", "origin", "https://user:secret@127.0.0.1:9/x.git")
        err = self.error_of_refusal(job, *command)
        assert "the applied record cannot be read from origin" in err
        assert "secret" not in err

    def test_an_unconfigured_remote(self, job: Job) -> None:
        job.git("remote", "rename", "origin", "upstream")
        err = self.error_of_refusal(job)
        assert "no remote 'origin'" in err
        assert "(its remotes: upstream)" in err

    def test_an_unknown_commit(self, job: Job) -> None:
        for commit in ("nope", "--force", "HEAD^{tree}"):
            assert f"there is no commit {commit!r}" in self.error_of_refusal(
                job, "applied", f"--set={commit}"
            )

    def test_a_folder_without_git(self, job: Job) -> None:
        shutil.rmtree(job.folder / ".git")
        assert "needs a Git repository" in self.error_of_refusal(job)
        assert "needs a Git repository" in self.error_of_refusal(job, "applied", "--set", "HEAD")


class TestSavedPlan:
    def save_plan(self, job: Job, *options: str) -> tuple[str, ...]:
        ran = job.run("plan", "--base", "@applied", "--out", "saved.plan.json", *options)
        assert ran.status == 0, ran.said
        return ("apply", "--yes", "--plan", "saved.plan.json")

    def test_moves_the_record(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        apply = self.save_plan(job)
        assert job.run(*apply).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, commit)

    def test_contains_only_what_apply_would_send(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60")
        voxo.has(timeEnd="20:00")
        assert job.run(*self.save_plan(job)).status == 0
        assert [set(body) for _, body in voxo.sent] == [{"callFrequency"}]

    def test_contains_changes_made_by_hand_if_every_kind_is_named(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.push("callFrequency: 60")
        voxo.has(timeEnd="20:00")
        kinds = [word for kind in ChangeKind for word in ("--kind", kind.value)]
        assert job.run(*self.save_plan(job, *kinds)).status == 0
        assert [set(body) for _, body in voxo.sent] == [{"callFrequency", "timeEnd"}]

    def test_is_refused_after_a_later_apply(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60")
        apply = self.save_plan(job)
        later = job.push("callFrequency: 60", "timeEnd: 19:00")
        assert job.run(*APPLY).status == 0
        sent = len(voxo.sent)
        ran = job.run(*apply, "--journal", "elsewhere")
        assert ran.status == 1
        assert "the plan is outdated" in ran.err
        assert (len(voxo.sent), job.recorded()) == (sent, later)

    def test_of_uncommitted_changes_is_refused(self, job: Job, voxo: FakeVoxo) -> None:
        job.spring("callFrequency: 60")
        plan = ("plan", "--base", "@applied")
        refused = job.run(*plan, "--out", "saved.plan.json")
        assert refused.status == 1
        assert "campaigns/spring.yaml differs from HEAD" in refused.err
        job.write("saved.plan.json", job.run(*plan, "--format", "json").out)
        ran = job.run("apply", "--yes", "--plan", "saved.plan.json")
        assert ran.status == 1
        assert "may not step to" in ran.err
        assert voxo.sent == []

    def test_of_another_environment_is_refused(self, job: Job, voxo: FakeVoxo) -> None:
        job.write("voxosync.yaml", f"environments: {{prod: {{baseUrl: '{voxo.url}'}}}}\n")
        job.push("callFrequency: 60")
        apply = self.save_plan(job)
        ran = job.run("--env", "prod", *apply)
        assert ran.status == 1
        assert f"the plan is for the record {REF}" in ran.err

    def test_of_some_campaigns_does_not_move_the_record(self, job: Job, voxo: FakeVoxo) -> None:
        before = job.recorded()
        job.push("callFrequency: 60")
        assert job.run(*self.save_plan(job, "--only", "4711")).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, before)


class TestPending:
    def test_is_distinguished_from_drift(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60", "dateEnd: 2096-04-15")
        voxo.has(timeEnd="20:00", dateEnd="2096-04-01")
        expected = {"callFrequency": "pending", "timeEnd": "drift", "dateEnd": "conflict"}
        for command in ("plan", "drift"):
            ran = job.run(command, "--base", "@applied", "--format", "json")
            assert kinds_by_field(ran) == expected
        assert ran.status == 2

    def test_exits_with_2_without_other_differences(self, job: Job) -> None:
        commit = job.push("callFrequency: 60")
        ran = job.run("drift", "--base", "@applied")
        assert ran.status == 2
        assert f"callFrequency: VOXO 30, Git 60  (pending: {commit[:12]})" in ran.out
        assert "Pending: 1 differs, not applied yet" in ran.out
        assert job.run("plan", "--base", "@applied", "--exit-code").status == 2

    def test_names_the_commit_of_each_field(self, job: Job) -> None:
        first = job.push("callFrequency: 60")
        second = job.push("callFrequency: 60", "timeEnd: 19:00")
        job.write("README.md", "More\n")
        job.commit()
        ran = job.run("plan", "--base", "@applied", "--format", "json")
        [campaign] = ran.json["campaigns"]
        commits = {change["field"]: change.get("commit") for change in campaign["changes"]}
        assert commits == {"callFrequency": first, "timeEnd": second}

    def test_is_distinguished_with_another_base_if_the_record_was_fetched(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.push("callFrequency: 60", "timeEnd: 19:00", "dateEnd: 2096-04-15")
        voxo.has(timeEnd="20:00")
        ran = job.run("drift", "--base", "main", "--format", "json")
        assert set(kinds_by_field(ran).values()) == {"drift"}, "the record is not fetched yet"
        job.run("applied")
        job.spring("callFrequency: 60", "timeEnd: 19:00", "dateEnd: 2096-05-15", "name: Summer")
        ran = job.run("drift", "--base", "main", "--format", "json")
        assert kinds_by_field(ran) == {
            "callFrequency": "pending",
            "timeEnd": "drift",
            "dateEnd": "change",  # not pending: VOXO has the recorded value
            "name": "change",
        }

    def test_is_distinguished_from_drift_for_each_number(self, job: Job, voxo: FakeVoxo) -> None:
        job.push(
            "numbers: [{number: 6015550123, description: Customer 1042}, {number: 6015550150}]"
        )
        voxo.has()["numbers"].append({"number": "6015550160", "description": "By hand"})
        ran = job.run("drift", "--base", "@applied", "--format", "json")
        [campaign] = ran.json["campaigns"]
        numbers = {change["kind"]: change for change in campaign["changes"]}
        assert numbers["pending"]["added"] == ["6015550150"]
        assert numbers["pending"]["removed"] == ["6015550124"]
        assert numbers["drift"]["removed"] == ["6015550160"]

    def test_does_not_include_uncommitted_changes(self, job: Job) -> None:
        job.push("callFrequency: 60")
        job.spring("callFrequency: 60", "timeEnd: 19:00")
        ran = job.run("plan", "--base", "@applied", "--format", "json")
        assert kinds_by_field(ran) == {"callFrequency": "pending", "timeEnd": "change"}
        assert "after" not in ran.json["applied"]
        assert "would refuse this: campaigns/spring.yaml differs from HEAD" in ran.err

    def test_is_not_sent_with_another_base(self, job: Job) -> None:
        job.push("callFrequency: 60")
        job.run("applied")
        ran = job.run("apply", "--yes", "--base", "main", "--kind", "change")
        assert ran.status == 2
        assert "left unsent: callFrequency of campaign 4711 (pending)" in ran.err

    def test_is_not_pulled(self, job: Job, voxo: FakeVoxo) -> None:
        job.push(
            "callFrequency: 60",
            "numbers: [{number: 6015550123, description: Customer 1042}, {number: 6015550150}]",
        )
        voxo.has(timeEnd="20:00")["numbers"].append({"number": "6015550160", "description": ""})
        ran = job.run("pull", "--yes")
        assert ran.status == 2
        assert "callFrequency: pending: the definition was changed since it was applied" in ran.out
        text = (job.folder / "campaigns/spring.yaml").read_text()
        assert "callFrequency: 60" in text
        assert "20:00" in text
        assert [number in text for number in ("6015550150", "6015550160", "6015550124")] == [
            True,
            True,
            False,
        ]

    @pytest.mark.parametrize("then", [30, 90])
    def test_is_not_pulled_after_a_failed_run(self, then: int, job: Job, voxo: FakeVoxo) -> None:
        """A run sent 60 and failed at another campaign; then 60 was changed again or reverted."""
        job.push("callFrequency: 60")
        job.push(f"callFrequency: {then}")
        voxo.has(callFrequency=60, timeEnd="20:00")
        before = (job.folder / "campaigns/spring.yaml").read_text()
        ran = job.run("pull", "--yes")
        assert "callFrequency: pending" in ran.said
        after = (job.folder / "campaigns/spring.yaml").read_text()
        assert after == before.replace("timeEnd: 18:30", "timeEnd: 20:00")

    def test_pull_warns_if_it_cannot_read_the_record(self, job: Job, voxo: FakeVoxo) -> None:
        job.git("remote", "set-url", "origin", "https://127.0.0.1:9/x.git")
        voxo.has(timeEnd="20:00")
        ran = job.run("pull", "--yes")
        assert ran.status == 0
        assert "may look like changes made by hand" in ran.err


class TestApplied:
    def test_shows_the_record_and_the_commits_that_touch_the_project(self, job: Job) -> None:
        recorded = job.recorded()
        job.write("src/main.c", "int main;\n")
        job.commit("Code")
        commit = job.push("callFrequency: 60", message="Call less often \x1b[31m")
        ran = job.run("applied")
        assert ran.status == 0
        assert f"Applied: {recorded[:12]}" in ran.out
        assert "Pending: 1 commit\n" in ran.out
        assert f"  {commit[:12]}" in ran.out
        assert "Call less often" in ran.out
        assert "\x1b" not in ran.out
        document = job.run("applied", "--format", "json").json
        assert document["commit"]["id"] == recorded
        assert [entry["id"] for entry in document["pending"]] == [commit]
        assert document["follows"] is True

    def test_set_creates_and_moves_the_record(self, job: Job) -> None:
        first = job.recorded()
        job.remote.git("update-ref", "-d", REF)
        assert job.run("applied", "--set", "HEAD").status == 0
        assert job.recorded() == first
        second = job.push("callFrequency: 60")
        ran = job.run("applied", "--set", "main")
        assert ran.err == f"Recorded: {second[:12]} is applied (before: {first[:12]}).\n"
        assert "Pending: nothing" in ran.out
        assert job.run("applied", "--set", first[:12]).status == 0
        assert job.recorded() == first

    def test_reports_a_rewritten_history(self, job: Job) -> None:
        job.git("commit", "--quiet", "--amend", "--message", "Rewritten")
        ran = job.run("applied")
        assert ran.status == 0
        assert "does not descend from it" in ran.out


class TestRepositories:
    @pytest.mark.parametrize("depth", [1, 2])
    def test_shallow_clone_is_completed(self, depth: int, job: Job, voxo: FakeVoxo) -> None:
        for number in range(60, 64):
            commit = job.push(f"callFrequency: {number}")
        shallow = job.clone("shallow", f"--depth={depth}")
        assert "Pending: 4 commits" in shallow.run("applied").out
        ran = job.clone("other", f"--depth={depth}").run(*APPLY)
        assert ran.status == 0, ran.said
        assert (voxo.has()["callFrequency"], job.recorded()) == (63, commit)

    def test_shallow_clone_that_cannot_be_completed_is_refused(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        recorded = job.recorded()
        job.push("callFrequency: 60")
        job.push("callFrequency: 61")
        shallow = job.clone("shallow", "--depth=1")
        shallow.git("fetch", "--quiet", "--depth=1", "origin", f"{REF}:{REF}")
        pack = job.remote.folder / "objects" / recorded[:2] / recorded[2:]
        assert pack.is_file()
        pack.unlink()
        ran = shallow.run(*APPLY)
        assert (ran.status, voxo.sent) == (1, [])
        assert "this shallow clone ends before the recorded commit" in ran.err
        assert "git fetch --unshallow origin" in ran.err

    def test_each_environment_has_its_own_record(self, job: Job, voxo: FakeVoxo) -> None:
        url = f"{{baseUrl: '{voxo.url}'}}"
        job.write("voxosync.yaml", f"environments: {{staging: {url}, prod: {url}}}\n")
        first = job.push("-dateEnd")
        for name in ("staging", "prod"):
            assert job.run("--env", name, "applied", "--set", "HEAD").status == 0
        second = job.push("callFrequency: 60")
        assert job.run("--env", "staging", *APPLY).status == 0
        assert job.recorded("refs/voxosync/applied/staging") == second
        assert job.recorded("refs/voxosync/applied/prod") == first
        ran = job.run("--env", "prod", "applied", "--format", "json")
        assert len(ran.json["pending"]) == 1

    def test_settings_choose_the_ref_and_the_remote(self, job: Job, voxo: FakeVoxo) -> None:
        job.write("voxosync.yaml", "applied: {ref: refs/heads/deployed, remote: upstream}\n")
        job.git("remote", "rename", "origin", "upstream")
        job.spring("callFrequency: 60")
        commit = job.commit()
        assert job.run("applied", "--set", "HEAD~1").status == 0
        assert job.run(*APPLY).status == 0
        assert job.recorded("refs/heads/deployed") == commit
        assert voxo.has()["callFrequency"] == 60

    def test_environments_cannot_share_a_record(self, job: Job) -> None:
        job.write(
            "voxosync.yaml", "environments: {prod: {tenantId: 1}}\napplied: {ref: refs/heads/x}\n"
        )
        ran = job.run("applied")
        assert ran.status == 1
        assert "voxosync.yaml:2:16: error: each environment needs a record of its own" in ran.err

    @pytest.mark.parametrize("remote", ["ext::sh", "../elsewhere", "--upload-pack=x"])
    def test_remote_must_be_a_name(self, remote: str, job: Job) -> None:
        job.write("voxosync.yaml", f"applied: {{remote: '{remote}'}}\n")
        assert job.run("applied").status == 1

    def test_project_in_a_subfolder(self, job: Job, voxo: FakeVoxo) -> None:
        inner = replace(job, folder=job.folder / "calls")
        inner.folder.mkdir()
        job.git("mv", "campaigns", "calls/campaigns")
        job.commit("Move")
        assert job.run("-C", "calls", *APPLY).status == 0
        job.write("code.py", "1\n")
        code = job.commit("Code")
        job.write("campaigns/unrelated.yaml", "x: 1\n")  # not committed, but outside the project
        assert "Pending: nothing" in inner.run("applied").out
        assert inner.run(*APPLY).status == 0
        assert job.recorded() == code
        inner.spring("callFrequency: 60")
        job.commit("Calls")
        assert "Calls" in inner.run("applied").out
        assert inner.run(*APPLY).status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_projects_of_one_repository_cannot_share_a_record(self, job: Job) -> None:
        """The job of one would move the record past changes of the other project, which would never be sent."""
        for name in ("mail", "calls"):
            job.write(f"{name}/voxosync.yaml", "guards: {maxCampaigns: 5}\n")
        job.git("mv", "campaigns", "calls/campaigns")
        before = job.recorded()
        job.commit("Two projects")
        for command in (APPLY, ("applied",), ("applied", "--set", "HEAD")):
            ran = job.run("-C", "calls", *command)
            assert ran.status == 1
            assert f"mail/voxosync.yaml belongs to another project with the same record, {REF}" in ran.err  # fmt: skip
            assert "applied: {ref: 'refs/voxosync/applied/calls/{env}'}" in ran.err
        assert job.recorded() == before
        own = "refs/voxosync/applied/calls/default"
        job.write("calls/voxosync.yaml", "applied: {ref: 'refs/voxosync/applied/calls/{env}'}\n")
        after = job.commit("A record of its own")
        assert job.run("-C", "calls", "applied", "--set", "HEAD").status == 0
        assert job.run("-C", "calls", *APPLY).status == 0
        assert job.recorded(own) == after

    def test_linked_worktree(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        job.git("worktree", "add", "--quiet", "--detach", "../tree")
        assert replace(job, folder=job.folder.parent / "tree").run(*APPLY).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, commit)

    def test_sha256_repository(self, job: Job, voxo: FakeVoxo) -> None:
        shutil.rmtree(job.folder / ".git")
        shutil.rmtree(job.remote.folder)
        job.git("init", "--quiet", "--object-format=sha256", "--initial-branch", "main")
        job.git("init", "--quiet", "--bare", "--object-format=sha256", "../remote.git")
        job.git("remote", "add", "origin", "../remote.git")
        job.commit()
        assert job.run("applied", "--set", "HEAD").status == 0
        commit = job.push("callFrequency: 60")
        assert job.run(*APPLY).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, commit)
