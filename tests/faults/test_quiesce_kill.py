"""After kill -9 at any request of `apply --quiesce`, the pause is shown and ended, with or without a journal."""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.fault_world import TO_PAUSE, World, definition
from tests.faults.held_voxo import Fate, HeldVoxo
from tests.faults.kill_points import APPLY, kill_at_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.fault_world import Arrival

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

ONLY = ("--only", str(TO_PAUSE))
REQUESTS = 1 + 1 + 3 * 2
"""The requests of an apply: a read for the plan, one of the name, and a read and a PATCH in each of three steps."""

NUMBERS = {"6015550111": "Reworded", "6015550112": ""}


@pytest.fixture
def ready(world: World) -> World:
    """A campaign that dials, and of which the definition only manages the numbers."""
    (path,) = (
        path
        for path in (world.folder / "campaigns").iterdir()
        if f'"id": {TO_PAUSE},' in path.read_text()
    )
    path.write_text(definition(TO_PAUSE, {"numbers": NUMBERS}))
    return world


def kill_at(number: int, fate: Fate, world: World, voxo: HeldVoxo) -> None:
    def is_due(_: Arrival) -> bool:
        return len(world.watch.arrivals) == number

    kill_at_request(world, voxo, fate, is_due, *APPLY, "--quiesce", *ONLY)
    assert len(world.watch.arrivals) == number


@pytest.mark.parametrize("journal", ["kept", "deleted"])
@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_next_run_ends_the_pause_after_a_kill(
    number: int, fate: Fate, journal: str, ready: World, voxo: HeldVoxo
) -> None:
    before = ready.store.get(TO_PAUSE)
    kill_at(number, fate, ready, voxo)
    if journal == "deleted":
        shutil.rmtree(ready.folder / ".voxosync", ignore_errors=True)
    if _is_paused(ready.store.get(TO_PAUSE)):
        for command in (("plan", "--exit-code"), ("drift",)):
            ran = ready.run(*command, *ONLY)
            assert ran.status == 2, ran.out + ran.err
            assert "an apply --quiesce that did not end" in ran.out
    assert ready.apply(*ONLY).status == 0
    after = ready.store.get(TO_PAUSE)
    assert (after["state"], after["name"]) == ("READY", before["name"])
    assert {entry["number"]: entry["disposition"] for entry in after["numbers"]} == {
        "6015550111": "BUSY", "6015550112": None,
    }  # fmt: skip
    assert ready.run("plan", "--exit-code", *ONLY).status == 0


def test_quiesce_that_is_not_killed_has_the_expected_requests(ready: World) -> None:
    assert ready.apply("--quiesce", *ONLY).status == 0
    assert len(ready.watch.arrivals) == REQUESTS


def _is_paused(live: Mapping[str, Any]) -> bool:
    return bool(live["state"] == "PAUSED")
