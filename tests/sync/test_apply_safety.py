"""Apply never overwrites a change made since the read, loses a call result, or starts dialing out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.builders import campaign, definition, plan_of
from tests.sync.fake_voxo import FakeVoxo
from voxosync.errors import OutcomeUnknown, Refused, WriteDeferred
from voxosync.model.outcome import Outcome
from voxosync.model.quiesce_mark import marked
from voxosync.sync.apply import RunOptions, apply_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.fake_voxo import Body, Reply
    from voxosync.model.outcome import Result
    from voxosync.model.plan import Plan

SPRING = 4711
ANN, BOB, CID = "6015550123", "6015550124", "6015550125"


def send(voxo: FakeVoxo, plan: Plan, **options: Any) -> list[Result]:
    return apply_plan(voxo, plan, options=RunOptions(workers=1, **options))  # type: ignore[arg-type]  # a Voxo to sync


def refused(_id: int, _body: Body) -> dict[str, Any]:
    raise Refused("PATCH: VOXO answered 400")


def deferred(meanwhile: Callable[[], object]) -> Reply:
    """A reply to a write that was never sent; something else happens before the next read."""

    def reply(_id: int, _body: Body) -> dict[str, Any]:
        meanwhile()
        raise WriteDeferred("PATCH: VOXO answered 429")

    return reply


class TestDeferredWrite:
    """It is checked against another read before it is sent, and not repeated unchanged."""

    def test_has_the_results_of_calls_that_ended_meanwhile(self) -> None:
        voxo = FakeVoxo([campaign(numbers={ANN: "", BOB: ""}, state="READY")])
        plan = plan_of(voxo, definition(numbers={ANN: "", BOB: "", CID: ""}))
        stored = voxo.campaigns[SPRING].numbers
        voxo.replies[SPRING].append(deferred(lambda: stored[ANN].update(disposition="ANSWERED")))
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.APPLIED
        assert voxo.campaigns[SPRING].numbers[ANN]["disposition"] == "ANSWERED"

    def test_is_stale_if_the_field_was_edited_meanwhile(self) -> None:
        voxo = FakeVoxo([campaign(message="old")])
        plan = plan_of(voxo, definition(message="new"))
        values = voxo.campaigns[SPRING].values
        voxo.replies[SPRING].append(deferred(lambda: values.update(message="by hand")))
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.STALE
        assert values["message"] == "by hand"

    def test_adds_no_numbers_to_a_campaign_that_became_ready_meanwhile(self) -> None:
        voxo = FakeVoxo([campaign(numbers={ANN: ""}, state="PAUSED")])
        plan = plan_of(voxo, definition(numbers={ANN: "", BOB: ""}))
        values = voxo.campaigns[SPRING].values
        voxo.replies[SPRING].append(deferred(lambda: values.update(state="READY")))
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.STALE
        assert set(voxo.campaigns[SPRING].numbers) == {ANN}


class TestLateWrite:
    """A write with an unknown outcome that takes effect only after the campaign was read again."""

    def late(self, bodies: list[Body]) -> Reply:
        def reply(_id: int, body: Body) -> dict[str, Any]:
            bodies.append(body)
            raise OutcomeUnknown("PATCH: VOXO answered 504")

        return reply

    @pytest.mark.parametrize("reads", range(1, 6))
    def test_erases_no_call_result_that_was_read(self, reads: int) -> None:
        """A call ends, and the write takes effect at any of the reads after that."""
        voxo = FakeVoxo([campaign(numbers={ANN: "", BOB: ""}, state="READY")])
        plan = plan_of(voxo, definition(numbers={ANN: "", BOB: "", CID: ""}))
        bodies: list[Body] = []
        voxo.replies[SPRING].append(self.late(bodies))

        def end_call() -> None:
            voxo.campaigns[SPRING].numbers[ANN]["disposition"] = "ANSWERED"

        def late_write() -> None:
            voxo.take(SPRING, bodies[0])

        actions = [lambda: None, end_call, *[lambda: None] * (reads - 1), late_write]
        voxo.before_read[SPRING].extend(actions)
        (result,) = send(voxo, plan)
        while voxo.before_read[SPRING]:  # actions after the end of the run
            voxo.before_read[SPRING].popleft()
        assert result.outcome is Outcome.APPLIED
        numbers = voxo.campaigns[SPRING].numbers
        assert set(numbers) == {ANN, BOB, CID}
        assert numbers[ANN]["disposition"] == "ANSWERED"

    def test_is_detected_at_the_end_of_the_run(self) -> None:
        """It takes effect after the campaign was sent again and verified, while others are applied."""
        voxo = FakeVoxo([campaign(numbers={ANN: ""}, state="READY"), campaign(2, message="old")])
        plan = plan_of(
            voxo,
            definition(numbers={ANN: "", BOB: ""}),
            definition(2, message="new", state="READY"),
        )
        bodies: list[Body] = []
        voxo.replies[SPRING].append(self.late(bodies))
        voxo.before_read[SPRING].extend(
            [
                lambda: None,
                lambda: voxo.campaigns[SPRING].numbers[ANN].update(disposition="BUSY"),
            ]
        )
        voxo.replies[2].append(
            lambda campaign_id, body: (voxo.take(SPRING, bodies[0]), voxo.take(campaign_id, body))[
                1
            ]
        )
        first, _ = send(voxo, plan)
        assert first.outcome is Outcome.APPLIED
        assert voxo.campaigns[SPRING].numbers[ANN]["disposition"] == "BUSY"
        assert set(voxo.campaigns[SPRING].numbers) == {ANN, BOB}


class TestPauseIsAlwaysSent:
    @pytest.mark.parametrize("then", ["READY", "RUNNING", "COMPLETED", "", None])
    @pytest.mark.parametrize("now", ["READY", "RUNNING", "COMPLETED", "", None])
    def test_whatever_the_live_state_is(self, then: str | None, now: str | None) -> None:
        voxo = FakeVoxo([campaign(state=then)])
        plan = plan_of(voxo, definition(state="PAUSED"))
        voxo.campaigns[SPRING].values["state"] = now
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.APPLIED
        assert voxo.campaigns[SPRING].values["state"] == "PAUSED"

    @pytest.mark.parametrize("quiesce", [False, True])
    def test_alone_if_another_field_is_stale(self, quiesce: bool) -> None:  # noqa: FBT001  # a parameter
        voxo = FakeVoxo([campaign(state="READY", numbers={ANN: ""}, message="old")])
        plan = plan_of(voxo, definition(state="PAUSED", numbers={}, message="new"))
        stored = voxo.campaigns[SPRING]
        stored.values.update(state="RUNNING", message="by hand")
        (result,) = send(voxo, plan, quiesce=quiesce)
        assert result.outcome is Outcome.STALE
        assert result.sent == ("state",)
        assert "message changed in VOXO" in result.detail
        assert (stored.values["state"], stored.values["message"]) == ("PAUSED", "by hand")
        assert set(stored.numbers) == {ANN}

    def test_alone_if_another_field_is_no_longer_readable(self) -> None:
        voxo = FakeVoxo([campaign(state="READY", message="old")])
        plan = plan_of(voxo, definition(state="PAUSED", message="new"))
        voxo.campaigns[SPRING].values["message"] = {"odd": 1}
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.STALE
        assert voxo.campaigns[SPRING].values["state"] == "PAUSED"

    def test_alone_if_voxo_refuses_another_field(self) -> None:
        voxo = FakeVoxo([campaign(state="READY", message="old")])
        plan = plan_of(voxo, definition(state="PAUSED", message="new"))
        voxo.replies[SPRING].append(refused)
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.FAILED
        assert voxo.patches[-1] == (SPRING, {"state": "PAUSED"})
        assert "paused, and nothing else" in result.detail
        assert "400" in result.detail
        assert voxo.campaigns[SPRING].values["message"] == "old"

    def test_but_not_a_third_time_if_voxo_refuses_the_pause_too(self) -> None:
        voxo = FakeVoxo([campaign(state="READY", message="old")])
        plan = plan_of(voxo, definition(state="PAUSED", message="new"))
        voxo.replies[SPRING].extend([refused, refused])
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.FAILED
        assert voxo.campaigns[SPRING].values["state"] == "READY"


def test_quiesce_mark_of_another_run_is_kept() -> None:
    """Without the mark, the campaign would stay PAUSED, and nothing in VOXO would say why."""
    voxo = FakeVoxo([campaign(name="Spring", numbers={ANN: ""}, state="READY")])
    plan = plan_of(voxo, definition(numbers={ANN: "", BOB: ""}))
    values, name = voxo.campaigns[SPRING].values, marked("Spring")
    reads = voxo.before_read[SPRING]
    reads.extend([lambda: None, lambda: values.update(state="PAUSED", name=name)])
    (result,) = send(voxo, plan, quiesce=True)
    assert result.outcome is Outcome.STALE
    assert (values["state"], values["name"], voxo.patches) == ("PAUSED", name, [])


class TestOrder:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({"dateEnd": "2026-03-31"}, {"dateEnd": "2096-03-31"}),
            ({"dateStart": "2096-03-01"}, {"dateStart": "2026-03-01"}),
            ({"tech": "SMS"}, {"tech": "VOICE"}),
        ],
    )
    def test_change_that_lets_a_campaign_dial_is_not_sent_after_a_failure(
        self, before: dict[str, str], after: dict[str, str]
    ) -> None:
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2, state="READY", **before)])
        plan = plan_of(voxo, definition(1, state="PAUSED"), definition(2, **after))
        voxo.replies[1].append(refused)
        assert [result.outcome for result in send(voxo, plan)] == [
            Outcome.FAILED,
            Outcome.NOT_SENT,
        ]

    def test_failed_change_of_dates_keeps_other_campaigns_from_getting_numbers(self) -> None:
        voxo = FakeVoxo(
            [
                campaign(1, state="READY", dateEnd="2026-03-31"),
                campaign(2, numbers={}, state="READY"),
            ]
        )
        plan = plan_of(voxo, definition(2, numbers={ANN: ""}), definition(1, dateEnd="2096-03-31"))
        voxo.replies[1].append(refused)
        outcomes = {result.id: result.outcome for result in send(voxo, plan)}
        assert outcomes == {1: Outcome.FAILED, 2: Outcome.NOT_SENT}

    def test_refused_pause_keeps_the_successor_from_dialing(self) -> None:
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2, state="PAUSED")])
        plan = plan_of(voxo, definition(1, state="PAUSED"), definition(2, state="READY"))
        voxo.replies[1].append(refused)
        first, second = send(voxo, plan)
        assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.NOT_SENT)
        assert "campaign 1 before it failed" in second.detail
        assert "--continue-go-live" in second.detail
        assert voxo.campaigns[2].values["state"] == "PAUSED"

    def test_continue_go_live_lets_the_successor_dial(self) -> None:
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2, state="PAUSED")])
        plan = plan_of(voxo, definition(1, state="PAUSED"), definition(2, state="READY"))
        voxo.replies[1].append(refused)
        send(voxo, plan, continue_go_live=True)
        assert voxo.campaigns[2].values["state"] == "READY"

    def test_number_that_was_not_removed_from_one_campaign_is_not_added_to_another(self) -> None:
        voxo = FakeVoxo(
            [campaign(1, numbers={ANN: ""}, state="READY"), campaign(2, numbers={}, state="READY")]
        )
        plan = plan_of(voxo, definition(2, numbers={ANN: ""}), definition(1, numbers={}))
        voxo.replies[1].append(refused)
        send(voxo, plan)
        assert voxo.campaigns[2].numbers == {}

    def test_changes_that_do_not_dial_more_are_still_sent(self) -> None:
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2, numbers={}), campaign(3)])
        plan = plan_of(
            voxo,
            definition(1, state="PAUSED"),
            definition(2, numbers={ANN: ""}),
            definition(3, name="new"),
        )
        voxo.replies[1].append(refused)
        assert [result.outcome for result in send(voxo, plan)[1:]] == [Outcome.APPLIED] * 2

    def test_campaign_that_could_not_be_planned_counts_as_a_failure(self) -> None:
        voxo = FakeVoxo([campaign(1, callFrequency="often"), campaign(2)])
        plan = plan_of(voxo, definition(1, callFrequency=30), definition(2, state="READY"))
        assert plan.campaigns[0].error
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.NOT_SENT

    def test_campaign_that_does_not_exist_in_voxo_does_not_count_as_a_failure(self) -> None:
        voxo = FakeVoxo([campaign(2)])
        plan = plan_of(voxo, definition(404, name="new"), definition(2, state="READY"))
        (result,) = send(voxo, plan)
        assert result.outcome is Outcome.APPLIED

    def test_campaign_that_loses_a_number_precedes_the_one_that_gets_it(self) -> None:
        voxo = FakeVoxo(
            [
                campaign(1, numbers={ANN: ""}, state="READY"),
                campaign(2, numbers={BOB: ""}, state="READY"),
                campaign(3, numbers={}, state="READY"),
            ]
        )
        plan = plan_of(
            voxo,
            definition(3, numbers={BOB: ""}),
            definition(2, numbers={ANN: ""}),
            definition(1, numbers={CID: ""}),
        )
        voxo.replies[1].append(refused)
        send(voxo, plan)
        assert [campaign_id for campaign_id, _ in voxo.patches] == [1]


numbers = st.sets(st.sampled_from([ANN, BOB, CID]))


@given(
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5),
    st.booleans(),
    st.none() | st.integers(0, 9),
)
def test_moved_number_is_never_in_two_campaigns_whichever_request_fails(
    lists: list[tuple[set[str], set[str]]],
    quiesce: bool,  # noqa: FBT001  # a parameter
    failing_request: int | None,
) -> None:
    """The lists of each side are made disjoint first, so that no number starts in two campaigns."""
    removed: tuple[set[str], set[str]] = (set(), set())
    owned = []
    for sides in lists:
        own = tuple(
            side - removed_numbers for side, removed_numbers in zip(sides, removed, strict=True)
        )
        owned.append(own)
        for side, removed_numbers in zip(sides, removed, strict=True):
            removed_numbers.update(side)
    voxo = FakeVoxo(
        campaign(campaign_id, numbers=dict.fromkeys(before, ""), state="READY")
        for campaign_id, (before, _) in enumerate(owned, start=1)
    )
    plan = plan_of(
        voxo,
        *(
            definition(campaign_id, numbers=dict.fromkeys(then, ""))
            for campaign_id, (_, then) in enumerate(owned, start=1)
        ),
    )
    update, count = voxo.update, iter(range(99))

    def checked(campaign_id: int, body: Body) -> dict[str, Any]:
        if next(count) == failing_request:
            raise Refused("PATCH: VOXO answered 400")
        answer = update(campaign_id, body)
        numbers = [number for stored in voxo.campaigns.values() for number in stored.numbers]
        assert len(numbers) == len(set(numbers))
        return answer

    voxo.update = checked  # type: ignore[method-assign]  # checks the lists after each PATCH
    results = send(voxo, plan, quiesce=quiesce)
    assert [entry.id for entry in results] == [
        entry.id for entry in plan.campaigns if entry.changes
    ]
    if failing_request is None:
        assert all(result.outcome is Outcome.APPLIED for result in results)
        for campaign_id, (_, then) in enumerate(owned, start=1):
            assert set(voxo.campaigns[campaign_id].numbers) == then


def test_swap_that_fails_midway_reports_the_removal() -> None:
    voxo = FakeVoxo(
        [
            campaign(1, numbers={ANN: "ANSWERED", CID: ""}, state="READY"),
            campaign(2, numbers={BOB: ""}, state="READY"),
        ]
    )
    plan = plan_of(
        voxo, definition(1, numbers={BOB: "", CID: ""}), definition(2, numbers={ANN: ""})
    )
    voxo.replies[2].append(refused)
    first, second = send(voxo, plan)
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert "removed, and nothing else: not started" in first.detail
    assert first.sent == ("numbers",)
    assert set(voxo.campaigns[1].numbers) == {CID}
    assert set(voxo.campaigns[2].numbers) == {BOB}
