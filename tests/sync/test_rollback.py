"""A run undone: which fields are put back, which are not, and what is said about those."""

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
from voxosync.model.shard import Shard
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


def journalled(
    voxo: FakeVoxo, plan: Plan, folder: Path, *, command: str = "apply", **options: Any
) -> tuple[Run, list[Result]]:
    """A plan sent as the command line sends it, and the run as its journal tells it."""
    earlier_runs = len([*folder.glob("*.jsonl")])  # the name of a journal says which one is later
    with Journal(folder, NOW + timedelta(seconds=earlier_runs)) as journal:
        journal.begin(command, plan, {}, {})
        results = apply_plan(voxo, plan, journal=journal, options=RunOptions(workers=2, **options))  # type: ignore[arg-type]  # a Voxo to sync
        journal.end(results, 0)
    return find_run(folder, journal.run_id), results


def inverse(
    voxo: FakeVoxo,
    run: Run,
    *,
    only: tuple[int, ...] = (),
    force: bool = False,
    folder: Path | None = None,
    **options: Any,
) -> Plan:
    """The plan that undoes a run."""
    undone = undo(run, only)
    live = fetch_all(voxo, undone, workers=2)  # type: ignore[arg-type]  # a Voxo to sync
    results = latest_results(folder, run.base_url) if folder else {}
    options = {"tenant_id": None, "guards": Guards(), **options}
    return plan_rollback(run, undone, live, results, now=NOW, force=force, **options).plan


def inverse_of_one(voxo: FakeVoxo, run: Run, **options: Any) -> CampaignPlan:
    (undone,) = inverse(voxo, run, **options).campaigns
    return undone


def failing(error: Exception) -> Reply:
    def reply(_id: int, _body: Body) -> NoReturn:
        raise error

    return reply


def lost(voxo: FakeVoxo) -> Reply:
    """A reply: the change was made, but its answer did not arrive."""

    def reply(campaign_id: int, body: Body) -> NoReturn:
        voxo.take(campaign_id, body)
        raise OutcomeUnknown("PATCH: timed out")

    return reply


