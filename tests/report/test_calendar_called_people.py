"""How the calendar shows the time zones of the people who are called next to that of the campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.test_calendar_rows import NOW, OFFICE, shapes
from voxosync.model.dialing.clock import DAY
from voxosync.model.dialing.schedule import Schedules
from voxosync.model.plan import CampaignPlan
from voxosync.report.calendar import Calendar, MarkKind, calendar_for
from voxosync.report.calendar.interpretation import interpret

if TYPE_CHECKING:
    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.dialing.schedule import Schedule

CHICAGO = replace(OFFICE, timezone="America/Chicago", callHoursEnd="16:30", timeEnd="16:30")
WEST = ((("America/Chicago",), 186), (("America/Los_Angeles",), 14))
"""Phones by time zone. OFFICE dials from Monday to Friday before a clock change: Los Angeles is two hours behind."""


def make_calendar(
    schedule: Schedule,
    phones: PhonesByZones,
    live_phones: PhonesByZones | None = None,
    *,
    alarm_live: bool = True,
) -> Calendar:
    """A calendar of campaign 4711 with one schedule; its live phones are the defined ones unless they are passed."""
    live_phones = phones if live_phones is None else live_phones
    schedules = Schedules(schedule, schedule, None, phones, live_phones)
    campaign = CampaignPlan(4711, "Spring", "a.yaml", schedules=schedules)
    return calendar_for([campaign], NOW, alarm_live=alarm_live)


def mark_texts(calendar: Calendar) -> list[str]:
    return [mark.text for mark in calendar.row(4711).marks if mark.kind is MarkKind.OUTSIDE_HOURS]


def test_hours_too_early_for_some_are_hatched_and_hours_allowed_for_all_are_framed() -> None:
    calendar = make_calendar(CHICAGO, WEST)
    assert shapes(calendar, "cal-ready") == ["M8 990V540H13V990Z"]
    assert shapes(calendar, "cal-outside") == ["M8 600V540H13V600Z"]
    assert shapes(calendar, "cal-everyone") == [
        "M8 1260V600H13V1260Z"
    ]  # 08:00 in the west, 21:00 in Chicago
    assert [entry.text for entry in calendar.row(4711).key] == [
        "outside 08:00–21:00 where people are called",  # noqa: RUF001  # as written
        "08:00–21:00 for everyone who is called",  # noqa: RUF001  # as written
    ]


def test_text_states_the_hours_of_calls_in_the_time_zones_of_the_people() -> None:
    calendar = make_calendar(CHICAGO, WEST)
    [line] = calendar.row(4711).text
    assert line.endswith("; 14 phones in America/Los_Angeles, called 07:00–14:30 there")  # noqa: RUF001  # as written
    assert mark_texts(calendar) == [
        "14 of 200 phones would be called from 07:00 (America/Los_Angeles)"
    ]


def test_each_side_uses_its_own_numbers() -> None:
    calendar = make_calendar(CHICAGO, WEST[:1], WEST)
    git, voxo = calendar.row(4711).text
    assert "Los_Angeles" not in git
    assert "14 phones in America/Los_Angeles" in voxo
    assert mark_texts(calendar) == [
        "VOXO: 14 of 200 phones would be called from 07:00 (America/Los_Angeles)"
    ]
    assert shapes(calendar, "cal-everyone")  # in drift, the live numbers count
    assert not shapes(make_calendar(CHICAGO, WEST[:1], WEST, alarm_live=False), "cal-everyone")


@pytest.mark.parametrize(
    "phones",
    [
        ((("America/Chicago",), 3),),
        (((), 3),),  # an unknown zone counts as the campaign's
        ((("America/Winnipeg",), 3),),  # another name with the same clock
        (),
    ],
)
def test_nothing_is_framed_if_all_people_are_in_the_campaigns_time_zone(
    phones: PhonesByZones,
) -> None:
    calendar = make_calendar(CHICAGO, phones)
    assert shapes(calendar, "cal-everyone") == []
    assert shapes(calendar, "cal-outside") == []


def test_hours_of_the_campaign_do_not_count_if_no_one_is_in_its_time_zone() -> None:
    late_hours = replace(OFFICE, callHoursStart="12:00", callHoursEnd="22:00", timeEnd="22:00")
    late_hours = replace(late_hours, timezone="America/New_York")
    assert mark_texts(make_calendar(late_hours, ((("America/New_York",), 1),))) == [
        "1 of 1 phone would be called until 22:00 (America/New_York)"
    ]
    assert mark_texts(make_calendar(late_hours, ((("America/Los_Angeles",), 1),))) == []
    assert shapes(make_calendar(late_hours, ((("America/Los_Angeles",), 1),)), "cal-outside") == []


def test_some_of_many_time_zones_are_named_and_the_others_counted() -> None:
    zones = ("America/Denver", "America/Los_Angeles", "America/New_York", "Pacific/Honolulu")
    phones = tuple(((name,), 4 - n) for n, name in enumerate(zones))
    [line] = make_calendar(CHICAGO, phones).row(4711).text
    assert "4 phones in America/Denver, called 08:00–15:30 there; " in line  # noqa: RUF001  # as written
    assert line.endswith("; 3 phones in other time zones")


def test_phone_with_several_possible_time_zones_counts_in_each() -> None:
    two_zones = ((("America/Boise", "America/Los_Angeles"), 2),)
    [line] = make_calendar(CHICAGO, two_zones).row(4711).text
    assert "2 phones in America/Boise or America/Los_Angeles, called 07:00–15:30 there" in line  # noqa: RUF001  # as written
    assert shapes(make_calendar(CHICAGO, two_zones), "cal-outside")


ZONES = ("America/Chicago", "America/Los_Angeles", "America/Phoenix", "Asia/Kathmandu", "Pacific/Auckland")  # fmt: skip


@given(
    own=st.sampled_from(ZONES),
    people=st.sets(st.sampled_from(ZONES), min_size=1),
    first=st.dates(date(2026, 2, 28), date(2026, 4, 6)),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_hours_are_hatched_exactly_if_they_are_outside_calling_hours_for_someone(
    own: str, people: set[str], first: date, hours: tuple[int, int]
) -> None:
    opens, closes = (f"{hour:02}:15" for hour in hours)
    schedule = replace(
        OFFICE, dateStart=str(first), dateEnd=str(first + timedelta(days=2)), timeStart=None, timeEnd=None,
        callHoursStart=opens, callHoursEnd=closes, timezone=own,
    )  # fmt: skip
    calendar = make_calendar(schedule, tuple(((name,), 1) for name in sorted(people)))
    dialing = interpret(schedule).dialing
    assert dialing is not None
    day = first.toordinal()
    low, high = (day - 3) * DAY, (day + 6) * DAY
    outside_hours = any(
        _minute_of_day(name, minute) < 8 * 60 or _minute_of_day(name, minute) >= 21 * 60
        for run in dialing.runs(low, high)
        for minute in range(run.start, run.end, 15)
        if any(start <= minute % DAY < end for start, end in run.bands)
        for name in people
    )
    assert bool(shapes(calendar, "cal-outside")) == outside_hours
    assert bool(mark_texts(calendar)) == outside_hours


def _minute_of_day(zone: str, minute: int) -> int:
    """The minute of the day on a zone's clock."""
    moment = datetime.fromordinal(minute // DAY) + timedelta(minutes=minute % DAY)
    local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute
