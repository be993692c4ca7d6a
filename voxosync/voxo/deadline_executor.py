"""Threads that do what their caller may have to stop waiting for."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class DeadlineExecutor:
    """A hard deadline for calls that have none.

    httpx's timeouts hold between two bytes, for each address of a host in turn, and not for the
    name look-up: a dead name server, a host with eight dead addresses or a server that sends a
    byte every ten seconds passes them all. So the call is made by a helper, and given up on time.
    A helper that was given up ends with its work; as a daemon it does not keep the process alive.

    Threads are kept between calls: a new thread for each would cost a third of a fast request.
    """

    def __init__(self) -> None:
        self._idle: deque[_Helper] = deque()

    def run(self, work: Callable[[], T], seconds_left: Callable[[], float]) -> T:
        """What `work` returns or raises; TimeoutError as soon as no seconds are left for it."""
        try:
            helper = self._idle.pop()
        except IndexError:
            helper = _Helper()
        helper.inbox.put(work)
        result: T
        while True:
            try:
                result, error = helper.outbox.get(timeout=max(0.0, seconds_left()))
                break
            except Empty:
                if seconds_left() <= 0:
                    helper.inbox.put(None)
                    raise TimeoutError from None
        self._idle.append(helper)
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        """Let every idle helper end."""
        while self._idle:
            self._idle.pop().inbox.put(None)


class _Helper:
    """One thread, what it is to do next (None: nothing more), and what came of it."""

    def __init__(self) -> None:
        self.inbox: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self.outbox: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        Thread(target=self._help, name="voxo-helper", daemon=True).start()

    def _help(self) -> None:
        while (work := self.inbox.get()) is not None:
            try:
                self.outbox.put((work(), None))
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
                self.outbox.put((None, error))
            del work  # idle, it must not keep the last call's body alive
