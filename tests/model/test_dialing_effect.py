"""Which changes make phones ring that did not ring before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.making import base_of, definition, live, planned
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast

RUNNING_SPRING: dict[str, Any] = {
    "state": "READY",
    "dateStart": "2026-03-02",
    "dateEnd": "2026-03-30",
    "timeStart": "11:00",
    "timeEnd": "15:00",
    "callHoursStart": "10:00",
    "callHoursEnd": "16:00",
    "timezone": "America/Chicago",
    "callFrequency": 30,
    "numbers": {"6015550123": "", "6015550124": ""},
}


def dialing(desired: dict[str, Any], **live_values: Any) -> DialingEffect | None:
    return planned(definition(**desired), live(**{**RUNNING_SPRING, **live_values})).dialing


def dials_more(desired: dict[str, Any], **live_values: Any) -> DialingEffect | None:
    """The effect, where it is one that guards act on."""
    effect = dialing(desired, **live_values)
    return effect if effect is not None and effect.dials_more else None


def test_becoming_ready_says_how_many_from_when_and_where() -> None:
    assert dialing({"state": "READY"}, state="PAUSED", dispositions={"6015550124": "ANSWERED"}) == (
        DialingEffect(
            Effect.STARTS,
            ("becomes READY",),
            phones=2,
            open=1,
            start="2026-03-02 11:00",
            timezone="America/Chicago",
            forecast=Forecast(calls_per_day=600, last_call="2026-03-02 11:00", not_reached=0),
        )
    )


def test_what_it_says_is_what_will_be_and_not_what_is() -> None:
    desired = {
        "state": "READY",
        "dateStart": "2027-01-04",
        "timezone": "Etc/UTC",
        "numbers": {"6015550125": ""},
    }
    dialing_effect = dials_more(desired, state="PAUSED", timeStart=None, dateEnd=None)
    assert dialing_effect is not None
    assert (dialing_effect.phones, dialing_effect.start, dialing_effect.timezone) == (
        1,
        "2027-01-04",
        "Etc/UTC",
    )


def test_a_state_that_voxo_did_not_tell_becomes_ready_too() -> None:
    assert dials_more({"state": "READY"}, state=None) is not None


def test_a_state_that_is_an_empty_text_is_told_in_words() -> None:
    dialing_effect = dials_more({"callFrequency": 20}, state="")
    assert dialing_effect is not None
    assert dialing_effect.reasons == ("calls every 20 s instead of 30 s while its state is empty",)


@pytest.mark.parametrize("state", ["READY", "RUNNING"])
@pytest.mark.parametrize(
    "desired",
    [
        {"dateStart": "2026-03-01"},
        {"dateEnd": "2026-03-31"},
        {"timeStart": "10:59"},
        {"timeEnd": "15:01"},
        {"callHoursStart": "09:59"},
        {"callHoursEnd": "16:01"},
        {"callFrequency": 29.5},
        {"timezone": "America/Denver"},
        {"numbers": {"6015550125": ""}},
    ],
)
def test_more_calls_of_a_campaign_that_dials_go_live(desired: dict[str, Any], state: str) -> None:
    dialing_effect = dials_more(desired, state=state)
    assert dialing_effect is not None
    assert dialing_effect.effect is Effect.MORE
    assert (state in dialing_effect.reasons[0]) == (state != "READY")


@pytest.mark.parametrize(
    "desired",
    [
        {"dateStart": "2026-03-03"},
        {"dateEnd": "2026-03-29"},
        {"timeStart": "11:01"},
        {"timeEnd": "14:59"},
        {"callHoursStart": "10:01"},
        {"callHoursEnd": "15:59"},
        {"callFrequency": 31},
        {"numbers": {"6015550123": ""}},
        {"numbers": {"6015550123": "reworded", "6015550124": ""}},
        {"message": "new"},
        {"callerId": "6015550199"},
        {"destinations": [("QUEUE", 12)]},
        {"state": "PAUSED"},
        {"state": "PAUSED", "numbers": {"6015550125": ""}, "dateEnd": "2027-01-01"},
    ],
)
def test_fewer_or_as_many_calls_do_not(desired: dict[str, Any]) -> None:
    assert dials_more(desired) is None


def test_a_later_end_before_calling_hours_begin_again_is_no_widening() -> None:
    desired = {"dateEnd": "2026-03-31", "timeEnd": "10:00"}
    assert dials_more(desired, callHoursEnd="15:00") is None


@pytest.mark.parametrize("desired", [{"dateEnd": "2027-01-01"}, {"numbers": {"6015550125": ""}}])
def test_a_paused_campaign_dials_nobody_whatever_changes(desired: dict[str, Any]) -> None:
    assert dials_more(desired, state="PAUSED") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dateStart", "2026-03-05"),
        ("dateEnd", "2026-03-05"),
        ("callHoursStart", "09:00"),
        ("callHoursEnd", "15:00"),
    ],
)
def test_a_limit_where_there_was_none_is_no_widening(name: str, value: str) -> None:
    assert dials_more({name: value}, **{name: None}) is None


def test_hours_that_run_past_midnight_are_new_hours() -> None:
    """Neither end lies wider than before (10:00 to 16:00), and yet people are called at night."""
    dialing_effect = dials_more({"callHoursStart": "22:00", "callHoursEnd": "06:00"})
    assert dialing_effect is not None
    assert dialing_effect.reasons == ("calls 22:00-06:00 instead of 10:00-16:00",)


def test_every_reason_is_told() -> None:
    dialing_effect = dials_more(
        {"dateEnd": "2026-04-30", "numbers": {"6015550125": "", "6015550126": ""}}
    )
    assert dialing_effect is not None
    assert dialing_effect.reasons == (
        "ends 2026-04-30 15:00 instead of 2026-03-30 15:00",
        "+2 phones",
    )


def test_differences_that_are_not_sent_do_not_go_live() -> None:
    campaign_plan = planned(
        definition(state="READY"),
        live(state="PAUSED"),
        base=base_of(definition(state="READY")),
        kinds=[ChangeKind.CHANGE],
    )
    assert not campaign_plan.dials_more
    assert campaign_plan.patch == {}
