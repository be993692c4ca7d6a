"""A rollback restores the fields that a run changed, and warns about those that it cannot restore."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documented_fields import DESTINATIONS, SCALARS
from tests.sync.builders import NOW, campaign, definition, plan_of
from tests.sync.fake_voxo import Campaign, FakeVoxo, Spelling
from tests.sync.strategies import campaigns, definitions, spellings
from voxosync.errors import OutcomeUnknown, Refused
from voxosync.model.guard import Guards
from voxosync.model.outcome import Outcome
from voxosync.model.shard import PlanPart, Shard
from voxosync.sync.apply import RunOptions, apply_plan
from voxosync.sync.call_results import latest_results
from voxosync.sync.fetch import fetch_all
from voxosync.sync.journal import Journal
from voxosync.sync.journal_reader import find_run
from voxosync.sync.rollback import plan_rollback, undo

if TYPE_CHECKING:
    from tests.sync.fake_voxo import Body, Reply
    from voxosync.model.campaign import Definition
    from voxosync.model.journal import Run
    from voxosync.model.outcome import Result
    from voxosync.model.plan import CampaignPlan, Plan

SPRING = 4711
FIELDS = (*SCALARS, "numbers", *DESTINATIONS)


def apply_with_journal(
    voxo: FakeVoxo, plan: Plan, folder: Path, *, command: str = "apply", **options: Any
) -> tuple[Run, list[Result]]:
    """Apply a plan as the command line does; return the run, as read from its journal, and the results."""
    earlier_runs = len([*folder.glob("*.jsonl")])  # journals are ordered by their names
    with Journal(folder, NOW + timedelta(seconds=earlier_runs)) as journal:
        journal.begin(command, plan, {}, {})
        results = apply_plan(voxo, plan, journal=journal, options=RunOptions(workers=2, **options))  # type: ignore[arg-type]  # a Voxo to sync
        journal.end(results, 0)
    return find_run(folder, journal.run_id), results


def rollback_plan(
    voxo: FakeVoxo,
    run: Run,
    *,
    only: tuple[int, ...] = (),
    force: bool = False,
    folder: Path | None = None,
    **options: Any,
) -> Plan:
    """The plan that rolls back a run."""
    undone = undo(run, only)
    live = fetch_all(voxo, undone, workers=2)  # type: ignore[arg-type]  # a Voxo to sync
    results = latest_results(folder, run.base_url) if folder else {}
    options = {"tenant_id": None, "guards": Guards(), **options}
    return plan_rollback(run, undone, live, results, now=NOW, force=force, **options).plan


def rollback_of_one(voxo: FakeVoxo, run: Run, **options: Any) -> CampaignPlan:
    (undone,) = rollback_plan(voxo, run, **options).campaigns
    return undone


def failing(error: Exception) -> Reply:
    def reply(_id: int, _body: Body) -> NoReturn:
        raise error

    return reply


def lost(voxo: FakeVoxo) -> Reply:
    """A reply that makes the change, but whose response does not arrive."""

    def reply(campaign_id: int, body: Body) -> NoReturn:
        voxo.take(campaign_id, body)
        raise OutcomeUnknown("PATCH: timed out")

    return reply


class TestRestores:
    def test_only_the_fields_that_the_run_changed(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old", message="old", callFrequency=30)])
        run, _ = apply_with_journal(
            voxo, plan_of(voxo, definition(name="new", message="old")), tmp_path
        )
        voxo.campaigns[SPRING].values["callFrequency"] = 60  # by hand, not by the run
        plan = rollback_plan(voxo, run)
        assert plan.campaigns[0].patch == {"name": "old"}
        apply_with_journal(voxo, plan, tmp_path)
        assert voxo.campaigns[SPRING].values["name"] == "old"
        assert voxo.campaigns[SPRING].values["callFrequency"] == 60

    def test_values_from_before_the_first_of_several_patches(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(state="READY", numbers={"6015550101": ""})])
        plan = plan_of(voxo, definition(numbers={}))
        run, _ = apply_with_journal(voxo, plan, tmp_path, quiesce=True)
        assert [body for _, body in voxo.patches] == [
            {"state": "PAUSED"}, {"numbers": []}, {"state": "READY"},
        ]  # fmt: skip
        undone = undo(run)[SPRING]
        assert (undone.before["state"], undone.after["state"]) == ("READY", "READY")
        assert rollback_of_one(voxo, run).patch == {
            "numbers": [{"number": "6015550101", "description": ""}]
        }

    def test_campaign_that_a_failed_quiesce_left_paused(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(state="READY", numbers={"6015550101": ""})])
        plan = plan_of(voxo, definition(numbers={}))
        voxo.replies[SPRING].extend([voxo.take, failing(Refused("422"))])
        run, _ = apply_with_journal(voxo, plan, tmp_path, quiesce=True)
        undone = rollback_of_one(voxo, run)
        assert undone.patch == {"state": "READY"}
        assert undone.dials_more

    def test_numbers_with_the_call_results_that_voxo_has_by_then(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": "old"})])
        run, _ = apply_with_journal(
            voxo, plan_of(voxo, definition(numbers={"6015550101": ""})), tmp_path
        )
        plan = rollback_plan(voxo, run)
        voxo.campaigns[SPRING].numbers["6015550101"]["disposition"] = "ANSWERED"
        _, results = apply_with_journal(voxo, plan, tmp_path)
        assert [result.outcome for result in results] == [Outcome.APPLIED]
        assert voxo.campaigns[SPRING].numbers == {
            "6015550101": {"description": "old", "disposition": "ANSWERED"}
        }

    def test_removed_numbers_with_the_call_results_that_they_had(self, tmp_path: Path) -> None:
        """Without the results, VOXO would call these people a second time."""
        voxo = FakeVoxo(
            [campaign(numbers={"6015550101": ""}, dispositions={"6015550101": "ANSWERED"})]
        )
        before = deepcopy(voxo.campaigns[SPRING].numbers)
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
        apply_with_journal(voxo, rollback_plan(voxo, run, folder=tmp_path), tmp_path)
        assert voxo.campaigns[SPRING].numbers == before

    def test_numbers_without_overwriting_the_results_that_voxo_has(self, tmp_path: Path) -> None:
        numbers = {"6015550101": "", "6015550102": ""}
        voxo = FakeVoxo([campaign(numbers=numbers, dispositions={"6015550101": "BUSY"})])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
        voxo.campaigns[SPRING].numbers = {"6015550101": {"description": ""}}  # by hand
        apply_with_journal(voxo, rollback_plan(voxo, run, force=True, folder=tmp_path), tmp_path)
        assert voxo.campaigns[SPRING].numbers == {
            "6015550101": {"description": ""},
            "6015550102": {"description": ""},
        }

    def test_numbers_with_the_fields_that_the_run_sent(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": "old", "6015550102": ""})])
        desired = definition(
            numbers={"6015550101": "new"}, number_fields={"6015550101": {"field1": "Gold"}}
        )
        run, _ = apply_with_journal(voxo, plan_of(voxo, desired), tmp_path)
        undone = rollback_of_one(voxo, run)
        assert undone.patch["numbers"] == [
            {"number": "6015550101", "description": "old", "field1": "Gold"},
            {"number": "6015550102", "description": ""},
        ]
        assert undone.warnings == (
            "numbers that come back have lost field1 … field9: VOXO does not show them",
        )

    def test_change_with_an_unknown_outcome(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(lost(voxo))
        run, _ = apply_with_journal(voxo, plan, tmp_path)
        assert run.sent[0].outcome == "unknown"
        assert rollback_of_one(voxo, run).patch == {"name": "old"}

    def test_change_that_was_under_way_when_the_run_was_killed(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        with Journal(tmp_path, NOW) as journal:
            journal.begin("apply", plan_of(voxo, definition(name="new")), {}, {})
            journal.intent(SPRING, 1, {"name": "old"}, {"name": "new"}, {})
        run = find_run(tmp_path, journal.run_id)
        assert run.was_killed
        assert not rollback_plan(voxo, run).differs  # the PATCH had not arrived
        voxo.take(SPRING, {"name": "new"})
        assert rollback_of_one(voxo, run).patch == {"name": "old"}

    def test_only_the_selected_campaigns(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(1, name="old"), campaign(2, name="old")])
        plan = plan_of(voxo, definition(1, name="new"), definition(2, name="new"))
        run, _ = apply_with_journal(voxo, plan, tmp_path)
        assert [entry.id for entry in rollback_plan(voxo, run, only=(2,)).campaigns] == [2]

    def test_values_from_before_a_rollback(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(name="new")), tmp_path)
        again, _ = apply_with_journal(voxo, rollback_plan(voxo, run), tmp_path, command="rollback")
        assert again.command == "rollback"
        assert rollback_of_one(voxo, again).patch == {"name": "new"}

    def test_campaign_under_the_name_that_it_had_in_the_run(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(callFrequency=30, name="Spring")])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(callFrequency=60)), tmp_path)
        assert rollback_of_one(voxo, run).name == "Spring"
        del voxo.campaigns[SPRING]
        undone = rollback_of_one(voxo, run)
        assert undone.name == "Spring"
        assert undone.error is not None


class TestDoesNotRestore:
    def test_change_that_voxo_refused(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(Refused("422")))
        run, _ = apply_with_journal(voxo, plan, tmp_path)
        assert undo(run) == {}
        voxo.campaigns[SPRING].values["name"] = "new"  # by hand
        assert rollback_plan(voxo, run, force=True).campaigns == []

    def test_field_that_already_has_its_old_value(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(name="new")), tmp_path)
        voxo.campaigns[SPRING].values["name"] = "old"  # by hand
        undone = rollback_of_one(voxo, run)
        assert (undone.patch, undone.warnings) == ({}, ())

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("name", ("old", "new", "by hand")),
            ("numbers", ({"6015550101": ""}, {}, {"6015550102": ""})),
            ("destinations", ([("QUEUE", 1)], [], [("QUEUE", 2)])),
        ],
    )
    def test_field_that_was_changed_again_unless_forced(
        self, name: str, values: tuple[Any, Any, Any], tmp_path: Path
    ) -> None:
        old, new, by_hand = values
        voxo = FakeVoxo([campaign(**{name: old})])
        before = deepcopy(voxo.campaigns)
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(**{name: new})), tmp_path)
        voxo.campaigns = {SPRING: campaign(**{name: by_hand})}
        undone = rollback_of_one(voxo, run)
        assert undone.patch == {}
        assert undone.warnings == (
            f"{name} was changed again since that run: left alone without --force",
        )
        plan = rollback_plan(voxo, run, force=True)
        assert not any("--force" in text for text in plan.campaigns[0].warnings)
        apply_with_journal(voxo, plan, tmp_path)
        assert voxo.campaigns[SPRING].everything() == before[SPRING].everything()

    def test_field_that_was_changed_again_but_the_other_fields(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old", message="old")])
        run, _ = apply_with_journal(
            voxo, plan_of(voxo, definition(name="new", message="new")), tmp_path
        )
        voxo.campaigns[SPRING].values["name"] = "by hand"
        assert rollback_of_one(voxo, run).patch == {"message": "old"}

    @pytest.mark.parametrize("force", [False, True])
    def test_field_that_had_no_value(self, *, force: bool, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(message=None)])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(message="new")), tmp_path)
        undone = rollback_of_one(voxo, run, force=force)
        assert undone.patch == {}
        assert undone.warnings == (
            "message had no value before, and VOXO documents no way to clear one",
        )

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [("state", "RUNNING", "PAUSED"), ("tech", "SMS", "VOICE"), ("name", "ab", "abc"), ("callFrequency", 5, 30)],
    )  # fmt: skip
    def test_value_that_the_api_does_not_accept(
        self, name: str, old: Any, new: Any, tmp_path: Path
    ) -> None:
        voxo = FakeVoxo([campaign(**{name: old, "message": "old"})])
        desired = definition(**{name: new, "message": "new"})
        run, _ = apply_with_journal(voxo, plan_of(voxo, desired), tmp_path)
        undone = rollback_of_one(voxo, run, force=True)
        assert undone.patch == {"message": "old"}
        assert undone.warnings == (
            f"{name} was {old} before, which VOXO's reference does not allow to be sent",
        )

    def test_campaign_that_cannot_be_read(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": ""})])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
        answer = voxo.answer(SPRING)
        voxo.answer = lambda _: {**answer, "numbers": None}  # type: ignore[method-assign, assignment]  # an answer without its list
        undone = rollback_of_one(voxo, run)
        assert undone.error is not None
        assert "numbers" in undone.error

    @pytest.mark.parametrize("guard", ["expected tenant", "tenant of the definition"])
    def test_campaign_of_another_tenant(self, guard: str, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        desired = definition(
            name="new", tenant_id=7 if guard == "tenant of the definition" else None
        )
        run, _ = apply_with_journal(voxo, plan_of(voxo, desired), tmp_path)
        voxo.campaigns[SPRING].tenant_id = 8
        undone = rollback_of_one(voxo, run, tenant_id=7 if guard == "expected tenant" else None)
        assert undone.error is not None
        assert undone.error.startswith(
            "the live campaign is of tenant 8, but tenant 7 is expected: choose another environment"
        )

    def test_field_that_is_changed_between_the_plan_and_the_patch(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        run, _ = apply_with_journal(voxo, plan_of(voxo, definition(name="new")), tmp_path)
        plan = rollback_plan(voxo, run)
        voxo.campaigns[SPRING].values["name"] = "by hand"
        _, (result,) = apply_with_journal(voxo, plan, tmp_path)
        assert result.outcome is Outcome.STALE
        assert voxo.campaigns[SPRING].values["name"] == "by hand"


def test_ready_campaign_that_is_paused_during_the_update_has_no_warning(tmp_path: Path) -> None:
    voxo = FakeVoxo([campaign(state="READY", numbers={"6015550101": ""})])
    run, _ = apply_with_journal(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
    has_warning = [
        any("while READY" in text for text in rollback_of_one(voxo, run, quiesce=quiesce).warnings)
        for quiesce in (False, True)
    ]
    assert has_warning == [True, False]


def test_percentages_are_of_the_campaigns_that_the_run_managed(tmp_path: Path) -> None:
    voxo = FakeVoxo([campaign(1, name="old"), campaign(2, name="old")])
    plan = plan_of(voxo, definition(1, name="new"), definition(2, name="old"))
    run, _ = apply_with_journal(voxo, plan, tmp_path)
    assert rollback_plan(voxo, run).part.managed == 2
    run, _ = apply_with_journal(
        voxo, replace(rollback_plan(voxo, run), part=PlanPart(40)), tmp_path
    )
    assert rollback_plan(voxo, run).part == PlanPart(40)
    part = PlanPart(40, Shard(1, 2), shard_managed=20)
    run, _ = apply_with_journal(voxo, replace(rollback_plan(voxo, run), part=part), tmp_path)
    assert rollback_plan(voxo, run).part == part


IDS = (1, 2)


@settings(max_examples=60)
@given(
    project=st.tuples(*(definitions(campaign_id) for campaign_id in IDS)),
    world=st.tuples(*(campaigns(campaign_id) for campaign_id in (*IDS, 99))),
    spelling=spellings,
    quiesce=st.booleans(),
)
def test_rollback_after_apply_restores_the_previous_values(
    *,
    project: tuple[Definition, ...],
    world: tuple[Campaign, ...],
    spelling: Spelling,
    quiesce: bool,
) -> None:
    voxo = FakeVoxo(world, spelling)
    before = deepcopy(voxo.campaigns)
    with TemporaryDirectory() as folder:
        plan = plan_of(voxo, *project)
        run, _ = apply_with_journal(voxo, plan, Path(folder), quiesce=quiesce)
        rollback = rollback_plan(voxo, run, folder=Path(folder))
        _, results = apply_with_journal(voxo, rollback, Path(folder), quiesce=quiesce)
        assert {result.outcome for result in results} <= {Outcome.APPLIED}
        assert not rollback_plan(voxo, run).differs
    warnings = {undone.id: " ".join(undone.warnings) for undone in rollback.campaigns}
    assert "--force" not in "".join(warnings.values())
    for campaign_id, was in before.items():
        now = voxo.campaigns[campaign_id]
        for name in FIELDS:
            if now.holds(name) != was.holds(name):
                old = was.holds(name)
                unsendable = name == "state" and (old not in ("READY", "PAUSED") or spelling.runs)
                assert old is None or unsendable, name
                reason = "had no value before" if old is None else "does not allow to be sent"
                assert f"{name} " in warnings[campaign_id]
                assert reason in warnings[campaign_id]
        assert _results(now) == _results(was)
    assert voxo.campaigns[99] == before[99]


def _results(stored: Campaign) -> dict[str, str | None]:
    return {number: entry.get("disposition") for number, entry in stored.numbers.items()}


PHONES = ("6015550101", "6015550102", "6015550103")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), st.sets(st.sampled_from(PHONES))),
        st.tuples(st.just("lost"), st.sets(st.sampled_from(PHONES))),
        st.tuples(st.just("refused"), st.sets(st.sampled_from(PHONES))),
        st.tuples(st.just("by hand"), st.sets(st.sampled_from(PHONES))),
        st.tuples(st.just("call"), st.sampled_from(PHONES)),
    ),
    max_size=12,
)


class ResultsSeen:
    """The oracle: the last call result of each number that VOXO had before a PATCH of its numbers."""

    def __init__(self, voxo: FakeVoxo) -> None:
        self._voxo, self._update = voxo, voxo.update
        self.latest: dict[str, str] = {}
        voxo.update = self.update  # type: ignore[method-assign]  # records results before each update

    def update(self, campaign_id: int, body: Body) -> dict[str, Any]:
        if "numbers" in body:
            self.latest |= {
                number: result
                for number, result in _results(self._voxo.campaigns[campaign_id]).items()
                if result
            }
        return self._update(campaign_id, body)


@settings(max_examples=150)
@given(EVENTS, st.data())
def test_number_is_restored_with_the_latest_call_result_that_any_run_read(
    events: list[tuple[str, Any]], data: st.DataObject
) -> None:
    voxo = FakeVoxo([campaign(numbers=dict.fromkeys(PHONES, ""))])
    results_seen, runs, calls = ResultsSeen(voxo), [], 0
    stored = voxo.campaigns[SPRING]
    with TemporaryDirectory() as folder:
        for event, target in events:
            if event == "call":
                calls += 1
                if target in stored.numbers:
                    stored.numbers[target]["disposition"] = f"CALL {calls}"
            elif event == "by hand":
                stored.numbers = {number: {} for number in sorted(target)}
            else:
                if event == "lost":
                    voxo.replies[SPRING].append(failing(OutcomeUnknown("504")))
                elif event == "refused":
                    voxo.replies[SPRING].append(failing(Refused("422")))
                plan = plan_of(voxo, definition(numbers=dict.fromkeys(sorted(target), "")))
                runs.append(apply_with_journal(voxo, plan, Path(folder))[0])
                voxo.replies.clear()
        if not any(run.sent for run in runs):
            return
        run = data.draw(st.sampled_from([run for run in runs if run.sent]))
        before = _results(stored)
        latest = dict(results_seen.latest)
        apply_with_journal(
            voxo, rollback_plan(voxo, run, force=True, folder=Path(folder)), Path(folder)
        )
    for number, result in _results(voxo.campaigns[SPRING]).items():
        assert result == (before[number] if number in before else latest.get(number)), number
