"""Every guard refuses an apply from its limit on, unless its flag is passed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.sync.builders import NOW, base_of, campaign, definition, plan_of
from tests.sync.fake_voxo import FakeVoxo
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.document import to_document
from voxosync.model.guard import Freeze, GoLive, GuardName, Guards, Limit, Refusal
from voxosync.model.plan import CampaignPlan, Plan, Status
from voxosync.model.shard import PlanPart, Shard
from voxosync.sync.guards import refusals as refusals_of
from voxosync.sync.guards import summary_of_updates
from voxosync.sync.saved_plans import read_plan

if TYPE_CHECKING:
    from pathlib import Path

OPEN = Guards(Limit(100, is_percent=True), Limit(100, is_percent=True), GoLive.ALLOW)


def plan_that_changes(count: int, managed: int, **options: Any) -> Plan:
    """A plan that renames `count` of the `managed` campaigns."""
    voxo = FakeVoxo(campaign(number, name="old") for number in range(1, managed + 1))
    definitions = [
        definition(number, name="new" if number <= count else "old")
        for number in range(1, managed + 1)
    ]
    return plan_of(voxo, *definitions, **options)


def plan_that_removes(count: int, live: int) -> Plan:
    """A plan that removes `count` of the `live` numbers."""
    numbers = {f"60155501{number:02}": "" for number in range(live)}
    voxo = FakeVoxo([campaign(numbers=numbers)])
    return plan_of(voxo, definition(numbers=dict(list(numbers.items())[count:])))


def refusals(plan: Plan, guards: Guards, now: datetime) -> tuple[Refusal, ...]:
    """The refusals of the guards for a plan."""
    return refusals_of(summary_of_updates(plan.campaigns, plan.part), guards, now)


def refused(plan: Plan, now: datetime = NOW, **guards: Any) -> list[str]:
    """The names of the guards that refuse a plan."""
    return [refusal.guard for refusal in refusals(plan, Guards(**guards), now)]


class TestMaxCampaigns:
    @pytest.mark.parametrize(
        ("count", "managed", "is_refused"),
        [(10, 10, False), (3, 11, False), (4, 11, True), (6, 20, False), (7, 20, True)],
    )
    def test_is_30_percent_by_default_if_more_than_10_are_managed(
        self, *, count: int, managed: int, is_refused: bool
    ) -> None:
        assert refused(plan_that_changes(count, managed)) == ["maxCampaigns"] * is_refused

    @pytest.mark.parametrize(
        ("limit", "count", "managed", "is_refused"),
        [
            (Limit(2, is_percent=False), 2, 2, False),
            (Limit(2, is_percent=False), 3, 3, True),
            (Limit(0, is_percent=False), 1, 1, True),
            (Limit(50, is_percent=True), 1, 2, False),
            (Limit(49, is_percent=True), 1, 2, True),
            (Limit(33, is_percent=True), 1, 3, True),  # 33.3 % is not rounded
            (Limit(100, is_percent=True), 3, 3, False),
        ],
    )
    def test_count_or_percentage_applies_however_few_are_managed(
        self, *, limit: Limit, count: int, managed: int, is_refused: bool
    ) -> None:
        refused_guards = refused(plan_that_changes(count, managed), max_campaigns=limit)
        assert refused_guards == ["maxCampaigns"] * is_refused

    def test_refusal_names_the_counts_and_the_flag(self) -> None:
        (refusal,) = refusals(plan_that_changes(7, 20), Guards(), NOW)
        assert str(refusal) == (
            "7 of 20 campaigns would change, more than 30 %; to proceed anyway, pass --max-campaigns 7"
        )
        assert not refusal.answerable

    def test_percentage_is_of_all_managed_campaigns_even_if_a_plan_has_fewer(self) -> None:
        plan = plan_that_changes(6, 6)
        assert refused(plan, max_campaigns=Limit(30, is_percent=True)) == ["maxCampaigns"]
        complete_plan = Plan(plan.created_at, plan.base_url, plan.campaigns, part=PlanPart(20))
        assert refused(complete_plan, max_campaigns=Limit(30, is_percent=True)) == []
        fewer = Plan(plan.created_at, plan.base_url, plan.campaigns, part=PlanPart(19))
        assert refused(fewer) == ["maxCampaigns"]  # though 6 are not more than 10

    @pytest.mark.parametrize("part", [PlanPart(), PlanPart(5)])
    def test_campaigns_to_be_created_count_as_changed_and_as_managed(self, part: PlanPart) -> None:
        """Also in a plan of some paths, where 5 managed campaigns alone would be too few for the limit."""
        plan = plan_that_changes(0, 5)
        new = [replace(plan.campaigns[0], id=0, is_new=True) for _ in range(20)]
        summary = summary_of_updates([*plan.campaigns, *new], part, creating=True)
        assert (summary.updates, summary.managed) == (20, 25)
        assert [entry.guard for entry in refusals_of(summary, Guards(), NOW)] == ["maxCampaigns"]
        assert not refusals_of(summary_of_updates([*plan.campaigns, *new], part), Guards(), NOW)

    def test_campaign_that_cannot_be_planned_counts_as_managed_but_not_as_changed(self) -> None:
        voxo = FakeVoxo([campaign(1, name="old")])
        plan = plan_of(voxo, definition(1, name="new"), definition(404, name="new"))
        assert refused(plan, max_campaigns=Limit(50, is_percent=True)) == []


@pytest.mark.parametrize(
    ("limit", "count", "total", "is_allowed"),
    [
        (Limit(0, is_percent=False), 1, 0, False),
        (Limit(30, is_percent=True), 1, 0, False),
        (Limit(30, is_percent=True), 0, 0, True),
        (Limit(30, is_percent=True, above=10), 10, 10, True),
        (Limit(30, is_percent=True, above=10), 4, 11, False),
        (Limit(30, is_percent=True, above=10), 3, 11, True),
    ],
)
def test_limit_without_a_smallest_total_applies_to_every_total(
    limit: Limit, *, count: int, total: int, is_allowed: bool
) -> None:
    assert limit.allows(count, total) is is_allowed


SHARDED_LIMITS = st.builds(
    Limit, st.integers(0, 60), is_percent=st.booleans(), above=st.sampled_from([0, 10])
)


def divide(plan: Plan, count: int) -> list[Plan]:
    """A plan divided into this number of shards."""
    shards = [Shard(index, count) for index in range(1, count + 1)]
    parts = [[entry for entry in plan.campaigns if shard.holds(entry.id)] for shard in shards]
    return [
        Plan(
            plan.created_at,
            plan.base_url,
            part,
            part=PlanPart(len(plan.campaigns), shard, shard_managed=len(part)),
        )
        for shard, part in zip(shards, parts, strict=True)
    ]


class TestShards:
    @given(
        changes=st.lists(st.booleans(), min_size=1, max_size=40),
        count=st.integers(1, 12),
        limit=SHARDED_LIMITS,
    )
    @example(changes=[True] * 40, count=4, limit=Limit(30, is_percent=True, above=10))
    @example(changes=[True] * 40, count=4, limit=Limit(10, is_percent=False))
    def test_plan_whose_parts_all_pass_passes(
        self, *, changes: list[bool], count: int, limit: Limit
    ) -> None:
        campaigns = [
            CampaignPlan(
                number, None, "a.yaml", changes=(FieldChange("name", "old", "new"),) * differs
            )
            for number, differs in enumerate(changes, start=1)
        ]
        complete_plan = Plan(NOW, "https://api.voxo.co", campaigns)
        if not any(refused(part, max_campaigns=limit) for part in divide(complete_plan, count)):
            assert refused(complete_plan, max_campaigns=limit) == []

    @given(amount=st.integers(0, 999_999_999), count=st.integers(1, 200))
    def test_shares_of_a_count_add_up_to_it(self, amount: int, count: int) -> None:
        limit = Limit(amount, is_percent=False)
        shares = [limit.share(Shard(index, count)).amount for index in range(1, count + 1)]
        assert sum(shares) == amount
        assert max(shares) - min(shares) <= 1

    def test_part_that_does_not_exceed_its_share_passes(self) -> None:
        plan = plan_that_changes(8, 40)
        parts = divide(plan, 4)
        counts = [(part.count(Status.UPDATE), len(part.campaigns)) for part in parts]
        passing = [refused(part) == [] for part in parts]
        assert passing == [
            100 * updates <= 30 * campaign_count for updates, campaign_count in counts
        ]
        assert True in passing


class TestMaxNumbersRemoved:
    @pytest.mark.parametrize(
        ("count", "live", "is_refused"),
        [(10, 10, False), (2, 11, False), (3, 11, True), (4, 20, False), (5, 20, True)],
    )
    def test_is_20_percent_by_default_if_more_than_10_are_live(
        self, *, count: int, live: int, is_refused: bool
    ) -> None:
        assert refused(plan_that_removes(count, live)) == ["maxNumbersRemoved"] * is_refused

    @pytest.mark.parametrize(
        ("limit", "count", "is_refused"),
        [
            (Limit(1, is_percent=False), 1, False),
            (Limit(1, is_percent=False), 2, True),
            (Limit(25, is_percent=True), 1, False),
            (Limit(24, is_percent=True), 1, True),
            (Limit(0, is_percent=True), 1, True),
        ],
    )
    def test_may_be_a_count_or_a_percentage(
        self, *, limit: Limit, count: int, is_refused: bool
    ) -> None:
        refused_guards = refused(plan_that_removes(count, 4), max_numbers_removed=limit)
        assert refused_guards == ["maxNumbersRemoved"] * is_refused

    def test_is_checked_for_each_campaign_and_names_one_flag_that_allows_all(self) -> None:
        numbers = {f"60155501{number:02}": "" for number in range(20)}
        remaining = dict(list(numbers.items())[5:])
        voxo = FakeVoxo(campaign(number, numbers=numbers) for number in (1, 2, 3, 4))
        plan = plan_of(
            voxo,
            definition(1, numbers=remaining),
            definition(2, numbers={}),
            definition(3, numbers=numbers),
            definition(4, name="new"),
        )
        plan_refusals = refusals(plan, Guards(max_campaigns=OPEN.max_campaigns), NOW)
        flag = "to proceed anyway, pass --max-numbers-removed 20"
        assert [str(refusal) for refusal in plan_refusals] == [
            f"5 of 20 numbers of campaign 1 would be removed, more than 20 %; {flag}",
            f"20 of 20 numbers of campaign 2 would be removed, more than 20 %; {flag}",
        ]

    def test_counts_removals_of_all_kinds_together(self) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": "", "6015550102": "", "6015550103": ""})])
        base = base_of(definition(numbers={"6015550101": "", "6015550103": ""}))
        plan = plan_of(voxo, definition(numbers={"6015550103": ""}), base=base)
        kinds = {change.kind for change in plan.campaigns[0].changes}
        assert kinds == {ChangeKind.CHANGE, ChangeKind.DRIFT}
        limit = Limit(1, is_percent=False)
        assert refused(plan, max_numbers_removed=limit) == ["maxNumbersRemoved"]

    def test_does_not_count_numbers_that_are_added_or_described_differently(self) -> None:
        voxo = FakeVoxo([campaign(numbers={"6015550101": "old"})])
        plan = plan_of(voxo, definition(numbers={"6015550101": "new", "6015550102": ""}))
        assert refused(plan, max_numbers_removed=Limit(0, is_percent=False)) == []


class TestGoLive:
    @staticmethod
    def plan(*ids: int) -> Plan:
        voxo = FakeVoxo(campaign(number, state="PAUSED") for number in ids)
        return plan_of(voxo, *(definition(number, state="READY") for number in ids))

    def test_is_confirmed_by_default(self) -> None:
        (refusal,) = refusals(self.plan(1, 2), Guards(), NOW)
        expected = (
            GuardName.GO_LIVE,
            "campaigns would start dialing or dial more: 1, 2",
            "--allow-go-live",
            True,
        )
        assert refusal == Refusal(*expected)
        assert refusal.verdict == "apply asks first"

    def test_is_refused_without_a_question_if_denied(self) -> None:
        (refusal,) = refusals(self.plan(1), Guards(go_live=GoLive.DENY), NOW)
        assert (refusal.answerable, refusal.verdict) == (False, "apply refuses")

    def test_is_not_refused_if_allowed(self) -> None:
        assert refused(self.plan(1), go_live=GoLive.ALLOW) == []

    def test_many_campaigns_are_abbreviated(self) -> None:
        (refusal,) = refusals(self.plan(*range(1, 8)), Guards(), NOW)
        assert (
            refusal.message
            == "campaigns would start dialing or dial more: 1, 2, 3, 4, 5 and 2 more"
        )


CHICAGO = "America/Chicago"
HOURS = {4: ((time(15), None),), 0: ((time(9), time(12, 30)),)}  # Friday afternoon, Monday morning


class TestFrozen:
    @pytest.mark.parametrize(
        ("moment", "is_frozen"),
        [
            ("2026-03-06T20:59:59", False),  # Friday 14:59:59 in Chicago
            ("2026-03-06T21:00:00", True),
            ("2026-03-07T05:59:59", True),  # 23:59:59, the last second before 24:00
            ("2026-03-07T06:00:00", False),  # Saturday
            ("2026-03-02T15:00:00", True),  # Monday 9:00
            ("2026-03-02T18:29:59", True),
            ("2026-03-02T18:30:00", False),
            ("2026-03-02T14:59:59", False),
            ("2026-03-03T15:00:00", False),  # Tuesday
        ],
    )
    def test_during_the_hours_of_a_weekday(self, *, moment: str, is_frozen: bool) -> None:
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        refused_guards = refused(
            plan_that_changes(1, 1), now, freeze=Freeze(CHICAGO, weekdays=HOURS)
        )
        assert refused_guards == ["frozen"] * is_frozen

    @pytest.mark.parametrize(
        ("moment", "is_frozen"),
        [
            ("2026-03-06T21:00:00", True),  # 15:00 CST, the last Friday of standard time
            ("2026-03-13T19:59:59", False),
            ("2026-03-13T20:00:00", True),  # 15:00 CDT, the first Friday of daylight saving time
            ("2026-10-30T20:00:00", True),
            ("2026-11-06T20:00:00", False),  # the first Friday of standard time
            ("2026-11-06T21:00:00", True),
        ],
    )
    def test_by_local_time_after_clocks_change(self, *, moment: str, is_frozen: bool) -> None:
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        refused_guards = refused(
            plan_that_changes(1, 1), now, freeze=Freeze(CHICAGO, weekdays=HOURS)
        )
        assert refused_guards == ["frozen"] * is_frozen

    @pytest.mark.parametrize("moment", ["2026-11-01T06:30:00", "2026-11-01T07:30:00"])
    def test_both_times_in_an_hour_that_occurs_twice(self, moment: str) -> None:
        freeze = Freeze(CHICAGO, weekdays={6: ((time(1), time(2)),)})
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert refused(plan_that_changes(1, 1), now, freeze=freeze) == ["frozen"]

    @pytest.mark.parametrize(
        ("moment", "is_frozen"),
        [
            ("2026-12-24T05:59:59", False),  # still the 23rd in Chicago
            ("2026-12-24T06:00:00", True),
            ("2027-01-03T05:59:59", True),  # still the 2nd
            ("2027-01-03T06:00:00", False),
            ("2027-07-04T12:00:00", True),  # one day
            ("2027-07-05T05:00:00", False),
        ],
    )
    def test_on_days_including_the_first_and_the_last(
        self, *, moment: str, is_frozen: bool
    ) -> None:
        days = ((date(2026, 12, 24), date(2027, 1, 2)), (date(2027, 7, 4), date(2027, 7, 4)))
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        refused_guards = refused(plan_that_changes(1, 1), now, freeze=Freeze(CHICAGO, days))
        assert refused_guards == ["frozen"] * is_frozen

    def test_refusal_names_the_time_zone_and_the_flag(self) -> None:
        freeze = Freeze("Etc/UTC", ((NOW.date(), NOW.date()),))
        (refusal,) = refusals(plan_that_changes(1, 1), Guards(freeze=freeze), NOW)
        assert str(refusal) == (
            "changes are frozen now (Etc/UTC); to proceed anyway, pass --during-freeze REASON"
        )
        assert not refusal.answerable


STRICT = Guards(
    max_campaigns=Limit(0, is_percent=False),
    max_numbers_removed=Limit(0, is_percent=False),
    go_live=GoLive.DENY,
    freeze=Freeze("Etc/UTC", ((NOW.date(), NOW.date()),)),
)


def test_all_guards_are_reported_at_once() -> None:
    voxo = FakeVoxo([campaign(state="PAUSED", numbers={"6015550101": ""})])
    plan = plan_of(voxo, definition(state="READY", numbers={}))
    refused_guards = [refusal.guard for refusal in refusals(plan, STRICT, NOW)]
    assert sorted(refused_guards) == sorted(GuardName)


def test_saved_plan_may_list_every_guard(tmp_path: Path) -> None:
    """The schema of plans takes its list of guards from the code; a plan with a guard that it lacks is refused."""
    voxo = FakeVoxo([campaign()])
    plan = plan_of(voxo, definition())
    refused_by_all = tuple(Refusal(guard, "refused", "--flag") for guard in GuardName)
    plan = replace(plan, refusals=refused_by_all)
    (tmp_path / "plan.json").write_text(json.dumps(to_document(plan)))
    saved = read_plan(tmp_path / "plan.json", plan.base_url)
    assert len(saved.plan.campaigns) == 1


@pytest.mark.parametrize("desired", [definition(name="old"), definition(404, name="new")])
def test_plan_that_sends_nothing_is_not_refused(desired: Any) -> None:
    plan = plan_of(FakeVoxo([campaign(name="old")]), desired)
    assert refusals(plan, STRICT, NOW) == ()
    assert refusals(plan_of(FakeVoxo([])), STRICT, NOW) == ()
