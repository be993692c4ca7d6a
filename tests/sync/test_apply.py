"""Every way in which applying a campaign can end, and what is sent on the way there."""

from __future__ import annotations

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
    """A reply: the request came to nothing."""

    def reply(_id: int, _body: Body) -> NoReturn:
        raise error

    return reply


def lost(voxo: FakeVoxo) -> Reply:
    """A reply: the change was made, but its answer did not arrive."""

    def reply(campaign_id: int, body: Body) -> NoReturn:
        voxo.take(campaign_id, body)
        raise OutcomeUnknown("PATCH: timed out")

    return reply


def ignoring(voxo: FakeVoxo, *names: str) -> Reply:
    """A reply: 200, but some fields are not taken."""

    def reply(campaign_id: int, body: Body) -> dict[str, Any]:
        other_fields = {name: value for name, value in body.items() if name not in names}
        return voxo.take(campaign_id, other_fields)

    return reply


def by_hand(voxo: FakeVoxo, **values: Any) -> Callable[[], None]:
    """Something that happens before a read: somebody changes the campaign."""
    return lambda: voxo.campaigns[SPRING].values.update(values)


class TestApplied:
    def test_what_was_planned_is_sent_in_one_patch(self) -> None:
        voxo = spring()
        result = send_one(voxo, plan_of(voxo, definition(name="new", message="new")))
        assert voxo.patches == [(SPRING, {"name": "new", "message": "new"})]
        assert result.outcome is Outcome.APPLIED
        assert result.sent == ("name", "message")

    def test_results_come_in_the_plans_order_and_as_they_come(self) -> None:
        voxo = FakeVoxo([campaign(1, state="PAUSED"), campaign(2, state="READY")])
        plan = plan_of(voxo, definition(1, state="READY"), definition(2, state="PAUSED"))
        result_ids: list[int] = []
        results = send(voxo, plan, on_result=lambda result: result_ids.append(result.id))
        assert [result.id for result in results] == [1, 2]
        assert result_ids == [2, 1]

    def test_campaigns_in_sync_or_with_an_error_are_not_touched(self) -> None:
        voxo = FakeVoxo([campaign(1, name="same")])
        plan = plan_of(voxo, definition(1, name="same"), definition(404, name="new"))
        assert send(voxo, plan) == []
        assert voxo.patches == []

    def test_an_answer_that_disagrees_is_checked_by_one_more_read(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))

        def outdated(campaign_id: int, body: Body) -> dict[str, Any]:
            before = voxo.answer(campaign_id)
            voxo.take(campaign_id, body)
            return before

        voxo.replies[SPRING].append(outdated)
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    @pytest.mark.parametrize("answer", [{}, {"id": SPRING}, {"id": "x"}])
    def test_so_is_an_answer_that_cannot_be_read(self, answer: dict[str, Any]) -> None:
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
    """Those of the read right before the PATCH, always."""

    def test_a_call_since_the_plan_is_not_forgotten(self) -> None:
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

    def test_one_that_is_gone_does_not_come_back(self) -> None:
        voxo = spring(numbers={"6015550123": ""}, dispositions={"6015550123": "BUSY"})
        plan = plan_of(voxo, definition(numbers={"6015550123": "Ann"}))
        del voxo.campaigns[SPRING].numbers["6015550123"]["disposition"]
        send(voxo, plan)
        assert voxo.patches[0][1]["numbers"] == [{"number": "6015550123", "description": "Ann"}]

    def test_fields_ride_along(self) -> None:
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
    """A field that no longer holds the plan's `before` is somebody's later change."""

    def test_a_field_changed_since_refuses_the_campaign(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new", message="new"))
        by_hand(voxo, message="by hand")()
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent, voxo.patches) == (Outcome.STALE, (), [])
        assert "message" in result.detail
        assert "name" not in result.detail
        assert exit_status([result]) == 3

    def test_a_field_that_the_plan_does_not_change_may_change(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        by_hand(voxo, message="by hand")()
        assert send_one(voxo, plan).outcome is Outcome.APPLIED
        assert voxo.campaigns[SPRING].values["message"] == "by hand"

    def test_a_list_of_as_many_other_numbers_is_stale(self) -> None:
        """Counts cannot prove it: the digest does."""
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(numbers={"6015550125": ""}))
        voxo.campaigns[SPRING].numbers = {"6015550124": {"description": ""}}
        assert send_one(voxo, plan).outcome is Outcome.STALE

    def test_so_is_one_with_another_description(self) -> None:
        voxo = spring(numbers={"6015550123": "Ann"})
        plan = plan_of(voxo, definition(numbers={"6015550123": "Ann", "6015550124": ""}))
        voxo.campaigns[SPRING].numbers["6015550123"]["description"] = "Bob"
        assert send_one(voxo, plan).outcome is Outcome.STALE

    def test_the_order_of_the_list_does_not_matter(self) -> None:
        voxo = spring(numbers={"6015550123": "", "6015550124": ""})
        plan = plan_of(voxo, definition(numbers={"6015550123": ""}))
        stored = voxo.campaigns[SPRING]
        stored.numbers = dict(reversed(stored.numbers.items()))
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    def test_numbers_of_several_kinds_are_named_once(self) -> None:
        voxo = spring(numbers={})
        desired = definition(numbers={"1": "", "2": ""})
        plan = plan_of(voxo, desired, base=base_of(definition(numbers={"1": ""})))
        voxo.campaigns[SPRING].numbers = {"3": {"description": ""}}
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.STALE
        assert result.detail.count("numbers") == 1

    def test_the_others_go_on(self) -> None:
        voxo = FakeVoxo([campaign(1, name="old"), campaign(2, name="old")])
        plan = plan_of(voxo, definition(1, name="new"), definition(2, name="new"))
        voxo.campaigns[1].values["name"] = "by hand"
        outcomes = [result.outcome for result in send(voxo, plan)]
        assert outcomes == [Outcome.STALE, Outcome.APPLIED]


