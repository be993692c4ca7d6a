"""One history in a world of its own: everything is decided by a seed, and judged by the invariants."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.cooperative import active
from tests.simulation.engine import Engine, Manners, Run
from tests.simulation.history import History, history
from tests.simulation.invariants import Oracle, Violation
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.voxo_model import Voxo
from tests.simulation.wires import FINE, Fault, Network, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.history import Edit, Start

_MEMORY = Path("/dev/shm")  # noqa: S108  # where files cost nothing, if there is such a place
_SETTLE = 40.0  # seconds until everything that is late has come


@dataclass
class HistoryResult:
    """The promises that a history broke, and what happened in it."""

    violations: list[Violation]
    lines: list[str]


class World:
    """VOXO, the network, the people and the processes of one history."""

    def __init__(self, tale: History, random: Random, folder: Path) -> None:
        self.scheduler = Scheduler(random)
        self._random = random
        self._tale = tale
        self._is_calm = False
        self._waiting = list(tale.edits_in_waits)
        self._runs: dict[Process, Run] = {}
        self.voxo = Voxo(self.scheduler, random)
        for campaign in tale.campaigns:
            self.voxo.add(campaign)
        self.voxo.runs, self.voxo.retries = set(tale.runs), set(tale.retries)
        self.network = Network(
            self.voxo,
            self.scheduler,
            random,
            fault=self._fault,
            refuses=lambda: not self._is_calm and random.random() < tale.refusal,
            landing=lambda request: self.oracle.landing(request),  # noqa: PLW0108  # there is none yet
            is_stopped=lambda process: self._runs[process].was_stopped,
        )
        self.oracle = Oracle(self.voxo, self.scheduler, self.network.requests)
        look = self.oracle.sees_plan
        self.engine = Engine(folder, self.scheduler, random, tale.wishes, tale.new, look)

    def play(self) -> None:
        """Let the history happen, then one more apply in peace."""
        active.scheduler, active.connect = self.scheduler, self.network.connect
        active.token = lambda size: f"{self._random.getrandbits(size * 8):0{2 * size}x}"
        active.waits = self._while_waiting
        for moment, edit in self._tale.edits:
            self.scheduler.at(moment, lambda edit=edit: self._edit(edit))
        runs = [self._begin(start, index) for index, start in enumerate(self._tale.starts, 1)]
        self.scheduler.run()
        self.scheduler.run(self.scheduler.now + _SETTLE)
        for run in runs:
            self.oracle.judges(run)
        self._is_calm = True
        self.network.lag_until.clear()
        last = self._run(Manners(), "last")
        self._spawn(last, 0.0)
        self.scheduler.run()
        self.oracle.judges(last)
        self.oracle.judges_end(last, self._tale.wishes)

    def result(self) -> HistoryResult:
        """What was broken, and what happened; an error that ended a process is a broken promise as well."""
        for run in self._runs.values():
            self.oracle.sees_error(run, run.task.error)
        lines = [
            f"{moment:7.2f}  {process:12} {text}" for moment, process, text in self.scheduler.log
        ]
        return HistoryResult(self.oracle.violations, lines)

    def _begin(self, start: Start, index: int) -> Run:
        run = self._run(start.manners, f"{start.manners.command}-{index}", start.dies_at)
        self._spawn(run, start.at)
        if start.stops_at is not None:
            self.scheduler.at(start.at + start.stops_at, lambda: self._stop(run))
        return run

    def _run(self, manners: Manners, name: str, dies_at: int | None = None) -> Run:
        run = Run(Process(name, dies_at), manners)
        self._runs[run.process] = run
        self.oracle.watches(run)
        return run

    def _spawn(self, run: Run, at: float) -> None:
        def work() -> None:
            if at:
                self.scheduler.sleep(at)
            self.scheduler.note(f"begins: {run.manners}")
            self.engine.work(run)
            self.oracle.sees_end(run)

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
        edit.do(campaign)
        if campaign.holds(edit.field) != before:  # else no one can see that it happened
            self.oracle.notes_edit(edit.campaign, edit.field)

    def _while_waiting(self, seconds: float) -> None:
        """People edit while a run waits, which is the worst moment."""
        if seconds >= 1 and self._waiting and not self._is_calm and self._random.random() < 0.5:
            edit = self._waiting.pop()
            moment = self.scheduler.now + self._random.random() * min(seconds, 30)
            self.scheduler.at(moment, lambda: self._edit(edit))

    def _fault(self, request: Request) -> Fault:
        return FINE if self._is_calm else self._tale.faults(request)


@contextmanager
def folders() -> Iterator[Path]:
    """Where journals and saved plans go: in memory, where there is such a place."""
    home = tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None)
    try:
        yield Path(home)
    finally:
        shutil.rmtree(home)


def play(seed: int, home: Path) -> HistoryResult:
    """The history of a seed."""
    random = Random(seed)  # noqa: S311  # no secret: it repeats a history
    return play_tale(history(random), random, home / str(seed))


def play_tale(tale: History, random: Random, folder: Path) -> HistoryResult:
    """A history that was written by hand."""
    folder.mkdir()
    world = World(tale, random, folder)
    try:
        world.play()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return world.result()
