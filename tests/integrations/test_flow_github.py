"""The workflows of examples/github neither lose nor revert a merged change, however a run ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import FIRST_NEW, TOKEN, answer
from tests.cli.creating import NEW_SPRING
from tests.cli.git_remote import APPLIED, push_to_new_remote
from tests.fakes.no_waiting import shorten_waits
from tests.integrations.github_runner import ROOT, GitHubRunner, Run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_voxo import FakeVoxo, Reply

SUCCESS = {"plan": "success", "apply": "success"}


@dataclass
class Team:
    """A clone and its remote, GitHub and VOXO."""

    clone: Project
    remote: Project
    github: GitHubRunner
    voxo: FakeVoxo

    def merge(self, *changes: str, **files: str) -> str:
        """Commits a change of the definition or of other files on main, pushes it, and returns the commit."""
        if changes:
            self.clone.spring(*changes)
        for name, text in files.items():
            self.clone.write(name.replace("__", "/").replace("_csv", ".csv"), text)
        commit = self.clone.commit()
        self.clone.git("push", "--quiet", "--force", "origin", "HEAD:main")
        return commit

    def recorded_commit(self, environment: str = "default") -> str:
        return self.remote.git("rev-parse", f"{APPLIED}/{environment}")

    def call_frequency(self) -> int:
        seconds: int = self.voxo.has()["callFrequency"]
        return seconds


@pytest.fixture
def team(tmp_path: Path, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A team whose main agrees with VOXO and is recorded as applied."""
    shorten_waits(monkeypatch)
    clone = Project(tmp_path / "clone")
    clone.folder.mkdir()
    (tmp_path / "jobs").mkdir()
    clone.spring("numbers: {file: ../lists/spring.csv}")
    clone.write("lists/spring.csv", "number,description\n6015550123,Customer 1042\n6015550124,\n")
    remote = push_to_new_remote(clone, f"{APPLIED}/default")
    secrets = {name: {"VOXO_API_TOKEN": TOKEN} for name in ("voxo-read", "production")}
    github = GitHubRunner(remote.folder, tmp_path / "jobs", voxo.url, secrets)
    return Team(clone, remote, github, voxo)


def reject(_: Run) -> bool:
    return False


LIST = "numbers: {file: ../lists/spring.csv}"


class TestApply:
    def test_sends_the_approved_plan_records_it_and_uploads_the_journal(self, team: Team) -> None:
        commit = team.merge(LIST, "callFrequency: 60")
        waiting: list[int] = []

        def approve(_: Run) -> bool:
            waiting.append(team.call_frequency())
            return True

        run = team.github.run("apply.yml", commit, approve=approve)

        assert (run.jobs, waiting) == (SUCCESS, [30]), run.log
        assert (team.call_frequency(), team.recorded_commit()) == (60, commit)
        (journal,) = (name for name in run.artifacts if name.startswith("voxosync-journal-"))
        folder = run.artifacts[journal]
        rollback = team.clone.run(
            "rollback", journal.removeprefix("voxosync-journal-"), "--yes", "--journal", str(folder),
            VOXO_API_BASE_URL=team.voxo.url, VOXO_API_TOKEN=TOKEN,
        )  # fmt: skip
        assert (rollback.status, team.call_frequency()) == (0, 30), rollback.err

    def test_needs_no_approval_if_there_is_nothing_to_send(self, team: Team) -> None:
        commit = team.merge(README="More\n")
        run = team.github.run("apply.yml", commit, approve=reject)
        assert run.jobs == {"plan": "success", "apply": "skipped"}

    def test_keeps_manual_changes(self, team: Team) -> None:
        team.voxo.has(timeEnd="20:00")
        commit = team.merge(LIST, "callFrequency: 60")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.recorded_commit()) == (SUCCESS, commit)
        assert [body for _, body in team.voxo.sent] == [{"callFrequency": 60}]

    def test_does_not_send_anything_that_would_dial_more_than_the_approved_plan(
        self, team: Team
    ) -> None:
        def start_by_hand(_: Run) -> bool:
            team.voxo.has(state="READY")
            return True

        first = team.recorded_commit()
        commit = team.merge(LIST, lists__spring_csv="number\n6015550123\n6015550124\n6015550125\n")
        run = team.github.run("apply.yml", commit, approve=start_by_hand)
        assert run.jobs == {"plan": "success", "apply": "failure"}
        assert (team.voxo.sent, team.recorded_commit()) == ([], first)


