"""Shared caller IDs, compared with an oracle that compares every pair of campaigns minute by minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from voxosync.model.dialing.clock import DAY, common, joined
from voxosync.model.dialing.schedule import DialingPeriod
from voxosync.report.calendar import shared_caller_ids
from voxosync.report.calendar.day_ranges import DayRange
from voxosync.report.calendar.shared_caller_ids import Caller, overlaps

if TYPE_CHECKING:
    import pytest

    from voxosync.model.dialing.clock import Bands

HOUR = 60

bands = st.lists(
    st.tuples(st.integers(0, 23), st.integers(1, 24)).map(
        lambda pair: (pair[0] * HOUR, pair[1] * HOUR)
    ),
    min_size=1,
    max_size=3,
).map(joined)


@st.composite
def days(draw: st.DrawFn) -> tuple[DayRange, ...]:
    """Up to three ranges of days, in order and not adjacent."""
    edges = sorted(draw(st.sets(st.integers(0, 8), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    ranges = (DayRange(first, after, draw(bands)) for first, after in pairs)
    return tuple(day_range for day_range in ranges if day_range.bands)


callers = st.lists(st.tuples(st.sampled_from("AB"), days()), max_size=7).map(
    lambda callers: [Caller(4711 + number, *caller) for number, caller in enumerate(callers)]
)


def cells(ranges: tuple[DayRange, ...]) -> set[tuple[int, int]]:
    return {
        (day, minute)
        for first, after, parts in ranges
        for day in range(first, after)
        for start, end in parts
        for minute in range(start, end, HOUR)
    }


@given(callers)
def test_partners_and_shared_hours_are_those_of_comparing_every_pair(
    caller_list: list[Caller],
) -> None:
    result = overlaps(caller_list)
    for caller in caller_list:
        own_cells = cells(tuple(caller.days))
        others = {
            other.id: own_cells & cells(tuple(other.days))
            for other in caller_list
            if other.id != caller.id and other.caller_id == caller.caller_id
        }
        partners = tuple(number for number, shared in others.items() if shared)
        if not partners:
            assert caller.id not in result
            continue
        assert tuple(result[caller.id].partner_ids()) == partners
        assert result[caller.id].count == len(partners)
        assert cells(result[caller.id].days) == set().union(*others.values())


def test_one_common_minute_is_shared_but_adjacent_hours_are_not() -> None:
    def hours(start: int, end: int) -> tuple[DayRange, ...]:
        return (DayRange(1, 3, ((start, end),)),)

    first = Caller(1, "A", hours(540, 600))
    assert not overlaps([first, Caller(2, "A", hours(600, 660))])
    result = overlaps([first, Caller(2, "A", hours(599, 660))])
    assert result[1].runs() == result[2].runs() == (DialingPeriod(DAY, 3 * DAY, ((599, 600),)),)


def test_a_thousand_campaigns_with_one_caller_id_count_each_other() -> None:
    campaigns = [Caller(n, "A", (DayRange(1, 300, ((n % 60, 1000),)),)) for n in range(1000)]
    result = overlaps(campaigns)
    assert {shared.count for shared in result.values()} == {999}


def test_a_thousand_different_schedules_are_not_compared_for_each_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comparisons = 0

    def count_and_compare(first: Bands, second: Bands) -> Bands:
        nonlocal comparisons
        comparisons += 1
        return common(first, second)

    monkeypatch.setattr(shared_caller_ids, "common", count_and_compare)
    campaigns = [
        Caller(n, "A", (DayRange(n * 7 % 90, 300 + n * 11 % 301, ((n % 700, 740 + n % 700),)),))
        for n in range(1000)
    ]
    assert {shared.count for shared in overlaps(campaigns).values()} == {999}
    assert comparisons < 20_000  # comparing each campaign on each of its days would take 400,000
