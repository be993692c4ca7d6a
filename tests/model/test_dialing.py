"""When a campaign dials, and whether an update dials more, compared with an oracle that examines every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voxosync.model.body import to_body
from voxosync.model.campaign import LiveCampaign
from voxosync.model.dialing.clock import DAY, minute_of
from voxosync.model.dialing.effect import effect_of_update, reach_after
from voxosync.model.dialing.schedule import Dialing, Schedule, dialing_of, dials, unclear_fields
from voxosync.model.numbers import Numbers
from voxosync.model.plan import CampaignPlan
from voxosync.model.zone import zone_of
from voxosync.sync.send_judgment import exceeds

if TYPE_CHECKING:
    from voxosync.model.dialing.effect import DialingEffect

CHANGES = {
    "America/Chicago": ("2026-03-08", "2026-11-01"),
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),  # by half an hour
    "America/Phoenix": ("2026-03-08",),  # no change; Chicago changes on this day
    "Pacific/Honolulu": ("2026-11-01",),  # no change; Chicago changes on this day
    "America/Havana": ("2026-03-08",),  # at midnight
}
"""Time zones, and days on which their clocks, or those of another zone, change."""
TIMES = (
    "timezone",
    "dateStart",
    "timeStart",
    "dateEnd",
    "timeEnd",
    "callHoursStart",
    "callHoursEnd",
)
PHONES = [f"60155501{n:02}" for n in range(6)]

clocks = st.none() | st.builds(
    "{:02}:{:02}".format, st.sampled_from([0, 1, 2, 3, 9, 17, 23]), st.sampled_from([0, 30, 59])
)
numbers = st.dictionaries(st.sampled_from(PHONES), st.sampled_from(["", "Ada"]), max_size=4)


@st.composite
def values(draw: st.DrawFn, around: str) -> dict[str, Any]:
    """A campaign that dials for a few days around a day; both dates may be open."""
    day = st.integers(-2, 3).map(lambda n: (date.fromisoformat(around) + timedelta(n)).isoformat())
    return {
        "state": draw(st.sampled_from(["READY", "RUNNING"])),
        "tech": "VOICE",
        "timezone": draw(st.sampled_from(sorted(CHANGES))),
        "dateStart": draw(st.none() | day),
        "dateEnd": draw(st.none() | day),
        **{
            name: draw(clocks)
            for name in TIMES
            if name.startswith(("time", "call")) and name != "timezone"
        },
        "callFrequency": draw(st.sampled_from([10, 20, 30.5])),
        "numbers": draw(numbers),
    }


@st.composite
def updates(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A day, the live values, and an update: some fields of another campaign around that day, without null."""
    around = draw(st.sampled_from(sorted({day for days in CHANGES.values() for day in days})))
    before, second = draw(values(around)), draw(values(around))
    fields = draw(st.sets(st.sampled_from([*TIMES, "callFrequency", "numbers"]), max_size=3))
    sent = {name: second[name] for name in fields if second[name] is not None}
    return around, before, sent


def minutes(campaign: dict[str, Any], around: str, fold: int) -> set[datetime]:
    """The minutes of eleven days at which a campaign dials, each examined separately."""
    start, end = bounds(campaign, fold)
    if fold == 0 and start and end and end < start:
        start, end = bounds(campaign, 1)
    opening, closing = campaign["callHoursStart"] or "00:00", campaign["callHoursEnd"] or "24:00"
    return {
        moment
        for moment, clock in clock_times(campaign["timezone"], around)
        if not (start and moment < start) and not (end and moment >= end)
        if (
            opening <= clock < closing if opening < closing else clock >= opening or clock < closing
        )
    }


@cache
def clock_times(name: str, around: str) -> list[tuple[datetime, str]]:
    """Each minute of those days, and the time on the zone's clock."""
    zone = zone_of(name)
    first = datetime.combine(date.fromisoformat(around) - timedelta(5), time.min, UTC)
    moments = (first + timedelta(minutes=n) for n in range(11 * DAY))
    return [(moment, moment.astimezone(zone).strftime("%H:%M")) for moment in moments]


def bounds(campaign: dict[str, Any], fold: int) -> list[datetime | None]:
    zone = zone_of(campaign["timezone"])
    moments: list[datetime | None] = []
    for side, open_until in (("Start", 0), ("End", 1)):
        day, clock = campaign[f"date{side}"], campaign[f"time{side}"]
        if day is None:
            moments.append(None)
            continue
        bound_date = date.fromisoformat(day) + timedelta(0 if clock else open_until)
        bound_time = time.fromisoformat(clock or "00:00").replace(fold=fold)
        moments.append(datetime.combine(bound_date, bound_time, zone).astimezone(UTC))
    return moments


