"""The workflow plan.yml of examples/github: the snapshot that it uses, pull requests of forks, and the merge queue."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN
from tests.cli.git_remote import push_to_new_remote
from tests.fakes.no_waiting import shorten_waits
from tests.integrations.github_runner import GitHubRunner

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_voxo import FakeVoxo

GH = """\
#!/usr/bin/env bash
set -eu
if [ "$1" = api ]; then
  case "$2" in
    "repos/acme/calls/actions/workflows/voxosync-snapshot.yml/runs?branch=main&status=success&"*) ;;
    *) echo "unexpected: $2" >&2; exit 1 ;;
  esac
  [ "$3" = --jq ]
  jq -r "$4" "$GH_FAKE/runs.json"
else
  [ "$1 $2 $4 $5 $6" = "run download --name voxosync-snapshot --dir" ]
  cp "$GH_FAKE/snapshot-$3.json" "$7/snapshot.json"
fi
"""
"""The part of the GitHub command line that plan.yml uses: the list of runs, and the artifact of a run."""


@dataclass
class PullRequest:
    """A branch that changes a campaign, and the runs of snapshot.yml on GitHub."""

    clone: Project
    github: GitHubRunner
    runs: list[dict[str, Any]] = field(default_factory=list)

    def has_run(
        self, number: int, *, event: str = "schedule", repository: str = "acme/calls"
    ) -> None:
        """Adds a run of snapshot.yml as the newest one."""
        run = {"id": number, "event": event, "head_repository": {"full_name": repository}}
        self.runs.insert(0, run)
        fake = self.github.folder.parent / "github"
        (fake / "runs.json").write_text(json.dumps({"workflow_runs": self.runs}))
        (fake / f"snapshot-{number}.json").write_text("not a snapshot")

    def has_snapshot(self, number: int) -> None:
        """Adds a run of snapshot.yml on main, with a snapshot of VOXO."""
        self.has_run(number)
        target = self.github.folder.parent / "github" / f"snapshot-{number}.json"
        target.unlink()
        variables = {"VOXO_API_BASE_URL": self.github.base_url, "VOXO_API_TOKEN": TOKEN}
        arguments = ("snapshot", "--all", "--tenant-id", "17", "--out", str(target))
        ran = self.clone.run(*arguments, **variables)
        assert ran.status == 0, ran.err

    def plan(self, event: str = "pull_request", /, **payload: Any) -> Any:
        commit = self.clone.git("rev-parse", "HEAD")
        return self.github.run("plan.yml", commit, event=event, payload=payload)


@pytest.fixture
def pull_request(tmp_path: Path, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> PullRequest:
    shorten_waits(monkeypatch)
    clone = Project(tmp_path / "clone")
    for name in ("clone", "jobs", "github", "programs"):
        (tmp_path / name).mkdir()
    program = tmp_path / "programs" / "gh"
    program.write_text(GH.replace("$GH_FAKE", str(tmp_path / "github")))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    clone.spring()
    remote = push_to_new_remote(clone)
    clone.git("switch", "--quiet", "--create", "faster")
    clone.spring("callFrequency: 20")
    clone.commit("Faster")
    clone.git("push", "--quiet", "origin", "faster")
    github = GitHubRunner(remote.folder, tmp_path / "jobs", voxo.url, {}, tmp_path / "programs")
    return PullRequest(clone, github)


PULL = {"pull_request": {"head": {"repo": {"full_name": "acme/calls"}}}}
FORK = {"pull_request": {"head": {"repo": {"full_name": "mallory/calls"}}}}


@pytest.mark.parametrize("payload", [PULL, FORK], ids=["branch", "fork"])
def test_pull_request_is_planned_with_the_snapshot_and_without_a_token(
    payload: dict[str, Any], pull_request: PullRequest, voxo: FakeVoxo
) -> None:
    pull_request.has_snapshot(1)
    voxo.received.clear()
    run = pull_request.plan(**payload)
    assert run.jobs == {"plan": "success"}, run.log
    assert "callFrequency: 30 → 20 (change)" in run.log
    assert voxo.received == []


def test_merge_queue_is_planned_against_the_commit_into_which_it_merges(
    pull_request: PullRequest,
) -> None:
    pull_request.has_snapshot(1)
    base = pull_request.clone.git("rev-parse", "main")
    run = pull_request.plan("merge_group", merge_group={"base_sha": base})
    assert run.jobs == {"plan": "success"}, run.log
    assert "callFrequency: 30 → 20 (change)" in run.log


@pytest.mark.parametrize(
    "forged",
    [{"event": "pull_request"}, {"event": "push", "repository": "mallory/calls"}, {"repository": "mallory/calls"}],
    ids=["workflow of a pull request", "branch of a fork", "schedule of a fork"],
)  # fmt: skip
def test_snapshot_of_an_untrusted_run_is_not_used(
    forged: dict[str, str], pull_request: PullRequest
) -> None:
    pull_request.has_snapshot(1)
    pull_request.has_run(2, **forged)
    assert pull_request.plan(**PULL).jobs == {"plan": "success"}


def test_job_fails_without_a_snapshot_and_names_the_workflow_to_run(
    pull_request: PullRequest,
) -> None:
    pull_request.has_run(2, event="pull_request")
    run = pull_request.plan(**FORK)
    assert run.jobs == {"plan": "failure"}
    assert "run the workflow 'Call campaigns, snapshot' on main" in run.log