class TestNoChangeIsLost:
    def test_if_github_cancels_a_pending_run(self, team: Team) -> None:
        team.merge(LIST, "callFrequency: 60")  # its run never starts
        commit = team.merge(lists__spring_csv="number\n6015550123\n6015550124\n6015550125\n")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.recorded_commit()) == (SUCCESS, commit), run.log
        assert team.call_frequency() == 60
        assert len(team.voxo.has()["numbers"]) == 3

    def test_if_a_run_fails(self, team: Team) -> None:
        first = team.recorded_commit()
        team.voxo.say(answer(422, {"message": "not now"}), to="PATCH", times=1)
        failed = team.github.run("apply.yml", team.merge(LIST, "callFrequency: 60"))
        assert failed.jobs == {"plan": "success", "apply": "failure"}
        assert (team.call_frequency(), team.recorded_commit()) == (30, first)
        assert any(name.startswith("voxosync-journal-") for name in failed.artifacts)

        commit = team.merge(README="More\n")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.call_frequency(), team.recorded_commit()) == (SUCCESS, 60, commit)

    def test_if_a_plan_is_rejected(self, team: Team) -> None:
        rejected_run = team.github.run(
            "apply.yml", team.merge(LIST, "callFrequency: 60"), approve=reject
        )
        assert rejected_run.jobs == {"plan": "success", "apply": "rejected"}
        commit = team.merge(LIST, "callFrequency: 60", "timeEnd: 17:30")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.call_frequency(), team.recorded_commit()) == (SUCCESS, 60, commit)

    def test_if_a_guard_stops_a_push(self, team: Team) -> None:
        removal = team.merge(
            LIST, "callFrequency: 60", **{"voxosync.yaml": "guards: {maxNumbersRemoved: 0}\n"},
            lists__spring_csv="number\n6015550123\n",
        )  # fmt: skip
        stopped = team.github.run("apply.yml", removal)
        assert stopped.jobs["apply"] == "failure"
        assert team.voxo.sent == []
        commit = team.merge(**{"voxosync.yaml": "guards: {maxNumbersRemoved: 1}\n"})
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.call_frequency(), team.recorded_commit()) == (SUCCESS, 60, commit), (
            run.log
        )

    def test_if_the_workflow_is_started_manually(self, team: Team) -> None:
        commit = team.merge(LIST, "callFrequency: 60")
        run = team.github.run("apply.yml", commit, event="workflow_dispatch")
        assert (run.jobs, team.call_frequency(), team.recorded_commit()) == (SUCCESS, 60, commit)

    def test_if_there_is_a_conflict(self, team: Team) -> None:
        first = team.recorded_commit()
        team.voxo.has(callFrequency=45)
        run = team.github.run("apply.yml", team.merge(LIST, "callFrequency: 60"))
        assert run.jobs == {"plan": "success", "apply": "failure"}
        assert (team.voxo.sent, team.recorded_commit()) == ([], first)
        team.voxo.has(callFrequency=30)
        commit = team.merge(README="More\n")
        assert team.github.run("apply.yml", commit).jobs == SUCCESS
        assert (team.call_frequency(), team.recorded_commit()) == (60, commit)


