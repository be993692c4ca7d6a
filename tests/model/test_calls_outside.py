"""Calls outside the permitted hours of the people called: examples, and an oracle that steps through every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from voxosync.model.called_zones import US_ZONES, count_by_zones
from voxosync.model.dialing.calls_outside import (
    CallsOutside,
    ClockTime,
    called_bands,
    calls_outside,
)
from voxosync.model.dialing.schedule import Dialing, Schedule, dialing_of
from voxosync.model.zone import zone_of

DAYTIME = ((8 * 60, 21 * 60),)
CHICAGO = ("America/Chicago",)
LOS_ANGELES = ("America/Los_Angeles",)
NEW_YORK = ("America/New_York",)
SPRING = {
    "timezone": "America/Chicago",
    "dateStart": "2096-03-01",
    "dateEnd": "2096-03-30",
    "callHoursStart": "08:00",
    "callHoursEnd": "20:00",
}


def dialing(**fields: str) -> Dialing:
    schedule = Schedule(**{**SPRING, **fields})
    zone = zone_of(schedule.timezone or "")
    assert zone
    return dialing_of(schedule, zone)


def check(counts: dict[tuple[str, ...], int], **fields: str) -> CallsOutside | None:
    return calls_outside(dialing(**fields), counts, DAYTIME)


def at(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


class TestExamples:
    def test_8_am_in_chicago_is_6_am_in_los_angeles(self) -> None:
        assert check({CHICAGO: 186, LOS_ANGELES: 14}) == CallsOutside(
            phones=14,
            earliest=ClockTime(at("06:00"), "America/Los_Angeles"),
            latest=None,
            window=(at("10:00"), at("20:00")),
            other_zones=True,
        )

    def test_9_pm_in_chicago_is_10_pm_in_new_york(self) -> None:
        assert check({NEW_YORK: 3}, callHoursEnd="21:00") == CallsOutside(
            phones=3,
            earliest=None,
            latest=ClockTime(at("22:00"), "America/New_York"),
            window=(at("08:00"), at("20:00")),
            other_zones=False,
        )

    def test_last_call_is_made_before_the_end_of_calling_hours(self) -> None:
        assert check({NEW_YORK: 3}, callHoursEnd="20:00") is None
        assert check({NEW_YORK: 3}, callHoursEnd="20:01") is not None
        assert check({NEW_YORK: 3}, callHoursStart="07:00") is None
        assert check({NEW_YORK: 3}, callHoursStart="06:59") is not None

    def test_every_zone_of_a_phone_counts(self) -> None:
        outside = check({("America/Chicago", "America/New_York"): 5}, callHoursEnd="21:00")
        assert outside
        assert (outside.phones, outside.latest) == (5, ClockTime(at("22:00"), "America/New_York"))

    def test_campaign_without_calling_hours_calls_at_any_hour(self) -> None:
        outside = check({CHICAGO: 1, LOS_ANGELES: 2}, callHoursStart="", callHoursEnd="")
        assert outside == CallsOutside(3, None, None, (at("10:00"), at("21:00")), other_zones=True)

    def test_call_shortly_after_midnight_is_late_rather_than_early(self) -> None:
        outside = check({("America/St_Johns",): 1}, callHoursStart="10:00", callHoursEnd="22:00")
        assert outside
        assert (outside.earliest, outside.latest) == (
            None,
            ClockTime(at("00:30"), "America/St_Johns"),
        )

    def test_window_is_outside_the_calling_hours_if_none_of_them_suits_everyone(self) -> None:
        fields = {"callHoursStart": "09:00", "callHoursEnd": "16:00"}
        outside = check({("Pacific/Guam",): 1, NEW_YORK: 1}, **fields)
        assert outside
        assert (outside.phones, outside.window) == (1, (at("17:00"), at("20:00")))

    def test_window_that_suits_everyone_may_span_midnight(self) -> None:
        outside = check({CHICAGO: 1}, timezone="Etc/UTC", callHoursStart="", callHoursEnd="")
        assert outside
        assert outside.window == (at("14:00"), at("26:00"))  # 08:00 in winter to 21:00 in summer

    def test_there_may_be_no_window_that_suits_everyone(self) -> None:
        outside = check({("Pacific/Guam",): 1, NEW_YORK: 1, ("Europe/London",): 1})
        assert outside
        assert (outside.phones, outside.window) == (2, None)

    def test_calling_hours_may_span_midnight(self) -> None:
        outside = check({CHICAGO: 1}, callHoursStart="20:00", callHoursEnd="02:00")
        assert outside
        assert outside.latest == ClockTime(at("02:00"), "America/Chicago")
        assert outside.window == (at("20:00"), at("21:00"))

    def test_campaign_that_never_dials_has_no_calls_outside(self) -> None:
        assert check({LOS_ANGELES: 1}, dateEnd="2096-02-01") is None

    def test_unknown_zone_is_the_zone_of_the_campaign_or_if_strict_every_us_zone(self) -> None:
        assert check({(): 7}) is None
        outside = calls_outside(dialing(), {(): 7}, DAYTIME, strict=True)
        assert outside
        assert (outside.phones, outside.window) == (7, (at("13:00"), at("20:00")))
        assert outside.earliest == ClockTime(at("03:00"), "Pacific/Honolulu")


class TestDaylightSaving:
    """On 2026-03-08 the clocks of Chicago and Denver change; those of Phoenix and Honolulu do not."""

    PHONES = dict.fromkeys(
        ("6025550123", "6025550124", "3035550123", "8085550123", "8005550123", "9285550123"), ""
    )

    def outside(self, **fields: str) -> CallsOutside | None:
        dates = {"dateStart": "2026-03-02", "dateEnd": "2026-03-13", "callHoursEnd": "18:00"}
        return check(count_by_zones(self.PHONES, {}), **{**dates, **fields})

    def test_campaign_that_ends_before_the_change(self) -> None:
        outside = self.outside(dateEnd="2026-03-07", callHoursStart="09:00")
        assert outside
        assert outside.phones == 1
        assert outside.earliest == ClockTime(at("05:00"), "Pacific/Honolulu")

    def test_zone_without_daylight_saving_is_called_an_hour_earlier_after_the_change(self) -> None:
        outside = self.outside(callHoursStart="09:00")
        assert outside
        assert outside.phones == 4  # two of Phoenix, one of Phoenix or the Navajo Nation, Honolulu
        assert outside.earliest == ClockTime(at("04:00"), "Pacific/Honolulu")
        assert outside.window == (at("13:00"), at("18:00"))

    def test_start_that_suits_everyone_before_the_change_does_not_after_it(self) -> None:
        assert self.outside(callHoursStart="12:00", dateEnd="2026-03-07") is None
        outside = self.outside(callHoursStart="12:00")
        assert outside
        assert (outside.phones, outside.window) == (1, (at("13:00"), at("18:00")))
        assert self.outside(callHoursStart="13:00") is None

    def test_latest_call_may_be_in_the_last_minute_of_the_campaign(self) -> None:
        """Chicago's clock is ahead of Phoenix's by an hour until 02:00, and then by two."""
        fields = {"callHoursStart": "00:00", "callHoursEnd": "23:00", "dateEnd": "2026-03-08"}
        phones: dict[tuple[str, ...], int] = {("America/Phoenix",): 1}
        before = check(phones, **fields, dateStart="2026-03-08", timeStart="01:00", timeEnd="01:59")
        after = check(phones, **fields, dateStart="2026-03-08", timeStart="01:00", timeEnd="03:01")
        assert before
        assert before.latest == ClockTime(at("00:59"), "America/Phoenix")
        assert after
        assert after.latest == ClockTime(at("01:01"), "America/Phoenix")

    def test_hour_that_occurs_twice_counts_twice(self) -> None:
        """On 2026-11-01, 01:30 in Chicago is 23:30 and then 00:30 in Phoenix."""
        fields = {
            "dateStart": "2026-11-01",
            "dateEnd": "2026-11-01",
            "timeStart": "00:00",
            "timeEnd": "03:00",
        }
        outside = check(
            {("America/Phoenix",): 1}, **fields, callHoursStart="01:30", callHoursEnd="01:40"
        )
        assert outside
        assert outside.earliest == ClockTime(at("23:30"), "America/Phoenix")
        assert outside.latest == ClockTime(at("00:40"), "America/Phoenix")

    def test_open_ended_campaign_includes_every_change(self) -> None:
        fields = {
            "dateStart": "2026-07-01",
            "dateEnd": "",
            "callHoursStart": "10:00",
            "callHoursEnd": "18:00",
        }
        assert check({("America/Phoenix",): 1}, **fields) is None
        assert check({("America/Phoenix",): 1}, **{**fields, "callHoursStart": "09:59"}) is not None
        open_start = {**fields, "dateStart": "", "dateEnd": "2026-07-01", "callHoursStart": "09:59"}
        assert check({("America/Phoenix",): 1}, **open_start) is not None
        assert check({("America/Phoenix",): 1}, **{**open_start, "dateEnd": ""}) is not None
        assert (
            check({("America/Phoenix",): 1}, **{**open_start, "dateEnd": "9999-12-31"}) is not None
        )


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)).map(  # noqa: DTZ001  # a zone's own clock
    lambda moment: moment.replace(second=0, microsecond=0)
)
NEAR_CHANGES = st.sampled_from(["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25"]).flatmap(
    lambda day: st.integers(-1500, 1500).map(
        lambda minutes: datetime.fromisoformat(day) + timedelta(minutes=minutes)
    )
)
CLOCKS = st.none() | st.times().map(lambda clock: clock.strftime("%H:%M"))
ZONE_NAMES = st.sampled_from(
    [
        *US_ZONES,
        "America/St_Johns",
        "America/Regina",
        "Europe/London",
        "Australia/Lord_Howe",
        "Pacific/Guam",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(MOMENTS, NEAR_CHANGES),
    st.integers(1, 3000),
    st.tuples(CLOCKS, CLOCKS),
    ZONE_NAMES,
    st.lists(ZONE_NAMES, min_size=1, max_size=3, unique=True),
)
@example(datetime(2026, 3, 8, 1), 200, ("00:30", "03:30"), "America/Chicago", ["America/Phoenix"])  # noqa: DTZ001  # as MOMENTS
@example(datetime(2026, 11, 1), 200, ("01:10", "01:20"), "America/Chicago", ["Australia/Lord_Howe"])  # noqa: DTZ001  # as MOMENTS
def test_agrees_with_an_oracle_that_steps_through_every_minute(
    start: datetime,
    minutes: int,
    hours: tuple[str | None, str | None],
    campaign_zone: str,
    names: list[str],
) -> None:
    end = start + timedelta(minutes=minutes)
    schedule = Schedule(
        timezone=campaign_zone,
        dateStart=f"{start:%Y-%m-%d}",
        timeStart=f"{start:%H:%M}",
        dateEnd=f"{end:%Y-%m-%d}",
        timeEnd=f"{end:%H:%M}",
        callHoursStart=hours[0],
        callHoursEnd=hours[1],
    )
    zone = zone_of(campaign_zone)
    assert zone
    dialing = dialing_of(schedule, zone)
    called: dict[str, set[int]] = {name: set() for name in names}
    forbidden: set[int] = set()  # minutes of the campaign's day at which a call is outside
    assert dialing.start is not None
    assert dialing.end is not None
    for moment in range(dialing.start, dialing.end):
        utc = datetime(1, 1, 1, tzinfo=UTC) + timedelta(minutes=moment - 24 * 60)
        clock = utc.astimezone(ZoneInfo(campaign_zone))
        minute = clock.hour * 60 + clock.minute
        if not any(first <= minute < after for first, after in dialing.window):
            continue
        for name in names:
            local = utc.astimezone(ZoneInfo(name))
            called[name].add(local.hour * 60 + local.minute)
            if not 8 <= local.hour < 21:
                forbidden.add(minute)
    called_minutes = set().union(*called.values())
    bands = called_bands(dialing, [(name,) for name in names])
    assert {minute for first, after in bands for minute in range(first, after)} == called_minutes
    outside = calls_outside(dialing, {(name,): 1 for name in names}, DAYTIME)
    minutes_outside = {
        name: {minute for minute in minutes if not 8 * 60 <= minute < 21 * 60}
        for name, minutes in called.items()
    }
    assert (outside.phones if outside else 0) == sum(map(bool, minutes_outside.values()))
    if outside is None:
        return
    allowed = {
        minute for first, after in dialing.window for minute in range(first, after)
    } - forbidden
    window = {minute % 1440 for minute in range(*outside.window)} if outside.window else set()
    assert window <= allowed or not allowed
    assert window or not allowed
    for extreme in (outside.earliest, outside.latest):
        assert extreme is None or minutes_outside[extreme.zone]
    if outside.earliest:
        assert outside.earliest.minute in minutes_outside[outside.earliest.zone]
    if outside.latest:
        assert outside.latest.minute - 1 in minutes_outside[outside.latest.zone]
