"""Every fault of the sandbox, at every request of plan and apply: what is promised holds all the same."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.faults.fault_world import (
    CALLED,
    DESIRED,
    IMPATIENT,
    TO_CALL,
    TOKEN,
    World,
    agrees,
    is_accounted_for,
    nothing_else_was_touched,
    observe,
    results,
)
from voxosync.sandbox.faults import KINDS
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.fault_world import Arrival, Ran

pytestmark = pytest.mark.slow

# A new kind has to come here, with the arguments that make it something of its own.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "delay": (":0.01", ":0.4"),  # shorter and longer than anybody waits
    "rate-limit": ("", ":2"),
    "500": ("",),
    "502": ("",),
    "503": ("",),
    "504": ("",),
    "html": ("",),
    "redirect": ("",),
    "no-admin-get": ("", ":403", ":405"),
    "no-v2-get": ("",),
    "drop-before": ("",),
    "drop-after": ("",),
    "truncate": ("",),
    "ignore-field": (":message", ":numbers", ":state"),
    "omit-field": (":message", ":numbers", ":state", ":id", ":tenantId"),
    "datetimes": ("",),
    "seconds": ("",),
    "strings": ("",),
    "bool-flag": ("",),
    "feathers": ("",),
    "sparse-answer": ("",),
    "lagging-read": (":1",),
    "create-ignores-state": ("",),  # fires on no request of plan and apply
}
COUNTS = ("*1", "*4", "")

HARMLESS_ONCE = {
    "delay",
    "rate-limit",
    "502",
    "503",
    "504",
    "no-admin-get",
    "no-v2-get",
    "drop-before",
    "drop-after",
    "truncate",
    "datetimes",
    "seconds",
    "strings",
    "bool-flag",
    "feathers",
    "sparse-answer",
    "lagging-read",
}
"""Kinds of which one makes no difference to anybody, wherever it comes."""

HARMLESS = {
    *("no-admin-get", "no-v2-get", "datetimes", "seconds", "strings"),
    *("bool-flag", "feathers", "sparse-answer"),
}
"""Kinds that make no difference for as long as they last."""


class Step(StrEnum):
    """The request from which on a fault fires."""

    PLAN = "GET of plan"
    BEFORE = "GET before PATCH"
    PATCH = "PATCH"
    VERIFY = "GET of verification"

    @property
    def method(self) -> str:
        return "PATCH" if self is Step.PATCH else "GET"


def words(method: str) -> list[str]:
    """Every kind, with each of its arguments, on a method that it can fire on."""
    return [
        f"{kind}{argument}@{method}{count}"
        for kind, arguments in ARGUMENTS.items()
        if method in KINDS[kind].methods
        for argument, count in product(arguments, COUNTS)
    ]


@pytest.fixture(scope="module")
def _served() -> Iterator[Sandbox]:
    with Sandbox(token=TOKEN) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_served: Sandbox) -> Sandbox:
    _served.faults.set([])
    _served.requests.clear()
    return _served


@pytest.fixture
def world(tmp_path: Path, sandbox: Sandbox) -> World:
    return World(tmp_path / "project", sandbox.store, sandbox.base_url)


def test_no_kind_is_forgotten() -> None:
    assert set(ARGUMENTS) == set(KINDS)


def keeps_its_promises(world: World, sandbox: Sandbox, word: str, *arguments: str) -> Ran:
    """Apply while a fault may fire, and once more when it is over."""
    retry_policy = replace(IMPATIENT, silence=1) if word.startswith("delay:0.4") else IMPATIENT
    before = world.live()
    ran = world.apply(*arguments, retry_policy=retry_policy)
    sandbox.faults.set([])
    nothing_else_was_touched(before, world.live())
    world.no_disposition_was_lost()
    told_the_truth(world, ran)
    world.converges()
    nothing_else_was_touched(before, world.live())
    world.no_disposition_was_lost()
    is_accounted_for(world.watch)
    assert len(sandbox.requests) == len(world.watch.arrivals)
    return ran


def told_the_truth(world: World, ran: Ran) -> None:
    """The status, and what the journal says of each campaign, are what VOXO then holds."""
    assert ran.status in (0, 3)
    run = world.watch.run_id()
    if run is None:  # nothing could be planned
        assert ran.status == 3
        assert not world.watch.patches
        return
    outcomes = results(world.folder, run)
    applied = {
        patch.campaign
        for patch in world.watch.patches
        if patch.applied and patch.body != {"state": "PAUSED"}  # which always goes through
    }
    for campaign_id, outcome in outcomes.items():
        if outcome in ("applied", "already so"):
            assert agrees(world.store.get(campaign_id), DESIRED[campaign_id])
        if outcome in ("not sent", "stale", "failed"):
            assert campaign_id not in applied
    if ran.status == 0:
        assert set(outcomes.values()) <= {"applied", "already so"}


CASES = [(step, word) for step in Step for word in words(step.method)]


@pytest.mark.parametrize(("step", "word"), CASES, ids=lambda value: str(value).replace(" ", "-"))
def test_a_fault_at_a_request(step: Step, word: str, world: World, sandbox: Sandbox) -> None:
    """One campaign after the other, so that each request has its place."""
    happened = Happening(world, sandbox, step, word)
    undo = observe(sandbox, world.watch, happened)
    try:
        ran = keeps_its_promises(world, sandbox, word, "--concurrency", "1")
    finally:
        undo()
    assert happened.has_begun
    kind = word.partition("@")[0].partition(":")[0]
    if kind in HARMLESS or (kind in HARMLESS_ONCE and word.endswith("*1")):
        assert ran.status == 0, ran.out + ran.err


class Happening:
    """A fault that begins at a step; meanwhile VOXO makes calls."""

    def __init__(self, world: World, sandbox: Sandbox, step: Step, word: str) -> None:
        self._world, self._sandbox, self._step, self._word = world, sandbox, step, word
        self._calls = 0
        self.has_begun = False

    def __call__(self, arrival: Arrival) -> None:
        if not self.has_begun and self._is_here(arrival):
            self.has_begun = True
            self._sandbox.faults.set([self._word])
        if arrival.method == "GET" and arrival.campaign == TO_CALL:
            self._calls += 1
            self._world.call(TO_CALL, CALLED, f"CALL {self._calls}")

    def _is_here(self, arrival: Arrival) -> bool:
        patches = self._world.watch.patches
        if self._step is Step.VERIFY and arrival.method == "PATCH" and len(patches) == 1:
            self._sandbox.faults.set(
                ["omit-field:state@PATCH*1"]
            )  # so that it has to be read again
        return {
            Step.PLAN: True,
            Step.BEFORE: arrival.method == "GET" and self._world.watch.run_id() is not None,
            Step.PATCH: arrival.method == "PATCH",
            Step.VERIFY: arrival.method == "GET" and bool(patches),
        }[self._step]


LASTING = [word for word in (*words("GET"), *words("PATCH")) if not word.endswith("*1")]


@pytest.mark.parametrize("word", LASTING)
def test_a_fault_on_a_method_with_many_workers(word: str, world: World, sandbox: Sandbox) -> None:
    sandbox.faults.set([word])
    undo = observe(sandbox, world.watch)
    try:
        keeps_its_promises(world, sandbox, word, "--concurrency", "8")
    finally:
        undo()


@pytest.mark.parametrize("word", [f"{kind}{ARGUMENTS[kind][0]}" for kind in KINDS])
def test_a_fault_on_everything(word: str, world: World, sandbox: Sandbox) -> None:
    sandbox.faults.set([word])
    undo = observe(sandbox, world.watch)
    try:
        keeps_its_promises(world, sandbox, word)
    finally:
        undo()
