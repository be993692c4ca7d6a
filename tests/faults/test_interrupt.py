"""Ctrl-C and SIGTERM while campaigns are sent: what is under way is finished, nothing more is sent."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from tests.faults.apply_process import LIMIT, apply_process
from tests.faults.fault_world import TO_UPDATE, Arrival, World, events, is_accounted_for, results
from tests.faults.held_voxo import Fate, HeldVoxo

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows sends no signals to a process")

MANY = (21, 22, 23, 24, 25)
"""Campaigns of one phase: each gets a new message."""

INTERRUPTING_ITSELF = """\
import os, runpy, signal
from voxosync.report import results_text

results = results_text.render_results

def interrupted(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    return results(*arguments)

results_text.render_results = interrupted
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def many(world: World) -> World:
    for campaign_id in TO_UPDATE:
        (world.folder / f"campaigns/{campaign_id}.yaml").unlink()
    for campaign_id in MANY:
        world.store.put(campaign_id, {"name": f"Campaign {campaign_id}", "message": "Before"})
        world.define(campaign_id, {"message": "After"})
    return world


class Hold:
    """Holds requests until they are released; tells when enough of them are there."""

    def __init__(
        self, world: World, *requests: tuple[str, int], fate: Fate = Fate.ANSWERED
    ) -> None:
        self._world, self._requests, self._fate = world, requests, fate
        self._here = threading.Semaphore(0)
        self._released = threading.Event()

    def __call__(self, arrival: Arrival) -> Fate:
        if (
            arrival.method,
            arrival.campaign,
        ) not in self._requests or self._world.watch.run_id() is None:
            return Fate.ANSWERED
        self._here.release()
        assert self._released.wait(LIMIT)
        return self._fate if arrival.method == "PATCH" else Fate.ANSWERED

    def wait(self) -> None:
        for _ in self._requests:
            assert self._here.acquire(timeout=LIMIT)

    def release(self) -> None:
        self._requests = ()
        self._released.set()


def interrupt(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Interrupt, and return when that has been noticed."""
    process.send_signal(number)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Interrupted"):
            return
    raise AssertionError("it ended without a word")


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=LIMIT)
    assert "Traceback" not in err
    return process.returncode, out


def of_run(world: World) -> dict[int, str]:
    """How each campaign ended; the journal has its end, and accounts for what was sent."""
    run = world.watch.run_id()
    assert run is not None
    assert events(world.folder, run)[-1] == {"event": "end", "exitStatus": 3}
    is_accounted_for(world.watch)
    assert "KILLED" not in world.run("history", run).out
    return results(world.folder, run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_patches_under_way_are_finished_and_no_more_are_sent(
    number: signal.Signals, many: World, voxo: HeldVoxo
) -> None:
    voxo.decide = hold = Hold(many, ("PATCH", 21), ("PATCH", 22))
    with apply_process(many, "--concurrency", "2") as process:
        hold.wait()
        interrupt(process, number)
        hold.release()
        status, out = ended(process)
    assert status == 3
    assert sorted(patch.campaign for patch in many.watch.patches) == [21, 22]
    outcomes = {
        campaign_id: "applied" if campaign_id in (21, 22) else "not sent" for campaign_id in MANY
    }
    assert of_run(many) == outcomes
    for campaign_id, outcome in outcomes.items():
        assert f"{campaign_id} Campaign {campaign_id}: {outcome}" in out
    assert "Apply: 2 applied, 3 not sent." in out
    many.converges({campaign_id: {"message": "After"} for campaign_id in MANY})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_campaign_that_is_still_being_read_is_not_sent(
    number: signal.Signals, many: World, voxo: HeldVoxo
) -> None:
    voxo.decide = hold = Hold(many, ("PATCH", 21), ("GET", 22))
    with apply_process(many, "--concurrency", "2") as process:
        hold.wait()
        interrupt(process, number)
        hold.release()
        status, _ = ended(process)
    assert status == 3
    assert [patch.campaign for patch in many.watch.patches] == [21]
    assert of_run(many)[22] == "not sent"


def test_an_unknown_patch_is_read_again_and_not_repeated(many: World, voxo: HeldVoxo) -> None:
    voxo.decide = hold = Hold(many, ("PATCH", 21), fate=Fate.LOST)
    with apply_process(many, "--concurrency", "1") as process:
        hold.wait()
        interrupt(process, signal.SIGINT)
        hold.release()
        status, _ = ended(process)
    assert status == 3
    assert len(many.watch.patches) == 1
    assert of_run(many) == {21: "unknown", **dict.fromkeys(MANY[1:], "not sent")}


def test_an_unknown_patch_that_took_effect_is_applied(many: World, voxo: HeldVoxo) -> None:
    voxo.decide = hold = Hold(many, ("PATCH", 21), fate=Fate.UNANSWERED)
    with apply_process(many, "--concurrency", "1") as process:
        hold.wait()
        interrupt(process, signal.SIGTERM)
        hold.release()
        status, _ = ended(process)
    assert status == 3
    assert len(many.watch.patches) == 1
    assert of_run(many)[21] == "applied"


def test_asking_twice_changes_nothing(many: World, voxo: HeldVoxo) -> None:
    voxo.decide = hold = Hold(many, ("PATCH", 21))
    with apply_process(many, "--concurrency", "1") as process:
        hold.wait()
        interrupt(process, signal.SIGINT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
        hold.release()
        status, out = ended(process)
    assert status == 3
    assert "Apply: 1 applied, 4 not sent." in out
    assert of_run(many)[21] == "applied"


def test_the_report_and_the_journal_are_not_cut_off(world: World) -> None:
    """All was sent when the signal came: it is too late to say that nothing was."""
    with apply_process(world, program=("-c", INTERRUPTING_ITSELF)) as process:
        status, out = ended(process)
    assert status == 0
    assert "Apply: 3 applied." in out
    run = world.watch.run_id()
    assert run is not None
    assert events(world.folder, run)[-1] == {"event": "end", "exitStatus": 0}


def test_a_quiesced_campaign_stays_paused_and_the_run_says_so(world: World, voxo: HeldVoxo) -> None:
    """No request that writes is begun any more, also not the one that would let it dial again."""
    for campaign_id in TO_UPDATE:
        (world.folder / f"campaigns/{campaign_id}.yaml").unlink()
    world.store.put(21, {"state": "READY", "numbers": [{"number": "6015550121"}]})
    world.define(21, {"numbers": {"6015550121": "", "6015550122": ""}})
    voxo.decide = hold = Hold(world, ("PATCH", 21))
    with apply_process(world, "--quiesce") as process:
        hold.wait()
        interrupt(process, signal.SIGINT)
        hold.release()
        status, out = ended(process)
    assert status == 3
    assert (
        "THE CAMPAIGN STAYS PAUSED: the next apply sets it READY again; not started: run interrupted"
        in out
    )
    assert [patch.body.get("state") for patch in world.watch.patches] == ["PAUSED"]
    assert world.store.get(21)["state"] == "PAUSED"


class TestFailFast:
    @pytest.fixture(autouse=True)
    def _stale(self, many: World, voxo: HeldVoxo) -> None:
        """The second campaign is changed by hand after the plan."""

        def decide(arrival: Arrival) -> Fate:
            if arrival.campaign == 22 and many.watch.run_id() is not None:
                many.store.patch(22, {"message": "By hand"})
            return Fate.ANSWERED

        voxo.decide = decide

    def test_begins_no_campaign_after_one_that_failed(self, many: World) -> None:
        ran = many.apply("--concurrency", "1", "--fail-fast")
        assert ran.status == 3
        assert [patch.campaign for patch in many.watch.patches] == [21]
        later = dict.fromkeys((23, 24, 25), "not sent")
        assert of_run(many) == {21: "applied", 22: "stale", **later}
        assert "Apply: 1 applied, 1 stale, 3 not sent." in ran.out

    def test_without_it_the_others_go_on(self, many: World) -> None:
        assert many.apply("--concurrency", "1").status == 3
        later = dict.fromkeys((23, 24, 25), "applied")
        assert of_run(many) == {21: "applied", 22: "stale", **later}

    def test_what_is_under_way_finishes(self, many: World, voxo: HeldVoxo) -> None:
        stale = voxo.decide
        is_sent, failed = threading.Event(), threading.Event()

        def decide(arrival: Arrival) -> Fate:
            if arrival.method == "PATCH":
                is_sent.set()
                assert failed.wait(LIMIT)
            elif arrival.campaign == 22 and many.watch.run_id() is not None:
                assert is_sent.wait(LIMIT)
            return stale(arrival)

        def advance(_: object) -> None:
            # before there is a run, campaigns are read for the plan
            if many.watch.run_id() is not None:
                failed.set()

        voxo.decide = decide
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("voxosync.cli.output.Progress.advance", advance)
            ran = many.apply("--concurrency", "2", "--fail-fast")
        assert ran.status == 3
        later = dict.fromkeys((23, 24, 25), "not sent")
        assert of_run(many) == {21: "applied", 22: "stale", **later}
