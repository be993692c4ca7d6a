"""A deadline for a call that has none of its own, which is connecting."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def call_with_deadline(work: Callable[[], T], seconds_left: Callable[[], float]) -> T:
    """What `work` returns or raises; TimeoutError as soon as no seconds are left for it.

    A socket's timeout applies to each address of a host in turn, and not to the name look-up: a dead name
    server or a host with eight dead addresses outlasts it. So `work` runs in a thread that is abandoned at
    the deadline. An abandoned thread ends with its work; as a daemon it does not keep the process alive.
    """
    outcome: SimpleQueue[tuple[T, None] | tuple[None, BaseException]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # noqa: BLE001  # all of them belong to the caller
            outcome.put((None, error))

    Thread(target=run, name="voxo-connect", daemon=True).start()
    while True:
        try:
            result, error = outcome.get(timeout=max(0.0, seconds_left()))
        except Empty:
            if seconds_left() <= 0:
                raise TimeoutError from None
            continue
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # mypy does not see that without an error there is a result
