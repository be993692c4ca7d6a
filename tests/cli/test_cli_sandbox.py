"""`voxosync sandbox` runs a local VOXO, which the other commands use like the real one."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.cli_project import Project

pytest.importorskip("starlette", reason="the sandbox is an extra")
pytest.importorskip("uvicorn", reason="the sandbox is an extra")

EXPORT = re.compile(r"export VOXO_API_BASE_URL=(\S+) VOXO_API_TOKEN=(\S+)\n")


@contextmanager
def sandbox(
    project: Project, *arguments: str, stop: signal.Signals = signal.SIGINT
) -> Iterator[subprocess.Popen[str]]:
    """A sandbox in a separate process, which the next calls of the project use."""
    process = subprocess.Popen(
        [sys.executable, "-m", "voxosync", "sandbox", "--port", "0", *arguments],
        cwd=project.folder,
        env=project.environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        match = EXPORT.fullmatch(process.stdout.readline())
        assert match
        project.variables.update(VOXO_API_BASE_URL=match[1], VOXO_API_TOKEN=match[2])
        yield process
        process.send_signal(stop)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 0
        assert out == ""
        assert "Traceback" not in err
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_sandbox_prints_its_variables_and_stops_without_an_error(
    stop: signal.Signals, project: Project
) -> None:
    with sandbox(project, "--load", "campaigns", stop=stop):
        assert project.run("plan", "--exit-code").status == 0


def test_sandbox_loads_definitions_as_live_campaigns(project: Project) -> None:
    with sandbox(project, "--load", "campaigns", "--tenant-id", "18"):
        project.spring("callFrequency: 60", "enableVMDetect: 0", "numbers: [{number: 6015550199}]")
        assert project.run("plan", "--exit-code", VOXO_TENANT_ID="18").status == 2
        assert project.run("apply", "--yes", VOXO_TENANT_ID="18").status == 0
        assert project.run("plan", "--exit-code").status == 0


def test_sandbox_has_the_requested_fault(project: Project) -> None:
    with sandbox(project, "--load", "campaigns", "--fault", "ignore-field:callFrequency"):
        project.spring("callFrequency: 60")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "not converged" in ran.out


def test_sandbox_keeps_campaigns_in_a_state_file(project: Project) -> None:
    with sandbox(project, "--load", "campaigns", "--state", "state.db"):
        project.spring("callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
    with sandbox(project, "--state", "state.db"):
        assert project.run("plan", "--exit-code").status == 0


class TestUsageErrors:
    def test_port_in_use(self, project: Project) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            ran = project.process("sandbox", "--port", str(port))
        assert ran.status == 1
        assert f"port {port}: it is in use; choose another with --port" in ran.err
        assert ran.out == ""

    def test_invalid_definition(self, project: Project) -> None:
        project.spring("callFrequency: 5")
        ran = project.process("sandbox", "--port", "0", "--load", "campaigns")
        assert ran.status == 1
        assert "error: callFrequency" in ran.err
        assert ran.out == ""

    def test_file_that_is_not_a_state_file(self, project: Project) -> None:
        project.write("state.db", "something else, and more than a database's header is long")
        ran = project.process("sandbox", "--port", "0", "--state", "state.db")
        assert ran.status == 1
        assert "state.db" in ran.err

    def test_unknown_fault(self, project: Project) -> None:
        ran = project.process("sandbox", "--port", "0", "--fault", "no-such-fault")
        assert ran.status == 1
        assert "no-such-fault" in ran.err
