"""Every outcome of applying a campaign, and the requests that are sent before it."""

from __future__ import annotations

from concurrent.futures import wait
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tests.sync.builders import base_of, campaign, definition, plan_of
from tests.sync.fake_voxo import FakeVoxo
from voxosync.errors import (
    BadAnswer,
    CampaignError,
    NotFound,
    OutcomeUnknown,
    Refused,
    RunEnded,
    TokenRejected,
    Unreachable,
)
from voxosync.model.outcome import Outcome, Result, exit_status
from voxosync.sync import apply
from voxosync.sync.apply import RunOptions, apply_plan
from voxosync.sync.update_campaign import MAX_SENDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.fake_voxo import Body, Reply
    from voxosync.model.plan import Plan

SPRING = 4711


def send(voxo: FakeVoxo, plan: Plan, **options: Any) -> list[Result]:
    return apply_plan(voxo, plan, options=RunOptions(workers=1), **options)  # type: ignore[arg-type]  # a Voxo to sync


def send_one(voxo: FakeVoxo, plan: Plan, **options: Any) -> Result:
    (result,) = send(voxo, plan, **options)
    return result


def spring(**values: Any) -> FakeVoxo:
    return FakeVoxo([campaign(SPRING, **{"name": "old", "message": "old", **values})])


def failing(error: Exception) -> Reply:
    """A reply that fails without changing anything."""

    def reply(_id: int, _body: Body) -> NoReturn:
        raise error

    return reply


def lost(voxo: FakeVoxo) -> Reply:
    """A reply that makes the change, but whose response does not arrive."""

    def reply(campaign_id: int, body: Body) -> NoReturn:
        voxo.take(campaign_id, body)
        raise OutcomeUnknown("PATCH: timed out")

    return reply


def ignoring(voxo: FakeVoxo, *names: str) -> Reply:
    """A reply with status 200 that ignores some fields."""

    def reply(campaign_id: int, body: Body) -> dict[str, Any]:
        other_fields = {name: value for name, value in body.items() if name not in names}
        return voxo.take(campaign_id, other_fields)

    return reply


def by_hand(voxo: FakeVoxo, **values: Any) -> Callable[[], None]:
    """An event before a read: a person changes the campaign."""
    return lambda: voxo.campaigns[SPRING].values.update(values)


class TestApplied:
    def test_planned_changes_are_sent_in_one_patch(self) -> None:
        voxo = spring()
        result = send_one(voxo, plan_of(voxo, definition(name="new", message="new")))
        assert voxo.patches == [(SPRING, {"name": "new", "message": "new"})]
        assert result.outcome is Outcome.APPLIED
        assert result.sent == ("name", "message")

    def test_results_are_in_the_order_of_the_plan_and_reported_as_they_arrive(self) -> None:
        voxo = FakeVoxo([campaign(1, state="PAUSED"), campaign(2, state="READY")])
        plan = plan_of(voxo, definition(1, state="READY"), definition(2, state="PAUSED"))
        result_ids: list[int] = []
        results = send(voxo, plan, on_result=lambda result: result_ids.append(result.id))
        assert [result.id for result in results] == [1, 2]
        assert result_ids == [2, 1]

    def test_campaigns_in_sync_or_with_an_error_are_not_sent(self) -> None:
        voxo = FakeVoxo([campaign(1, name="same")])
        plan = plan_of(voxo, definition(1, name="same"), definition(404, name="new"))
        assert send(voxo, plan) == []
        assert voxo.patches == []

    def test_response_with_old_values_is_checked_by_another_read(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))

        def outdated(campaign_id: int, body: Body) -> dict[str, Any]:
            before = voxo.answer(campaign_id)
            voxo.take(campaign_id, body)
            return before

        voxo.replies[SPRING].append(outdated)
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    @pytest.mark.parametrize("answer", [{}, {"id": SPRING}, {"id": "x"}])
    def test_unreadable_response_is_checked_by_another_read(self, answer: dict[str, Any]) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new", numbers={"6015550123": ""}))

        def unreadable(campaign_id: int, body: Body) -> dict[str, Any]:
            voxo.take(campaign_id, body)
            return answer

        voxo.replies[SPRING].append(unreadable)
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    def test_ready_that_reads_back_as_running_is_applied(self) -> None:
        voxo = spring(state="PAUSED")
        plan = plan_of(voxo, definition(state="READY"))

        def starts(campaign_id: int, body: Body) -> dict[str, Any]:
            return {**voxo.take(campaign_id, body), "state": "RUNNING"}

        voxo.replies[SPRING].append(starts)
        assert send_one(voxo, plan).outcome is Outcome.APPLIED


