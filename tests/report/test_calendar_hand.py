"""The bands of the calendar in cases that were calculated by hand from the published rules of time zones."""

from __future__ import annotations

from datetime import date

import pytest

from voxosync.model.dialing.clock import DAY, spans
from voxosync.model.dialing.schedule import Schedule
from voxosync.model.zone import zone_of
from voxosync.report.calendar.day_ranges import day_ranges
from voxosync.report.calendar.interpretation import OUTSIDE_CALLING_HOURS, interpret

CHICAGO, BERLIN, KOLKATA = "America/Chicago", "Europe/Berlin", "Asia/Kolkata"


def lines_by_days(
    schedule: Schedule, clock: str, first: str, after: str, *, night: bool = False
) -> list[str]:
    """A line for each range of days: its first day, the day after its last, and its hours on the clock."""
    dialing, zone = interpret(schedule).dialing, zone_of(clock)
    assert dialing
    assert zone
    start, end = (date.fromisoformat(text).toordinal() for text in (first, after))
    low, high = (start - 1) * DAY, (end + 1) * DAY
    runs = dialing.runs(low, high, OUTSIDE_CALLING_HOURS if night else None)
    return [
        f"{date.fromordinal(a)}/{date.fromordinal(b)} "
        + " ".join(f"{x // 60:02}:{x % 60:02}-{y // 60:02}:{y % 60:02}" for x, y in bands)
        for a, b, bands in day_ranges(runs, spans(zone, low, high), start, end)
    ]


def office(zone: str, *dates: str | None) -> Schedule:
    start, end = dates or (None, None)
    return Schedule("READY", start, end, None, None, "09:00", "17:00", zone)


def test_chicago_hours_in_utc_move_an_hour_earlier_on_8_march_2026() -> None:
    # UTC-6 until 8 March 08:00 UTC, which is before that day's 09:00; then UTC-5
    assert lines_by_days(office(CHICAGO), "UTC", "2026-03-06", "2026-03-11") == [
        "2026-03-06/2026-03-08 15:00-23:00",
        "2026-03-08/2026-03-11 14:00-22:00",
    ]


def test_chicago_hours_in_utc_move_an_hour_later_on_1_november_2026() -> None:
    assert lines_by_days(office(CHICAGO), "UTC", "2026-10-30", "2026-11-04") == [
        "2026-10-30/2026-11-01 14:00-22:00",
        "2026-11-01/2026-11-04 15:00-23:00",
    ]


def test_berlin_hours_in_chicago_are_an_hour_later_after_only_chicago_has_changed() -> None:
    # seven hours apart, but six from 8 March (Chicago) until 29 March (Berlin)
    assert lines_by_days(office(BERLIN), CHICAGO, "2026-03-06", "2026-04-01") == [
        "2026-03-06/2026-03-08 02:00-10:00",
        "2026-03-08/2026-03-29 03:00-11:00",
        "2026-03-29/2026-04-01 02:00-10:00",
    ]


def test_berlin_hours_in_chicago_are_an_hour_later_after_only_berlin_has_changed_back() -> None:
    # Berlin changes on 25 October, Chicago on 1 November
    assert lines_by_days(office(BERLIN), CHICAGO, "2026-10-23", "2026-11-03") == [
        "2026-10-23/2026-10-25 02:00-10:00",
        "2026-10-25/2026-11-01 03:00-11:00",
        "2026-11-01/2026-11-03 02:00-10:00",
    ]


def test_kolkata_is_five_and_a_half_hours_ahead_of_utc() -> None:
    assert lines_by_days(office(KOLKATA), "UTC", "2026-03-01", "2026-03-03") == [
        "2026-03-01/2026-03-03 03:30-11:30"
    ]


def test_daily_hours_that_cross_midnight_on_the_clock_are_two_bands() -> None:
    # 09:00-17:00 in Tokyo is 19:00-03:00 in New York, so that the last evening is on the day before the end
    tokyo = office("Asia/Tokyo", "2026-01-10", "2026-01-12")
    assert lines_by_days(tokyo, "America/New_York", "2026-01-08", "2026-01-14") == [
        "2026-01-09/2026-01-10 19:00-24:00",
        "2026-01-10/2026-01-12 00:00-03:00 19:00-24:00",
        "2026-01-12/2026-01-13 00:00-03:00",
    ]


def test_calling_hours_past_midnight_are_limited_by_start_and_end() -> None:
    night_shift = Schedule(
        "READY", "2026-01-10", "2026-01-12", "09:00", "23:00", "22:00", "02:00", "UTC"
    )
    assert lines_by_days(night_shift, "UTC", "2026-01-08", "2026-01-14") == [
        "2026-01-10/2026-01-11 22:00-24:00",
        "2026-01-11/2026-01-12 00:00-02:00 22:00-24:00",
        "2026-01-12/2026-01-13 00:00-02:00 22:00-23:00",
    ]


def test_campaign_without_calling_hours_dials_all_day_from_start_to_end() -> None:
    # timeStart may be later than timeEnd, because each belongs to its own date
    all_day = Schedule("READY", "2026-01-10", "2026-01-12", "18:30", "09:00", timezone="UTC")
    assert lines_by_days(all_day, "UTC", "2026-01-08", "2026-01-14") == [
        "2026-01-10/2026-01-11 18:30-24:00",
        "2026-01-11/2026-01-12 00:00-24:00",
        "2026-01-12/2026-01-13 00:00-09:00",
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-11", None, ["2026-01-11/2026-01-13 09:00-17:00"]),
        (None, "2026-01-11", ["2026-01-10/2026-01-12 09:00-17:00"]),
        (None, None, ["2026-01-10/2026-01-13 09:00-17:00"]),
    ],
)
def test_missing_date_means_no_limit_on_that_side(
    start: str | None, end: str | None, expected: list[str]
) -> None:
    assert lines_by_days(office("UTC", start, end), "UTC", "2026-01-10", "2026-01-13") == expected