class TestPutsBack:
    def test_exactly_the_fields_that_the_run_changed(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old", message="old", callFrequency=30)])
        run, _ = journalled(voxo, plan_of(voxo, definition(name="new", message="old")), tmp_path)
        voxo.campaigns[SPRING].values["callFrequency"] = 60  # by hand, and not the run's
        plan = inverse(voxo, run)
        assert plan.campaigns[0].patch == {"name": "old"}
        journalled(voxo, plan, tmp_path)
        assert voxo.campaigns[SPRING].values["name"] == "old"
        assert voxo.campaigns[SPRING].values["callFrequency"] == 60

    def test_what_was_there_before_the_first_of_several_patches(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(state="READY", numbers={"6015550101": ""})])
        plan = plan_of(voxo, definition(numbers={}))
        run, _ = journalled(voxo, plan, tmp_path, quiesce=True)
        assert [body for _, body in voxo.patches] == [
            {"state": "PAUSED"}, {"numbers": []}, {"state": "READY"},
        ]  # fmt: skip
        undone = undo(run)[SPRING]
        assert (undone.before["state"], undone.after["state"]) == ("READY", "READY")
        assert inverse_of_one(voxo, run).patch == {
            "numbers": [{"number": "6015550101", "description": ""}]
        }

    def test_a_campaign_that_a_failed_quiesce_left_paused(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(state="READY", numbers={"6015550101": ""})])
        plan = plan_of(voxo, definition(numbers={}))
        voxo.replies[SPRING].extend([voxo.take, failing(Refused("422"))])
        run, _ = journalled(voxo, plan, tmp_path, quiesce=True)
        undone = inverse_of_one(voxo, run)
        assert undone.patch == {"state": "READY"}
        assert undone.dials_more

    def test_numbers_with_the_results_that_voxo_has_by_then(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": "old"})])
        run, _ = journalled(voxo, plan_of(voxo, definition(numbers={"6015550101": ""})), tmp_path)
        plan = inverse(voxo, run)
        voxo.campaigns[SPRING].numbers["6015550101"]["disposition"] = "ANSWERED"
        _, results = journalled(voxo, plan, tmp_path)
        assert [result.outcome for result in results] == [Outcome.APPLIED]
        assert voxo.campaigns[SPRING].numbers == {
            "6015550101": {"description": "old", "disposition": "ANSWERED"}
        }

    def test_numbers_that_the_run_removed_with_the_results_that_they_had(
        self, tmp_path: Path
    ) -> None:
        """Without them, VOXO would call these people a second time."""
        voxo = FakeVoxo(
            [campaign(numbers={"6015550101": ""}, dispositions={"6015550101": "ANSWERED"})]
        )
        before = deepcopy(voxo.campaigns[SPRING].numbers)
        run, _ = journalled(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
        journalled(voxo, inverse(voxo, run, folder=tmp_path), tmp_path)
        assert voxo.campaigns[SPRING].numbers == before

    def test_a_result_that_voxo_has_itself_is_never_overwritten_by_an_old_one(
        self, tmp_path: Path
    ) -> None:
        numbers = {"6015550101": "", "6015550102": ""}
        voxo = FakeVoxo([campaign(numbers=numbers, dispositions={"6015550101": "BUSY"})])
        run, _ = journalled(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
        voxo.campaigns[SPRING].numbers = {"6015550101": {"description": ""}}  # by hand
        journalled(voxo, inverse(voxo, run, force=True, folder=tmp_path), tmp_path)
        assert voxo.campaigns[SPRING].numbers == {
            "6015550101": {"description": ""},
            "6015550102": {"description": ""},
        }

    def test_numbers_with_the_fields_that_the_run_itself_gave_them(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": "old", "6015550102": ""})])
        desired = definition(
            numbers={"6015550101": "new"}, number_fields={"6015550101": {"field1": "Gold"}}
        )
        run, _ = journalled(voxo, plan_of(voxo, desired), tmp_path)
        undone = inverse_of_one(voxo, run)
        assert undone.patch["numbers"] == [
            {"number": "6015550101", "description": "old", "field1": "Gold"},
            {"number": "6015550102", "description": ""},
        ]
        assert undone.warnings == (
            "numbers that come back have lost field1 … field9: VOXO does not show them",
        )

    def test_what_voxo_never_answered_to(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(lost(voxo))
        run, _ = journalled(voxo, plan, tmp_path)
        assert run.sent[0].outcome == "unknown"
        assert inverse_of_one(voxo, run).patch == {"name": "old"}

    def test_what_a_killed_run_had_begun(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        with Journal(tmp_path, NOW) as journal:
            journal.begin("apply", plan_of(voxo, definition(name="new")), {}, {})
            journal.intent(SPRING, 1, {"name": "old"}, {"name": "new"}, {})
        run = find_run(tmp_path, journal.run_id)
        assert run.was_killed
        assert not inverse(voxo, run).differs  # the PATCH had not arrived
        voxo.take(SPRING, {"name": "new"})
        assert inverse_of_one(voxo, run).patch == {"name": "old"}

    def test_only_what_it_is_limited_to(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(1, name="old"), campaign(2, name="old")])
        plan = plan_of(voxo, definition(1, name="new"), definition(2, name="new"))
        run, _ = journalled(voxo, plan, tmp_path)
        assert [entry.id for entry in inverse(voxo, run, only=(2,)).campaigns] == [2]

    def test_a_rollback(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        run, _ = journalled(voxo, plan_of(voxo, definition(name="new")), tmp_path)
        again, _ = journalled(voxo, inverse(voxo, run), tmp_path, command="rollback")
        assert again.command == "rollback"
        assert inverse_of_one(voxo, again).patch == {"name": "new"}

    def test_a_campaign_with_the_name_that_it_had_in_the_run(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(callFrequency=30, name="Spring")])
        run, _ = journalled(voxo, plan_of(voxo, definition(callFrequency=60)), tmp_path)
        assert inverse_of_one(voxo, run).name == "Spring"
        del voxo.campaigns[SPRING]
        undone = inverse_of_one(voxo, run)
        assert undone.name == "Spring"
        assert undone.error is not None


class TestLeavesAlone:
    def test_what_voxo_refused(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(Refused("422")))
        run, _ = journalled(voxo, plan, tmp_path)
        assert undo(run) == {}
        voxo.campaigns[SPRING].values["name"] = "new"  # by hand
        assert inverse(voxo, run, force=True).campaigns == []

    def test_what_already_is_as_it_was(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        run, _ = journalled(voxo, plan_of(voxo, definition(name="new")), tmp_path)
        voxo.campaigns[SPRING].values["name"] = "old"  # by hand
        undone = inverse_of_one(voxo, run)
        assert (undone.patch, undone.warnings) == ({}, ())

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("name", ("old", "new", "by hand")),
            ("numbers", ({"6015550101": ""}, {}, {"6015550102": ""})),
            ("destinations", ([("QUEUE", 1)], [], [("QUEUE", 2)])),
        ],
    )
    def test_what_was_changed_again_unless_forced(
        self, name: str, values: tuple[Any, Any, Any], tmp_path: Path
    ) -> None:
        old, new, by_hand = values
        voxo = FakeVoxo([campaign(**{name: old})])
        before = deepcopy(voxo.campaigns)
        run, _ = journalled(voxo, plan_of(voxo, definition(**{name: new})), tmp_path)
        voxo.campaigns = {SPRING: campaign(**{name: by_hand})}
        undone = inverse_of_one(voxo, run)
        assert undone.patch == {}
        assert undone.warnings == (
            f"{name} was changed again since that run: left alone without --force",
        )
        plan = inverse(voxo, run, force=True)
        assert not any("--force" in text for text in plan.campaigns[0].warnings)
        journalled(voxo, plan, tmp_path)
        assert voxo.campaigns[SPRING].everything() == before[SPRING].everything()

    def test_other_fields_of_such_a_campaign_are_put_back(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old", message="old")])
        run, _ = journalled(voxo, plan_of(voxo, definition(name="new", message="new")), tmp_path)
        voxo.campaigns[SPRING].values["name"] = "by hand"
        assert inverse_of_one(voxo, run).patch == {"message": "old"}

    @pytest.mark.parametrize("force", [False, True])
    def test_what_had_no_value(self, *, force: bool, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(message=None)])
        run, _ = journalled(voxo, plan_of(voxo, definition(message="new")), tmp_path)
        undone = inverse_of_one(voxo, run, force=force)
        assert undone.patch == {}
        assert undone.warnings == (
            "message had no value before, and VOXO documents no way to clear one",
        )

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [("state", "RUNNING", "PAUSED"), ("tech", "SMS", "VOICE"), ("name", "ab", "abc"), ("callFrequency", 5, 30)],
    )  # fmt: skip
    def test_what_voxo_had_and_nobody_may_send(
        self, name: str, old: Any, new: Any, tmp_path: Path
    ) -> None:
        voxo = FakeVoxo([campaign(**{name: old, "message": "old"})])
        desired = definition(**{name: new, "message": "new"})
        run, _ = journalled(voxo, plan_of(voxo, desired), tmp_path)
        undone = inverse_of_one(voxo, run, force=True)
        assert undone.patch == {"message": "old"}
        assert undone.warnings == (
            f"{name} was {old} before, which VOXO's reference does not allow to be sent",
        )

    def test_a_campaign_that_cannot_be_read(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": ""})])
        run, _ = journalled(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
        answer = voxo.answer(SPRING)
        voxo.answer = lambda _: {**answer, "numbers": None}  # type: ignore[method-assign]  # an answer without its list
        undone = inverse_of_one(voxo, run)
        assert undone.error is not None
        assert "numbers" in undone.error

    @pytest.mark.parametrize("guard", ["the call's", "the definition's"])
    def test_a_campaign_of_another_tenant(self, guard: str, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        desired = definition(name="new", tenant_id=7 if guard == "the definition's" else None)
        run, _ = journalled(voxo, plan_of(voxo, desired), tmp_path)
        voxo.campaigns[SPRING].tenant_id = 8
        undone = inverse_of_one(voxo, run, tenant_id=7 if guard == "the call's" else None)
        assert undone.error is not None
        assert undone.error.startswith(
            "the live campaign is of tenant 8, but tenant 7 is expected: choose another environment"
        )

    def test_what_is_changed_between_the_plan_and_the_patch(self, tmp_path: Path) -> None:
        voxo = FakeVoxo([campaign(name="old")])
        run, _ = journalled(voxo, plan_of(voxo, definition(name="new")), tmp_path)
        plan = inverse(voxo, run)
        voxo.campaigns[SPRING].values["name"] = "by hand"
        _, (result,) = journalled(voxo, plan, tmp_path)
        assert result.outcome is Outcome.STALE
        assert voxo.campaigns[SPRING].values["name"] == "by hand"


def test_a_ready_campaign_that_is_paused_meanwhile_needs_no_warning(tmp_path: Path) -> None:
    voxo = FakeVoxo([campaign(state="READY", numbers={"6015550101": ""})])
    run, _ = journalled(voxo, plan_of(voxo, definition(numbers={})), tmp_path)
    warned = [
        any("while READY" in text for text in inverse_of_one(voxo, run, quiesce=quiesce).warnings)
        for quiesce in (False, True)
    ]
    assert warned == [True, False]


def test_percentages_are_of_what_the_run_managed(tmp_path: Path) -> None:
    voxo = FakeVoxo([campaign(1, name="old"), campaign(2, name="old")])
    plan = plan_of(voxo, definition(1, name="new"), definition(2, name="old"))
    run, _ = journalled(voxo, plan, tmp_path)
    assert inverse(voxo, run).managed == 2
    run, _ = journalled(voxo, replace(inverse(voxo, run), managed=40), tmp_path)
    assert inverse(voxo, run).managed == 40
    part = replace(inverse(voxo, run), shard=Shard(1, 2), shard_managed=20)
    run, _ = journalled(voxo, part, tmp_path)
    undone = inverse(voxo, run)
    assert (undone.managed, undone.shard, undone.shard_managed) == (40, Shard(1, 2), 20)


IDS = (1, 2)


@settings(max_examples=60)
@given(
    project=st.tuples(*(definitions(campaign_id) for campaign_id in IDS)),
    world=st.tuples(*(campaigns(campaign_id) for campaign_id in (*IDS, 99))),
    spelling=spellings,
    quiesce=st.booleans(),
)
def test_apply_and_then_rollback_gives_what_was_there_before(
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
        run, _ = journalled(voxo, plan, Path(folder), quiesce=quiesce)
        back = inverse(voxo, run, folder=Path(folder))
        _, results = journalled(voxo, back, Path(folder), quiesce=quiesce)
        assert {result.outcome for result in results} <= {Outcome.APPLIED}
        assert not inverse(voxo, run).differs
    warnings = {undone.id: " ".join(undone.warnings) for undone in back.campaigns}
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
HAPPENINGS = st.lists(
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
    """The oracle: the last result of each number that VOXO had when a PATCH of its numbers came."""

    def __init__(self, voxo: FakeVoxo) -> None:
        self._voxo, self._update = voxo, voxo.update
        self.latest: dict[str, str] = {}
        voxo.update = self.update  # type: ignore[method-assign]  # it looks on

    def update(self, campaign_id: int, body: Body) -> dict[str, Any]:
        if "numbers" in body:
            self.latest |= {
                number: result
                for number, result in _results(self._voxo.campaigns[campaign_id]).items()
                if result
            }
        return self._update(campaign_id, body)


@settings(max_examples=150)
@given(HAPPENINGS, st.data())
def test_a_number_comes_back_with_the_latest_result_that_any_run_saw(
    happenings: list[tuple[str, Any]], data: st.DataObject
) -> None:
    voxo = FakeVoxo([campaign(numbers=dict.fromkeys(PHONES, ""))])
    readings, runs, calls = ResultsSeen(voxo), [], 0
    stored = voxo.campaigns[SPRING]
    with TemporaryDirectory() as folder:
        for happening, target in happenings:
            if happening == "call":
                calls += 1
                if target in stored.numbers:
                    stored.numbers[target]["disposition"] = f"CALL {calls}"
            elif happening == "by hand":
                stored.numbers = {number: {} for number in sorted(target)}
            else:
                if happening == "lost":
                    voxo.replies[SPRING].append(failing(OutcomeUnknown("504")))
                elif happening == "refused":
                    voxo.replies[SPRING].append(failing(Refused("422")))
                plan = plan_of(voxo, definition(numbers=dict.fromkeys(sorted(target), "")))
                runs.append(journalled(voxo, plan, Path(folder))[0])
                voxo.replies.clear()
        if not any(run.sent for run in runs):
            return
        run = data.draw(st.sampled_from([run for run in runs if run.sent]))
        before = _results(stored)
        latest = dict(readings.latest)
        journalled(voxo, inverse(voxo, run, force=True, folder=Path(folder)), Path(folder))
    for number, result in _results(voxo.campaigns[SPRING]).items():
        assert result == (before[number] if number in before else latest.get(number)), number