class TestNoChangeIsReverted:
    def test_if_an_old_run_is_repeated(self, team: Team) -> None:
        old = team.merge(LIST, "callFrequency: 60")
        team.github.run("apply.yml", old)
        new = team.merge(LIST, "callFrequency: 90")
        team.github.run("apply.yml", new)

        repeated = team.github.run("apply.yml", old)

        assert repeated.jobs == {"plan": "failure", "apply": "skipped"}
        assert "is older than the commit that was applied" in repeated.log
        assert (team.call_frequency(), team.recorded_commit()) == (90, new)

    def test_if_a_plan_waited_while_another_was_applied(self, team: Team) -> None:
        first = team.merge(LIST, "callFrequency: 60")
        second = team.merge(LIST, "callFrequency: 90")

        def apply_the_second(_: Run) -> bool:
            assert team.github.run("apply.yml", second).jobs == SUCCESS
            return True

        run = team.github.run("apply.yml", first, approve=apply_the_second)
        assert run.jobs == {"plan": "success", "apply": "failure"}
        assert "the plan is outdated" in run.log
        assert (team.call_frequency(), team.recorded_commit()) == (90, second)

    def test_if_a_push_is_forced(self, team: Team) -> None:
        applied = team.merge(LIST, "callFrequency: 60")
        team.github.run("apply.yml", applied)
        team.clone.git("reset", "--quiet", "--hard", "HEAD^")
        rewritten = team.merge(LIST, "callFrequency: 90")

        run = team.github.run("apply.yml", rewritten)

        assert run.jobs == {"plan": "failure", "apply": "skipped"}
        assert "if the history was rewritten, begin the record again" in run.log
        assert (team.call_frequency(), team.recorded_commit()) == (60, applied)
        # To continue, a person reviews the plan without a base, applies it, and sets the record to its commit.
        variables = {"VOXO_API_BASE_URL": team.voxo.url, "VOXO_API_TOKEN": TOKEN}
        assert team.clone.run("apply", "--yes", **variables).status == 0
        assert team.clone.run("applied", "--set", "HEAD").status == 0
        assert (team.call_frequency(), team.recorded_commit()) == (90, rewritten)
        next_commit = team.merge(LIST, "callFrequency: 45")
        assert team.github.run("apply.yml", next_commit).jobs == SUCCESS
        assert (team.call_frequency(), team.recorded_commit()) == (45, next_commit)

    def test_if_the_workflow_is_started_on_another_branch(self, team: Team) -> None:
        commit = team.merge(LIST, "callFrequency: 60")
        run = team.github.run(
            "apply.yml", commit, event="workflow_dispatch", ref="refs/heads/experiment"
        )
        assert run.jobs == {"plan": "skipped", "apply": "skipped"}


def test_nothing_is_sent_without_a_record_and_the_message_shows_how_to_create_it(
    team: Team,
) -> None:
    team.remote.git("update-ref", "-d", f"{APPLIED}/default")
    commit = team.merge(LIST, "callFrequency: 60")
    run = team.github.run("apply.yml", commit)
    assert run.jobs == {"plan": "failure", "apply": "skipped"}
    assert "begin it with voxosync applied --set COMMIT" in run.log
    assert team.clone.run("applied", "--set", "HEAD^").status == 0
    assert team.github.run("apply.yml", commit).jobs == SUCCESS
    assert team.recorded_commit() == commit


class TestPromotion:
    @pytest.fixture(autouse=True)
    def _two_environments(self, team: Team) -> None:
        team.github.secrets = {
            "staging": {"VOXO_STAGING_TOKEN": TOKEN},
            "voxo-read": {"VOXO_PROD_TOKEN": TOKEN},
            "production": {"VOXO_PROD_TOKEN": TOKEN},
        }
        team.voxo.has(12)
        environments = "".join(
            f"  {name}: {{baseUrl: {team.voxo.url}, tenantId: 17, tokenEnv: VOXO_{name.upper()}_TOKEN}}\n"
            for name in ("staging", "prod")
        )
        commit = team.merge(
            "id: {staging: 12, prod: 4711}", LIST,
            **{"voxosync.yaml": f"environments:\n{environments}"},
        )  # fmt: skip
        for name in ("staging", "prod"):
            team.clone.git("push", "--quiet", "origin", f"{commit}:{APPLIED}/{name}")

    def merge(self, team: Team, *changes: str) -> str:
        return team.merge("id: {staging: 12, prod: 4711}", LIST, *changes)

    def live(self, team: Team) -> tuple[int, int]:
        return team.voxo.has(12)["callFrequency"], team.voxo.has()["callFrequency"]

    def test_applies_to_staging_first_and_to_prod_after_approval(self, team: Team) -> None:
        first = team.recorded_commit("prod")
        merged = self.merge(team, "callFrequency: 60")
        run = team.github.run("promote.yml", merged, approve=reject)
        assert run.jobs == {"staging": "success", "plan-prod": "success", "apply-prod": "rejected"}
        assert self.live(team) == (60, 30)
        assert (team.recorded_commit("staging"), team.recorded_commit("prod")) == (merged, first)

        second = self.merge(team, "callFrequency: 60", "timeEnd: 17:30")
        run = team.github.run("promote.yml", second)
        assert set(run.jobs.values()) == {"success"}, run.log
        assert self.live(team) == (60, 60)
        assert team.voxo.has()["timeEnd"] == "17:30"
        assert (team.recorded_commit("staging"), team.recorded_commit("prod")) == (second, second)

    def test_does_not_continue_to_prod_after_a_failure_in_staging(self, team: Team) -> None:
        team.voxo.say(answer(422, {"message": "no"}), to="PATCH", about="/12")
        run = team.github.run("promote.yml", self.merge(team, "callFrequency: 60"))
        assert run.jobs == {"staging": "failure", "plan-prod": "skipped", "apply-prod": "skipped"}
        assert self.live(team) == (30, 30)