def live(**values: Any) -> LiveCampaign:
    return LiveCampaign(4711, 17, values)


NOW = datetime(2026, 1, 1, tzinfo=UTC)


def widening_effect(before: LiveCampaign, sent: dict[str, Any]) -> DialingEffect | None:
    """The effect if guards act on it, or else None."""
    dialing = effect_of_update(before, sent, NOW)
    return dialing if dialing is not None and dialing.dials_more else None


def dials_more(around: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a campaign dials at another minute, at a faster pace, or another phone."""
    times = any(minutes(after, around, fold) - minutes(before, around, fold) for fold in (0, 1))
    faster = after["callFrequency"] < before["callFrequency"]
    return times or faster or bool(after["numbers"].keys() - before["numbers"].keys())


@given(updates())
def test_update_dials_more_exactly_if_a_minute_pace_or_phone_is_new(
    case: tuple[str, dict[str, Any], dict[str, Any]],
) -> None:
    around, before, sent = case
    after = {**before, **sent}
    reported = widening_effect(live(**before), sent) is not None
    if before["timezone"] == after["timezone"] or (after["dateStart"] and after["dateEnd"]):
        assert reported == dials_more(around, before, after)
    else:  # in another season the two clocks may be further apart than in these days
        assert reported or not dials_more(around, before, after)


def canonical(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with their numbers as a plan has them."""
    return {
        name: Numbers.spelled(value) if name == "numbers" else value
        for name, value in fields.items()
    }


@settings(max_examples=50)  # each one walks through some days minute by minute, twice
@given(updates(), st.data())
def test_update_exceeds_its_plan_exactly_if_it_dials_more_after_a_manual_change(
    case: tuple[str, dict[str, Any], dict[str, Any]], data: st.DataObject
) -> None:
    around, before, sent = case[0], canonical(case[1]), canonical(case[2])
    manual_values = canonical(data.draw(values(around)))
    fields = data.draw(st.sets(st.sampled_from([*TIMES, "callFrequency", "numbers"]), max_size=2))
    current = {**before, **{name: manual_values[name] for name in fields}}
    plan = CampaignPlan(
        4711,
        None,
        "a.yaml",
        patch=to_body(sent),
        reach=reach_after(live(**before), sent),
    )
    expected = dials_more(around, {**before, **sent}, {**current, **sent})
    excess = exceeds(plan, live(**current))
    if not sent:
        assert excess is None
    elif "timezone" in fields - sent.keys():
        assert excess or not expected
    else:
        assert bool(excess) == expected


@given(updates())
def test_dialing_times_agree_with_an_examination_of_every_minute(
    case: tuple[str, dict[str, Any], dict[str, Any]],
) -> None:
    around, campaign, _ = case
    zone = zone_of(campaign["timezone"])
    assert zone
    schedule = Schedule.of(campaign)
    assert unclear_fields(schedule) == ()
    dialing = dialing_of(schedule, zone)
    low = (date.fromisoformat(around).toordinal() - 5) * DAY
    expected = {minute_of(moment) for moment in minutes(campaign, around, 0)}
    assert set(minutes_of(dialing, low, low + 11 * DAY)) == expected
    for start in range(low, low + 11 * DAY, 7 * 60):
        assert dialing.meets(start, start + 45) == any(
            n in expected for n in range(start, start + 45)
        )


def minutes_of(dialing: Dialing, first: int, after: int) -> list[int]:
    return [
        minute
        for run in dialing.runs(first, after)
        for minute in range(run.start, run.end)
        if any(start <= minute % DAY < end for start, end in run.bands)
    ]


OFFICE: dict[str, Any] = {
    "state": "READY",
    "tech": "VOICE",
    "dateStart": "2026-03-02",
    "dateEnd": "2026-06-30",
    "callHoursStart": "10:00",
    "callHoursEnd": "16:00",
    "timezone": "America/Chicago",
    "callFrequency": 30,
    "numbers": {"6015550123": ""},
}


@pytest.mark.parametrize(
    ("before", "sent", "reasons"),
    [
        ({"state": None}, {"state": "READY"}, ("becomes READY",)),
        ({"state": ""}, {"state": "READY"}, ("becomes READY",)),
        ({"state": "RUNNING"}, {"state": "READY"}, None),
        ({"state": None}, {"dateEnd": "2026-05-30"}, None),
        ({"state": ""}, {"callFrequency": 20}, ("calls every 20 s instead of 30 s while its state is empty",)),
        ({"callHoursStart": "9:30"}, {"callHoursStart": "10:00"}, ("callHoursStart may widen",)),
        ({"callHoursEnd": "5:00 PM"}, {"callHoursStart": "11:00"}, ("callHoursStart may widen",)),
        ({"callHoursEnd": "5:00 PM"}, {"dateEnd": "2026-05-30"}, None),
        ({"callHoursEnd": "5:00 PM"}, {"dateEnd": "2026-07-30"}, ("ends 2026-07-30 instead of 2026-06-30",)),
        ({"timeEnd": "9:00"}, {"dateEnd": "2026-05-30"}, ("dateEnd may widen",)),
        ({"dateEnd": "31/03/2026"}, {"dateEnd": "2026-03-30"}, ("dateEnd may widen",)),
        ({"dateEnd": "2026-02-30"}, {"dateEnd": "2026-02-20"}, ("dateEnd may widen",)),
        ({"dateStart": "31/03/2026"}, {"dateEnd": "2026-05-30"}, None),
        ({"timezone": "Mars/Base"}, {"dateEnd": "2026-05-30"}, ("dateEnd may widen",)),
        ({"timezone": None}, {"callHoursEnd": "15:00"}, ("callHoursEnd may widen",)),
        ({"timezone": None}, {"timezone": "Etc/UTC"}, ("timezone may widen",)),
        ({"timezone": "Mars/Base"}, {"callFrequency": 60}, None),
        ({}, {"timezone": "US/Central"}, None),
        ({}, {"timezone": "US/Central", "callHoursEnd": "15:00"}, None),
        ({}, {"timezone": "America/New_York", "callHoursStart": "11:00"}, None),
        ({}, {"timezone": "America/New_York"}, ("timezone America/New_York instead of America/Chicago",)),
        ({}, {"timezone": "America/Phoenix"}, ("timezone America/Phoenix instead of America/Chicago",)),
        ({"dateEnd": None}, {"timezone": "Etc/GMT+6"}, ("timezone Etc/GMT+6 instead of America/Chicago",)),
        ({"dateEnd": None}, {"timezone": "America/Phoenix", "callHoursEnd": "14:00"}, None),
        ({"tech": "SMS"}, {"tech": "VOICE"}, ("tech changes",)),
        ({"tech": None}, {"tech": "VOICE"}, ("tech changes",)),
        ({"callFrequency": None}, {"callFrequency": 60}, ("calls every 60 s instead of at an unknown pace",)),
        ({"dateStart": "0001-01-01"}, {"dateEnd": "2026-05-30"}, None),
        ({"dateEnd": "9999-12-31"}, {"timeEnd": "12:00"}, None),
        ({"dateEnd": "9998-12-31"}, {"dateEnd": "9999-12-31"}, ("ends 9999-12-31 instead of 9998-12-31",)),
        (
            {"dateEnd": "2026-02-01"},  # before its start
            {"dateEnd": "2026-02-15"},
            None,
        ),
    ],
)  # fmt: skip
def test_only_wider_values_and_those_that_cannot_be_compared_dial_more(
    before: dict[str, Any], sent: dict[str, Any], reasons: tuple[str, ...] | None
) -> None:
    dialing = widening_effect(live(**{**OFFICE, **before}), sent)
    assert (dialing.reasons if dialing else None) == reasons


@pytest.mark.parametrize(
    ("field", "sent", "reason"),
    [
        ("state", {"numbers": {"6015550124": ""}}, "+1 phone while its state cannot be read"),
        ("state", {"state": "READY"}, "becomes READY"),
        ("dateEnd", {"callHoursEnd": "15:00"}, None),
        ("dateEnd", {"timeEnd": "15:00"}, "timeEnd may widen"),
        ("callHoursEnd", {"callHoursStart": "11:00"}, "callHoursStart may widen"),
        ("timezone", {"dateEnd": "2026-05-30"}, "dateEnd may widen"),
        ("callFrequency", {"dateEnd": "2026-05-30"}, None),
        ("numbers", {"dateEnd": "2026-05-30"}, None),
        ("numbers", {"dateEnd": "2026-07-30"}, "ends 2026-07-30 instead of 2026-06-30"),
    ],
)
def test_update_may_dial_more_where_a_live_field_is_unreadable(
    field: str, sent: dict[str, Any], reason: str | None
) -> None:
    values = {name: value for name, value in OFFICE.items() if name != field}
    live_campaign = LiveCampaign(
        4711, 17, values, unreadable={field: "a list where one value was expected"}
    )
    dialing = widening_effect(live_campaign, sent)
    assert (dialing.reasons[0] if dialing else None) == reason


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("READY", True),
        ("RUNNING", True),
        ("PAUSED", False),
        ("", None),
        (None, None),
        (False, None),
    ],
)
def test_state_dials_or_not_or_it_is_unknown(state: object, expected: bool | None) -> None:  # noqa: FBT001  # a table
    assert dials(state) is expected