def test_skipped_hour_is_not_dialed_and_repeated_hour_is_dialed_twice() -> None:
    night = Schedule("READY", callHoursStart="01:00", callHoursEnd="03:00", timezone=CHICAGO)
    # 8 March: 01:00-02:00 CST is 07:00-08:00 UTC, and then it is 03:00
    assert lines_by_days(night, "UTC", "2026-03-08", "2026-03-09") == [
        "2026-03-08/2026-03-09 07:00-08:00"
    ]
    # 1 November: 01:00-02:00 CDT, again in CST, then 02:00-03:00 CST: 06:00-09:00 UTC
    assert lines_by_days(night, "UTC", "2026-11-01", "2026-11-02") == [
        "2026-11-01/2026-11-02 06:00-09:00"
    ]


def test_start_in_a_skipped_hour_counts_as_if_the_clocks_had_not_changed() -> None:
    start = Schedule("READY", "2026-03-08", "2026-03-08", "02:30", "06:00", timezone=CHICAGO)
    # 02:30 CST is 08:30 UTC, when the clocks show 03:30; 06:00 CDT is 11:00 UTC
    assert lines_by_days(start, "UTC", "2026-03-07", "2026-03-10") == [
        "2026-03-08/2026-03-09 08:30-11:00"
    ]


def test_start_or_end_in_a_repeated_hour_means_its_first_occurrence() -> None:
    start = Schedule("READY", "2026-11-01", "2026-11-02", "01:30", "00:00", timezone=CHICAGO)
    assert lines_by_days(start, "UTC", "2026-11-01", "2026-11-02") == [
        "2026-11-01/2026-11-02 06:30-24:00"
    ]
    end = Schedule("READY", "2026-11-01", "2026-11-01", "00:00", "01:30", timezone=CHICAGO)
    assert lines_by_days(end, "UTC", "2026-11-01", "2026-11-02") == [
        "2026-11-01/2026-11-02 05:00-06:30"
    ]


def test_skipped_day_is_not_dialed() -> None:
    apia = Schedule("READY", "2011-12-30", "2011-12-30", timezone="Pacific/Apia")
    assert lines_by_days(apia, "UTC", "2011-12-28", "2012-01-02") == []
    surrounding_days = Schedule("READY", "2011-12-29", "2011-12-31", timezone="Pacific/Apia")
    # 29 December at UTC-10 is 10:00 to 10:00 UTC, and 31 December at UTC+14 follows immediately
    assert lines_by_days(surrounding_days, "UTC", "2011-12-28", "2012-01-02") == [
        "2011-12-29/2011-12-30 10:00-24:00",
        "2011-12-30/2011-12-31 00:00-24:00",
        "2011-12-31/2012-01-01 00:00-10:00",
    ]


def test_hours_outside_08_to_21_are_judged_in_the_campaigns_time_zone_on_every_clock() -> None:
    early = Schedule("READY", callHoursStart="06:30", callHoursEnd="22:00", timezone=BERLIN)
    assert lines_by_days(early, "UTC", "2026-01-10", "2026-01-11", night=True) == [
        "2026-01-10/2026-01-11 05:30-07:00 20:00-21:00"
    ]
    assert lines_by_days(office(BERLIN), "UTC", "2026-01-10", "2026-01-11", night=True) == []


@pytest.mark.parametrize("hours", [("08:00", "21:00"), ("08:00", "20:59"), ("12:00", "12:01")])
def test_hours_within_08_to_21_are_not_outside(hours: tuple[str, str]) -> None:
    schedule = Schedule("READY", None, None, None, None, *hours, BERLIN)
    assert lines_by_days(schedule, "UTC", "2026-01-10", "2026-01-11", night=True) == []


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        ({"timezone": None}, "no time zone: not drawn"),
        ({"timezone": "Mars/Base"}, "timezone Mars/Base is not an IANA time zone: not drawn"),
        (
            {"timezone": "../../etc/passwd"},
            "timezone ../../etc/passwd is not an IANA time zone: not drawn",
        ),
        ({"timezone": "America"}, "timezone America is not an IANA time zone: not drawn"),
        ({"dateEnd": "2026-02-30"}, "dateEnd 2026-02-30 is not a date: not drawn"),
        ({"timeEnd": "24:00"}, "timeEnd 24:00 is not a time: ignored"),
        ({"callHoursEnd": "25:00"}, "callHoursEnd 25:00 is not a time: ignored"),
        (
            {"dateStart": "2026-02-02", "dateEnd": "2026-02-01"},
            "its end is not after its start: it never dials",
        ),
    ],
)
def test_values_that_cannot_be_drawn_are_reported(
    values: dict[str, str | None], doubt: str
) -> None:
    reading = interpret(Schedule(**{"state": "READY", "timezone": "UTC", **values}))
    assert reading.doubts == (doubt,)
    assert (reading.dialing is None) == doubt.endswith("not drawn")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_earliest_and_latest_possible_dates_can_be_drawn(day: str, zone: str) -> None:
    for clock in (None, "00:00", "23:59"):
        reading = interpret(Schedule("READY", day, day, None, clock, timezone=zone))
        assert reading.dialing
