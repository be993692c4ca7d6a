"""`voxosync sandbox` runs a local VOXO; the other commands cannot tell the difference."""

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
    """A sandbox as a process, of which the project's next calls are about."""
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
def test_prints_what_other_commands_need_and_ends_in_peace(
    stop: signal.Signals, project: Project
) -> None:
    with sandbox(project, "--load", "campaigns", stop=stop):
        assert project.run("plan", "--exit-code").status == 0


def test_takes_definitions_as_live_campaigns(project: Project) -> None:
    with sandbox(project, "--load", "campaigns", "--tenant-id", "18"):
        project.spring("callFrequency: 60", "enableVMDetect: 0", "numbers: [{number: 6015550199}]")
        assert project.run("plan", "--exit-code", VOXO_TENANT_ID="18").status == 2
        assert project.run("apply", "--yes", VOXO_TENANT_ID="18").status == 0
        assert project.run("plan", "--exit-code").status == 0


def test_misbehaves_on_request(project: Project) -> None:
    with sandbox(project, "--load", "campaigns", "--fault", "ignore-field:callFrequency"):
        project.spring("callFrequency: 60")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "not converged" in ran.out


def test_keeps_campaigns_in_a_file(project: Project) -> None:
    with sandbox(project, "--load", "campaigns", "--state", "state.db"):
        project.spring("callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
    with sandbox(project, "--state", "state.db"):
        assert project.run("plan", "--exit-code").status == 0


class TestUsage:
    def test_a_port_that_is_taken_is_1(self, project: Project) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            ran = project.process("sandbox", "--port", str(port))
        assert ran.status == 1
        assert f"port {port}: it is in use; choose another with --port" in ran.err
        assert ran.out == ""

    def test_a_wrong_definition_is_1(self, project: Project) -> None:
        project.spring("callFrequency: 5")
        ran = project.process("sandbox", "--port", "0", "--load", "campaigns")
        assert ran.status == 1
        assert "error: callFrequency" in ran.err
        assert ran.out == ""

    def test_a_file_that_holds_no_state_is_1(self, project: Project) -> None:
        project.write("state.db", "something else, and more than a database's header is long")
        ran = project.process("sandbox", "--port", "0", "--state", "state.db")
        assert ran.status == 1
        assert "state.db" in ran.err

    def test_an_unknown_fault_is_1(self, project: Project) -> None:
        ran = project.process("sandbox", "--port", "0", "--fault", "no-such-fault")
        assert ran.status == 1
        assert "no-such-fault" in ran.err
