"""How long a list of phones lasts, compared with a simulation of every minute."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voxosync.model.dialing.clock import minute_of
from voxosync.model.dialing.forecast import Forecast, forecast
from voxosync.model.dialing.schedule import Schedule
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPRING = {
    "dateStart": "2027-01-04",
    "dateEnd": "2027-01-29",
    "timeStart": "09:00",
    "callHoursStart": "09:00",
    "callHoursEnd": "13:30",
    "timezone": "America/Chicago",
}
LONG_BEFORE = datetime(2026, 12, 1, tzinfo=UTC)


def spring_forecast(
    fields: Mapping[str, str | None], pace: Any = 30, phones: int = 100, now: datetime = LONG_BEFORE
) -> Forecast | None:
    return forecast(Schedule(**{**SPRING, **fields}), pace, phones, minute_of(now))


@pytest.mark.parametrize(
    ("pace", "phones", "expected"),
    [
        (30, 1, Forecast(540, "2027-01-04 09:00", 0)),
        (30, 540, Forecast(540, "2027-01-04 13:29", 0)),
        (30, 541, Forecast(540, "2027-01-05 09:00", 0)),
        (20, 541, Forecast(810, "2027-01-04 12:00", 0)),
        (30, 0, Forecast(540, None, 0)),
        (30, 26 * 540, Forecast(540, "2027-01-29 13:29", 0)),
        (30, 26 * 540 + 3, Forecast(540, None, 3)),
        (86_400, 2, Forecast(1, "2027-01-05 09:00", 0)),
        (1e300, 2, Forecast(1, "2027-01-05 09:00", 0)),
    ],
)
def test_calls_start_when_the_window_opens_and_follow_the_pace(
    pace: float, phones: int, expected: Forecast
) -> None:
    assert spring_forecast({}, pace, phones) == expected


def test_past_hours_have_no_calls() -> None:
    now = datetime(2027, 1, 5, 19, 0, tzinfo=UTC)  # 13:00 in Chicago: half an hour is left
    assert spring_forecast({}, 30, 61, now) == Forecast(540, "2027-01-06 09:00", 0)
    assert spring_forecast({}, 30, 61, datetime(2027, 3, 1, tzinfo=UTC)) == Forecast(0, None, 61)


def test_day_on_which_clocks_are_set_back_has_more_calls() -> None:
    autumn = {"dateStart": "2026-10-31", "dateEnd": "2026-11-03", "timeStart": None}
    day = {"callHoursStart": None, "callHoursEnd": None}
    start = datetime(2026, 10, 1, tzinfo=UTC)
    prediction = spring_forecast({**autumn, **day}, 60, 3 * 1440 + 60, start)
    assert prediction == Forecast(1500, "2026-11-02 23:59", 0)


@pytest.mark.parametrize(
    ("fields", "pace"),
    [
        ({"timezone": "Mars/Base"}, 30),
        ({"timezone": None}, 30),
        ({"dateEnd": "31/01/2027"}, 30),
        ({"callHoursEnd": "5 PM"}, 30),
        ({}, None),
        ({}, False),
        ({}, True),
        ({}, "30"),
        ({}, 0),
        ({}, -5),
        ({}, 1e-320),
        ({}, float("nan")),
        ({}, float("inf")),
    ],
)
def test_unreadable_values_have_no_forecast(fields: dict[str, str | None], pace: Any) -> None:
    assert spring_forecast(fields, pace) is None


def test_distant_or_open_end_is_forecast_without_an_error() -> None:
    open_end = {"dateEnd": None, "timeEnd": None}
    slow = spring_forecast({**open_end, "callHoursEnd": "09:01"}, 60, 5000)
    assert slow == Forecast(1, "2040-09-11 09:00", 0)
    never = spring_forecast({**open_end, "callHoursEnd": "09:01"}, 60, 10**9)
    assert never is not None
    assert never == Forecast(1, None, 0), "a forecast ends after thirty years"
    last_days = {"dateStart": "9999-12-30", "dateEnd": "9999-12-31"}
    assert spring_forecast(last_days, 30, 5) == Forecast(0, None, 0)
    assert spring_forecast(
        {"dateEnd": "9999-12-31", "callHoursStart": None, "callHoursEnd": None}
    ) == (Forecast(1800, "2027-01-04 09:49", 0))


ZONES = {
    "America/Chicago": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 5, tzinfo=UTC), datetime(2026, 10, 4, tzinfo=UTC)),
    "America/Havana": (datetime(2026, 3, 8, tzinfo=UTC),),  # at midnight
    "America/Phoenix": (datetime(2026, 3, 8, tzinfo=UTC),),
}
clocks = st.none() | st.sampled_from(
    ["00:00", "00:30", "01:30", "02:00", "09:00", "17:59", "22:00"]
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, float, int, datetime]:
    """A few days around a change of clocks, with a slow pace and a short list, so that the simulation is fast."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    change = draw(st.sampled_from(ZONES[zone]))
    days = [f"{change + timedelta(days=n):%Y-%m-%d}" for n in range(-3, 5)]
    schedule = Schedule(
        dateStart=draw(st.none() | st.sampled_from(days[:5])),
        dateEnd=draw(st.sampled_from(days[3:])),
        timeStart=draw(clocks),
        timeEnd=draw(clocks),
        callHoursStart=draw(clocks),
        callHoursEnd=draw(clocks),
        timezone=zone,
    )
    pace = draw(st.sampled_from([60, 90, 600, 3600.0, 45, 7200]))
    now = change + timedelta(minutes=draw(st.integers(-5 * 1440, 3 * 1440)))
    return schedule, pace, draw(st.integers(0, 9000) | st.integers(0, 40)), now