class TestAlreadySo:
    """A field that already holds `after` is not stale, and not sent again."""

    def test_a_campaign_that_is_already_so_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        by_hand(voxo, name="new")()
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent, voxo.patches) == (Outcome.ALREADY_SO, (), [])
        assert exit_status([result]) == 0

    def test_of_two_fields_only_the_other_is_sent(self) -> None:
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(name="new", numbers={}))
        voxo.campaigns[SPRING].numbers = {}
        result = send_one(voxo, plan)
        assert voxo.patches == [(SPRING, {"name": "new"})]
        assert (result.outcome, result.sent) == (Outcome.APPLIED, ("name",))

    def test_a_campaign_that_runs_meanwhile_is_not_started_again(self) -> None:
        voxo = spring(state="PAUSED")
        plan = plan_of(voxo, definition(state="READY"))
        by_hand(voxo, state="RUNNING")()
        assert send_one(voxo, plan).outcome is Outcome.ALREADY_SO


class TestFailed:
    @pytest.mark.parametrize("error", [Refused, NotFound, BadAnswer])
    def test_a_refusal_is_told_in_its_own_words(self, error: type[CampaignError]) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(error("PATCH: VOXO answered 422: name is taken")))
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.FAILED
        assert "name is taken" in result.detail
        assert len(voxo.patches) == 1
        assert exit_status([result]) == 3

    def test_a_campaign_that_is_gone_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        del voxo.campaigns[SPRING]
        assert send_one(voxo, plan).outcome is Outcome.FAILED
        assert voxo.patches == []

    def test_a_campaign_of_another_tenant_is_not_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        result = send_one(voxo, plan, tenant_id=8)
        assert (result.outcome, voxo.patches) == (Outcome.FAILED, [])
        assert "tenant 8" in result.detail

    def test_a_field_that_cannot_be_read_any_more_is_not_sent(self) -> None:
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
    """200, but a sent field reads back different."""

    def test_it_names_the_field_what_was_sent_and_what_came_back(self) -> None:
        voxo = spring(callFrequency=30)
        plan = plan_of(voxo, definition(name="new", callFrequency=60))
        voxo.replies[SPRING].append(ignoring(voxo, "callFrequency"))
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.NOT_CONVERGED
        assert result.detail == "callFrequency: sent 60, came back 30"
        assert result.sent == ("name", "callFrequency")
        assert exit_status([result]) == 3

    def test_every_such_field_is_named_in_json_and_not_in_python(self) -> None:
        voxo = spring(dateEnd=None)
        desired = definition(message="new", dateEnd="2026-03-31", destinations=[("QUEUE", 12)])
        plan = plan_of(voxo, desired)
        voxo.replies[SPRING].append(ignoring(voxo, "message", "dateEnd", "destinations"))
        assert send_one(voxo, plan).detail.split("; ") == [
            'dateEnd: sent "2026-03-31", came back null',
            'message: sent "new", came back "old"',
            'destinations: sent [{"id": 12, "type": "QUEUE"}], came back []',
        ]

    def test_numbers_are_counted_and_not_shown(self) -> None:
        voxo = spring(numbers={"6015550123": ""})
        plan = plan_of(voxo, definition(numbers={"6015550124": ""}))
        voxo.replies[SPRING].append(ignoring(voxo, "numbers"))
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.NOT_CONVERGED
        assert "60155501" not in result.detail
        assert result.detail.startswith("numbers: sent 1 number, came back with 1 missing")

    def test_it_is_not_sent_again(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(ignoring(voxo, "name"))
        send(voxo, plan)
        assert len(voxo.patches) == 1


class TestUnknown:
    """A write that may have happened is unknown until the campaign has been read again."""

    def test_where_it_did_happen_it_counts_as_applied(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(lost(voxo))
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.APPLIED, ("name",))
        assert len(voxo.patches) == 1

    def test_where_it_did_not_it_is_sent_again_after_a_pause(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(OutcomeUnknown("PATCH: timed out")))
        assert send_one(voxo, plan).outcome is Outcome.APPLIED
        assert voxo.patches == [(SPRING, {"name": "new"})] * 2
        assert voxo.naps == [1]

    def test_what_is_sent_again_carries_the_dispositions_of_the_new_read(self) -> None:
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

    def test_where_it_happened_in_part_only_the_rest_is_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new", message="new"))

        def half(campaign_id: int, body: Body) -> NoReturn:
            voxo.take(campaign_id, {"name": body["name"]})
            raise OutcomeUnknown("PATCH: timed out")

        voxo.replies[SPRING].append(half)
        result = send_one(voxo, plan)
        assert voxo.patches[1:] == [(SPRING, {"message": "new"})]
        assert (result.outcome, result.sent) == (Outcome.APPLIED, ("name", "message"))

    def test_where_neither_holds_it_stays_unknown_and_nothing_more_is_sent(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(failing(OutcomeUnknown("PATCH: timed out")))
        voxo.before_read[SPRING].extend([lambda: None, by_hand(voxo, name="by hand")])
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))
        assert len(voxo.patches) == 1
        assert exit_status([result]) == 3

    @pytest.mark.parametrize("error", [BadAnswer, Unreachable, TokenRejected])
    def test_where_it_cannot_be_read_again_it_stays_unknown(self, error: type[Exception]) -> None:
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

    def test_a_refusal_of_what_is_sent_again_is_a_refusal(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        replies = [failing(OutcomeUnknown("timed out")), failing(Refused("name is taken"))]
        voxo.replies[SPRING].extend(replies)
        result = send_one(voxo, plan)
        assert (result.outcome, result.detail) == (Outcome.FAILED, "name is taken")

    def test_it_is_not_sent_for_ever(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].extend([failing(OutcomeUnknown("PATCH: timed out"))] * 99)
        result = send_one(voxo, plan)
        assert result.outcome is Outcome.UNKNOWN
        assert "still has the values from before" in result.detail
        assert len(voxo.patches) == MAX_SENDS

    def test_the_last_send_is_read_again_too(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        doubts = [failing(OutcomeUnknown("PATCH: timed out"))] * (MAX_SENDS - 1)
        voxo.replies[SPRING].extend([*doubts, lost(voxo)])
        assert send_one(voxo, plan).outcome is Outcome.APPLIED

    def test_a_change_that_was_taken_but_cannot_be_read_back_is_unknown(self) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        voxo.replies[SPRING].append(ignoring(voxo, "name"))

        def broken() -> None:
            raise Unreachable("no answer")

        voxo.before_read[SPRING].extend([lambda: None, broken])
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))


