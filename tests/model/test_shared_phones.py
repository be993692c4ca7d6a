"""`sharedPhones` against an oracle that goes through every pair of campaigns, every phone and every day."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from voxosync.model.checks.check import CheckedCampaign, CheckSettings, Terms
from voxosync.model.checks.shared_phones import find
from voxosync.model.numbers import Numbers
from voxosync.model.problem import Position, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voxosync.model.values import Value

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
TERMS = Terms("sharedPhones", CheckSettings(Severity.WARNING), Severity.WARNING, NOW, {})
FIRST = date(2026, 3, 1)


def checked_campaign(number: int, phones: list[str], **values: str | None) -> CheckedCampaign:
    non_null_values = {key: value for key, value in values.items() if value is not None}
    all_values: dict[str, Value] = {
        "timezone": "UTC",
        **non_null_values,
        "numbers": Numbers(dict.fromkeys(phones, "")),
    }
    return CheckedCampaign(
        number, Position("a.yaml", number), MappingProxyType({}), all_values, is_whole=True
    )


days = st.integers(0, 9).map(lambda offset: (FIRST + timedelta(offset)).isoformat())
clocks = st.sampled_from(["00:00", "08:00", "12:00", "18:00", "23:00"])


@st.composite
def campaigns(draw: st.DrawFn) -> list[CheckedCampaign]:
    return [
        checked_campaign(
            number,
            draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)),
            state=draw(st.sampled_from(["READY", "PAUSED", "RUNNING"])),
            dateStart=draw(st.none() | days),
            dateEnd=draw(st.none() | days),
            timeStart=draw(st.none() | clocks),
            timeEnd=draw(st.none() | clocks),
            callHoursStart=draw(st.none() | clocks),
            callHoursEnd=draw(st.none() | clocks),
        )
        for number in range(1, draw(st.integers(1, 12)))
    ]


def dialed_days(campaign: CheckedCampaign) -> set[date]:
    """The days on which a campaign dials in some hour, from the day before NOW to a week after the last start."""
    values = campaign.values

    def moment(day: Value, clock: Value) -> datetime:
        return datetime.combine(date.fromisoformat(str(day)), time.fromisoformat(str(clock)))

    start = end = None
    if "dateStart" in values:
        start = moment(values["dateStart"], values.get("timeStart", "00:00"))
    if "dateEnd" in values:
        end = moment(values["dateEnd"], values.get("timeEnd", "00:00"))
        end += timedelta(days=0 if "timeEnd" in values else 1)
    first = time.fromisoformat(str(values.get("callHoursStart", "00:00"))).hour
    last = time.fromisoformat(str(values["callHoursEnd"])).hour if "callHoursEnd" in values else 24
    hours = range(first, last) if first < last else (*range(last), *range(first, 24))
    if values["state"] == "PAUSED":
        return set()
    yesterday = datetime.combine(NOW.date() - timedelta(days=1), time.min)
    moments = (yesterday + timedelta(hours=hour) for hour in range(12 * 24))
    return {
        time_of_call.date()
        for time_of_call in moments
        if (start is None or start <= time_of_call)
        and (end is None or time_of_call < end)
        and time_of_call.hour in hours
    }


def phones_of(campaign: CheckedCampaign) -> set[str]:
    numbers = campaign.values["numbers"]
    assert isinstance(numbers, Numbers)
    return set(numbers)


def slow_oracle(campaigns: list[CheckedCampaign]) -> dict[int, tuple[int, set[int]]]:
    shared: dict[int, tuple[set[str], set[int]]] = {}
    dialed = {campaign.id: dialed_days(campaign) for campaign in campaigns}
    for first, second in combinations(campaigns, 2):
        common = phones_of(first) & phones_of(second)
        if common and dialed[first.id] & dialed[second.id]:
            for campaign, partner in ((first, second), (second, first)):
                phones, partners = shared.setdefault(campaign.id, (set(), set()))
                phones |= common
                partners.add(partner.id)
    return {campaign: (len(phones), partners) for campaign, (phones, partners) in shared.items()}


@given(campaigns())
@settings(max_examples=40, deadline=None)
def test_shared_phones_agree_with_the_oracle(campaigns: list[CheckedCampaign]) -> None:
    expected = slow_oracle(campaigns)
    problems = {finding.campaign.id: finding.problem for finding in find(campaigns, TERMS)}
    assert {number: problem.phones for number, problem in problems.items()} == {
        number: count for number, (count, _) in expected.items()
    }
    for number, problem in problems.items():
        partners = expected[number][1]
        named = {number for number in range(1, 13) if f"campaign {number} (" in problem.message}
        assert named <= partners
        assert len(named) == min(5, len(partners))


def test_work_is_linear_if_all_campaigns_share_phones() -> None:
    """All campaigns share one list, and each shares half of another list with the next campaign."""
    work = []
    for count in (25, 100):
        same = [str(6015550000 + number) for number in range(50)]
        campaigns = [
            checked_campaign(number, [*same, *(f"{number + shift}-{phone}" for shift in (0, 1) for phone in range(25))],
                    state="READY", dateStart="2026-03-01", dateEnd="2026-03-31")
            for number in range(1, count + 1)
        ]  # fmt: skip
        with lines_run() as lines:
            findings = list(find(campaigns, TERMS))
        work.append(lines())
        assert len(findings) == count
        assert {finding.problem.phones for finding in findings[1:-1]} == {100}
    assert work[1] < 6 * work[0]  # four times as many; a pair of all with all would take sixteen


@contextmanager
def lines_run() -> Iterator[Callable[[], int]]:
    """Count the lines that Python runs, which unlike time is the same on every machine."""
    lines = 0

    def trace(_frame: object, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lambda: lines
    finally:
        sys.settrace(before)
