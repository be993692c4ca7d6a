"""The workflows of examples/github lose no merged change and take none back, whatever becomes of a run."""

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
    """People with a clone, a remote, GitHub and VOXO."""

    clone: Project
    remote: Project
    github: GitHubRunner
    voxo: FakeVoxo

    def merge(self, *changes: str, **files: str) -> str:
        """Commit a change of the definition, or of other files, on main, and push it."""
        if changes:
            self.clone.spring(*changes)
        for name, text in files.items():
            self.clone.write(name.replace("__", "/").replace("_csv", ".csv"), text)
        commit = self.clone.commit()
        self.clone.git("push", "--quiet", "--force", "origin", "HEAD:main")
        return commit

    def recorded(self, environment: str = "default") -> str:
        return self.remote.git("rev-parse", f"{APPLIED}/{environment}")

    def dials_every(self) -> int:
        seconds: int = self.voxo.has()["callFrequency"]
        return seconds


@pytest.fixture
def team(tmp_path: Path, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> Team:
    """VOXO agrees with main, and the record says so."""
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


def rejected(_: Run) -> bool:
    return False


LIST = "numbers: {file: ../lists/spring.csv}"


class TestApply:
    def test_sends_the_approved_plan_records_it_and_keeps_the_journal(self, team: Team) -> None:
        commit = team.merge(LIST, "callFrequency: 60")
        waiting: list[int] = []

        run = team.github.run(
            "apply.yml", commit, approve=lambda _: waiting.append(team.dials_every()) is None
        )

        assert (run.jobs, waiting) == (SUCCESS, [30]), run.log
        assert (team.dials_every(), team.recorded()) == (60, commit)
        (journal,) = (name for name in run.artifacts if name.startswith("voxosync-journal-"))
        folder = run.artifacts[journal]
        undone = team.clone.run(
            "rollback", journal.removeprefix("voxosync-journal-"), "--yes", "--journal", str(folder),
            VOXO_API_BASE_URL=team.voxo.url, VOXO_API_TOKEN=TOKEN,
        )  # fmt: skip
        assert (undone.status, team.dials_every()) == (0, 30), undone.err

    def test_asks_for_no_approval_where_there_is_nothing_to_send(self, team: Team) -> None:
        commit = team.merge(README="More\n")
        run = team.github.run("apply.yml", commit, approve=rejected)
        assert run.jobs == {"plan": "success", "apply": "skipped"}

    def test_leaves_alone_what_was_changed_by_hand(self, team: Team) -> None:
        team.voxo.has(timeEnd="20:00")
        commit = team.merge(LIST, "callFrequency: 60")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.recorded()) == (SUCCESS, commit)
        assert [body for _, body in team.voxo.sent] == [{"callFrequency": 60}]

    def test_does_not_send_what_would_dial_more_than_the_approved_plan(self, team: Team) -> None:
        def started_by_hand(_: Run) -> bool:
            team.voxo.has(state="READY")
            return True

        first = team.recorded()
        commit = team.merge(LIST, lists__spring_csv="number\n6015550123\n6015550124\n6015550125\n")
        run = team.github.run("apply.yml", commit, approve=started_by_hand)
        assert run.jobs == {"plan": "success", "apply": "failure"}
        assert (team.voxo.sent, team.recorded()) == ([], first)


