"""The workflow plan.yml of examples/github: which snapshot it takes, and what it does for forks and the merge queue."""

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
"""Of GitHub's command line what plan.yml needs: the list of runs, and the artifact of one."""


@dataclass
class PullRequest:
    """A branch that changes a campaign, and the runs of snapshot.yml that GitHub knows."""

    clone: Project
    github: GitHubRunner
    runs: list[dict[str, Any]] = field(default_factory=list)

    def has_run(
        self, number: int, *, event: str = "schedule", repository: str = "acme/calls"
    ) -> None:
        """A run of snapshot.yml; newest first."""
        run = {"id": number, "event": event, "head_repository": {"full_name": repository}}
        self.runs.insert(0, run)
        fake = self.github.folder.parent / "github"
        (fake / "runs.json").write_text(json.dumps({"workflow_runs": self.runs}))
        (fake / f"snapshot-{number}.json").write_text("not a snapshot")

    def has_snapshot(self, number: int) -> None:
        """A run of snapshot.yml on main, with what VOXO has."""
        self.has_run(number)
        target = self.github.folder.parent / "github" / f"snapshot-{number}.json"
        target.unlink()
        variables = {"VOXO_API_BASE_URL": self.github.base_url, "VOXO_API_TOKEN": TOKEN}
        arguments = ("snapshot", "--all", "--tenant-id", "17", "--out", str(target))
        ran = self.clone.run(*arguments, **variables)
        assert ran.status == 0, ran.err

    def plan(self, event: str = "pull_request", **payload: Any) -> Any:
        commit = self.clone.git("rev-parse", "HEAD")
        return self.github.run("plan.yml", commit, event=event, payload=payload)


@pytest.fixture
def request_of(tmp_path: Path, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> PullRequest:
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
def test_a_pull_request_is_planned_against_the_snapshot_without_a_token(
    payload: dict[str, Any], request_of: PullRequest, voxo: FakeVoxo
) -> None:
    request_of.has_snapshot(1)
    voxo.received.clear()
    run = request_of.plan(**payload)
    assert run.jobs == {"plan": "success"}, run.log
    assert "callFrequency: 30 → 20 (change)" in run.log
    assert voxo.received == []


def test_the_merge_queue_is_planned_against_what_it_merges_into(request_of: PullRequest) -> None:
    request_of.has_snapshot(1)
    base = request_of.clone.git("rev-parse", "main")
    run = request_of.plan("merge_group", merge_group={"base_sha": base})
    assert run.jobs == {"plan": "success"}, run.log
    assert "callFrequency: 30 → 20 (change)" in run.log


@pytest.mark.parametrize(
    "forged",
    [{"event": "pull_request"}, {"event": "push", "repository": "mallory/calls"}, {"repository": "mallory/calls"}],
    ids=["workflow of a pull request", "branch of a fork", "schedule of a fork"],
)  # fmt: skip
def test_a_snapshot_that_others_made_is_not_taken(
    forged: dict[str, str], request_of: PullRequest
) -> None:
    request_of.has_snapshot(1)
    request_of.has_run(2, **forged)
    assert request_of.plan(**PULL).jobs == {"plan": "success"}


def test_without_a_snapshot_the_job_fails_and_says_what_to_start(request_of: PullRequest) -> None:
    request_of.has_run(2, event="pull_request")
    run = request_of.plan(**FORK)
    assert run.jobs == {"plan": "failure"}
    assert "run the workflow 'Call campaigns, snapshot' on main" in run.log
