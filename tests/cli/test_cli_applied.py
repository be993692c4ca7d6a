"""The applied record: `--base @applied`, `applied` and `applied --set`, with real repositories and a real remote."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN, FakeVoxo, answer
from tests.cli.creating import NEW_SPRING
from tests.cli.git_remote import APPLIED, push_to_new_remote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.cli_project import Ran

REF = f"{APPLIED}/default"
APPLY = ("apply", "--yes", "--base", "@applied")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare remote and a clone of it, with one commit and its record: copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    clone = Project(folder / "project")
    clone.folder.mkdir()
    clone.spring()
    clone.write(".gitignore", ".voxosync/\n*.plan.json\n")
    push_to_new_remote(clone, REF)
    return folder


class Job(Project):
    """A clone and its remote."""

    @property
    def remote(self) -> Project:
        return Project(self.folder.parent / "remote.git")

    def recorded(self, ref: str = REF) -> str:
        return self.remote.git("rev-parse", ref)

    def refs(self) -> str:
        return self.remote.git("for-each-ref")

    def push(self, *changes: str, message: str = "A change") -> str:
        """Merge a change of the definition: commit it on `main`, and push."""
        self.spring(*changes)
        commit = self.commit(message)
        self.git("push", "--quiet", "origin", "HEAD:main")
        return commit

    def clone(self, name: str, *options: str) -> Job:
        """Another job's checkout of the remote."""
        self.git("clone", "--quiet", *options, self.remote.folder.as_uri(), f"../{name}")
        return replace(self, folder=self.folder.parent / name)


@pytest.fixture
def job(template: Path, tmp_path: Path, voxo: FakeVoxo) -> Job:
    folder = tmp_path / "work"
    shutil.copytree(template, folder)
    return Job(folder / "project", {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN})


def kinds(ran: Ran) -> dict[str, str]:
    [campaign] = ran.json["campaigns"]
    return {change["field"]: change["kind"] for change in campaign["changes"]}