class TestDispositions:
    """Dispositions that are sent are those of the read right before the PATCH."""

    def test_results_of_calls_since_the_plan_are_sent(self) -> None:
        voxo = spring(
            numbers={"6015550123": "", "6015550124": ""}, dispositions={"6015550123": "BUSY"}
        )
        plan = plan_of(voxo, definition(numbers={"6015550123": "", "6015550124": "Bob"}))
        stored = voxo.campaigns[SPRING].numbers
        stored["6015550123"]["disposition"] = "ANSWERED"
        stored["6015550124"]["disposition"] = "BUSY"
        assert send_one(voxo, plan).outcome is Outcome.APPLIED
        after = voxo.campaigns[SPRING].numbers
        assert after["6015550123"]["disposition"] == "ANSWERED"
        assert after["6015550124"]["disposition"] == "BUSY"

    def test_disposition_that_was_removed_since_the_plan_is_not_sent(self) -> None:
        voxo = spring(numbers={"6015550123": ""}, dispositions={"6015550123": "BUSY"})
        plan = plan_of(voxo, definition(numbers={"6015550123": "Ann"}))
        del voxo.campaigns[SPRING].numbers["6015550123"]["disposition"]
        send(voxo, plan)
        assert voxo.patches[0][1]["numbers"] == [{"number": "6015550123", "description": "Ann"}]

    def test_fields_of_the_definition_are_sent_with_the_disposition(self) -> None:
        voxo = spring(numbers={"6015550123": ""}, dispositions={"6015550123": "BUSY"})
        desired = definition(
            numbers={"6015550123": "Ann"}, number_fields={"6015550123": {"field9": "Gold"}}
        )
        send(voxo, plan_of(voxo, desired))
        (entry,) = voxo.patches[0][1]["numbers"]
        assert entry == {
            "number": "6015550123", "description": "Ann", "field9": "Gold", "disposition": "BUSY",
        }  # fmt: skip


class TestStale:
    """A field that no longer has the `before` value of the plan was changed by someone later."""

    def test_campaign_with_a_planned_field_that_changed_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new", message="new"))
        by_hand(voxo, message="by hand")()
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent, voxo.patches) == (Outcome.STALE, (), [])
        assert "message" in result.detail
        assert "name" not in result.detail
        assert exit_status([result]) == 3

    def test_change_of_a_field_that_is_not_in_the_plan_is_not_stale(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        by_hand(voxo, message="by hand")()
        assert send_one(voxo, plan).outcome is Outcome.APPLIED
        assert voxo.campaigns[SPRING].values["message"] == "by hand"

    def test_different_numbers_are_stale_even_if_their_count_is_the_same(self) -> None:
        """The digest shows it, unlike the count."""
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(numbers={"6015550125": ""}))
        voxo.campaigns[SPRING].numbers = {"6015550124": {"description": ""}}
        assert send_one(voxo, plan).outcome is Outcome.STALE

    def test_numbers_with_a_changed_description_are_stale(self) -> None:
        voxo = spring(numbers={"6015550123": "Ann"})
        plan = plan_of(voxo, definition(numbers={"6015550123": "Ann", "6015550124": ""}))
        voxo.campaigns[SPRING].numbers["6015550123"]["description"] = "Bob"
        assert send_one(voxo, plan).outcome is Outcome.STALE

    def test_numbers_in_another_order_are_not_stale(self) -> None:
        voxo = spring(numbers={"6015550123": "", "6015550124": ""})
        plan = plan_of(voxo, definition(numbers={"6015550123": ""}))
        stored = voxo.campaigns[SPRING]
        stored.numbers = dict(reversed(stored.numbers.items()))
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    def test_numbers_with_changes_of_several_kinds_are_named_once(self) -> None:
        voxo = spring(numbers={})
        desired = definition(numbers={"1": "", "2": ""})
        plan = plan_of(voxo, desired, base=base_of(definition(numbers={"1": ""})))
        voxo.campaigns[SPRING].numbers = {"3": {"description": ""}}
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.STALE
        assert result.detail.count("numbers") == 1

    def test_other_campaigns_are_still_sent(self) -> None:
        voxo = FakeVoxo([campaign(1, name="old"), campaign(2, name="old")])
        plan = plan_of(voxo, definition(1, name="new"), definition(2, name="new"))
        voxo.campaigns[1].values["name"] = "by hand"
        outcomes = [result.outcome for result in send(voxo, plan)]
        assert outcomes == [Outcome.STALE, Outcome.APPLIED]


