"""Runs of voxosync in a process that is killed at a request or at a line of its journal."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.fakes.forked_process import VOXOSYNC, ForkedProcess, start
from tests.faults.apply_process import LIMIT
from tests.faults.held_voxo import Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.fault_world import Arrival, World
    from tests.faults.held_voxo import HeldVoxo

APPLY = ("apply", "--yes", "--allow-go-live")

KILLED_AT_LINE = f"""\
import os, signal, sys
from voxosync.sync import journal
from voxosync.voxo.run_limiter import RunLimiter

RunLimiter.backoff = lambda *_: 0.001

line, point = int(sys.argv.pop(1)), sys.argv.pop(1)
write, fsync, written = os.write, os.fsync, 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class DyingOs:
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

journal.os = DyingOs()
{VOXOSYNC}"""
"""A voxosync that kills itself before, amid or after a line of its journal."""


@contextmanager
def forked_process(
    world: World, *arguments: str, program: tuple[str, ...] = (VOXOSYNC,)
) -> Iterator[ForkedProcess]:
    """Run a command in a process, which is killed if it is still running at the end of the context.

    Args:
        world: the project, and the VOXO that it is applied to.
        arguments: the arguments of the command line.
        program: the Python code that runs the command, and further arguments for it.
    """
    world.watch.begin()
    null = os.open(os.devnull, os.O_RDWR)
    process = start(
        *program,
        *arguments,
        folder=world.folder,
        environment=world.environment(),
        streams=(null, null, null),
    )
    os.close(null)
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
    """Run a command in a process and kill it at one of its requests; wait until all connections are closed.

    Args:
        world: the project.
        voxo: the VOXO that the process sends requests to.
        fate: what happens to that request; earlier ones are answered.
        is_due: called with each request as it arrives; returns whether to kill the process.
        arguments: the arguments of a command that sends such a request.
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
