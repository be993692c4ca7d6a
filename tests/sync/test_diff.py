"""Which values differ, and how their differences are described."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.builders import canonical, definition, live
from tests.sync.strategies import DESCRIPTIONS, DESTINATION_LISTS, NUMBERS, SCALARS
from voxosync.model.change import FieldChange, NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import Numbers
from voxosync.model.values import Destination
from voxosync.sync.base import RecordedCampaign
from voxosync.sync.diff import desired_values, differences


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [change.field for change in differences(canonical(before), canonical(after))]


@pytest.mark.parametrize("word", ["RUNNING", "FINISHED", "running", "READY"])
def test_running_campaign_counts_as_ready(word: str) -> None:
    assert changed({"state": word}, {"state": "READY"}) == []


@pytest.mark.parametrize("word", ["RUNNING", "FINISHED", "READY", None])
def test_running_campaign_is_not_paused(word: str | None) -> None:
    assert changed({"state": word}, {"state": "PAUSED"}) == ["state"]


@pytest.mark.parametrize("word", ["PAUSED", None])
def test_paused_campaign_or_one_without_a_state_is_not_ready(word: str | None) -> None:
    assert changed({"state": word}, {"state": "READY"}) == ["state"]


def test_whole_numbers_equal_floats() -> None:
    assert changed({"callFrequency": 30}, {"callFrequency": 30.0}) == []
    assert changed({"callFrequency": 30}, {"callFrequency": 30.5}) == ["callFrequency"]


def test_numbers_have_no_order() -> None:
    numbers = {"numbers": {"6015550123": "Ann", "6015550124": "Bob"}}
    reordered = {"numbers": {"6015550124": "Bob", "6015550123": "Ann"}}
    assert changed(numbers, reordered) == []


@pytest.mark.parametrize("name", ["destinations", "matchDestinations", "notMatchDestinations"])
def test_destinations_have_an_order(name: str) -> None:
    destinations = [("QUEUE", 12), ("EXTENSION", 101)]
    reordered = destinations[::-1]
    assert changed({name: destinations}, {name: reordered}) == [name]
    assert changed({name: destinations}, {name: destinations}) == []


def test_destination_is_identified_by_type_and_id() -> None:
    assert changed({"destinations": [("QUEUE", 12)]}, {"destinations": [("EXTENSION", 12)]})
    (change,) = differences(
        canonical({"destinations": []}), canonical({"destinations": [("QUEUE", 12)]})
    )
    assert change == FieldChange("destinations", (), (Destination("QUEUE", 12),))


def test_value_where_there_was_none_is_a_change_from_none() -> None:
    assert differences({"dateEnd": None}, {"dateEnd": "2026-03-31"}) == (
        FieldChange("dateEnd", None, "2026-03-31"),
    )


def test_removing_all_numbers_is_a_difference() -> None:
    (change,) = differences(canonical({"numbers": {"6015550123": ""}}), canonical({"numbers": {}}))
    assert isinstance(change, NumbersChange)
    assert (change.count_before, change.count_after, change.removed) == (1, 0, ("6015550123",))


def test_only_managed_fields_are_compared() -> None:
    assert changed({"name": "by hand", "message": "by hand"}, {"message": "by hand"}) == []


def test_differences_are_in_the_order_of_the_catalog() -> None:
    before: dict[str, Any] = {"numbers": {}, "message": "a", "name": "a", "callFrequency": 10}
    after = {"numbers": {"6015550123": ""}, "message": "b", "name": "b", "callFrequency": 30}
    assert changed(before, after) == ["name", "callFrequency", "message", "numbers"]


def test_added_numbers_keep_live_ones_and_update_descriptions() -> None:
    desired = definition(numbers={"6015550123": "new", "6015550125": ""}, add_numbers=True)
    live_campaign = live(numbers={"6015550123": "old", "6015550124": "by hand"})
    assert desired_values(desired, live_campaign)["numbers"] == {
        "6015550123": "new",
        "6015550124": "by hand",
        "6015550125": "",
    }


def test_exact_numbers_are_only_those_of_the_definition() -> None:
    desired = definition(numbers={"6015550123": ""})
    live_campaign = live(numbers={"6015550124": "by hand"})
    assert desired_values(desired, live_campaign)["numbers"] == {"6015550123": ""}


HOSTILE = st.sampled_from(["root['x']", "a.b", "it's", 'a"b', "", "\n", "__class__", "\udcff", "1"])
HOSTILE_LISTS = st.dictionaries(NUMBERS | HOSTILE | st.text(), DESCRIPTIONS | HOSTILE, max_size=8)


@given(before=HOSTILE_LISTS, after=HOSTILE_LISTS)
def test_differences_of_numbers_agree_with_set_arithmetic(
    before: dict[str, str], after: dict[str, str]
) -> None:
    changes = differences({"numbers": Numbers(before)}, {"numbers": Numbers(after)})
    if before == after:
        assert changes == ()
        return
    (change,) = changes
    assert isinstance(change, NumbersChange)
    assert (change.count_before, change.count_after) == (len(before), len(after))
    assert set(change.added) == after.keys() - before.keys()
    assert set(change.removed) == before.keys() - after.keys()
    assert set(change.changed) == {n for n in before.keys() & after.keys() if before[n] != after[n]}
    for numbers in (change.added, change.removed, change.changed):
        assert len(numbers) == len(set(numbers))


SIDES = st.fixed_dictionaries({**SCALARS, "destinations": DESTINATION_LISTS})


@given(before=SIDES, after=SIDES)
def test_other_fields_differ_if_they_are_not_equal(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    expected = [name for name in WRITABLE if name in before and before[name] != after[name]]
    assert changed(before, after) == expected


def test_long_lists_with_many_differences_are_compared_in_full() -> None:
    """By default, deepdiff does not compare the parts of a value of which most has changed."""
    before = {f"{200 + n // 100}55501{n % 100:02}": "old" for n in range(2000)}
    after = dict.fromkeys(before, "new") | {"6015550123": ""}
    (change,) = differences({"numbers": Numbers(before)}, {"numbers": Numbers(after)})
    assert isinstance(change, NumbersChange)
    assert len(change.changed) == 2000
    assert change.added == ("6015550123",)


@pytest.mark.parametrize("is_base", [False, True])
def test_applied_record_is_the_fourth_side(*, is_base: bool) -> None:
    """Every combination of the four sides agrees with the documented kinds."""
    for base, now, voxo, applied in product((30, 45, 60, 90), repeat=4):
        recorded = RecordedCampaign(
            {"callFrequency": base if is_base else applied}, is_base=is_base
        )
        live_values, desired, before = ({"callFrequency": value} for value in (voxo, now, base))
        kinds = [change.kind for change in differences(live_values, desired, before, recorded)]
        record_value = base if is_base else applied
        if voxo == now:
            expected = []
        elif base == now:  # not changed by this branch: merged and not sent yet, or changed in VOXO
            expected = [ChangeKind.PENDING if voxo == record_value else ChangeKind.DRIFT]
        elif voxo == base:
            expected = [ChangeKind.PENDING if is_base else ChangeKind.CHANGE]
        else:  # if VOXO has the applied value, it was not changed there
            expected = [ChangeKind.CHANGE if voxo == record_value else ChangeKind.CONFLICT]
        assert kinds == expected, (base, now, voxo, applied)


def test_value_of_a_commit_since_the_record_is_not_a_manual_change() -> None:
    """Every combination of base, definition, VOXO and a commit between: a job may have sent part of that commit."""
    for base, now, voxo, passed in product((30, 45, 60, 90), repeat=4):
        recorded = RecordedCampaign(
            {"callFrequency": base}, is_base=True, passed=[{}, {"callFrequency": passed}]
        )
        live_values, desired, before = ({"callFrequency": value} for value in (voxo, now, base))
        kinds = [change.kind for change in differences(live_values, desired, before, recorded)]
        by_hand = ChangeKind.DRIFT if base == now else ChangeKind.CONFLICT
        expected = ChangeKind.PENDING if voxo in (base, passed) else by_hand
        assert kinds == ([] if voxo == now else [expected]), (base, now, voxo, passed)