class TestEnded:
    """The token is rejected or VOXO is gone midway: what was not sent is told as not sent."""

    @pytest.mark.parametrize("error", [TokenRejected, Unreachable])
    @pytest.mark.parametrize("at", ["read", "update"])
    def test_the_rest_is_not_sent(self, error: type[RunEnded], at: str) -> None:
        voxo = FakeVoxo([campaign(campaign_id, name="old") for campaign_id in (1, 2, 3)])
        plan = plan_of(voxo, *(definition(campaign_id, name="new") for campaign_id in (1, 2, 3)))

        def ended() -> None:
            raise error("VOXO does not accept the token")

        if at == "read":
            voxo.before_read[2].append(ended)
        else:
            voxo.replies[2].append(failing(error("VOXO does not accept the token")))
        voxo.before_read[3].append(ended)  # the client says the same at once from then on

        first, second, third = send(voxo, plan)
        assert (first.outcome, first.sent) == (Outcome.APPLIED, ("name",))
        for result in (second, third):
            assert (result.outcome, result.sent) == (Outcome.NOT_SENT, ())
            assert "token" in result.detail
        assert exit_status([first, second, third]) == 3
        assert voxo.campaigns[3].values["name"] == "old"


class Interruption:
    """A Ctrl-C that comes while an update is under way, and is over before the update ends."""

    def __init__(self) -> None:
        self._started, self._over = Event(), Event()
        self._raised = False
        self._wait = apply.wait

    def during(self, reply: Reply) -> Reply:
        def interrupted(campaign_id: int, body: Body) -> dict[str, Any]:
            self._started.set()
            assert self._over.wait(10)
            return reply(campaign_id, body)

        return interrupted

    def wait(self, *arguments: Any, **options: Any) -> Any:
        """Stands where the main thread waits, which is where Ctrl-C finds it."""
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
    """Ctrl-C: what is under way finishes, the rest is not sent, and both are told."""

    def test_while_waiting(self, interruption: Interruption) -> None:
        voxo = FakeVoxo([campaign(campaign_id, name="old") for campaign_id in (1, 2, 3)])
        plan = plan_of(voxo, *(definition(campaign_id, name="new") for campaign_id in (1, 2, 3)))
        voxo.replies[1].append(interruption.during(voxo.take))
        first, *other_results = send(voxo, plan)
        assert (first.outcome, first.sent) == (Outcome.APPLIED, ("name",))
        assert [result.outcome for result in other_results] == [Outcome.NOT_SENT, Outcome.NOT_SENT]
        assert [campaign_id for campaign_id, _ in voxo.patches] == [1]

    def test_while_a_result_is_shown(self) -> None:
        """The one who shows results runs in the thread that Ctrl-C reaches."""
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

    def test_a_failure_of_the_caller_stops_the_run_too(self) -> None:
        voxo = FakeVoxo([campaign(1, state="READY"), campaign(2)])
        plan = plan_of(voxo, definition(1, state="PAUSED"), definition(2, name="new"))

        def broken(_: Result) -> NoReturn:
            raise BrokenPipeError

        with pytest.raises(BrokenPipeError):
            send(voxo, plan, on_result=broken)
        assert [campaign_id for campaign_id, _ in voxo.patches] == [1]

    def test_an_unknown_change_is_read_once_more_but_not_sent_again(
        self, interruption: Interruption
    ) -> None:
        voxo = spring()
        plan = plan_of(voxo, definition(name="new"))
        doubt = failing(OutcomeUnknown("PATCH: timed out"))
        voxo.replies[SPRING].append(interruption.during(doubt))
        result = send_one(voxo, plan)
        assert (result.outcome, result.sent) == (Outcome.UNKNOWN, ("name",))
        assert "still has the values from before" in result.detail
        assert len(voxo.patches) == 1


def test_the_exit_status_of_no_results_is_0() -> None:
    assert exit_status([]) == 0


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_voxo_now_holds_is_good(outcome: Outcome) -> None:
    good = (Outcome.APPLIED, Outcome.ALREADY_SO)
    assert exit_status([Result(1, None, "x.yaml", outcome)]) == (0 if outcome in good else 3)