class TestWorkflowThatCommitsNewIds:
    """The workflow in docs/how-to/new-campaign.md."""

    @pytest.fixture
    def workflow(self, team: Team) -> Path:
        page = (ROOT / "docs/how-to/new-campaign.md").read_text(encoding="utf-8")
        [text] = re.findall(r"^```yaml\n(on:\n.*?)^```$", page, re.DOTALL | re.MULTILINE)
        path = team.clone.folder.parent / "create.yml"
        text = text.replace(
            "VOXO_TENANT_ID:", f"VOXO_API_BASE_URL: {team.voxo.url}\n          VOXO_TENANT_ID:"
        )
        path.write_text(text.replace("runs-on:", "environment: voxo-read\n    runs-on:"))
        return path

    def new_campaign(self, team: Team) -> str:
        team.clone.write("campaigns/autumn.yaml", NEW_SPRING)
        return team.merge(LIST, "callFrequency: 60")

    def ids(self, team: Team) -> list[str]:
        return re.findall(
            r"^id: .*", team.remote.git("show", "main:campaigns/autumn.yaml"), re.MULTILINE
        )

    def test_creates_once_and_commits_the_id(self, team: Team, workflow: Path) -> None:
        run = team.github.run(str(workflow), commit := self.new_campaign(team))
        assert run.jobs == {"apply": "success"}, run.log
        assert (team.call_frequency(), team.recorded_commit(), len(team.voxo.campaigns)) == (
            60,
            commit,
            2,
        )
        assert self.ids(team) == [f"id: {FIRST_NEW}"]
        repeated = team.github.run(str(workflow), team.remote.git("rev-parse", "main"))
        assert (repeated.jobs, len(team.voxo.posted)) == ({"apply": "success"}, 1), repeated.log

    def test_keeps_commits_that_were_merged_during_the_run(
        self, team: Team, workflow: Path
    ) -> None:
        commit = self.new_campaign(team)
        later = team.merge(README="More\n")
        run = team.github.run(str(workflow), commit)
        assert run.jobs == {"apply": "success"}, run.log
        assert team.remote.git("rev-parse", "main~") == later
        assert self.ids(team) == [f"id: {FIRST_NEW}"]

    def test_commits_the_ids_of_a_run_that_failed(self, team: Team, workflow: Path) -> None:
        before = team.recorded_commit()
        team.clone.write("campaigns/later.yaml", NEW_SPRING.replace("Autumn", "Later"))
        commit = self.new_campaign(team)
        team.voxo.say(_refuse_all_but_the_first(team.voxo), to="POST")
        run = team.github.run(str(workflow), commit)
        assert (run.jobs, team.recorded_commit()) == ({"apply": "failure"}, before), run.log
        assert self.ids(team) == [f"id: {FIRST_NEW}"]


def _refuse_all_but_the_first(voxo: FakeVoxo) -> Reply:
    """A reply that creates the first new campaign and refuses all others."""

    def reply(handler: Any) -> None:
        is_first = len(voxo.posted) == 1
        (voxo.well_behaved(voxo.received[-1]) if is_first else answer(400, {"message": "no"}))(handler)  # fmt: skip

    return reply