def dialed_minutes(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    """Each minute from now on at which the campaign may dial by the clock of its zone."""
    zone = zone_of(schedule.timezone or "")
    assert zone
    start, end = (_bound(schedule, side, 0) for side in ("Start", "End"))
    if start and end and end < start:
        start, end = (_bound(schedule, side, 1) for side in ("Start", "End"))
    assert end
    opening, closing = schedule.callHoursStart or "00:00", schedule.callHoursEnd or "24:00"
    moment = now
    while moment < end:
        clock = f"{moment.astimezone(zone):%H:%M}"
        inside = (
            opening <= clock < closing if opening < closing else clock >= opening or clock < closing
        )
        if inside and not (start and moment < start):
            yield moment
        moment += timedelta(minutes=1)


def _bound(schedule: Schedule, side: str, fold: int) -> datetime | None:
    day, clock = getattr(schedule, f"date{side}"), getattr(schedule, f"time{side}")
    if day is None:
        return None
    moment = datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(fold=fold)
    if side == "End" and not clock:
        moment += timedelta(days=1)
    return moment.replace(tzinfo=zone_of(schedule.timezone or "")).astimezone(UTC)


LAST_EVENING = (
    Schedule(dateEnd="2026-03-08", timeEnd="00:00", timezone="America/Havana"),
    60,
    301,
    datetime(2026, 3, 8, tzinfo=UTC),
)
"""The evening before the campaign ends at a midnight that the clock skips."""


@settings(max_examples=40)
@given(cases())
@example(LAST_EVENING)
def test_agrees_with_a_minute_by_minute_simulation(
    case: tuple[Schedule, float, int, datetime],
) -> None:
    schedule, pace, phones, now = case
    prediction = forecast(schedule, pace, phones, minute_of(now))
    assert prediction is not None
    zone = zone_of(schedule.timezone or "")
    calls: list[datetime] = []
    due = now
    previous: datetime | None = None
    for minute in dialed_minutes(schedule, now):
        if previous is None or minute - previous > timedelta(minutes=1):
            due = minute  # a new stretch begins with a call
        previous = minute
        while due < minute + timedelta(minutes=1) and len(calls) < phones:
            calls.append(due)
            due += timedelta(seconds=pace)
    assert prediction.not_reached == phones - len(calls)
    last = calls[-1].astimezone(zone) if calls and len(calls) == phones else None
    assert prediction.last_call == (f"{last:%Y-%m-%d %H:%M}" if last else None)
    per_day = Counter(call.astimezone(zone).date() for call in calls)
    busiest = max(per_day.values(), default=0)
    assert prediction.calls_per_day >= busiest, "it is an upper bound"
    if prediction.not_reached:
        # a bound that is worth something: one more call for each stretch of a day, also of a day that is half over
        day = now.astimezone(zone).replace(hour=0, minute=0).astimezone(UTC)
        minutes = Counter(
            minute.astimezone(zone).date() for minute in dialed_minutes(schedule, day)
        )
        assert prediction.calls_per_day <= max(minutes.values(), default=0) * 60 / pace + 3
