"""Threads, clocks, sockets and files of voxosync in virtual time.

In the modules of voxosync, these replace the real ones, which are recognized by identity rather than by name. A
function of threads that has no substitute is refused, so that nothing waits in real time unnoticed.
"""

from __future__ import annotations

import concurrent.futures
import importlib
import os
import pkgutil
import secrets
import select
import socket
import threading
import time
import urllib.request
from collections import deque
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import voxosync.sync
import voxosync.voxo
from tests.simulation.scheduler import Killed, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

_real_write = os.write
_PROGRESS_INTERVAL = 2.0  # seconds; longer than usual, because no one sees the progress here


class _Active:
    """The functions of the running world, of which there is one at a time."""

    scheduler: Scheduler
    connect: Callable[..., Any]
    token: Callable[[int], str]
    waits: Callable[[float], None]


active = _Active()


class Lock:
    def __init__(self) -> None:
        self._is_held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002  # as threading's
        if self._is_held:
            seconds = None if timeout < 0 else timeout
            if not blocking or not active.scheduler.wait(lambda: not self._is_held, seconds):
                return False
        self._is_held = True
        return True

    def release(self) -> None:
        self._is_held = False

    def locked(self) -> bool:
        return self._is_held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Event:
    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        if self._is_set:
            return True
        if timeout is not None:
            active.waits(timeout)
        return active.scheduler.wait(self.is_set, timeout)


class Condition:
    def __init__(self, lock: Lock | None = None) -> None:
        self._lock = lock or Lock()
        self._waiters: list[Event] = []

    def __enter__(self) -> bool:
        return self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        waiter = Event()
        self._waiters.append(waiter)
        self._lock.release()
        try:
            return waiter.wait(timeout)
        finally:
            self._waiters.remove(waiter)
            if not active.scheduler.process.is_dead:
                self._lock.acquire()

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:
        end = None if timeout is None else active.scheduler.now + timeout
        while not predicate():
            remaining = None if end is None else end - active.scheduler.now
            if remaining is not None and remaining <= 0:
                return False
            self.wait(remaining)
        return True

    def notify(self, n: int = 1) -> None:
        for waiter in self._waiters[:n]:
            waiter.set()

    def notify_all(self) -> None:
        self.notify(len(self._waiters))


