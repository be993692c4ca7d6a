"""After Ctrl-C or SIGTERM, requests under way are finished and no more are sent."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from tests.faults.apply_process import LIMIT, apply_process
from tests.faults.fault_world import (
    TO_UPDATE,
    Arrival,
    World,
    assert_journals_match,
    events,
    results,
)
from tests.faults.held_voxo import Fate, HeldVoxo

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows sends no signals to a process")

MANY = (21, 22, 23, 24, 25)
"""Campaigns of the same phase of an apply, each of which gets a new message."""

INTERRUPTED_DURING_REPORT = """\
import os, runpy, signal
from voxosync.report import results_text

render_results = results_text.render_results

def interrupt_and_render(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    return render_results(*arguments)

results_text.render_results = interrupt_and_render
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def world_of_many(world: World) -> World:
    for campaign_id in TO_UPDATE:
        (world.folder / f"campaigns/{campaign_id}.yaml").unlink()
    for campaign_id in MANY:
        world.store.put(campaign_id, {"name": f"Campaign {campaign_id}", "message": "Before"})
        world.define(campaign_id, {"message": "After"})
    return world


class Hold:
    """Holds requests until they are released, and waits until all of them have arrived."""

    def __init__(
        self, world: World, *requests: tuple[str, int], fate: Fate = Fate.ANSWERED
    ) -> None:
        self._world, self._requests, self._fate = world, requests, fate
        self._arrived = threading.Semaphore(0)
        self._released = threading.Event()

    def __call__(self, arrival: Arrival) -> Fate:
        if (
            arrival.method,
            arrival.campaign,
        ) not in self._requests or self._world.watch.run_id() is None:
            return Fate.ANSWERED
        self._arrived.release()
        assert self._released.wait(LIMIT)
        return self._fate if arrival.method == "PATCH" else Fate.ANSWERED

    def wait(self) -> None:
        for _ in self._requests:
            assert self._arrived.acquire(timeout=LIMIT)

    def release(self) -> None:
        self._requests = ()
        self._released.set()


def interrupt(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Interrupt the process, and wait until it has reported that."""
    process.send_signal(number)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Interrupted"):
            return
    raise AssertionError("it ended without reporting the interruption")


def wait_for_end(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=LIMIT)
    assert "Traceback" not in err
    return process.returncode, out


def outcomes_of_run(world: World) -> dict[int, str]:
    """The outcome of each campaign; asserts that the journal is complete and correct."""
    run = world.watch.run_id()
    assert run is not None
    assert events(world.folder, run)[-1] == {"event": "end", "exitStatus": 3}
    assert_journals_match(world.watch)
    assert "KILLED" not in world.run("history", run).out
    return results(world.folder, run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_finishes_patches_under_way_and_sends_no_more(
    number: signal.Signals, world_of_many: World, voxo: HeldVoxo
) -> None:
    voxo.decide = hold = Hold(world_of_many, ("PATCH", 21), ("PATCH", 22))
    with apply_process(world_of_many, "--concurrency", "2") as process:
        hold.wait()
        interrupt(process, number)
        hold.release()
        status, out = wait_for_end(process)
    assert status == 3
    assert sorted(patch.campaign for patch in world_of_many.watch.patches) == [21, 22]
    outcomes = {
        campaign_id: "applied" if campaign_id in (21, 22) else "not sent" for campaign_id in MANY
    }
    assert outcomes_of_run(world_of_many) == outcomes
    for campaign_id, outcome in outcomes.items():
        assert f"{campaign_id} Campaign {campaign_id}: {outcome}" in out
    assert "Apply: 2 applied, 3 not sent." in out
    world_of_many.assert_converges({campaign_id: {"message": "After"} for campaign_id in MANY})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_campaign_that_is_still_being_read_is_not_sent(
    number: signal.Signals, world_of_many: World, voxo: HeldVoxo
) -> None:
    voxo.decide = hold = Hold(world_of_many, ("PATCH", 21), ("GET", 22))
    with apply_process(world_of_many, "--concurrency", "2") as process:
        hold.wait()
        interrupt(process, number)
        hold.release()
        status, _ = wait_for_end(process)
    assert status == 3
    assert [patch.campaign for patch in world_of_many.watch.patches] == [21]
    assert outcomes_of_run(world_of_many)[22] == "not sent"


def test_interrupted_patch_with_unknown_outcome_is_read_but_not_repeated(
    world_of_many: World, voxo: HeldVoxo
) -> None:
    voxo.decide = hold = Hold(world_of_many, ("PATCH", 21), fate=Fate.LOST)
    with apply_process(world_of_many, "--concurrency", "1") as process:
        hold.wait()
        interrupt(process, signal.SIGINT)
        hold.release()
        status, _ = wait_for_end(process)
    assert status == 3
    assert len(world_of_many.watch.patches) == 1
    assert outcomes_of_run(world_of_many) == {21: "unknown", **dict.fromkeys(MANY[1:], "not sent")}


def test_interrupted_patch_with_unknown_outcome_that_took_effect_is_applied(
    world_of_many: World, voxo: HeldVoxo
) -> None:
    voxo.decide = hold = Hold(world_of_many, ("PATCH", 21), fate=Fate.UNANSWERED)
    with apply_process(world_of_many, "--concurrency", "1") as process:
        hold.wait()
        interrupt(process, signal.SIGTERM)
        hold.release()
        status, _ = wait_for_end(process)
    assert status == 3
    assert len(world_of_many.watch.patches) == 1
    assert outcomes_of_run(world_of_many)[21] == "applied"


def test_more_interrupts_change_nothing(world_of_many: World, voxo: HeldVoxo) -> None:
    voxo.decide = hold = Hold(world_of_many, ("PATCH", 21))
    with apply_process(world_of_many, "--concurrency", "1") as process:
        hold.wait()
        interrupt(process, signal.SIGINT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
        hold.release()
        status, out = wait_for_end(process)
    assert status == 3
    assert "Apply: 1 applied, 4 not sent." in out
    assert outcomes_of_run(world_of_many)[21] == "applied"


def test_interrupt_during_the_report_does_not_cut_off_report_or_journal(world: World) -> None:
    """Everything was sent before the signal, so the run ends as usual."""
    with apply_process(world, program=("-c", INTERRUPTED_DURING_REPORT)) as process:
        status, out = wait_for_end(process)
    assert status == 0
    assert "Apply: 3 applied." in out
    run = world.watch.run_id()
    assert run is not None
    assert events(world.folder, run)[-1] == {"event": "end", "exitStatus": 0}


def test_interrupted_quiesce_leaves_the_campaign_paused_and_reports_it(
    world: World, voxo: HeldVoxo
) -> None:
    """No more writes are started, not even the one that would let the campaign dial again."""
    for campaign_id in TO_UPDATE:
        (world.folder / f"campaigns/{campaign_id}.yaml").unlink()
    world.store.put(21, {"state": "READY", "numbers": [{"number": "6015550121"}]})
    world.define(21, {"numbers": {"6015550121": "", "6015550122": ""}})
    voxo.decide = hold = Hold(world, ("PATCH", 21))
    with apply_process(world, "--quiesce") as process:
        hold.wait()
        interrupt(process, signal.SIGINT)
        hold.release()
        status, out = wait_for_end(process)
    assert status == 3
    assert (
        "THE CAMPAIGN STAYS PAUSED: the next apply sets it READY again; not started: run interrupted"
        in out
    )
    assert [patch.body.get("state") for patch in world.watch.patches] == ["PAUSED"]
    assert world.store.get(21)["state"] == "PAUSED"


class TestFailFast:
    @pytest.fixture(autouse=True)
    def _stale(self, world_of_many: World, voxo: HeldVoxo) -> None:
        """Change the second campaign by hand after the plan."""

        def decide(arrival: Arrival) -> Fate:
            if arrival.campaign == 22 and world_of_many.watch.run_id() is not None:
                world_of_many.store.patch(22, {"message": "By hand"})
            return Fate.ANSWERED

        voxo.decide = decide

    def test_starts_no_campaign_after_one_that_failed(self, world_of_many: World) -> None:
        ran = world_of_many.apply("--concurrency", "1", "--fail-fast")
        assert ran.status == 3
        assert [patch.campaign for patch in world_of_many.watch.patches] == [21]
        later = dict.fromkeys((23, 24, 25), "not sent")
        assert outcomes_of_run(world_of_many) == {21: "applied", 22: "stale", **later}
        assert "Apply: 1 applied, 1 stale, 3 not sent." in ran.out

    def test_is_off_by_default_and_other_campaigns_are_sent(self, world_of_many: World) -> None:
        assert world_of_many.apply("--concurrency", "1").status == 3
        later = dict.fromkeys((23, 24, 25), "applied")
        assert outcomes_of_run(world_of_many) == {21: "applied", 22: "stale", **later}

    def test_finishes_requests_under_way(self, world_of_many: World, voxo: HeldVoxo) -> None:
        decide_stale = voxo.decide
        is_sent, has_failed = threading.Event(), threading.Event()

        def decide(arrival: Arrival) -> Fate:
            if arrival.method == "PATCH":
                is_sent.set()
                assert has_failed.wait(LIMIT)
            elif arrival.campaign == 22 and world_of_many.watch.run_id() is not None:
                assert is_sent.wait(LIMIT)
            return decide_stale(arrival)

        def advance(_: object) -> None:
            # before the run has an id, campaigns are read for the plan
            if world_of_many.watch.run_id() is not None:
                has_failed.set()

        voxo.decide = decide
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("voxosync.cli.output.Progress.advance", advance)
            ran = world_of_many.apply("--concurrency", "2", "--fail-fast")
        assert ran.status == 3
        later = dict.fromkeys((23, 24, 25), "not sent")
        assert outcomes_of_run(world_of_many) == {21: "applied", 22: "stale", **later}
