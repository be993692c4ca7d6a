"""voxosync as a process of its own, to be killed or interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.faults.held_voxo import Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.fault_world import Arrival, World
    from tests.faults.held_voxo import HeldVoxo

LIMIT = 30  # seconds after which a process that does not end is stuck

VOXOSYNC = ("-m", "voxosync")

DYING = """\
import os, runpy, signal, sys
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
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""
"""voxosync that kills itself around a line of its journal."""


@contextmanager
def apply_process(
    world: World, *arguments: str, program: tuple[str, ...] = VOXOSYNC
) -> Iterator[subprocess.Popen[str]]:
    """`voxosync apply --yes`; the process is dead when the context is left."""
    flags = ("apply", "--yes", "--allow-go-live")
    with voxosync_process(world, *flags, *arguments, program=program) as process:
        yield process


@contextmanager
def voxosync_process(
    world: World, *arguments: str, program: tuple[str, ...] = VOXOSYNC
) -> Iterator[subprocess.Popen[str]]:
    """A call; the process is dead when the context is left."""
    world.watch.begin()
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=world.folder,
        env=world.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def kill_at_request(
    process: subprocess.Popen[str], voxo: HeldVoxo, fate: Fate, is_due: Callable[[Arrival], bool]
) -> None:
    """Kill a process as the request that is due arrives; then nothing is on its way any more.

    Args:
        process: a call that sends such a request.
        voxo: whom it sends it to.
        fate: what becomes of that request; all others before are answered.
        is_due: called with each request as it arrives.
    """

    def decide(arrival: Arrival) -> Fate:
        if not is_due(arrival):
            return Fate.ANSWERED
        process.kill()
        process.wait(LIMIT)
        return fate

    voxo.decide = decide
    assert process.wait(LIMIT) == -signal.SIGKILL
    assert voxo.is_idle(LIMIT)
    voxo.decide = lambda _: Fate.ANSWERED
