"""After kill -9 at any point of an apply, the requests that were sent are known and another apply converges."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.apply_process import LIMIT
from tests.faults.fault_world import (
    CALLED,
    TO_CALL,
    TO_UPDATE,
    Arrival,
    World,
    assert_journals_match,
    assert_others_unchanged,
    events,
    journals,
)
from tests.faults.held_voxo import Fate, HeldVoxo
from tests.faults.kill_points import APPLY, KILLED_AT_LINE, forked_process, kill_at_request

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

REQUESTS = 4 + 2 * len(TO_UPDATE)
"""The requests of an apply: a read of each campaign for the plan, then a read and a PATCH for each update."""

LINES = 1 + 3 * len(TO_UPDATE) + 1
"""The lines of a journal: the run; an intent, an outcome and a result of each campaign; the end."""

RANDOM_KILLS = 20


def assert_known_and_converges(world: World, voxo: HeldVoxo, before: Mapping[int, Any]) -> None:
    """Assert what must be true after a kill at any moment."""
    assert voxo.is_idle(LIMIT)  # requests that were being sent have arrived
    run = world.watch.run_id()
    if run is None:
        assert not world.watch.patches
    else:
        assert_shown_as_killed(world, run)
    assert_others_unchanged(before, world.live())
    world.assert_no_disposition_lost()
    world.assert_converges()
    assert_others_unchanged(before, world.live())
    world.assert_no_disposition_lost()
    assert_journals_match(world.watch, killed=[] if run is None else [run])


def assert_shown_as_killed(world: World, run: str) -> None:
    journal = events(world.folder, run)
    listing = world.run("history")
    assert listing.status == 0
    assert any(run.startswith(line.split()[0]) for line in listing.out.splitlines()[1:])
    if not journal:  # killed before its first line was written, and thus before the first PATCH
        assert not world.watch.patches
        return
    details = world.run("history", run)
    assert details.status == 0
    if journal[-1]["event"] == "end":  # killed after the end of the run
        assert "KILLED" not in listing.out + details.out
        return
    assert "KILLED" in listing.out
    assert "KILLED" in details.out
    intents = [event for event in journal if event["event"] == "intent"]
    outcomes = [event for event in journal if event["event"] == "outcome"]
    assert details.out.count("PATCH ") == len(intents)
    assert details.out.count(": UNKNOWN") == len(intents) - len(outcomes)
    for event in intents:
        assert f"PATCH {event['campaign']}: " in details.out


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_apply_killed_at_a_request(number: int, fate: Fate, world: World, voxo: HeldVoxo) -> None:
    """The request is lost with the process, or applied although no process waits for the response."""
    before = world.live()

    def is_due(arrival: Arrival) -> bool:
        if arrival.method == "GET" and arrival.campaign == TO_CALL:
            world.call(TO_CALL, CALLED, f"CALL {len(world.watch.arrivals)}")
        return len(world.watch.arrivals) == number

    kill_at_request(world, voxo, fate, is_due, *APPLY, "--concurrency", "1")
    assert len(world.watch.arrivals) == number
    assert_known_and_converges(world, voxo, before)


@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_apply_killed_at_a_line_of_the_journal(
    line: int, point: str, world: World, voxo: HeldVoxo
) -> None:
    before = world.live()
    program = (KILLED_AT_LINE, str(line), point)
    with forked_process(world, *APPLY, "--concurrency", "1", program=program) as process:
        assert process.wait(LIMIT) == -signal.SIGKILL
    run = world.watch.run_id()
    assert run is not None
    assert len(events(world.folder, run)) == (line if point == "synced" else line - 1)
    assert_known_and_converges(world, voxo, before)


@pytest.fixture(scope="module")
def usual_seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """The duration of an apply that is not killed."""
    server = HeldVoxo()
    try:
        world = World(tmp_path_factory.mktemp("usual"), server.store, server.url)
        server.watch = world.watch
        start = time.monotonic()
        with forked_process(world, *APPLY) as process:
            assert process.wait(LIMIT) == 0
        return time.monotonic() - start
    finally:
        server.stop()


@pytest.mark.parametrize("seed", range(RANDOM_KILLS))
def test_apply_killed_at_a_random_moment(
    seed: int, world: World, voxo: HeldVoxo, usual_seconds: float
) -> None:
    before = world.live()
    # Fewer kills happen while definitions are read, because nothing can go wrong then.
    moment = usual_seconds * random.Random(seed).triangular(0.2, 1.2, 0.9)  # noqa: S311  # not for a secret
    with forked_process(world, *APPLY) as process:
        try:
            status = process.wait(moment)
        except TimeoutError:
            process.kill()
            status = process.wait(LIMIT)
    assert status in (0, -signal.SIGKILL)
    assert_known_and_converges(world, voxo, before)


def test_apply_that_is_not_killed_has_the_expected_requests_and_lines(world: World) -> None:
    assert world.apply("--concurrency", "1").status == 0
    assert len(world.watch.arrivals) == REQUESTS
    [run] = journals(world.folder)
    assert len(events(world.folder, run)) == LINES