class TestAlreadySo:
    """A field that already has the `after` value is not stale, and not sent again."""

    def test_campaign_with_the_new_values_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        by_hand(voxo, name="new")()
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent, voxo.patches) == (Outcome.ALREADY_SO, (), [])
        assert exit_status([result]) == 0

    def test_only_the_field_without_the_new_value_is_sent(self) -> None:
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(name="new", numbers={}))
        voxo.campaigns[SPRING].numbers = {}
        result = send_one(voxo, plan)
        assert voxo.patches == [(SPRING, {"name": "new"})]
        assert (result.outcome, result.sent) == (Outcome.APPLIED, ("name",))

    def test_campaign_that_is_running_by_then_is_not_started_again(self) -> None:
        voxo = spring(state="PAUSED")
        plan = plan_of(voxo, definition(state="READY"))
        by_hand(voxo, state="RUNNING")()
        assert send_one(voxo, plan).outcome is Outcome.ALREADY_SO


class TestFailed:
    @pytest.mark.parametrize("error", [Refused, NotFound, BadAnswer])
    def test_refusal_is_reported_with_its_own_message(self, error: type[CampaignError]) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(error("PATCH: VOXO answered 422: name is taken")))
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.FAILED
        assert "name is taken" in result.detail
        assert len(voxo.patches) == 1
        assert exit_status([result]) == 3

    def test_campaign_that_no_longer_exists_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        del voxo.campaigns[SPRING]
        assert send_one(voxo, plan).outcome is Outcome.FAILED
        assert voxo.patches == []

    def test_campaign_of_another_tenant_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        result = send_one(voxo, plan, tenant_id=8)
        assert (result.outcome, voxo.patches) == (Outcome.FAILED, [])
        assert "tenant 8" in result.detail

    def test_field_that_is_no_longer_readable_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(callFrequency=60))
        by_hand(voxo, callFrequency="often")()
        result = send_one(voxo, plan)
        assert (result.outcome, voxo.patches) == (Outcome.FAILED, [])
        assert "callFrequency" in result.detail

    def test_one_failure_does_not_stop_the_others(self) -> None:
        voxo = FakeVoxo([campaign(campaign_id, name="old") for campaign_id in (1, 2, 3)])
        plan = plan_of(voxo, *(definition(campaign_id, name="new") for campaign_id in (1, 2, 3)))
        voxo.replies[1].append(failing(Refused("no")))
        del voxo.campaigns[2]
        outcomes = [result.outcome for result in send(voxo, plan)]
        assert outcomes == [Outcome.FAILED, Outcome.FAILED, Outcome.APPLIED]


