"""Which changes make phones ring that did not ring before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.builders import base_of, definition, live, planned
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
    """The effect if guards act on it, or else None."""
    effect = dialing(desired, **live_values)
    return effect if effect is not None and effect.dials_more else None


def test_effect_of_becoming_ready_has_phones_start_and_time_zone() -> None:
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


def test_effect_describes_the_campaign_after_the_update() -> None:
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


def test_missing_live_state_may_become_ready() -> None:
    assert dials_more({"state": "READY"}, state=None) is not None


def test_reason_describes_an_empty_state_in_words() -> None:
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
def test_wider_value_of_a_dialing_campaign_dials_more(desired: dict[str, Any], state: str) -> None:
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
def test_narrower_or_unrelated_value_does_not_dial_more(desired: dict[str, Any]) -> None:
    assert dials_more(desired) is None


def test_later_end_before_the_next_calling_hours_does_not_dial_more() -> None:
    desired = {"dateEnd": "2026-03-31", "timeEnd": "10:00"}
    assert dials_more(desired, callHoursEnd="15:00") is None


@pytest.mark.parametrize("desired", [{"dateEnd": "2027-01-01"}, {"numbers": {"6015550125": ""}}])
def test_change_of_a_paused_campaign_does_not_dial_more(desired: dict[str, Any]) -> None:
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
def test_limit_where_there_was_none_does_not_dial_more(name: str, value: str) -> None:
    assert dials_more({name: value}, **{name: None}) is None


def test_hours_that_span_midnight_dial_more() -> None:
    """They start later and end earlier than before (10:00 to 16:00), but people are called at night."""
    dialing_effect = dials_more({"callHoursStart": "22:00", "callHoursEnd": "06:00"})
    assert dialing_effect is not None
    assert dialing_effect.reasons == ("calls 22:00-06:00 instead of 10:00-16:00",)


def test_every_reason_is_listed() -> None:
    dialing_effect = dials_more(
        {"dateEnd": "2026-04-30", "numbers": {"6015550125": "", "6015550126": ""}}
    )
    assert dialing_effect is not None
    assert dialing_effect.reasons == (
        "ends 2026-04-30 15:00 instead of 2026-03-30 15:00",
        "+2 phones",
    )


def test_differences_that_are_not_sent_do_not_dial_more() -> None:
    campaign_plan = planned(
        definition(state="READY"),
        live(state="PAUSED"),
        base=base_of(definition(state="READY")),
        kinds=[ChangeKind.CHANGE],
    )
    assert not campaign_plan.dials_more
    assert campaign_plan.patch == {}
