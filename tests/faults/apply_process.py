"""`voxosync apply` in its own process, which a test can interrupt."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.fault_world import World

LIMIT = 30  # seconds after which a process that has not ended is regarded as stuck


@contextmanager
def apply_process(
    world: World, *arguments: str, program: tuple[str, ...] = ("-m", "voxosync")
) -> Iterator[subprocess.Popen[str]]:
    """Run `voxosync apply --yes`; the process is killed if it is still running at the end of the context."""
    world.watch.begin()
    process = subprocess.Popen(
        [sys.executable, *program, "apply", "--yes", "--allow-go-live", *arguments],
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
