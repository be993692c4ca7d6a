"""A project in sync with a fake VOXO: each test changes the one thing that it tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SHARED_FILE, Project
from tests.cli.cli_voxo import TOKEN, FakeVoxo
from tests.cli.drift_watch import Clock
from tests.fakes.no_waiting import shorten_waits
from voxosync.app import project as project_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def voxo() -> Iterator[FakeVoxo]:
    """A VOXO that holds campaign 4711."""
    server = FakeVoxo()
    server.has(4711)
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path, voxo: FakeVoxo) -> Project:
    """A project whose only definition agrees with VOXO."""
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN})
    project.spring()
    return project


@pytest.fixture
def staging() -> Iterator[FakeVoxo]:
    """Another VOXO, which holds the same campaign with another id."""
    server = FakeVoxo()
    server.has(12)
    yield server
    server.stop()


@pytest.fixture
def two_environments(project: Project, voxo: FakeVoxo, staging: FakeVoxo) -> Project:
    """A project whose only definition, `SHARED_FILE`, is for staging and prod, and agrees with both."""
    project.write(
        "voxosync.yaml",
        "environments:\n"
        f"  staging: {{baseUrl: '{staging.url}', tenantId: 17}}\n"
        f"  prod: {{baseUrl: '{voxo.url}', tenantId: 17}}\n",
    )
    spring = project.folder / "campaigns/spring.yaml"
    project.write(
        SHARED_FILE, spring.read_text().replace("id: 4711", "id: {staging: 12, prod: 4711}")
    )
    spring.unlink()
    project.variables = {"VOXO_API_TOKEN": TOKEN}
    return project


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The current time for calls in this process, which the test sets."""
    clock = Clock()
    monkeypatch.setattr(project_module, "now", lambda: clock.moment)
    return clock


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls in this process do not wait before they retry."""
    shorten_waits(monkeypatch)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls in this process give up after a second without a response."""
    shorten_waits(monkeypatch, silence=1, between_bytes=0.3)
