"""Virtual time, and processes whose threads run one at a time in an order that a seed determines.

A thread of the simulated world is a greenlet. It lets others run wherever it sleeps, waits, or does something that they
can see (`step`). So a seed determines each step of a history, and a process can be killed between any two steps.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_LONGEST_STEP = 0.004  # seconds of processor time between two steps
_MOST_TURNS = 50_000  # in one history; with more, it would probably never end


class Killed(BaseException):
    """Raised in every thread of a process that was killed, so that the process does nothing more."""


class Stuck(Exception):
    """No thread can continue, or the history does not end."""


@dataclass(eq=False)
class Process:
    """A run of voxosync, which can be killed at one of its steps."""

    name: str
    dies_at: int | None = None
    steps: int = 0
    is_dead: bool = False
    died: str = ""
    has_ended: bool = False


@dataclass(eq=False)
class Task:
    """A thread of a process."""

    process: Process
    thread: greenlet = field(init=False)
    wakes: float = 0.0
    ready: Callable[[], bool] | None = None
    is_daemon: bool = False
    error: BaseException | None = None
    is_done: bool = False


class Scheduler:
    """Runs threads and keeps the time, in seconds since the beginning of the history."""

    def __init__(self, random: Random) -> None:
        self.now = 0.0
        self.log: list[tuple[float, str, str]] = []
        self._random = random
        self._tasks: list[Task] = []
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()
        self._current: Task | None = None
        self._turns = 0
        self._hub = getcurrent()

    @property
    def process(self) -> Process:
        """The process of the running thread."""
        assert self._current is not None
        return self._current.process

    def number(self) -> int:
        """A number that is unique in this history."""
        return next(self._numbers)

    def note(self, text: str) -> None:
        """Add a line to the history."""
        name = self._current.process.name if self._current else "world"
        self.log.append((self.now, name, text))

    def at(self, moment: float, action: Callable[[], object]) -> None:
        """Schedule an action, which must not wait."""
        heapq.heappush(self._events, (max(moment, self.now), next(self._numbers), action))

    def spawn(self, work: Callable[[], Any], process: Process, *, is_daemon: bool = False) -> Task:
        """Start another thread of a process, whose turn the seed determines; a daemon ends with the others."""
        task = Task(process, wakes=self.now, is_daemon=is_daemon)

        def run() -> None:
            try:
                if not (process.is_dead or process.has_ended):
                    work()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001  # kept for the report about the process
                task.error = error
            task.is_done = True
            process.has_ended = all(
                thread.is_daemon or thread.is_done
                for thread in self._tasks
                if thread.process is process
            )

        task.thread = greenlet(run, self._hub)
        self._tasks.append(task)
        return task

    def step(self, occasion: str) -> None:
        """Let other threads run; the process may be killed here."""
        if self.dies(occasion):
            raise Killed
        self._park(self.now + self._random.random() * _LONGEST_STEP, None)

    def dies(self, occasion: str) -> bool:
        """Whether the process is dead or is killed at this step."""
        process = self.process
        process.steps += 1
        if process.steps == process.dies_at and not process.is_dead:
            self.kill(process, occasion)
        return process.is_dead

    def kill(self, process: Process, occasion: str) -> None:
        """Kill a process; each of its threads ends at its present step."""
        self.note(f"{process.name} is killed ({occasion})")
        process.is_dead, process.died = True, occasion

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.wait(None, seconds)

    def wait(self, ready: Callable[[], bool] | None, seconds: float | None = None) -> bool:
        """Wait until a condition is true or a time has passed; returns whether it is true."""
        if self.dies("wait"):
            raise Killed
        self._park(self.now + seconds if seconds is not None else float("inf"), ready)
        return ready is not None and ready()

    def _park(self, wakes: float, ready: Callable[[], bool] | None) -> None:
        task = self._current
        assert task is not None
        task.wakes, task.ready = wakes, ready
        self._hub.switch()
        if task.process.is_dead or task.process.has_ended:
            raise Killed

    def run(self, until: float = float("inf")) -> None:
        """Run threads and actions until no thread is left or until a moment, whichever is later."""
        while self._tasks or (until < float("inf") and self.now < until):
            self._turns += 1
            if self._turns > _MOST_TURNS:
                raise Stuck("the history does not end")
            now = self.now
            ready_tasks = [
                task
                for task in self._tasks
                if task.wakes <= now
                or task.process.is_dead
                or task.process.has_ended
                or (task.ready is not None and task.ready())
            ]
            if ready_tasks:
                self._switch(
                    ready_tasks[0] if len(ready_tasks) == 1 else self._random.choice(ready_tasks)
                )
            else:
                self._pass_time(until)

    def _switch(self, task: Task) -> None:
        self._current = task
        try:
            task.thread.switch()
        finally:
            self._current = None
        if task.is_done:
            self._tasks.remove(task)

    def _pass_time(self, until: float) -> None:
        wakes = min((task.wakes for task in self._tasks), default=until)
        if self._events and self._events[0][0] <= wakes:
            moment, _, action = heapq.heappop(self._events)
            self.now = max(self.now, moment)
            action()
        elif wakes == float("inf"):
            raise Stuck("every thread waits forever")
        else:
            self.now = wakes
