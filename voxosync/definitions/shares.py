"""A long list is worked on by several processes, where that takes next to nothing to arrange: on Linux, by fork.

Python runs on one core at a time, and reading YAML is all Python. Knows nothing of definitions.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Made = TypeVar("Made")

_PACE = 0.75
"""How fast another process is: it copies each page of memory that it touches, and sends what it made."""


def in_shares(
    items: Sequence[Item], work: Callable[[Sequence[Item]], Made], *, least: int
) -> list[Made]:
    """What `work` makes of each share of a list, in the list's order; the shares are consecutive.

    A share whose process comes to nothing is worked on here. With threads about there is one share only: a
    fork of theirs may hang.

    Args:
        items: the list.
        work: called with each share, in a process of its own but for the first one; what it makes is pickled.
        least: how many items are worth a process.

    Raises:
        whatever `work` raises.
    """
    count = min(_cores(), len(items) // least)
    if count < 2 or threading.active_count() > 1:  # noqa: PLR2004  # shares
        return [work(items)]
    own = round(len(items) / (1 + _PACE * (count - 1)))
    size = -(-(len(items) - own) // (count - 1))
    shares = [items[start : start + size] for start in range(own, len(items), size)]
    others = [_Other(work, share) for share in shares]
    try:
        return [work(items[:own]), *(other.result() for other in others)]
    finally:
        for other in others:
            other.end()


def _cores() -> int:
    """How many of them this process may use, in a container often fewer than there are; 1 where it must not fork."""
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


class _Other(Generic[Item, Made]):
    """A process that works on one share and sends what it made."""

    def __init__(self, work: Callable[[Sequence[Item]], Made], share: Sequence[Item]) -> None:
        self._work, self._share = work, share
        self._pipe, there = os.pipe()
        self._process: int | None = None
        with suppress(OSError):  # the system has no room for one more
            self._process = os.fork()  # type: ignore[attr-defined, unused-ignore]  # mypy for Windows
        if self._process == 0:
            _send(work, share, there)
        os.close(there)

    def result(self) -> Made:
        with os.fdopen(self._pipe, "rb", closefd=False) as pipe:
            sent = pipe.read()
        if self._has_ended_well() and sent:
            made: Made = pickle.loads(sent)  # noqa: S301  # of our own process
            return made
        return self._work(self._share)

    def _has_ended_well(self) -> bool:
        process, self._process = self._process, None
        return process is not None and os.waitpid(process, 0)[1] == 0

    def end(self) -> None:
        """End the process, where nobody wants its result any more."""
        os.close(self._pipe)
        if self._process is not None:
            os.kill(self._process, signal.SIGKILL)  # type: ignore[attr-defined, unused-ignore]  # as above
            os.waitpid(self._process, 0)


def _send(work: Callable[[Sequence[Item]], Made], share: Sequence[Item], there: int) -> None:
    """Never returns: whatever this process inherited, such as a half-written line, is not its own."""
    status = 1
    try:
        made = pickle.dumps(work(share), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(there, "wb") as pipe:
            pipe.write(made)
        status = 0
    finally:
        os._exit(status)