class TestNothingIsLost:
    def test_by_a_pending_run_that_github_cancels(self, team: Team) -> None:
        team.merge(LIST, "callFrequency: 60")  # its run never starts
        commit = team.merge(lists__spring_csv="number\n6015550123\n6015550124\n6015550125\n")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.recorded()) == (SUCCESS, commit), run.log
        assert team.dials_every() == 60
        assert len(team.voxo.has()["numbers"]) == 3

    def test_by_a_run_that_fails(self, team: Team) -> None:
        first = team.recorded()
        team.voxo.say(answer(422, {"message": "not now"}), to="PATCH", times=1)
        failed = team.github.run("apply.yml", team.merge(LIST, "callFrequency: 60"))
        assert failed.jobs == {"plan": "success", "apply": "failure"}
        assert (team.dials_every(), team.recorded()) == (30, first)
        assert any(name.startswith("voxosync-journal-") for name in failed.artifacts)

        commit = team.merge(README="More\n")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.dials_every(), team.recorded()) == (SUCCESS, 60, commit)

    def test_by_a_plan_that_is_not_approved(self, team: Team) -> None:
        turned_down = team.github.run(
            "apply.yml", team.merge(LIST, "callFrequency: 60"), approve=rejected
        )
        assert turned_down.jobs == {"plan": "success", "apply": "rejected"}
        commit = team.merge(LIST, "callFrequency: 60", "timeEnd: 17:30")
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.dials_every(), team.recorded()) == (SUCCESS, 60, commit)

    def test_by_a_guard_that_stops_a_push(self, team: Team) -> None:
        removal = team.merge(
            LIST, "callFrequency: 60", **{"voxosync.yaml": "guards: {maxNumbersRemoved: 0}\n"},
            lists__spring_csv="number\n6015550123\n",
        )  # fmt: skip
        stopped = team.github.run("apply.yml", removal)
        assert stopped.jobs["apply"] == "failure"
        assert team.voxo.sent == []
        commit = team.merge(**{"voxosync.yaml": "guards: {maxNumbersRemoved: 1}\n"})
        run = team.github.run("apply.yml", commit)
        assert (run.jobs, team.dials_every(), team.recorded()) == (SUCCESS, 60, commit), run.log

    def test_where_the_workflow_is_started_by_hand(self, team: Team) -> None:
        commit = team.merge(LIST, "callFrequency: 60")
        run = team.github.run("apply.yml", commit, event="workflow_dispatch")
        assert (run.jobs, team.dials_every(), team.recorded()) == (SUCCESS, 60, commit)

    def test_by_a_conflict(self, team: Team) -> None:
        first = team.recorded()
        team.voxo.has(callFrequency=45)
        run = team.github.run("apply.yml", team.merge(LIST, "callFrequency: 60"))
        assert run.jobs == {"plan": "success", "apply": "failure"}
        assert (team.voxo.sent, team.recorded()) == ([], first)
        team.voxo.has(callFrequency=30)
        commit = team.merge(README="More\n")
        assert team.github.run("apply.yml", commit).jobs == SUCCESS
        assert (team.dials_every(), team.recorded()) == (60, commit)


class TestNothingIsTakenBack:
    def test_by_a_run_that_is_started_again(self, team: Team) -> None:
        old = team.merge(LIST, "callFrequency: 60")
        team.github.run("apply.yml", old)
        new = team.merge(LIST, "callFrequency: 90")
        team.github.run("apply.yml", new)

        again = team.github.run("apply.yml", old)

        assert again.jobs == {"plan": "failure", "apply": "skipped"}
        assert "is older than the commit that was applied" in again.log
        assert (team.dials_every(), team.recorded()) == (90, new)

    def test_by_a_plan_that_waited_while_another_was_applied(self, team: Team) -> None:
        first = team.merge(LIST, "callFrequency: 60")
        second = team.merge(LIST, "callFrequency: 90")

        def meanwhile(_: Run) -> bool:
            assert team.github.run("apply.yml", second).jobs == SUCCESS
            return True

        run = team.github.run("apply.yml", first, approve=meanwhile)
        assert run.jobs == {"plan": "success", "apply": "failure"}
        assert "the plan is outdated" in run.log
        assert (team.dials_every(), team.recorded()) == (90, second)

    def test_by_a_forced_push(self, team: Team) -> None:
        applied = team.merge(LIST, "callFrequency: 60")
        team.github.run("apply.yml", applied)
        team.clone.git("reset", "--quiet", "--hard", "HEAD^")
        rewritten = team.merge(LIST, "callFrequency: 90")

        run = team.github.run("apply.yml", rewritten)

        assert run.jobs == {"plan": "failure", "apply": "skipped"}
        assert "if the history was rewritten, begin the record again" in run.log
        assert (team.dials_every(), team.recorded()) == (60, applied)
        # The way out: a person looks at the two-sided plan, applies it, and begins the record there.
        variables = {"VOXO_API_BASE_URL": team.voxo.url, "VOXO_API_TOKEN": TOKEN}
        assert team.clone.run("apply", "--yes", **variables).status == 0
        assert team.clone.run("applied", "--set", "HEAD").status == 0
        assert (team.dials_every(), team.recorded()) == (90, rewritten)
        next_commit = team.merge(LIST, "callFrequency: 45")
        assert team.github.run("apply.yml", next_commit).jobs == SUCCESS
        assert (team.dials_every(), team.recorded()) == (45, next_commit)

    def test_by_another_branch_on_which_the_workflow_is_started(self, team: Team) -> None:
        commit = team.merge(LIST, "callFrequency: 60")
        run = team.github.run(
            "apply.yml", commit, event="workflow_dispatch", ref="refs/heads/experiment"
        )
        assert run.jobs == {"plan": "skipped", "apply": "skipped"}