class TestApply:
    def test_sends_what_was_committed_since_and_advances(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        ran = job.run(*APPLY)
        assert ran.status == 0, ran.said
        assert voxo.has()["callFrequency"] == 60
        assert job.recorded() == commit
        assert f"Recorded: {commit[:12]} is applied" in ran.err
        assert "probe" not in job.refs()

    def test_leaves_drift_alone(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        voxo.has(timeEnd="20:00")
        ran = job.run(*APPLY)
        assert ran.status == 0, ran.said
        assert (voxo.has()["callFrequency"], voxo.has()["timeEnd"]) == (60, "20:00")
        assert job.recorded() == commit

    def test_with_nothing_to_send_advances(self, job: Job, voxo: FakeVoxo) -> None:
        job.write("README.md", "More\n")
        commit = job.commit()
        ran = job.run(*APPLY)
        assert (ran.status, voxo.sent) == (0, [])
        assert job.recorded() == commit

    def test_creates_new_campaigns_where_that_is_asked_for(self, job: Job, voxo: FakeVoxo) -> None:
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

    def test_creates_nothing_where_the_record_could_not_be_moved(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.write("campaigns/new.yaml", NEW_SPRING)
        job.push()
        hook = job.remote.write("hooks/pre-receive", "#!/bin/sh\necho no >&2\nexit 1\n")
        hook.chmod(0o755)
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, voxo.posted) == (1, []), ran.said
        assert "give this job the right to push" in ran.err

    def test_creations_that_could_not_be_recorded_make_status_3(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.write("campaigns/new.yaml", NEW_SPRING)
        job.push()

        def meanwhile(handler: Any) -> None:
            job.remote.git("update-ref", REF, job.push("callFrequency: 60"))
            voxo.well_behaved(voxo.received[-1])(handler)

        voxo.say(meanwhile, to="POST", times=1)
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, len(voxo.posted)) == (3, 1), ran.said
        assert "everything was applied, but not recorded" in ran.err

    def test_creates_nothing_after_a_failure_and_keeps_the_record(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        before = job.recorded()
        job.write("campaigns/new.yaml", NEW_SPRING)
        job.push("callFrequency: 60")
        voxo.say(answer(400, {"message": "no"}), to="PATCH", times=1)
        ran = job.run(*APPLY, "--create", VOXO_TENANT_ID="17")
        assert (ran.status, job.recorded(), set(voxo.campaigns)) == (3, before, {4711}), ran.said

    def test_sends_all_that_canceled_jobs_did_not(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60")  # its job is canceled before it begins
        commit = job.push("callFrequency: 60", "timeEnd: 19:00")
        assert job.run(*APPLY).status == 0
        assert (voxo.has()["callFrequency"], voxo.has()["timeEnd"]) == (60, "19:00")
        assert job.recorded() == commit

    def test_after_a_failed_run_the_next_sends_the_rest(self, job: Job, voxo: FakeVoxo) -> None:
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
    def test_after_a_failed_run_the_next_sends_what_was_changed_again(
        self, then: int, kind: str | None, job: Job, voxo: FakeVoxo
    ) -> None:
        """A run that sent this field and failed at another one is not a change by hand, also if it is reverted."""
        job.push("callFrequency: 60", "timeEnd: 19:00")
        voxo.has(callFrequency=60, timeStart="10:00")
        commit = job.push(f"callFrequency: {then}", "timeEnd: 19:00")
        plan_kinds = kinds(job.run("plan", "--base", "@applied", "--format", "json"))
        assert plan_kinds.get("callFrequency") == kind
        assert (plan_kinds["timeStart"], plan_kinds["timeEnd"]) == ("drift", "pending")
        ran = job.run(*APPLY)
        assert (ran.status, job.recorded()) == (0, commit), ran.said
        assert (voxo.has()["callFrequency"], voxo.has()["timeStart"]) == (then, "10:00")

    def test_after_a_failed_run_the_next_pauses_what_was_started(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        job.push("state: READY")
        voxo.has(state="READY")
        job.push(message="Revert")
        assert job.run(*APPLY).status == 0
        assert voxo.has()["state"] == "PAUSED"

    def test_after_a_failed_run_the_next_removes_a_number_that_was_added(
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
    def test_after_a_failed_run_the_next_looks_after_what_was_added_and_removed(
        self, removed: str, job: Job, voxo: FakeVoxo
    ) -> None:
        """The record never had the definition; a run that failed elsewhere started its campaign."""
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
    def test_after_a_failed_run_the_next_starts_what_was_removed_and_restored(
        self, removed: str, kind: str, job: Job, voxo: FakeVoxo
    ) -> None:
        """Only a run that pauses what is removed may have paused it; else somebody did by hand."""
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
        assert kinds(plan) == {"state": kind}
        assert job.run(*APPLY).status == (1 if kind == "pending" else 0), "starting needs a flag"
        pulled = job.run("pull", "--dry-run")
        assert ("PAUSED" in pulled.out) is (kind == "drift"), pulled.said
        ran = job.run(*APPLY, "--allow-go-live")
        assert (ran.status, job.recorded()) == (0, commit), ran.said
        assert voxo.has()["state"] == ("READY" if kind == "pending" else "PAUSED")

    def test_after_a_refusing_guard_the_next_sends_the_rest(self, job: Job, voxo: FakeVoxo) -> None:
        before = job.refs()
        job.push("state: READY")
        assert job.run(*APPLY).status == 1
        assert job.refs().count("applied") == before.count("applied")
        assert voxo.sent == []
        commit = job.push("state: READY", "timeEnd: 19:00")
        assert job.run(*APPLY, "--allow-go-live").status == 0
        assert (voxo.has()["state"], voxo.has()["timeEnd"]) == ("READY", "19:00")
        assert job.recorded() == commit

    def test_a_conflict_is_left_unsent(self, job: Job, voxo: FakeVoxo) -> None:
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

    def test_a_conflict_and_a_failure_are_not_confused(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60", "timeEnd: 19:00")
        voxo.has(timeEnd="20:00")
        voxo.say(answer(400, {"message": "no"}), to="PATCH", times=1)
        ran = job.run(*APPLY)
        assert ran.status == 3
        assert "the next apply sends the rest; no apply sends a conflict" in ran.err

    @pytest.mark.parametrize("limit", [("--only", "4711"), ("--shard", "1/1"), ("campaigns",)])
    def test_of_a_part_leaves_the_record(
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

    def test_of_a_list_of_numbers_alone(self, job: Job, voxo: FakeVoxo) -> None:
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
    """One clear message; nothing is sent, nothing is recorded."""

    @pytest.fixture(autouse=True)
    def _nothing_happens(self, job: Job, voxo: FakeVoxo) -> Iterator[None]:
        before = job.refs()
        yield
        assert voxo.sent == []
        assert {line for line in job.refs().splitlines() if "voxosync" in line} == {
            line for line in before.splitlines() if "voxosync" in line
        }

    def refused(self, job: Project, *arguments: str) -> str:
        ran = job.run(*(arguments or APPLY))
        assert ran.status == 1, ran.said
        assert ran.err.count("error:") == 1
        return ran.err

    def test_an_old_job_that_is_run_again(self, job: Job, voxo: FakeVoxo) -> None:
        old = job.recorded()
        newer = job.push("callFrequency: 60")
        job.remote.git("update-ref", REF, newer)
        voxo.has(callFrequency=60)
        job.git("checkout", "--quiet", "--detach", old)
        err = self.refused(job)
        older = f"HEAD ({old[:12]}) is older than the commit that was applied ({newer[:12]})"
        assert older in err
        for command in ("plan", "drift"):
            messages = job.run(command, "--base", "@applied").err
            assert messages.count(f"warning: apply --base @applied would refuse this: {older}") == 1
        job.remote.git("update-ref", REF, old)

    def test_a_rewritten_history(self, job: Job) -> None:
        job.git("commit", "--quiet", "--amend", "--message", "Rewritten")
        assert "does not descend from the commit that was applied" in self.refused(job)

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("campaigns/spring.yaml", None),
            ("campaigns/autumn.yaml", "id: 4712\nname: Autumn\n"),
            ("voxosync.yaml", "guards: {goLive: allow}\n"),
            ("policies/p.yaml", "policies: []\n"),
        ],
    )
    def test_what_is_not_committed(self, file: str, text: str | None, job: Job) -> None:
        if text is None:
            job.spring("callFrequency: 60")
        else:
            job.write(file, text)
        if file.startswith("policies"):
            shutil.copy("examples/policies/calling-hours.yaml", job.folder / file)
        assert f"{file} differs from HEAD" in self.refused(job)

    def test_a_do_not_call_list_that_is_not_committed(self, job: Job) -> None:
        job.write("voxosync.yaml", "checks: {doNotCall: {lists: [lists/stop.csv]}}\n")
        job.commit()
        job.write("lists/stop.csv", "number\n6015550199\n")
        assert "lists/stop.csv differs from HEAD" in self.refused(job)

    def test_a_file_that_git_is_not_to_look_at(self, job: Job) -> None:
        job.git("update-index", "--assume-unchanged", "campaigns/spring.yaml")
        job.spring("callFrequency: 60")
        assert "campaigns/spring.yaml of HEAD" in self.refused(job)

    def test_a_sparse_checkout_that_leaves_out_a_definition(self, job: Job) -> None:
        job.spring("callFrequency: 60", name="campaigns/north/spring.yaml", number=4712)
        job.commit()
        job.git("push", "--quiet", "origin", "HEAD:main")
        clone = job.clone("sparse", "--no-checkout")
        clone.git("sparse-checkout", "set", "--no-cone", "/*", "!/campaigns/north/")
        clone.git("checkout", "--quiet", "main")
        err = self.refused(clone)
        assert "campaigns/north/spring.yaml of HEAD" in err
        assert "git sparse-checkout disable" in err

    def test_a_file_of_a_submodule_that_is_not_committed(self, job: Job, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        self.with_submodule(job)
        job.spring("callFrequency: 60", name="campaigns/north/spring.yaml", number=4712)
        assert "campaigns/north/spring.yaml differs from HEAD" in self.refused(job)

    def test_a_submodule_that_is_not_checked_out(self, job: Job) -> None:
        self.with_submodule(job)
        job.git("push", "--quiet", "origin", "HEAD:main")
        err = self.refused(job.clone("without"))
        assert "campaigns/north of HEAD" in err
        assert "git submodule update --init" in err

    @staticmethod
    def with_submodule(job: Job) -> None:
        """Commit a submodule with a definition, as campaigns/north."""
        inner = replace(job, folder=job.folder.parent / "north")
        inner.folder.mkdir()
        inner.git("init", "--quiet")
        inner.spring(name="spring.yaml", number=4712)
        inner.commit()
        local = ("-c", "protocol.file.allow=always")
        job.git(*local, "submodule", "--quiet", "add", inner.folder.as_uri(), "campaigns/north")
        job.commit()

    def test_a_run_during_which_another_one_moved_the_record(
        self, job: Job, voxo: FakeVoxo
    ) -> None:
        before = job.recorded()
        first = job.push("state: READY")
        second = job.push(message="Do not start it")
        job.git("checkout", "--quiet", "--detach", first)

        def meanwhile(handler: Any) -> None:
            job.remote.git("update-ref", REF, second)
            answer(200, voxo.has())(handler)

        voxo.say(meanwhile, to="GET", times=1)
        assert f"another run moved {REF} meanwhile" in self.refused(job, *APPLY, "--allow-go-live")
        job.remote.git("update-ref", REF, before)

    def test_a_list_that_git_ignores(self, job: Job) -> None:
        job.spring("numbers: {file: list.csv}")
        job.write("campaigns/list.csv", "number\n6015550123\n")
        job.write(".gitignore", "*.csv\n")
        job.commit()
        assert "campaigns/list.csv differs from HEAD" in self.refused(job)

    def test_a_push_that_the_remote_refuses(self, job: Job) -> None:
        hook = job.remote.folder / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho not you >&2\nexit 1\n")
        job.spring("callFrequency: 60")
        job.commit()
        hook.chmod(0o755)
        err = self.refused(job)
        assert "origin refuses a push: not you; give this job the right to push" in err
        job.git("reset", "--quiet", "--hard", "HEAD~")
        job.write("README.md", "More\n")
        job.commit("Nothing to send")
        err = self.refused(job)
        assert f"origin refuses to move {REF}: " in err
        assert "not you; give this job the right to push" in err

    def test_a_record_that_has_not_begun(self, job: Job) -> None:
        job.remote.git("update-ref", "-d", REF)
        for command in (APPLY, ("plan", "--base", "@applied"), ("applied",)):
            err = self.refused(job, *command)
            assert "origin has no record of what was applied" in err
            assert "voxosync applied --set COMMIT" in err
        job.remote.git("update-ref", REF, "main")

    def test_a_record_of_what_is_no_commit(self, job: Job) -> None:
        tree = job.remote.git("rev-parse", "main^{tree}")
        commit = job.recorded()
        job.remote.git("update-ref", REF, tree)
        assert f"names {tree[:12]}, which is not a commit" in self.refused(job)
        job.remote.git("update-ref", REF, commit)

    @pytest.mark.parametrize("command", [APPLY, ("drift", "--base", "@applied"), ("applied",)])
    def test_a_remote_that_is_unreachable(self, command: tuple[str, ...], job: Job) -> None:
        job.git("remote", "set-url", "origin", "https://user:secret@127.0.0.1:9/x.git")
        err = self.refused(job, *command)
        assert "the applied record cannot be read from origin" in err
        assert "secret" not in err

    def test_a_remote_that_is_not_configured(self, job: Job) -> None:
        job.git("remote", "rename", "origin", "upstream")
        err = self.refused(job)
        assert "no remote 'origin'" in err
        assert "(its remotes: upstream)" in err

    def test_a_commit_that_is_unknown(self, job: Job) -> None:
        for commit in ("nope", "--force", "HEAD^{tree}"):
            assert f"there is no commit {commit!r}" in self.refused(
                job, "applied", f"--set={commit}"
            )

    def test_a_folder_without_git(self, job: Job) -> None:
        shutil.rmtree(job.folder / ".git")
        assert "needs a Git repository" in self.refused(job)
        assert "needs a Git repository" in self.refused(job, "applied", "--set", "HEAD")


class TestSavedPlan:
    def saved(self, job: Job, *options: str) -> tuple[str, ...]:
        ran = job.run("plan", "--base", "@applied", "--out", "saved.plan.json", *options)
        assert ran.status == 0, ran.said
        return ("apply", "--yes", "--plan", "saved.plan.json")

    def test_advances(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        apply = self.saved(job)
        assert job.run(*apply).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, commit)

    def test_holds_what_apply_would_send(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60")
        voxo.has(timeEnd="20:00")
        assert job.run(*self.saved(job)).status == 0
        assert [set(body) for _, body in voxo.sent] == [{"callFrequency"}]

    def test_is_outdated_by_a_later_one(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60")
        apply = self.saved(job)
        later = job.push("callFrequency: 60", "timeEnd: 19:00")
        assert job.run(*APPLY).status == 0
        sent = len(voxo.sent)
        ran = job.run(*apply, "--journal", "elsewhere")
        assert ran.status == 1
        assert "the plan is outdated" in ran.err
        assert (len(voxo.sent), job.recorded()) == (sent, later)

    def test_of_what_is_not_committed_is_refused(self, job: Job, voxo: FakeVoxo) -> None:
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
        apply = self.saved(job)
        ran = job.run("--env", "prod", *apply)
        assert ran.status == 1
        assert f"the plan is for the record {REF}" in ran.err

    def test_of_a_part_leaves_the_record(self, job: Job, voxo: FakeVoxo) -> None:
        before = job.recorded()
        job.push("callFrequency: 60")
        assert job.run(*self.saved(job, "--only", "4711")).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, before)


class TestPending:
    def test_is_told_from_drift(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60", "dateEnd: 2096-04-15")
        voxo.has(timeEnd="20:00", dateEnd="2096-04-01")
        expected = {"callFrequency": "pending", "timeEnd": "drift", "dateEnd": "conflict"}
        for command in ("plan", "drift"):
            ran = job.run(command, "--base", "@applied", "--format", "json")
            assert kinds(ran) == expected
        assert ran.status == 2

    def test_alone_makes_status_2(self, job: Job) -> None:
        commit = job.push("callFrequency: 60")
        ran = job.run("drift", "--base", "@applied")
        assert ran.status == 2
        assert f"callFrequency: VOXO 30, Git 60  (pending: {commit[:12]})" in ran.out
        assert "Pending: 1 differs, not applied yet" in ran.out
        assert job.run("plan", "--base", "@applied", "--exit-code").status == 2

    def test_names_its_commit_where_that_is_certain(self, job: Job) -> None:
        first = job.push("callFrequency: 60")
        second = job.push("callFrequency: 60", "timeEnd: 19:00")
        job.write("README.md", "More\n")
        job.commit()
        ran = job.run("plan", "--base", "@applied", "--format", "json")
        [campaign] = ran.json["campaigns"]
        commits = {change["field"]: change.get("commit") for change in campaign["changes"]}
        assert commits == {"callFrequency": first, "timeEnd": second}

    def test_with_another_base_where_a_record_is_at_hand(self, job: Job, voxo: FakeVoxo) -> None:
        job.push("callFrequency: 60", "timeEnd: 19:00", "dateEnd: 2096-04-15")
        voxo.has(timeEnd="20:00")
        ran = job.run("drift", "--base", "main", "--format", "json")
        assert set(kinds(ran).values()) == {"drift"}, "no record is at hand yet"
        job.run("applied")
        job.spring("callFrequency: 60", "timeEnd: 19:00", "dateEnd: 2096-05-15", "name: Summer")
        ran = job.run("drift", "--base", "main", "--format", "json")
        assert kinds(ran) == {
            "callFrequency": "pending",
            "timeEnd": "drift",
            "dateEnd": "change",  # of a value that is pending itself: VOXO has the recorded one
            "name": "change",
        }

    def test_of_numbers_one_by_one(self, job: Job, voxo: FakeVoxo) -> None:
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

    def test_is_not_what_is_not_committed(self, job: Job) -> None:
        job.push("callFrequency: 60")
        job.spring("callFrequency: 60", "timeEnd: 19:00")
        ran = job.run("plan", "--base", "@applied", "--format", "json")
        assert kinds(ran) == {"callFrequency": "pending", "timeEnd": "change"}
        assert "after" not in ran.json["applied"]
        assert "would refuse this: campaigns/spring.yaml differs from HEAD" in ran.err

    def test_is_left_unsent_by_another_base(self, job: Job) -> None:
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
    def test_of_a_failed_run_is_not_pulled(self, then: int, job: Job, voxo: FakeVoxo) -> None:
        """A run sent 60 and failed at another campaign; then 60 was changed again, or reverted."""
        job.push("callFrequency: 60")
        job.push(f"callFrequency: {then}")
        voxo.has(callFrequency=60, timeEnd="20:00")
        before = (job.folder / "campaigns/spring.yaml").read_text()
        ran = job.run("pull", "--yes")
        assert "callFrequency: pending" in ran.said
        after = (job.folder / "campaigns/spring.yaml").read_text()
        assert after == before.replace("timeEnd: 18:30", "timeEnd: 20:00")

    def test_that_cannot_be_known_is_warned_of_by_pull(self, job: Job, voxo: FakeVoxo) -> None:
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

    def test_begins_and_moves_the_record(self, job: Job) -> None:
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

    def test_of_a_history_that_was_rewritten(self, job: Job) -> None:
        job.git("commit", "--quiet", "--amend", "--message", "Rewritten")
        ran = job.run("applied")
        assert ran.status == 0
        assert "does not descend from it" in ran.out


class TestRepositories:
    @pytest.mark.parametrize("depth", [1, 2])
    def test_a_shallow_clone(self, depth: int, job: Job, voxo: FakeVoxo) -> None:
        for number in range(60, 64):
            commit = job.push(f"callFrequency: {number}")
        shallow = job.clone("shallow", f"--depth={depth}")
        assert "Pending: 4 commits" in shallow.run("applied").out
        ran = job.clone("other", f"--depth={depth}").run(*APPLY)
        assert ran.status == 0, ran.said
        assert (voxo.has()["callFrequency"], job.recorded()) == (63, commit)

    def test_a_shallow_clone_that_cannot_be_completed(self, job: Job, voxo: FakeVoxo) -> None:
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

    def test_environments_have_a_record_each(self, job: Job, voxo: FakeVoxo) -> None:
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

    def test_settings_name_the_ref_and_the_remote(self, job: Job, voxo: FakeVoxo) -> None:
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
    def test_a_remote_is_a_name(self, remote: str, job: Job) -> None:
        job.write("voxosync.yaml", f"applied: {{remote: '{remote}'}}\n")
        assert job.run("applied").status == 1

    def test_a_project_in_a_folder(self, job: Job, voxo: FakeVoxo) -> None:
        inner = replace(job, folder=job.folder / "calls")
        inner.folder.mkdir()
        job.git("mv", "campaigns", "calls/campaigns")
        job.commit("Move")
        assert job.run("-C", "calls", *APPLY).status == 0
        job.write("code.py", "1\n")
        code = job.commit("Code")
        job.write("campaigns/unrelated.yaml", "x: 1\n")  # not committed, not of the project
        assert "Pending: nothing" in inner.run("applied").out
        assert inner.run(*APPLY).status == 0
        assert job.recorded() == code
        inner.spring("callFrequency: 60")
        job.commit("Calls")
        assert "Calls" in inner.run("applied").out
        assert inner.run(*APPLY).status == 0
        assert voxo.has()["callFrequency"] == 60

    def test_projects_of_one_repository_cannot_share_a_record(self, job: Job) -> None:
        """The job of one would move the record past changes of the other one, which were then never sent."""
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

    def test_another_worktree(self, job: Job, voxo: FakeVoxo) -> None:
        commit = job.push("callFrequency: 60")
        job.git("worktree", "add", "--quiet", "--detach", "../tree")
        assert replace(job, folder=job.folder.parent / "tree").run(*APPLY).status == 0
        assert (voxo.has()["callFrequency"], job.recorded()) == (60, commit)

    def test_objects_with_longer_names(self, job: Job, voxo: FakeVoxo) -> None:
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
