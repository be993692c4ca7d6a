"""The clocks of the people who are called, as the calendar shows them next to the campaign's own."""

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
"""From Monday to Friday, all of them before the clocks change: Los Angeles is two hours behind."""


def calendar(
    schedule: Schedule,
    phones: PhonesByZones,
    live_phones: PhonesByZones | None = None,
    *,
    alarm_live: bool = True,
) -> Calendar:
    """Campaign 4711 with one schedule, and with other live phones where they are given."""
    live_phones = phones if live_phones is None else live_phones
    schedules = Schedules(schedule, schedule, None, phones, live_phones)
    campaign = CampaignPlan(4711, "Spring", "a.yaml", schedules=schedules)
    return calendar_for([campaign], NOW, alarm_live=alarm_live)


def mark_texts(shown: Calendar) -> list[str]:
    return [mark.text for mark in shown.row(4711).marks if mark.kind is MarkKind.OUTSIDE_HOURS]


def test_hours_that_are_too_early_for_some_are_hatched_and_the_hours_for_all_are_framed() -> None:
    shown = calendar(CHICAGO, WEST)
    assert shapes(shown, "cal-ready") == ["M8 990V540H13V990Z"]
    assert shapes(shown, "cal-outside") == ["M8 600V540H13V600Z"]
    assert shapes(shown, "cal-everyone") == [
        "M8 1260V600H13V1260Z"
    ]  # 08:00 in the west, 21:00 in Chicago
    assert [entry.text for entry in shown.row(4711).key] == [
        "outside 08:00–21:00 where people are called",  # noqa: RUF001  # as written
        "08:00–21:00 for everyone who is called",  # noqa: RUF001  # as written
    ]


def test_words_say_who_is_called_when_by_their_own_clocks() -> None:
    shown = calendar(CHICAGO, WEST)
    [line] = shown.row(4711).text
    assert line.endswith("; 14 phones in America/Los_Angeles, called 07:00–14:30 there")  # noqa: RUF001  # as written
    assert mark_texts(shown) == [
        "14 of 200 phones would be called from 07:00 (America/Los_Angeles)"
    ]


def test_each_side_has_its_own_people() -> None:
    shown = calendar(CHICAGO, WEST[:1], WEST)
    git, voxo = shown.row(4711).text
    assert "Los_Angeles" not in git
    assert "14 phones in America/Los_Angeles" in voxo
    assert mark_texts(shown) == [
        "VOXO: 14 of 200 phones would be called from 07:00 (America/Los_Angeles)"
    ]
    assert shapes(shown, "cal-everyone")  # drift is about what VOXO does
    assert not shapes(calendar(CHICAGO, WEST[:1], WEST, alarm_live=False), "cal-everyone")


@pytest.mark.parametrize(
    "phones",
    [
        ((("America/Chicago",), 3),),
        (((), 3),),  # unknown: the campaign's own
        ((("America/Winnipeg",), 3),),  # another name, and the same clock
        (),
    ],
)
def test_people_on_the_campaigns_clock_need_no_frame(phones: PhonesByZones) -> None:
    shown = calendar(CHICAGO, phones)
    assert shapes(shown, "cal-everyone") == []
    assert shapes(shown, "cal-outside") == []


def test_where_no_one_is_on_the_campaigns_clock_its_own_hours_do_not_count() -> None:
    late = replace(OFFICE, callHoursStart="12:00", callHoursEnd="22:00", timeEnd="22:00")
    late = replace(late, timezone="America/New_York")
    assert mark_texts(calendar(late, ((("America/New_York",), 1),))) == [
        "1 of 1 phone would be called until 22:00 (America/New_York)"
    ]
    assert mark_texts(calendar(late, ((("America/Los_Angeles",), 1),))) == []
    assert shapes(calendar(late, ((("America/Los_Angeles",), 1),)), "cal-outside") == []


def test_of_many_zones_some_are_named_and_the_rest_is_counted() -> None:
    zones = ("America/Denver", "America/Los_Angeles", "America/New_York", "Pacific/Honolulu")
    phones = tuple(((name,), 4 - n) for n, name in enumerate(zones))
    [line] = calendar(CHICAGO, phones).row(4711).text
    assert "4 phones in America/Denver, called 08:00–15:30 there; " in line  # noqa: RUF001  # as written
    assert line.endswith("; 3 phones in other time zones")


def test_a_phone_that_may_be_in_several_zones_counts_in_each() -> None:
    several = ((("America/Boise", "America/Los_Angeles"), 2),)
    [line] = calendar(CHICAGO, several).row(4711).text
    assert "2 phones in America/Boise or America/Los_Angeles, called 07:00–15:30 there" in line  # noqa: RUF001  # as written
    assert shapes(calendar(CHICAGO, several), "cal-outside")


ZONES = ("America/Chicago", "America/Los_Angeles", "America/Phoenix", "Asia/Kathmandu", "Pacific/Auckland")  # fmt: skip


@given(
    own=st.sampled_from(ZONES),
    people=st.sets(st.sampled_from(ZONES), min_size=1),
    first=st.dates(date(2026, 2, 28), date(2026, 4, 6)),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_every_minute_that_is_hatched_is_one_at_which_somebody_may_not_be_called(
    own: str, people: set[str], first: date, hours: tuple[int, int]
) -> None:
    opens, closes = (f"{hour:02}:15" for hour in hours)
    schedule = replace(
        OFFICE, dateStart=str(first), dateEnd=str(first + timedelta(days=2)), timeStart=None, timeEnd=None,
        callHoursStart=opens, callHoursEnd=closes, timezone=own,
    )  # fmt: skip
    shown = calendar(schedule, tuple(((name,), 1) for name in sorted(people)))
    dialing = interpret(schedule).dialing
    assert dialing is not None
    day = first.toordinal()
    low, high = (day - 3) * DAY, (day + 6) * DAY
    slow = any(
        _shows(name, minute) < 8 * 60 or _shows(name, minute) >= 21 * 60
        for run in dialing.runs(low, high)
        for minute in range(run.start, run.end, 15)
        if any(start <= minute % DAY < end for start, end in run.bands)
        for name in people
    )
    assert bool(shapes(shown, "cal-outside")) == slow
    assert bool(mark_texts(shown)) == slow


def _shows(zone: str, minute: int) -> int:
    """The minute of the day on a zone's clock."""
    moment = datetime.fromordinal(minute // DAY) + timedelta(minutes=minute % DAY)
    local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute
