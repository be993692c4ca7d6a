"""Fixtures of the tests of security: a project, a fake VOXO and a sandbox with faults."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import FakeVoxo
from tests.fakes.no_waiting import shorten_waits
from tests.security.marked import LIVE, MARKED, SETTINGS, TENANT
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[FakeVoxo]:
    """A VOXO that sends the responses that a test sets."""
    server = FakeVoxo()
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one definition, whose commands use the marked token."""
    return new_project(tmp_path / "project")


def new_project(folder: Path) -> Project:
    folder.mkdir()
    project = Project(folder, {"VOXO_API_TOKEN": MARKED, "VOXOSYNC_DEBUG": "1"})
    project.write("voxosync.yaml", SETTINGS)
    project.spring("callFrequency: 60", "message: Renew today")
    return project


@dataclass(frozen=True)
class AppliedProject:
    """A project after one run, which can be rolled back; its copies are ready in less time than another run takes.

    Attributes:
        folder: the folder of the project.
        url: the base URL of the run.
        patch: what was sent to campaign 4711.
    """

    folder: Path
    url: str
    patch: dict[str, Any]

    def copy_to(self, project: Project, url: str) -> None:
        """Add the run to a project, as one with the server at this base URL."""
        shutil.copytree(self.folder, project.folder, dirs_exist_ok=True)
        for journal in (project.folder / ".voxosync/runs").iterdir():
            journal.write_text(journal.read_text().replace(self.url, url))


@pytest.fixture(scope="session")
def applied_project(tmp_path_factory: pytest.TempPathFactory) -> AppliedProject:
    project = new_project(tmp_path_factory.mktemp("applied") / "project")
    with Sandbox(token=MARKED, tenant_id=TENANT) as sandbox:
        sandbox.store.put(4711, LIVE)
        assert project.run("apply", "--yes", VOXO_API_BASE_URL=sandbox.base_url).status == 0
        [patch] = [request.body for request in sandbox.requests if request.method == "PATCH"]
        url = sandbox.base_url
    project.spring("callFrequency: 90")
    project.write("new/one.yaml", "name: Brand new\nstate: PAUSED\n")
    return AppliedProject(project.folder, url, patch)


@pytest.fixture
def sandbox_with_faults(project: Project) -> Callable[..., AbstractContextManager[Sandbox]]:
    """A function that starts a sandbox with faults, as a context; the commands of the project use it."""

    @contextmanager
    def start(*faults: str) -> Iterator[Sandbox]:
        with Sandbox(token=MARKED, tenant_id=TENANT) as sandbox:
            sandbox.store.put(4711, LIVE)
            sandbox.faults.set(faults)
            project.variables["VOXO_API_BASE_URL"] = sandbox.base_url
            yield sandbox

    return start


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off without pauses and give up soon, in commands that run in this process."""
    shorten_waits(monkeypatch, silence=1.5, between_bytes=1, requested_pause=0.3, attempts=2)