class TestNotConverged:
    """The response has status 200, but a field reads back different from what was sent."""

    def test_detail_has_the_field_with_its_sent_and_its_returned_value(self) -> None:
        voxo = spring(callFrequency=30)
        plan = plan_of(voxo, definition(name="new", callFrequency=60))
        voxo.replies[SPRING].append(ignoring(voxo, "callFrequency"))
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.NOT_CONVERGED
        assert result.detail == "callFrequency: sent 60, came back 30"
        assert result.sent == ("name", "callFrequency")
        assert exit_status([result]) == 3

    def test_every_such_field_is_reported_with_values_as_json(self) -> None:
        voxo = spring(dateEnd=None)
        desired = definition(message="new", dateEnd="2026-03-31", destinations=[("QUEUE", 12)])
        plan = plan_of(voxo, desired)
        voxo.replies[SPRING].append(ignoring(voxo, "message", "dateEnd", "destinations"))
        assert send_one(voxo, plan).detail.split("; ") == [
            'dateEnd: sent "2026-03-31", came back null',
            'message: sent "new", came back "old"',
            'destinations: sent [{"id": 12, "type": "QUEUE"}], came back []',
        ]

    def test_numbers_are_counted_rather_than_shown(self) -> None:
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(numbers={"6015550124": ""}))
        voxo.replies[SPRING].append(ignoring(voxo, "numbers"))
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.NOT_CONVERGED
        assert "60155501" not in result.detail
        assert result.detail.startswith("numbers: sent 1 number, came back with 1 missing")

    def test_campaign_is_not_sent_again(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(ignoring(voxo, "name"))
        send(voxo, plan)
        assert len(voxo.patches) == 1


class TestUnknown:
    """The outcome of a write that may have taken effect is unknown until the campaign is read again."""

    def test_write_that_took_effect_counts_as_applied(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(lost(voxo))
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.APPLIED, ("name",))
        assert len(voxo.patches) == 1

    def test_write_that_had_no_effect_is_sent_again_after_a_pause(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(OutcomeUnknown("PATCH: timed out")))
        assert send_one(voxo, plan).outcome is Outcome.APPLIED
        assert voxo.patches == [(SPRING, {"name": "new"})] * 2
        assert voxo.pauses == [1]

    def test_repeated_write_has_the_dispositions_of_the_latest_read(self) -> None:
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(numbers={"6015550123": "Ann"}))

        def called(_id: int, _body: Body) -> NoReturn:
            voxo.campaigns[SPRING].numbers["6015550123"]["disposition"] = "ANSWERED"
            raise OutcomeUnknown("PATCH: timed out")

        voxo.replies[SPRING].append(called)
        assert send_one(voxo, plan).outcome is Outcome.APPLIED
        first, second = (body["numbers"] for _, body in voxo.patches)
        assert first == [{"number": "6015550123", "description": "Ann"}]
        assert second == [{**first[0], "disposition": "ANSWERED"}]

    def test_only_the_rest_of_a_write_that_took_effect_in_part_is_sent_again(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new", message="new"))

        def applied_in_part(campaign_id: int, body: Body) -> NoReturn:
            voxo.take(campaign_id, {"name": body["name"]})
            raise OutcomeUnknown("PATCH: timed out")

        voxo.replies[SPRING].append(applied_in_part)
        result = send_one(voxo, plan)
        assert voxo.patches[1:] == [(SPRING, {"message": "new"})]
        assert (result.outcome, result.sent) == (Outcome.APPLIED, ("name", "message"))

    def test_outcome_stays_unknown_if_the_field_has_neither_the_old_nor_the_new_value(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(OutcomeUnknown("PATCH: timed out")))
        voxo.before_read[SPRING].extend([lambda: None, by_hand(voxo, name="by hand")])
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))
        assert len(voxo.patches) == 1
        assert exit_status([result]) == 3

    @pytest.mark.parametrize("error", [BadAnswer, Unreachable, TokenRejected])
    def test_outcome_stays_unknown_if_the_campaign_cannot_be_read_again(
        self, error: type[Exception]
    ) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(OutcomeUnknown("PATCH: timed out")))

        def broken() -> None:
            raise error("no answer")

        voxo.before_read[SPRING].extend([lambda: None, broken])
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))
        assert "timed out" in result.detail
        assert "no answer" in result.detail

    def test_refusal_of_the_repeated_write_is_a_failure(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        replies = [failing(OutcomeUnknown("timed out")), failing(Refused("name is taken"))]
        voxo.replies[SPRING].extend(replies)
        result = send_one(voxo, plan)
        assert (result.outcome, result.detail) == (Outcome.FAILED, "name is taken")

    def test_number_of_attempts_is_limited(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].extend([failing(OutcomeUnknown("PATCH: timed out"))] * 99)
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.UNKNOWN
        assert "still has the values from before" in result.detail
        assert len(voxo.patches) == MAX_SENDS

    def test_campaign_is_read_after_the_last_attempt_too(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        unknown_outcomes = [failing(OutcomeUnknown("PATCH: timed out"))] * (MAX_SENDS - 1)
        voxo.replies[SPRING].extend([*unknown_outcomes, lost(voxo)])
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    def test_accepted_change_that_cannot_be_read_back_is_unknown(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(ignoring(voxo, "name"))

        def broken() -> None:
            raise Unreachable("no answer")

        voxo.before_read[SPRING].extend([lambda: None, broken])
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))


class TestEnded:
    """If the token is rejected or VOXO becomes unreachable midway, the rest is reported as not sent."""

    @pytest.mark.parametrize("error", [TokenRejected, Unreachable])
    @pytest.mark.parametrize("at", ["read", "update"])
    def test_remaining_campaigns_are_not_sent(self, error: type[RunEnded], at: str) -> None:
        voxo = FakeVoxo([campaign(campaign_id, name="old") for campaign_id in (1, 2, 3)])
        plan = plan_of(voxo, *(definition(campaign_id, name="new") for campaign_id in (1, 2, 3)))

        def ended() -> None:
            raise error("VOXO does not accept the token")

        if at == "read":
            voxo.before_read[2].append(ended)
        else:
            voxo.replies[2].append(failing(error("VOXO does not accept the token")))
        voxo.before_read[3].append(ended)  # the client repeats the error without a request

        first, second, third = send(voxo, plan)
        assert (first.outcome, first.sent) == (Outcome.APPLIED, ("name",))
        for result in (second, third):
            assert (result.outcome, result.sent) == (Outcome.NOT_SENT, ())
            assert "token" in result.detail
        assert exit_status([first, second, third]) == 3
        assert voxo.campaigns[3].values["name"] == "old"


class Interruption:
    """A Ctrl-C during an update, handled before the update ends."""

    def __init__(self) -> None:
        self._started, self._over = Event(), Event()
        self._raised = False
        self._wait = wait

    def during(self, reply: Reply) -> Reply:
        def interrupted(campaign_id: int, body: Body) -> dict[str, Any]:
            self._started.set()
            assert self._over.wait(10)
            return reply(campaign_id, body)

        return interrupted

    def wait(self, *arguments: Any, **options: Any) -> Any:
        """Replaces the function in which the main thread waits and receives Ctrl-C."""
        if not self._raised:
            self._raised = self._started.wait(10)
            raise KeyboardInterrupt
        self._over.set()
        return self._wait(*arguments, **options)


@pytest.fixture
def interruption(monkeypatch: pytest.MonkeyPatch) -> Interruption:
    interruption = Interruption()
    monkeypatch.setattr(apply, "wait", interruption.wait)
    return interruption


class TestInterrupted:
    """After Ctrl-C, updates under way finish, the rest is not sent, and both are reported."""

    def test_by_ctrl_c_during_an_update(self, interruption: Interruption) -> None:
        voxo = FakeVoxo([campaign(campaign_id, name="old") for campaign_id in (1, 2, 3)])
        plan = plan_of(voxo, *(definition(campaign_id, name="new") for campaign_id in (1, 2, 3)))
        voxo.replies[1].append(interruption.during(voxo.take))
        first, *other_results = send(voxo, plan)
        assert (first.outcome, first.sent) == (Outcome.APPLIED, ("name",))
        assert [result.outcome for result in other_results] == [Outcome.NOT_SENT, Outcome.NOT_SENT]
        assert [campaign_id for campaign_id, _ in voxo.patches] == [1]

    def test_by_ctrl_c_while_a_result_is_shown(self) -> None:
        """Results are shown in the thread that receives Ctrl-C."""
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2), campaign(3)])
        paused = definition(1, state="PAUSED")
        plan = plan_of(voxo, paused, definition(2, name="new"), definition(3, state="READY"))

        def interrupted(result: Result) -> None:
            if result.id == 1:
                raise KeyboardInterrupt

        first, second, third = send(voxo, plan, on_result=interrupted)
        assert first.outcome is Outcome.APPLIED
        for result in (second, third):
            assert (result.outcome, result.sent) == (Outcome.NOT_SENT, ())
            assert result.detail == "not started: run interrupted"
        assert [campaign_id for campaign_id, _ in voxo.patches] == [1]

    def test_by_an_error_of_the_caller(self) -> None:
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2)])
        plan = plan_of(voxo, definition(1, state="PAUSED"), definition(2, name="new"))

        def broken(_: Result) -> NoReturn:
            raise BrokenPipeError

        with pytest.raises(BrokenPipeError):
            send(voxo, plan, on_result=broken)
        assert [campaign_id for campaign_id, _ in voxo.patches] == [1]

    def test_write_with_unknown_outcome_is_read_once_more_but_not_sent_again(
        self, interruption: Interruption
    ) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        unknown_outcome = failing(OutcomeUnknown("PATCH: timed out"))
        voxo.replies[SPRING].append(interruption.during(unknown_outcome))
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))
        assert "still has the values from before" in result.detail
        assert len(voxo.patches) == 1


def test_exit_status_without_results_is_0() -> None:
    assert exit_status([]) == 0


@pytest.mark.parametrize("outcome", list(Outcome))
def test_exit_status_is_0_only_if_voxo_has_the_desired_values(outcome: Outcome) -> None:
    successful = (Outcome.APPLIED, Outcome.ALREADY_SO)
    assert exit_status([Result(1, None, "x.yaml", outcome)]) == (0 if outcome in successful else 3)