def test_before_the_record_begins_nothing_is_sent_and_the_message_says_how(team: Team) -> None:
    team.remote.git("update-ref", "-d", f"{APPLIED}/default")
    commit = team.merge(LIST, "callFrequency: 60")
    run = team.github.run("apply.yml", commit)
    assert run.jobs == {"plan": "failure", "apply": "skipped"}
    assert "begin it with voxosync applied --set COMMIT" in run.log
    assert team.clone.run("applied", "--set", "HEAD^").status == 0
    assert team.github.run("apply.yml", commit).jobs == SUCCESS
    assert team.recorded() == commit


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

    def test_staging_comes_first_and_prod_when_its_plan_is_approved(self, team: Team) -> None:
        first = team.recorded("prod")
        merged = self.merge(team, "callFrequency: 60")
        run = team.github.run("promote.yml", merged, approve=rejected)
        assert run.jobs == {"staging": "success", "plan-prod": "success", "apply-prod": "rejected"}
        assert self.live(team) == (60, 30)
        assert (team.recorded("staging"), team.recorded("prod")) == (merged, first)

        two = self.merge(team, "callFrequency: 60", "timeEnd: 17:30")
        run = team.github.run("promote.yml", two)
        assert set(run.jobs.values()) == {"success"}, run.log
        assert self.live(team) == (60, 60)
        assert team.voxo.has()["timeEnd"] == "17:30"
        assert (team.recorded("staging"), team.recorded("prod")) == (two, two)

    def test_what_fails_on_staging_does_not_reach_prod(self, team: Team) -> None:
        team.voxo.say(answer(422, {"message": "no"}), to="PATCH", about="/12")
        run = team.github.run("promote.yml", self.merge(team, "callFrequency: 60"))
        assert run.jobs == {"staging": "failure", "plan-prod": "skipped", "apply-prod": "skipped"}
        assert self.live(team) == (30, 30)


class TestTheWorkflowThatCommitsNewIds:
    """The one of docs/how-to/new-campaign.md."""

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
        assert (team.dials_every(), team.recorded(), len(team.voxo.campaigns)) == (60, commit, 2)
        assert self.ids(team) == [f"id: {FIRST_NEW}"]
        again = team.github.run(str(workflow), team.remote.git("rev-parse", "main"))
        assert (again.jobs, len(team.voxo.posted)) == ({"apply": "success"}, 1), again.log

    def test_keeps_what_was_merged_meanwhile(self, team: Team, workflow: Path) -> None:
        commit = self.new_campaign(team)
        later = team.merge(README="More\n")
        run = team.github.run(str(workflow), commit)
        assert run.jobs == {"apply": "success"}, run.log
        assert team.remote.git("rev-parse", "main~") == later
        assert self.ids(team) == [f"id: {FIRST_NEW}"]

    def test_commits_the_ids_of_a_run_that_failed(self, team: Team, workflow: Path) -> None:
        before = team.recorded()
        team.clone.write("campaigns/later.yaml", NEW_SPRING.replace("Autumn", "Later"))
        commit = self.new_campaign(team)
        team.voxo.say(_second_time(team.voxo), to="POST")
        run = team.github.run(str(workflow), commit)
        assert (run.jobs, team.recorded()) == ({"apply": "failure"}, before), run.log
        assert self.ids(team) == [f"id: {FIRST_NEW}"]


def _second_time(voxo: FakeVoxo) -> Reply:
    """A refusal of all campaigns but the first new one."""

    def reply(handler: Any) -> None:
        is_first = len(voxo.posted) == 1
        (voxo.well_behaved(voxo.received[-1]) if is_first else answer(400, {"message": "no"}))(handler)  # fmt: skip

    return reply
