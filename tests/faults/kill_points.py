"""voxosync as a process to be killed: at a request, or around a line of its journal."""

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
