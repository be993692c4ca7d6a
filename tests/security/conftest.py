"""What the tests of this folder share with those of others: a project, two servers, the fuzz targets."""

from __future__ import annotations

import ssl
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / name) for name in ("tests/security", "tests/cli", "tests/voxo", "fuzz")]

from cli_project import Project  # noqa: E402  # found by the line above
from cli_voxo import FakeVoxo  # noqa: E402  # as above
from marked import LIVE, MARKED, SETTINGS, TENANT  # noqa: E402  # as above

from voxosync.sandbox.server import Sandbox  # noqa: E402  # as above
from voxosync.voxo import retry_policy, run_limiter  # noqa: E402  # as above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@pytest.fixture
def server() -> Iterator[FakeVoxo]:
    """A server that says what a test tells it to."""
    server = FakeVoxo()
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one definition, whose calls have the marked token."""
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, {"VOXO_API_TOKEN": MARKED, "VOXOSYNC_DEBUG": "1"})
    project.write("voxosync.yaml", SETTINGS)
    project.spring("callFrequency: 60", "message: Renew today")
    return project


@pytest.fixture
def misbehaving(project: Project) -> Callable[..., AbstractContextManager[Sandbox]]:
    """A sandbox, for a `with`, that misbehaves as the words given say; the project's calls are about it."""

    @contextmanager
    def start(*faults: str) -> Iterator[Sandbox]:
        with Sandbox(token=MARKED, tenant_id=TENANT) as sandbox:
            sandbox.store.put(4711, LIVE)
            sandbox.faults.set(faults)
            project.variables["VOXO_API_BASE_URL"] = sandbox.base_url
            yield sandbox

    return start


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off without pauses, and no silence that lasts, for calls in this process."""
    impatient = partial(
        retry_policy.RetryPolicy, silence=1.5, between_bytes=1, requested_pause=0.3, attempts=2
    )
    monkeypatch.setattr(retry_policy, "RetryPolicy", impatient)
    monkeypatch.setattr(run_limiter.RunLimiter, "backoff", lambda *_: 0.001)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
