"""A history in its own world, determined by a seed and checked by the invariants."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.cooperative import active
from tests.simulation.engine import Engine, Invocation, Run
from tests.simulation.history import History, history
from tests.simulation.invariants import Oracle, Violation
from tests.simulation.network import FINE, Fault, Network, Request
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.voxo_model import Voxo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.history import Edit, Start

_MEMORY = Path("/dev/shm")  # noqa: S108  # files in memory, where the system has them
_SETTLE = 40.0  # seconds until every late write has taken effect


@dataclass
class HistoryResult:
    """The promises that a history broke, and its events as lines."""

    violations: list[Violation]
    lines: list[str]


class World:
    """VOXO, the network, the people and the processes of one history."""

    def __init__(self, history: History, random: Random, folder: Path) -> None:
        self.scheduler = Scheduler(random)
        self._random = random
        self._history = history
        self._is_free_of_faults = False
        self._waiting = list(history.edits_in_waits)
        self._runs: dict[Process, Run] = {}
        self.voxo = Voxo(self.scheduler, random)
        for campaign in history.campaigns:
            self.voxo.add(campaign)
        self.voxo.runs, self.voxo.retries = set(history.runs), set(history.retries)
        self.network = Network(
            self.voxo,
            self.scheduler,
            random,
            fault=self._fault,
            refuses=lambda: not self._is_free_of_faults and random.random() < history.refusal,
            before_write=lambda request: self.oracle.before_write(request),  # noqa: PLW0108  # the oracle does not exist yet
            is_stopped=lambda process: self._runs[process].was_stopped,
        )
        self.oracle = Oracle(self.voxo, self.scheduler, self.network.requests)
        on_plan = self.oracle.record_plan
        self.engine = Engine(folder, self.scheduler, random, history.wishes, history.new, on_plan)

    def play(self) -> None:
        """Play the history, and then one more apply without faults."""
        active.scheduler, active.connect = self.scheduler, self.network.connect
        active.token = lambda size: f"{self._random.getrandbits(size * 8):0{2 * size}x}"
        active.waits = self._while_waiting
        for moment, edit in self._history.edits:
            self.scheduler.at(moment, partial(self._edit, edit))
        runs = [self._begin(start, index) for index, start in enumerate(self._history.starts, 1)]
        self.scheduler.run()
        self.scheduler.run(self.scheduler.now + _SETTLE)
        for run in runs:
            self.oracle.check_run(run)
        self._is_free_of_faults = True
        self.network.lag_until.clear()
        last = self._run(Invocation(), "last")
        self._spawn(last, 0.0)
        self.scheduler.run()
        self.oracle.check_run(last)
        self.oracle.check_convergence(last, self._history.wishes)

    def result(self) -> HistoryResult:
        """The broken promises and the events; an error that ended a process is a broken promise too."""
        for run in self._runs.values():
            self.oracle.check_error(run, run.task.error)
        lines = [
            f"{moment:7.2f}  {process:12} {text}" for moment, process, text in self.scheduler.log
        ]
        return HistoryResult(self.oracle.violations, lines)

    def _begin(self, start: Start, index: int) -> Run:
        run = self._run(start.invocation, f"{start.invocation.command}-{index}", start.dies_at)
        self._spawn(run, start.at)
        if start.stops_at is not None:
            self.scheduler.at(start.at + start.stops_at, lambda: self._stop(run))
        return run

    def _run(self, invocation: Invocation, name: str, dies_at: int | None = None) -> Run:
        run = Run(Process(name, dies_at), invocation)
        self._runs[run.process] = run
        self.oracle.watch(run)
        return run

    def _spawn(self, run: Run, at: float) -> None:
        def work() -> None:
            if at:
                self.scheduler.sleep(at)
            self.scheduler.note(f"begins: {run.invocation}")
            self.engine.work(run)
            self.oracle.check_end(run)

        run.task = self.scheduler.spawn(work, run.process)

    def _stop(self, run: Run) -> None:
        if not run.process.has_ended:
            self.scheduler.note(f"{run.process.name} is asked to stop")
            run.was_stopped = True
            run.stop.set()

    def _edit(self, edit: Edit) -> None:
        self.scheduler.note(f"a person {edit.description} of campaign {edit.campaign}")
        campaign = self.voxo.campaigns[edit.campaign]
        before = campaign.holds(edit.field)
        edit.apply(campaign)
        if campaign.holds(edit.field) != before:  # otherwise the change cannot be seen
            self.oracle.record_edit(edit.campaign, edit.field)

    def _while_waiting(self, seconds: float) -> None:
        """Let a person edit while a run waits, which is the worst moment."""
        if (
            seconds >= 1
            and self._waiting
            and not self._is_free_of_faults
            and self._random.random() < 0.5
        ):
            edit = self._waiting.pop()
            moment = self.scheduler.now + self._random.random() * min(seconds, 30)
            self.scheduler.at(moment, lambda: self._edit(edit))

    def _fault(self, request: Request) -> Fault:
        return FINE if self._is_free_of_faults else self._history.faults(request)


@contextmanager
def folders() -> Iterator[Path]:
    """A folder for journals and saved plans, in memory if possible."""
    folder = tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder)


def play(seed: int, folder: Path) -> HistoryResult:
    """Play the history of a seed."""
    random = Random(seed)  # noqa: S311  # not for a secret but to repeat a history
    return play_history(history(random), random, folder / str(seed))


def play_history(history: History, random: Random, folder: Path) -> HistoryResult:
    """Play a history."""
    folder.mkdir()
    world = World(history, random, folder)
    try:
        world.play()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return world.result()
