"""The applied record: `--base @applied`, `applied` and `applied --set`, with real repositories and a real remote."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN, FakeVoxo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Ran

REF = "refs/voxosync/applied/default"
APPLY = ("apply", "--yes", "--base", "@applied")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare remote and a clone of it, with one commit and its record: copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    clone = Project(folder / "project")
    clone.folder.mkdir()
    clone.spring()
    clone.write(".gitignore", ".voxosync/\n*.plan.json\n")
    clone.git("init", "--quiet", "--initial-branch", "main")
    clone.commit("The campaign")
    clone.git("init", "--quiet", "--bare", "--initial-branch", "main", "../remote.git")
    clone.git("remote", "add", "origin", "../remote.git")
    clone.git("push", "--quiet", "origin", "main", f"main:{REF}")
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
