"""The ranges of days of the calendar, compared with an oracle that calculates each minute with zoneinfo."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from voxosync.model.dialing.clock import DAY, spans
from voxosync.model.dialing.schedule import Schedule, window_of
from voxosync.model.zone import zone_of
from voxosync.report.calendar.day_ranges import DayRange, compare_ranges, day_ranges
from voxosync.report.calendar.interpretation import interpret
from voxosync.report.calendar.outline import outline_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

CLOCK_CHANGES = {
    "America/Chicago": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # changes by half an hour
    "Asia/Kathmandu": (date(2026, 6, 1),),  # 05:45 ahead
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 9, 24)),  # a skipped day, and a change
    "Pacific/Auckland": (date(2026, 4, 5), date(2026, 9, 27)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),  # from 00:00 to 01:00, and back
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),  # from 00:00, and back to 23:00
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),
    "Antarctica/Troll": (date(2026, 3, 29),),  # changes by two hours
    "UTC": (date(2026, 3, 1),),
}
"""Time zones, and days on which their clocks change."""

TIMES = st.none() | st.builds(
    "{:02}:{:02}".format, st.integers(0, 23), st.sampled_from((0, 15, 30, 45, 59))
)


@st.composite
def calendar_cases(draw: st.DrawFn) -> tuple[Schedule, str, int, int]:
    """A schedule, a clock, and the first day and the day after the last of a few days around a clock change."""
    zones = st.sampled_from(sorted(CLOCK_CHANGES))
    zone, clock = draw(zones), draw(zones)
    change = draw(st.sampled_from(CLOCK_CHANGES[zone] + CLOCK_CHANGES[clock]))
    first = change - timedelta(days=draw(st.integers(0, 4)))
    days = st.integers(-2, 6).map(lambda count: (first + timedelta(days=count)).isoformat())
    start, end, from_time, to_time, opens, closes = draw(
        st.tuples(st.none() | days, st.none() | days, TIMES, TIMES, TIMES, TIMES)
    )
    schedule = Schedule("READY", start, end, from_time, to_time, opens, closes, zone)
    return schedule, clock, first.toordinal(), first.toordinal() + draw(st.integers(1, 5))


def expected_cells(schedule: Schedule, clock: str, first: int, after: int) -> set[tuple[int, int]]:
    """The days and minutes on the clock at which the campaign dials, found by testing each minute of UTC."""
    assert schedule.timezone
    # the packaged zones: those of the system may differ
    zone, clock_zone = zone_of(schedule.timezone), zone_of(clock)
    assert zone
    start, end = expected_bounds(schedule, zone, 0)
    if start and end and end < start:
        start, end = expected_bounds(schedule, zone, 1)
    window = expected_window(schedule)
    cells = set()
    moment = datetime.combine(date.fromordinal(first - 1), time.min, UTC)
    for minute in range((after + 1 - (first - 1)) * DAY):
        now = moment + timedelta(minutes=minute)
        if (start and now < start) or (end and now >= end):
            continue
        local = now.astimezone(zone)
        if local.hour * 60 + local.minute not in window:
            continue
        on_clock = now.astimezone(clock_zone)
        if first <= on_clock.toordinal() < after:
            cells.add((on_clock.toordinal(), on_clock.hour * 60 + on_clock.minute))
    return cells


def expected_bounds(
    schedule: Schedule, zone: ZoneInfo, fold: int
) -> tuple[datetime | None, datetime | None]:
    def moment(day: str | None, clock: str | None, extra_days: int) -> datetime | None:
        if day is None:
            return None
        on = date.fromisoformat(day) + timedelta(days=0 if clock else extra_days)
        at = time.fromisoformat(clock or "00:00").replace(fold=fold)
        return datetime.combine(on, at, zone).astimezone(UTC)

    return (
        moment(schedule.dateStart, schedule.timeStart, 0),
        moment(schedule.dateEnd, schedule.timeEnd, 1),
    )


def expected_window(schedule: Schedule) -> set[int]:
    """The minutes of the day from start to end, past midnight if necessary; all minutes if neither is set."""
    opens, closes = (
        None if text is None else int(text[:2]) * 60 + int(text[3:])
        for text in (schedule.callHoursStart, schedule.callHoursEnd)
    )
    minute, last = opens or 0, DAY if closes is None else closes
    minutes = {minute}
    while (minute := (minute + 1) % DAY) != last % DAY:
        minutes.add(minute)
    return minutes


def cells_of(ranges: Iterable[DayRange]) -> list[tuple[int, int]]:
    return [
        (day, minute)
        for first, after, bands in ranges
        for day in range(first, after)
        for start, end in bands
        for minute in range(start, end)
    ]


def calendar_ranges(schedule: Schedule, clock: str, first: int, after: int) -> tuple[DayRange, ...]:
    dialing, zone = interpret(schedule).dialing, zone_of(clock)
    assert dialing
    assert zone
    low, high = (first - 1) * DAY, (after + 1) * DAY
    return day_ranges(dialing.runs(low, high), spans(zone, low, high), first, after)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@given(calendar_cases())
@example((Schedule(timezone="Pacific/Apia"), "Pacific/Apia", day("2011-12-28"), day("2012-01-02")))
@example((Schedule(timezone="Asia/Beirut"), "America/Havana", day("2026-10-23"), day("2026-11-03")))
def test_ranges_of_days_contain_the_minutes_that_the_oracle_finds(
    case: tuple[Schedule, str, int, int],
) -> None:
    cells = cells_of(ranges := calendar_ranges(*case))
    assert len(cells) == len(set(cells)), "no day is drawn twice"
    assert set(cells) == expected_cells(*case)
    assert list(ranges) == sorted(ranges)


@given(calendar_cases())
def test_outline_encloses_exactly_the_minutes_of_its_ranges(
    case: tuple[Schedule, str, int, int],
) -> None:
    _, _, first, after = case
    ranges = calendar_ranges(*case)
    assert enclosed_cells(outline_path(ranges, first), after - first) == {
        (number - first, minute) for number, minute in cells_of(ranges)
    }


@given(calendar_cases(), calendar_cases())
def test_two_sides_are_compared_minute_by_minute(
    case: tuple[Schedule, str, int, int], second_case: tuple[Schedule, str, int, int]
) -> None:
    first, second = calendar_ranges(*case), calendar_ranges(second_case[0], *case[1:])
    cells, second_cells = set(cells_of(first)), set(cells_of(second))
    parts = [cells_of(part) for part in compare_ranges(first, second)]
    assert all(len(part) == len(set(part)) for part in parts)
    assert [set(part) for part in parts] == [
        cells & second_cells,
        cells - second_cells,
        second_cells - cells,
    ]


def enclosed_cells(path: str, days: int) -> set[tuple[int, int]]:
    """The cells within a path of horizontal and vertical lines, by the even-odd rule."""
    crossings: dict[int, list[int]] = {number: [] for number in range(days)}
    for loop in path.split("Z")[:-1]:
        corners = corners_of(loop)
        for (x, y), (next_x, next_y) in zip(corners, corners[1:] + corners[:1], strict=True):
            assert (x == next_x) != (y == next_y), "every line is horizontal or vertical"
            for number in range(min(x, next_x), max(x, next_x)):
                crossings[number].append(y)
    cells = set()
    for number, edges in crossings.items():
        edges.sort()
        for top, bottom in zip(edges[::2], edges[1::2], strict=True):
            cells |= {(number, minute) for minute in range(top, bottom)}
    return cells


def corners_of(loop: str) -> list[tuple[int, int]]:
    start, *lines = loop.removeprefix("M").replace("H", "|H").replace("V", "|V").split("|")
    x, y = map(int, start.split())
    corners = [(x, y)]
    for line in lines:
        x, y = (int(line[1:]), y) if line[0] == "H" else (x, int(line[1:]))
        corners.append((x, y))
    return corners


@given(TIMES, TIMES)
def test_calling_hours_are_the_minutes_from_start_to_end(
    opens: str | None, closes: str | None
) -> None:
    schedule = Schedule(callHoursStart=opens, callHoursEnd=closes)
    bands = window_of(schedule)
    assert {minute for start, end in bands for minute in range(start, end)} == expected_window(
        schedule
    )


@given(st.sampled_from(sorted(CLOCK_CHANGES)), st.dates(date(1975, 1, 1), date(2037, 12, 31)))
def test_spans_of_a_zone_have_its_offset_every_15_minutes(name: str, on: date) -> None:
    start = on.toordinal() * DAY
    zone = zone_of(name)
    assert zone
    clock = spans(zone, start, start + 40 * DAY)
    assert [span.start for span in clock[1:]] == [span.end for span in clock[:-1]]
    assert (clock[0].start, clock[-1].end) == (start, start + 40 * DAY)
    midnight = datetime.combine(on, time.min, UTC)
    for span in clock:
        for minute in {*range(span.start, span.end, 15), span.end - 1}:
            offset = (midnight + timedelta(minutes=minute - start)).astimezone(zone).utcoffset()
            assert offset == timedelta(minutes=span.offset)
