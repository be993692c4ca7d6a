"""kill -9 at every point of apply: what was sent is known, and one more apply makes it good."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.apply_process import DYING, LIMIT, apply_process, kill_at_request
from tests.faults.fault_world import (
    CALLED,
    TO_CALL,
    TO_UPDATE,
    Arrival,
    World,
    events,
    is_accounted_for,
    journals,
    nothing_else_was_touched,
)
from tests.faults.held_voxo import Fate, HeldVoxo

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

REQUESTS = 4 + 2 * len(TO_UPDATE)
"""Of an apply: one read a campaign to plan, then a read and a PATCH for each that changes."""

LINES = 1 + 3 * len(TO_UPDATE) + 1
"""Of a journal: the run, an intent, an outcome and a result for each campaign, the end."""

RANDOM_KILLS = 20


def all_is_known_and_one_more_apply_makes_it_good(
    held: World, voxo: HeldVoxo, before: Mapping[int, Any]
) -> None:
    """What holds after a kill, whenever it came."""
    assert voxo.is_idle(LIMIT)  # what was on its way has arrived
    run = held.watch.run_id()
    if run is None:
        assert not held.watch.patches
    else:
        shows_as_killed(held, run)
    nothing_else_was_touched(before, held.live())
    held.no_disposition_was_lost()
    held.converges()
    nothing_else_was_touched(before, held.live())
    held.no_disposition_was_lost()
    is_accounted_for(held.watch, killed=[] if run is None else [run])


def shows_as_killed(held: World, run: str) -> None:
    told = events(held.folder, run)
    listed = held.run("history")
    assert listed.status == 0
    assert any(run.startswith(line.split()[0]) for line in listed.out.splitlines()[1:])
    if not told:  # killed before its first line was written, and so before the first PATCH
        assert not held.watch.patches
        return
    shown = held.run("history", run)
    assert shown.status == 0
    if told[-1]["event"] == "end":  # killed when all was over
        assert "KILLED" not in listed.out + shown.out
        return
    assert "KILLED" in listed.out
    assert "KILLED" in shown.out
    intents = [event for event in told if event["event"] == "intent"]
    outcomes = [event for event in told if event["event"] == "outcome"]
    assert shown.out.count("PATCH ") == len(intents)
    assert shown.out.count(": UNKNOWN") == len(intents) - len(outcomes)
    for event in intents:
        assert f"PATCH {event['campaign']}: " in shown.out


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_killed_at_a_request(number: int, fate: Fate, held: World, voxo: HeldVoxo) -> None:
    """As the request arrives: it is lost with the process, or applied although nobody waits for it."""
    before = held.live()
    with apply_process(held, "--concurrency", "1") as process:

        def is_due(arrival: Arrival) -> bool:
            if arrival.method == "GET" and arrival.campaign == TO_CALL:
                held.call(TO_CALL, CALLED, f"CALL {len(held.watch.arrivals)}")
            return len(held.watch.arrivals) == number

        kill_at_request(process, voxo, fate, is_due)
    assert len(held.watch.arrivals) == number
    all_is_known_and_one_more_apply_makes_it_good(held, voxo, before)


@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_killed_at_a_line_of_the_journal(
    line: int, point: str, held: World, voxo: HeldVoxo
) -> None:
    before = held.live()
    program = ("-c", DYING, str(line), point)
    with apply_process(held, "--concurrency", "1", program=program) as process:
        assert process.wait(LIMIT) == -signal.SIGKILL
    run = held.watch.run_id()
    assert run is not None
    assert len(events(held.folder, run)) == (line if point == "synced" else line - 1)
    all_is_known_and_one_more_apply_makes_it_good(held, voxo, before)


@pytest.fixture(scope="module")
def usual_seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long an apply takes that nobody kills."""
    server = HeldVoxo()
    try:
        world = World(tmp_path_factory.mktemp("usual"), server.store, server.url)
        server.watch = world.watch
        begun = time.monotonic()
        with apply_process(world) as process:
            assert process.wait(LIMIT) == 0
        return time.monotonic() - begun
    finally:
        server.stop()


@pytest.mark.parametrize("seed", range(RANDOM_KILLS))
def test_killed_at_a_random_moment(
    seed: int, held: World, voxo: HeldVoxo, usual_seconds: float
) -> None:
    before = held.live()
    # Importing takes half of the time, and nothing can go wrong there: fewer kills fall into it.
    moment = usual_seconds * random.Random(seed).triangular(0.2, 1.2, 0.9)  # noqa: S311  # no secret
    with apply_process(held) as process:
        try:
            status = process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait(LIMIT)
    assert status in (0, -signal.SIGKILL)
    all_is_known_and_one_more_apply_makes_it_good(held, voxo, before)


def test_a_run_that_nobody_kills_has_so_many_requests_and_lines(held: World) -> None:
    assert held.apply("--concurrency", "1").status == 0
    assert len(held.watch.arrivals) == REQUESTS
    [run] = journals(held.folder)
    assert len(events(held.folder, run)) == LINES