class Thread:
    def __init__(
        self,
        group: None = None,
        target: Callable[..., Any] = lambda: None,
        name: str = "",
        args: Iterable[Any] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        del group, name, daemon
        self._work: Callable[[], object] = lambda: target(*args, **(kwargs or {}))
        self._is_alive = False

    def start(self) -> None:
        self._is_alive = True
        active.scheduler.spawn(self._run, active.scheduler.process, is_daemon=True)

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self._is_alive = False

    def is_alive(self) -> bool:
        return self._is_alive

    def join(self, timeout: float | None = None) -> None:
        active.scheduler.wait(lambda: not self._is_alive, timeout)


class Future:
    def __init__(self) -> None:
        self._is_running = False
        self._is_done = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._number = active.scheduler.number()

    def __hash__(self) -> int:
        return self._number  # so that the order of a set does not depend on addresses

    def __eq__(self, other: object) -> bool:
        return self is other

    def run(self, work: Callable[[], Any]) -> None:
        if not self.set_running_or_notify_cancel():
            return
        try:
            self.set_result(work())
        except Killed:
            raise
        except BaseException as error:  # noqa: BLE001  # raised again by `result`
            self.set_exception(error)

    def set_running_or_notify_cancel(self) -> bool:
        self._is_running = not self._is_done
        return self._is_running

    def set_result(self, value: Any) -> None:
        self._value, self._is_done = value, True

    def set_exception(self, error: BaseException) -> None:
        self._error, self._is_done = error, True

    def cancel(self) -> bool:
        if self._is_running:
            return False
        self.set_exception(concurrent.futures.CancelledError())
        return True

    def done(self) -> bool:
        return self._is_done

    def result(self, timeout: float | None = None) -> Any:
        if not self._is_done and not active.scheduler.wait(self.done, timeout):
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._value


class ThreadPoolExecutor:
    def __init__(self, max_workers: int = 8, thread_name_prefix: str = "") -> None:
        del thread_name_prefix
        self._max_workers = max_workers
        self._running = 0
        self._pending: deque[tuple[Future, Callable[[], Any]]] = deque()

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        future = Future()
        self._pending.append((future, lambda: work(*args, **kwargs)))
        if self._running < self._max_workers:
            self._running += 1
            active.scheduler.spawn(self._work, active.scheduler.process)
        return future

    def _work(self) -> None:
        while self._pending:
            future, work = self._pending.popleft()
            future.run(work)
        self._running -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  # as concurrent's
        if cancel_futures:
            while self._pending:
                self._pending.popleft()[0].cancel()
        if wait and self._running:
            active.scheduler.wait(lambda: not self._running)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown()


class DoneAndNotDone(NamedTuple):
    done: set[Future]
    not_done: set[Future]


def wait(
    futures: Iterable[Future],
    timeout: float | None = None,
    return_when: str = concurrent.futures.ALL_COMPLETED,
) -> DoneAndNotDone:
    all_futures = list(futures)

    def is_over() -> bool:
        count = sum(future.done() for future in all_futures)
        if return_when == concurrent.futures.FIRST_COMPLETED:
            return count > 0
        failed = any(future.done() and future._error is not None for future in all_futures)  # noqa: SLF001  # same module
        return count == len(all_futures) or (
            return_when == concurrent.futures.FIRST_EXCEPTION and failed
        )

    if timeout is not None:
        timeout = max(timeout, _PROGRESS_INTERVAL)
    if all_futures and not is_over():
        active.scheduler.wait(is_over, timeout)
    completed = {future for future in all_futures if future.done()}
    return DoneAndNotDone(completed, set(all_futures) - completed)


class Poll:
    """A poll of one connection, to which any number of bytes can be sent at once."""

    def register(self, connection: Any, events: int) -> None:
        self._connection, self._events = connection, events

    def poll(self, timeout: float) -> list[tuple[int, int]]:
        connection, writes = self._connection, self._events & select.POLLOUT
        if not (writes or connection.is_readable()) and timeout:
            active.scheduler.wait(connection.is_readable, timeout / 1000)
        events_now = writes | (select.POLLIN if connection.is_readable() else 0)
        return [(0, events_now)] if events_now else []


def _write(file: int, data: bytes) -> int:
    """Write a line of a journal; a process may be killed before, amid and after it."""
    active.scheduler.step("before a line of the journal")
    if active.scheduler.dies("amid a line of the journal"):
        _real_write(file, data[: len(data) // 2])
        raise Killed
    return _real_write(file, data)


def _fsync(file: int) -> None:
    del file
    active.scheduler.step("after a line of the journal")


class _Module(ModuleType):
    """A module with some of its names replaced."""

    def __init__(self, real: ModuleType, names: dict[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(names, _real=real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _now() -> float:
    return active.scheduler.now


_SUBSTITUTES: dict[int, Any] = {
    id(real): substitute
    for real, substitute in (
        (threading.Lock, Lock),
        (threading.Event, Event),
        (threading.Condition, Condition),
        (threading.Thread, Thread),
        (concurrent.futures.ThreadPoolExecutor, ThreadPoolExecutor),
        (concurrent.futures.wait, wait),
        (concurrent.futures.Future, Future),
        (time.monotonic, _now),
        (time.sleep, lambda seconds: active.scheduler.sleep(seconds)),  # noqa: PLW0108  # of the world that runs by then
        (os.fsync, _fsync),
        (os.write, _write),
        (secrets.token_hex, lambda size: active.token(size)),  # noqa: PLW0108  # of the world that runs by then
        (socket.create_connection, lambda *arguments: active.connect(*arguments)),  # noqa: PLW0108  # of the world that runs by then
        (select.poll, Poll),
        (urllib.request.getproxies, dict),
    )
}
_MODULES = {
    id(module): _Module(
        module, {n: _SUBSTITUTES[id(v)] for n, v in vars(module).items() if id(v) in _SUBSTITUTES}
    )
    for module in (threading, concurrent.futures, time, os, secrets, socket, select)
}
_BLOCKING = ("threading", "queue", "asyncio", "concurrent", "multiprocessing")


@contextmanager
def virtual() -> Iterator[None]:
    """Run the client and the engine of voxosync in virtual time within this context."""
    replaced: list[tuple[ModuleType, str, Any]] = []
    for package in (voxosync.voxo, voxosync.sync):
        for module_info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(module_info.name)
            for name, value in list(vars(module).items()):
                substitute = _SUBSTITUTES.get(id(value)) or _MODULES.get(id(value))
                if substitute is not None:
                    replaced.append((module, name, value))
                    setattr(module, name, substitute)
                elif _would_block(value):
                    raise NotImplementedError(
                        f"the simulated world has no {name} for {module.__name__}"
                    )
    try:
        yield
    finally:
        for module, name, value in replaced:
            setattr(module, name, value)


def _would_block(value: Any) -> bool:
    """Whether a value may wait in real time: a class or function of a module for threads or processes."""
    package_name = (getattr(value, "__module__", None) or "").partition(".")[0]
    is_error = isinstance(value, type) and issubclass(value, BaseException)
    return callable(value) and package_name in _BLOCKING and not is_error
