"""voxosync as a process to be killed: forked from one that has imported it, which takes most of the time of a call."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from tests.fakes.processes import inherited_variables
from tests.faults.apply_process import LIMIT
from tests.faults.held_voxo import Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.fault_world import Arrival, World
    from tests.faults.held_voxo import HeldVoxo

SERVER = """\
import importlib, json, os, pkgutil, sys
import voxosync

for module in pkgutil.walk_packages(voxosync.__path__, "voxosync."):
    if module.name != "voxosync.__main__":
        importlib.import_module(module.name)

fork = 0
for line in sys.stdin:
    if fork:
        os.waitpid(fork, 0)  # not earlier: until now, its number can be no other process's
    call = json.loads(line)
    if (fork := os.fork()) == 0:
        try:
            for number in range(3):
                os.dup2(os.open(os.devnull, os.O_RDWR), number)
            os.closerange(3, 20)
            os.chdir(call["folder"])
            os.environ.clear()
            os.environ.update(call["environment"])
            sys.argv = call["arguments"]
            exec(call["program"], {"__name__": "__main__"})
        finally:
            os._exit(70)  # voxosync exits by itself
    print(fork, flush=True)
    ending = os.waitid(os.P_PID, fork, os.WEXITED | os.WNOWAIT)
    print(ending.si_status if ending.si_code == os.CLD_EXITED else -ending.si_status, flush=True)
"""

VOXOSYNC = 'import runpy\nrunpy.run_module("voxosync", run_name="__main__", alter_sys=True)\n'

APPLY = ("apply", "--yes", "--allow-go-live")

DYING = f"""\
import os, signal, sys
from voxosync.sync import journal
from voxosync.voxo.run_limiter import RunLimiter

RunLimiter.backoff = lambda *_: 0.001

line, point = int(sys.argv.pop(1)), sys.argv.pop(1)
write, fsync, written = os.write, os.fsync, 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Dying:
    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, file, content):
        global written
        written += 1
        if written == line and point == "before":
            die()
        if written == line and point == "amid":
            write(file, content[: len(content) // 2])
            die()
        return write(file, content)

    def fsync(self, file):
        fsync(file)
        if written == line and point == "synced":
            die()

journal.os = Dying()
{VOXOSYNC}"""
"""voxosync that kills itself around a line of its journal."""


class ForkedProcess:
    """One call, which can be waited for in several threads."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        output = server.stdout
        assert output is not None
        self._number = int(output.readline())
        executor = ThreadPoolExecutor(1)
        self._status = executor.submit(lambda: int(output.readline()))
        executor.shutdown(wait=False)

    def wait(self, seconds: float) -> int:
        """The exit status, or the negative number of a signal; raises a TimeoutError."""
        return self._status.result(seconds)

    def kill(self) -> None:
        if not self._status.done():
            os.kill(self._number, signal.SIGKILL)


@contextmanager
def forked_process(
    world: World, *arguments: str, program: tuple[str, ...] = (VOXOSYNC,)
) -> Iterator[ForkedProcess]:
    """A call; the process is dead when the context is left.

    Args:
        world: the project, and the VOXO that it is applied to.
        arguments: of the command line.
        program: what runs it, and arguments of its own.
    """
    world.watch.begin()
    code, *own_arguments = program
    server = _server()
    assert server.stdin is not None
    call = {
        "program": code,
        "arguments": ["-c", *own_arguments, *arguments],
        "folder": str(world.folder),
        "environment": world.environment(),
    }
    server.stdin.write(json.dumps(call) + "\n")
    server.stdin.flush()
    process = ForkedProcess(server)
    try:
        yield process
    finally:
        process.kill()
        process.wait(LIMIT)


def kill_at_request(
    world: World,
    voxo: HeldVoxo,
    fate: Fate,
    is_due: Callable[[Arrival], bool],
    *arguments: str,
) -> None:
    """Kill a process as the request that is due arrives; then nothing is on its way any more.

    Args:
        world: the project.
        voxo: whom the process sends requests to.
        fate: what becomes of that request; all others before are answered.
        is_due: called with each request as it arrives.
        arguments: of a call that sends such a request.
    """
    started: Future[ForkedProcess] = Future()

    def decide(arrival: Arrival) -> Fate:
        if not is_due(arrival):
            return Fate.ANSWERED
        process = started.result(LIMIT)
        process.kill()
        process.wait(LIMIT)
        return fate

    voxo.decide = decide
    with forked_process(world, *arguments) as process:
        started.set_result(process)
        assert process.wait(LIMIT) == -signal.SIGKILL
    assert voxo.is_idle(LIMIT)
    voxo.decide = lambda _: Fate.ANSWERED


@cache
def _server() -> subprocess.Popen[str]:
    """The process that has imported voxosync; it ends when its stdin is closed."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        env={**inherited_variables(), "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server
