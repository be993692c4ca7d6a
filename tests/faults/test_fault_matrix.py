"""The promises of plan and apply hold with every fault of the sandbox at every request."""

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
    assert_journals_match,
    assert_others_unchanged,
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

# A new kind must be added here, with each argument that changes its behavior.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "delay": (":0.01", ":0.4"),  # shorter and longer than the client waits
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
    "create-ignores-state": ("",),  # does not act on any request of plan and apply
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
"""Kinds whose single occurrence makes no difference, at whichever request."""

HARMLESS = {
    *("no-admin-get", "no-v2-get", "datetimes", "seconds", "strings"),
    *("bool-flag", "feathers", "sparse-answer"),
}
"""Kinds that make no difference however long they last."""


class Step(StrEnum):
    """The first request that a fault acts on."""

    PLAN = "GET of plan"
    BEFORE = "GET before PATCH"
    PATCH = "PATCH"
    VERIFY = "GET of verification"

    @property
    def method(self) -> str:
        return "PATCH" if self is Step.PATCH else "GET"


def fault_texts(method: str) -> list[str]:
    """The faults of every kind that can act on a method, with each of its arguments and counts."""
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


def test_every_kind_of_fault_is_covered() -> None:
    assert set(ARGUMENTS) == set(KINDS)


def assert_promises_kept(world: World, sandbox: Sandbox, fault_text: str, *arguments: str) -> Ran:
    """Apply with the fault and again without it, and assert the promises after each."""
    retry_policy = (
        replace(IMPATIENT, silence=1) if fault_text.startswith("delay:0.4") else IMPATIENT
    )
    before = world.live()
    ran = world.apply(*arguments, retry_policy=retry_policy)
    sandbox.faults.set([])
    assert_others_unchanged(before, world.live())
    world.assert_no_disposition_lost()
    assert_report_is_true(world, ran)
    world.assert_converges()
    assert_others_unchanged(before, world.live())
    world.assert_no_disposition_lost()
    assert_journals_match(world.watch)
    assert len(sandbox.requests) == len(world.watch.arrivals)
    return ran


def assert_report_is_true(world: World, ran: Ran) -> None:
    """Assert that the exit status and the outcomes in the journal agree with what VOXO has."""
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
        if patch.applied and patch.body != {"state": "PAUSED"}  # a pause is always sent
    }
    for campaign_id, outcome in outcomes.items():
        if outcome in ("applied", "already so"):
            assert agrees(world.store.get(campaign_id), DESIRED[campaign_id])
        if outcome in ("not sent", "stale", "failed"):
            assert campaign_id not in applied
    if ran.status == 0:
        assert set(outcomes.values()) <= {"applied", "already so"}


CASES = [(step, fault_text) for step in Step for fault_text in fault_texts(step.method)]


@pytest.mark.parametrize(
    ("step", "fault_text"), CASES, ids=lambda value: str(value).replace(" ", "-")
)
def test_fault_from_a_request_on(
    step: Step, fault_text: str, world: World, sandbox: Sandbox
) -> None:
    """Campaigns are applied one after the other, so that the order of requests is fixed."""
    fault = FaultAtStep(world, sandbox, step, fault_text)
    stop_watching = observe(sandbox, world.watch, fault)
    try:
        ran = assert_promises_kept(world, sandbox, fault_text, "--concurrency", "1")
    finally:
        stop_watching()
    assert fault.has_started
    kind = fault_text.partition("@")[0].partition(":")[0]
    if kind in HARMLESS or (kind in HARMLESS_ONCE and fault_text.endswith("*1")):
        assert ran.status == 0, ran.out + ran.err


class FaultAtStep:
    """A fault that starts at a step, while VOXO makes calls."""

    def __init__(self, world: World, sandbox: Sandbox, step: Step, fault_text: str) -> None:
        self._world, self._sandbox, self._step, self._fault_text = world, sandbox, step, fault_text
        self._calls = 0
        self.has_started = False

    def __call__(self, arrival: Arrival) -> None:
        if not self.has_started and self._is_at_step(arrival):
            self.has_started = True
            self._sandbox.faults.set([self._fault_text])
        if arrival.method == "GET" and arrival.campaign == TO_CALL:
            self._calls += 1
            self._world.call(TO_CALL, CALLED, f"CALL {self._calls}")

    def _is_at_step(self, arrival: Arrival) -> bool:
        patches = self._world.watch.patches
        if self._step is Step.VERIFY and arrival.method == "PATCH" and len(patches) == 1:
            # With this fault, the campaign must be read again.
            self._sandbox.faults.set(["omit-field:state@PATCH*1"])
        return {
            Step.PLAN: True,
            Step.BEFORE: arrival.method == "GET" and self._world.watch.run_id() is not None,
            Step.PATCH: arrival.method == "PATCH",
            Step.VERIFY: arrival.method == "GET" and bool(patches),
        }[self._step]


LASTING = [
    fault_text
    for fault_text in (*fault_texts("GET"), *fault_texts("PATCH"))
    if not fault_text.endswith("*1")
]


@pytest.mark.parametrize("fault_text", LASTING)
def test_fault_on_a_method_with_many_workers(
    fault_text: str, world: World, sandbox: Sandbox
) -> None:
    sandbox.faults.set([fault_text])
    stop_watching = observe(sandbox, world.watch)
    try:
        assert_promises_kept(world, sandbox, fault_text, "--concurrency", "8")
    finally:
        stop_watching()


@pytest.mark.parametrize("fault_text", [f"{kind}{ARGUMENTS[kind][0]}" for kind in KINDS])
def test_fault_on_all_requests(fault_text: str, world: World, sandbox: Sandbox) -> None:
    sandbox.faults.set([fault_text])
    stop_watching = observe(sandbox, world.watch)
    try:
        assert_promises_kept(world, sandbox, fault_text)
    finally:
        stop_watching()
