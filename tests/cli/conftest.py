"""A project in sync with a VOXO of these tests' own: each test changes the one thing that it is about."""

from __future__ import annotations

import ssl
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN, FakeVoxo
from voxosync.voxo import retry_policy, run_limiter

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
    """A project whose one definition agrees with what VOXO holds."""
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN})
    project.spring()
    return project


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off without pauses, and no CA bundle read for plain HTTP: for calls in this process."""
    monkeypatch.setattr(run_limiter.RunLimiter, "backoff", lambda *_: 0.001)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead server ends a run after a second, for calls in this process."""
    monkeypatch.setattr(
        retry_policy, "RetryPolicy", partial(retry_policy.RetryPolicy, silence=1, between_bytes=0.3)
    )
