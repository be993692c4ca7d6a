"""The promises hold in any sequence of faults, manual changes, calls, plans and applies."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.faults.fault_world import (
    DESIRED,
    IMPATIENT,
    TO_CALL,
    TO_UPDATE,
    TOKEN,
    World,
    agrees,
    assert_journals_match,
    assert_others_unchanged,
    dispositions,
    field_value,
    observe,
    results,
)
from voxosync.sandbox.faults import KINDS
from voxosync.sandbox.server import Sandbox

SEQUENCES, STEPS = 100, 15

ARGUMENTS = {
    # Only short delays, to save time; test_fault_matrix.py has one that is longer than the client waits.
    "delay": ("0.001", "0.01"),
    "rate-limit": ("0", "1", "2"),
    "no-admin-get": ("403", "404", "405"),
    "no-v2-get": ("403", "404", "405"),
    "ignore-field": ("message", "numbers", "state", "destinations"),
    "omit-field": ("message", "numbers", "state", "destinations", "id", "tenantId", "name"),
}


@st.composite
def fault_texts(draw: st.DrawFn) -> str:
    """A fault as the text for `--fault`."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    argument = f":{draw(st.sampled_from(ARGUMENTS[kind]))}" if kind in ARGUMENTS else ""
    methods = [f"@{method}" for method in KINDS[kind].methods if method != "POST"]
    method = draw(st.sampled_from(["", *methods]))
    count = draw(st.sampled_from(["*1", "*2", "*3", "*5", "*8", ""]))
    return f"{kind}{argument}{method}{count}"


MESSAGES = st.sampled_from(["Before", "After", "By hand", "1042"])
STATES = st.sampled_from(["READY", "PAUSED"])
NUMBERS = st.dictionaries(
    st.sampled_from([f"601555010{n}" for n in range(1, 7)]),
    st.sampled_from(["", "Stays", "1042"]),
    max_size=5,
)
WORKERS = st.sampled_from(["1", "2", "8"])


class Sequence(RuleBasedStateMachine):
    """A sandbox and a project, with any sequence of events."""

    served: Sandbox

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()

    @initialize()
    def create_world(self) -> None:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self.sandbox = self.served
        self.sandbox.faults.set([])
        self.sandbox.requests.clear()
        self.world = World(folder / "project", self.sandbox.store, self.sandbox.base_url)
        self._open.callback(observe(self.sandbox, self.world.watch))
        self.desired = deepcopy(DESIRED)
        self.before = self.world.live()

    def teardown(self) -> None:
        """Stop the faults, and assert that one apply converges."""
        with self._open:
            if hasattr(self, "world"):
                self.sandbox.faults.set([])
                self.world.assert_converges(self.desired)
                self.promises_are_kept()

    @rule(faults=st.lists(fault_texts(), max_size=3))
    def set_faults(self, faults: list[str]) -> None:
        self.sandbox.faults.set(faults)

    @rule(campaign_id=st.sampled_from(TO_UPDATE), message=MESSAGES, state=STATES)
    def change_by_hand(self, campaign_id: int, message: str, state: str) -> None:
        self.sandbox.store.patch(campaign_id, {"message": message, "state": state})

    @rule(numbers=NUMBERS)
    def change_numbers_by_hand(self, numbers: dict[str, str]) -> None:
        by_number = self.world.results_of_calls[TO_CALL]
        live = dispositions(self.sandbox.store.get(TO_CALL))
        entries = [
            {"number": number, "description": text, "disposition": live.get(number) or ""}
            for number, text in numbers.items()
        ]
        self.sandbox.store.patch(TO_CALL, {"numbers": entries})
        by_number.clear()
        by_number.update(dispositions(self.sandbox.store.get(TO_CALL)))

    @rule(message=MESSAGES, state=STATES, numbers=NUMBERS)
    def edit_definitions(self, message: str, state: str, numbers: dict[str, str]) -> None:
        self.desired[TO_CALL] |= {"message": message, "state": state, "numbers": numbers}
        self.world.define(TO_CALL, self.desired[TO_CALL])

    @rule(data=st.data(), disposition=st.sampled_from(["ANSWERED", "BUSY", "1"]))
    def call(self, data: st.DataObject, disposition: str) -> None:
        campaign_id = data.draw(st.sampled_from(TO_UPDATE))
        if numbers := sorted(field_value(self.sandbox.store.get(campaign_id), "numbers")):
            self.world.call(campaign_id, data.draw(st.sampled_from(numbers)), disposition)

    @rule()
    def plan(self) -> None:
        sent = len(self.world.watch.patches)
        assert self.world.run("plan", retry_policy=IMPATIENT).status in (0, 3)
        assert len(self.world.watch.patches) == sent

    @rule(workers=WORKERS, quiesce=st.booleans(), fail_fast=st.booleans())
    def apply(self, workers: str, *, quiesce: bool, fail_fast: bool) -> None:
        flags = ["--quiesce"] * quiesce + ["--fail-fast"] * fail_fast
        ran = self.world.apply("--concurrency", workers, *flags, retry_policy=IMPATIENT)
        assert ran.status in (0, 3), ran.out + ran.err
        if (run := self.world.watch.run_id()) is not None:
            self.assert_outcomes_are_true(results(self.world.folder, run))
        self.forget_removed_numbers()

    def assert_outcomes_are_true(self, outcomes: dict[int, str]) -> None:
        for campaign_id, outcome in outcomes.items():
            if outcome in ("applied", "already so"):
                live = self.sandbox.store.get(campaign_id)
                assert agrees(live, self.desired[campaign_id]), campaign_id

    def forget_removed_numbers(self) -> None:
        """Forget the results of numbers that were removed by this or an earlier apply."""
        for campaign_id, live in self.world.live().items():
            by_number = self.world.results_of_calls[campaign_id]
            live_results = dispositions(live)
            for number in [number for number in by_number if number not in live_results]:
                del by_number[number]

    @invariant()
    def promises_are_kept(self) -> None:
        if hasattr(self, "world"):
            after: dict[int, Any] = self.world.live()
            assert_others_unchanged(self.before, after)
            self.world.assert_no_disposition_lost()
            assert_journals_match(self.world.watch)


@pytest.mark.slow
def test_promises_hold_in_any_sequence() -> None:
    with Sandbox(token=TOKEN) as sandbox:

        class Served(Sequence):
            served = sandbox

        run_state_machine_as_test(
            Served, settings=settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
        )
