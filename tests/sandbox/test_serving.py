"""The sandbox as a server: where it listens, what it keeps, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import voxosync
from voxosync.sandbox.server import Sandbox

HEADERS = {"Authorization": "Bearer sandbox-token"}


def test_two_sandboxes_are_independent() -> None:
    with Sandbox() as first, Sandbox() as second:
        first.store.put(1, {})

        assert httpx.get(f"{first.base_url}/v2/call-campaigns/1", headers=HEADERS).is_success
        assert not httpx.get(f"{second.base_url}/v2/call-campaigns/1", headers=HEADERS).is_success


def test_sandbox_listens_on_this_machine_only(sandbox: Sandbox) -> None:
    assert sandbox.base_url == f"http://127.0.0.1:{sandbox.port}"


def test_port_is_free_again_after_the_end() -> None:
    with Sandbox() as sandbox:
        httpx.get(sandbox.base_url)

    with Sandbox(port=sandbox.port) as restarted:
        assert httpx.get(restarted.base_url).status_code == 401


def test_port_in_use_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sandbox = Sandbox(port=listener.getsockname()[1])
        with pytest.raises(OSError, match="in use"), sandbox:
            pass


def test_restart_with_the_same_state_file_keeps_the_campaigns(
    tmp_path: Path, spring: dict[str, Any]
) -> None:
    state = tmp_path / "voxo.sqlite"
    with Sandbox(state=state) as sandbox:
        sandbox.store.put(4711, spring)
        url = f"{sandbox.base_url}/v2/admin/call-campaigns/4711"
        before = httpx.patch(url, headers=HEADERS, json={"callFrequency": 60}).json()

    with Sandbox(state=state) as sandbox:
        url = f"{sandbox.base_url}/v2/admin/call-campaigns/4711"
        assert httpx.get(url, headers=HEADERS).json() == before


PROGRAM = """
from voxosync.sandbox.server import Sandbox
with Sandbox() as sandbox:
    sandbox.serve_forever(ready=lambda: print(sandbox.base_url, flush=True))
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_sandbox_without_an_error(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(voxosync.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        assert httpx.get(base_url).status_code == 401

        process.send_signal(number)
        assert process.communicate(timeout=60) == ("ended\n", "")
        assert process.returncode == 0


def test_sandbox_ends_without_waiting_for_a_delay() -> None:
    with socket.socket() as connection:
        with Sandbox(faults=["delay:600@PATCH"]) as sandbox:
            connection.connect(("127.0.0.1", sandbox.port))
            connection.sendall(b"PATCH / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            while "PATCH" not in [request.method for request in list(sandbox.requests)]:
                httpx.get(sandbox.base_url)

        assert connection.recv(1) == b""
