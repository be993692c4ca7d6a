"""Whatever a definition wants and whatever VOXO has: what plan and apply promise."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documented_fields import DESTINATIONS, SCALARS
from tests.sync.builders import base_of, canonical, definition, plan_of
from tests.sync.fake_voxo import Campaign, FakeVoxo, Spelling, phone_of
from tests.sync.strategies import LISTS, MANAGED, campaigns, definitions, spellings
from voxosync.model.change import NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.document import from_document, to_document
from voxosync.model.outcome import Outcome
from voxosync.model.plan import Plan, Status
from voxosync.sync.apply import RunOptions, apply_plan

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition
    from voxosync.model.outcome import Result

IDS = (1, 2)
FIELDS = (*SCALARS, "numbers", *DESTINATIONS)
WORLDS = st.tuples(*(campaigns(campaign_id) for campaign_id in (*IDS, 99)))
PROJECTS = st.tuples(*(definitions(campaign_id) for campaign_id in IDS))

# Two whole campaigns a draw: as many examples as usual would take a minute each.
fewer = settings(max_examples=50)


def send(voxo: FakeVoxo, plan: Plan) -> list[Result]:
    return apply_plan(voxo, plan, options=RunOptions(workers=2))  # type: ignore[arg-type]  # a Voxo to sync


def wants(desired: Definition, name: str, stored: Campaign) -> Any:
    """What a managed field should be, in the fake's own form."""
    value = desired.values[name]
    if name in DESTINATIONS:
        return [tuple(destination) for destination in value]  # type: ignore[union-attr]  # a tuple of destinations
    if name == "numbers" and desired.add_numbers:
        return {**stored.holds("numbers"), **value}  # type: ignore[dict-item]  # a mapping
    return value


def agrees(name: str, live: Any, desired: Any) -> bool:
    """Equal, or READY wanted of a campaign that says something other than PAUSED; null is an empty text."""
    if name == "state" and desired == "READY":
        return live not in (None, "PAUSED")
    return bool(live == desired) or (name in SCALARS and desired == "" and live is None)


def to_send(desired: Definition, stored: Campaign) -> set[str]:
    """The fields that an apply has to send."""
    return {
        name
        for name in desired.values
        if name not in desired.ignore
        and not agrees(name, stored.holds(name), wants(desired, name, stored))
    }


@fewer
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_plan_then_apply_then_plan_gives_no_difference(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    results = send(voxo, plan_of(voxo, *project))
    assert {result.outcome for result in results} <= {Outcome.APPLIED}
    again = plan_of(voxo, *project)
    assert not again.differs
    assert not again.failed


@fewer
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_a_patch_holds_only_the_keys_that_differ_and_all_of_them(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    expected = {entry.id: to_send(entry, voxo.campaigns[entry.id]) for entry in project}
    plan = plan_of(voxo, *project)
    assert {
        campaign_plan.id: set(campaign_plan.patch) for campaign_plan in plan.campaigns
    } == expected
    send(voxo, plan)
    assert {campaign_id: set(body) for campaign_id, body in voxo.patches} == {
        campaign_id: names for campaign_id, names in expected.items() if names
    }
    assert len(voxo.patches) == sum(map(bool, expected.values()))


@fewer
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_what_is_not_managed_stays_as_it_was(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    before = deepcopy(voxo.campaigns)
    send(voxo, plan_of(voxo, *project))
    assert voxo.campaigns[99] == before[99]
    for desired in project:
        was, now = before[desired.id], voxo.campaigns[desired.id]
        for name in FIELDS:
            if name not in desired.values or name in desired.ignore:
                assert now.holds(name) == was.holds(name)
        phones = {phone_of(number): (number, entry) for number, entry in was.numbers.items()}
        for number, entry in now.numbers.items():
            if earlier := phones.get(phone_of(number)):
                assert (number, entry.get("disposition")) == (
                    earlier[0],
                    earlier[1].get("disposition"),
                )
            else:
                assert "disposition" not in entry


@fewer
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_every_managed_field_is_then_what_the_definition_says(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    before = deepcopy(voxo.campaigns)
    send(voxo, plan_of(voxo, *project))
    for desired in project:
        for name in desired.values.keys() - desired.ignore:
            live = voxo.campaigns[desired.id].holds(name)
            assert agrees(name, live, wants(desired, name, before[desired.id])), name


@fewer
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_the_same_plan_applied_twice_sends_nothing_the_second_time(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    plan = plan_of(voxo, *project)
    send(voxo, plan)
    voxo.patches.clear()
    assert {result.outcome for result in send(voxo, plan)} <= {Outcome.ALREADY_SO}
    assert voxo.patches == []


@fewer
@given(project=PROJECTS, world=WORLDS, before=PROJECTS, spelling=spellings)
def test_a_saved_plan_is_the_plan(
    project: tuple[Definition, ...],
    world: tuple[Campaign, ...],
    before: tuple[Definition, ...],
    spelling: Spelling,
) -> None:
    plan = plan_of(FakeVoxo(world, spelling), *project[1:], base=base_of(*before))
    assert from_document(json.loads(json.dumps(to_document(plan)))) == plan


@fewer
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_a_plan_alone_sends_nothing(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    before = deepcopy(voxo.campaigns)
    plan_of(voxo, *project)
    assert (voxo.patches, voxo.campaigns) == ([], before)


@given(data=st.data())
def test_pauses_come_first_and_campaigns_that_become_ready_last(data: st.DataObject) -> None:
    ids = range(1, 9)
    states = st.sampled_from(["READY", "PAUSED"])
    world = [
        Campaign(campaign_id, 7, {"state": data.draw(states), "name": "old"}) for campaign_id in ids
    ]
    project = [definition(campaign_id, state=data.draw(states), name="new") for campaign_id in ids]
    voxo = FakeVoxo(world)
    send(voxo, plan_of(voxo, *project))
    turns = {"PAUSED": 0, None: 1, "READY": 2}
    order = [turns[body.get("state")] for _, body in voxo.patches]
    assert order == sorted(order)
    assert len(order) == len(ids)


# --- Three sides -------------------------------------------------------------------------------

ABSENT = object()


def kind_by_the_table(base: Any, now: Any, live: Any, *, field: str = "") -> ChangeKind | None:
    """The table of `design.md`, row by row; ABSENT at the base has kind `change`."""
    if agrees(field, live, now):
        return None  # nothing to send
    if base is ABSENT:
        return ChangeKind.CHANGE
    if base == now:
        return ChangeKind.DRIFT
    return ChangeKind.CHANGE if agrees(field, live, base) else ChangeKind.CONFLICT


def expected_kinds(
    before: Definition | None, now: Definition, stored: Campaign
) -> dict[str, ChangeKind | None]:
    """By field, and for numbers by `numbers/NUMBER`."""
    kinds: dict[str, ChangeKind | None] = {}
    for name in now.values:
        has_base = before is not None and name in before.values
        base: Any = before.values[name] if before is not None and has_base else ABSENT
        live, desired = stored.holds(name), wants(now, name, stored)
        if name == "numbers":
            for number in {**live, **desired}:
                was = base.get(number) if has_base else ABSENT
                kind = kind_by_the_table(was, desired.get(number), live.get(number))
                kinds[f"numbers/{number}"] = kind
        else:
            base = (
                [tuple(destination) for destination in base]
                if has_base and name in DESTINATIONS
                else base
            )
            kinds[name] = kind_by_the_table(base, desired, live, field=name)
    return kinds


def told_kinds(plan: Plan) -> dict[str, ChangeKind]:
    """The same from a plan of one campaign; nothing is told twice."""
    kinds: dict[str, ChangeKind] = {}
    for change in plan.campaigns[0].changes:
        names = [change.field]
        if isinstance(change, NumbersChange):
            numbers = (*change.added, *change.removed, *change.changed)
            names = [f"numbers/{phone_of(number)}" for number in numbers]
            assert names
        for name in names:
            assert name not in kinds
            kinds[name] = change.kind
    return kinds


three_sides = {
    "now": definitions(may_ignore=False),
    "before": st.none() | definitions(may_ignore=False),
    "stored": campaigns(),
    "spelling": spellings,
}


@given(**three_sides)
def test_kinds_follow_the_table_field_by_field_and_number_by_number(
    now: Definition, before: Definition | None, stored: Campaign, spelling: Spelling
) -> None:
    voxo = FakeVoxo([stored], spelling)
    plan = plan_of(voxo, now, base=base_of(*([before] if before else [])))
    expected = expected_kinds(before, now, stored)
    assert told_kinds(plan) == {name: kind for name, kind in expected.items() if kind is not None}


@given(base=LISTS, now=LISTS, live=LISTS)
def test_numbers_are_told_apart_one_by_one(
    base: dict[str, str], now: dict[str, str], live: dict[str, str]
) -> None:
    """With lists on all three sides, which the draw above seldom has."""
    numbers = {number: {"description": text} for number, text in live.items()}
    stored = Campaign(4711, 7, {}, numbers)
    before, desired = definition(numbers=base), definition(numbers=now)
    plan = plan_of(FakeVoxo([stored]), desired, base=base_of(before))
    expected = expected_kinds(before, desired, stored)
    assert told_kinds(plan) == {name: kind for name, kind in expected.items() if kind is not None}
    for change in plan.campaigns[0].changes:
        assert isinstance(change, NumbersChange)
        assert change.count_before == len(live)
        assert change.count_after == len(live) + len(change.added) - len(change.removed)


@pytest.mark.parametrize(
    ("base", "now", "live", "kind"),
    [
        ("a", "a", "a", None),
        ("a", "a", "b", ChangeKind.DRIFT),
        ("a", "b", "a", ChangeKind.CHANGE),
        ("a", "b", "b", None),
        ("a", "b", "c", ChangeKind.CONFLICT),
        (ABSENT, "b", "c", ChangeKind.CHANGE),
    ],
)
@pytest.mark.parametrize("name", ["name", "numbers", "destinations"])
def test_the_table_literally(
    name: str, base: Any, now: str, live: str, kind: ChangeKind | None
) -> None:
    def value(text: str) -> Any:
        return {"name": text, "numbers": {"1": text}, "destinations": [(text, 1)]}[name]

    before = definition(**({} if base is ABSENT else {name: value(base)}))
    stored = Campaign(4711, 7, {"name": live}, {"1": {"description": live}})
    stored.places["destinations"] = [(live, 1)]
    plan = plan_of(FakeVoxo([stored]), definition(**{name: value(now)}), base=base_of(before))
    assert [change.kind for change in plan.campaigns[0].changes] == ([kind] if kind else [])


@given(**three_sides, kinds=st.sets(st.sampled_from(list(ChangeKind))))
def test_limited_to_some_kinds_the_others_remain_as_they_were(
    now: Definition,
    before: Definition | None,
    stored: Campaign,
    spelling: Spelling,
    kinds: set[ChangeKind],
) -> None:
    was = deepcopy(stored)
    expected = expected_kinds(before, now, stored)
    voxo = FakeVoxo([stored], spelling)
    base = base_of(*([before] if before else []))
    results = send(voxo, plan_of(voxo, now, base=base, kinds=kinds))
    assert {result.outcome for result in results} <= {Outcome.APPLIED}

    for name, kind in expected.items():
        field, _, number = name.partition("/")
        current, old, new = stored.holds(field), was.holds(field), wants(now, field, was)
        if field == "numbers":
            current, old, new = current.get(number), old.get(number), new.get(number)
        if kind in kinds:
            assert agrees(field, current, new), name
        else:
            assert current == old, name
    assert not plan_of(voxo, now, base=base, kinds=kinds).differs


@given(**three_sides, kinds=st.sets(st.sampled_from(list(ChangeKind))))
def test_in_sync_is_only_what_agrees(
    now: Definition,
    before: Definition | None,
    stored: Campaign,
    spelling: Spelling,
    kinds: set[ChangeKind],
) -> None:
    base = base_of(*([before] if before else []))
    [campaign_plan] = plan_of(FakeVoxo([stored], spelling), now, base=base, kinds=kinds).campaigns
    differs = any(
        not agrees(name, stored.holds(name), wants(now, name, stored)) for name in now.values
    )
    assert (campaign_plan.status is Status.IN_SYNC) is not differs
    assert (campaign_plan.status is Status.LEFT_ALONE) is (differs and not campaign_plan.patch)


@given(**three_sides)
def test_what_is_left_alone_is_told(
    now: Definition, before: Definition | None, stored: Campaign, spelling: Spelling
) -> None:
    base = base_of(*([before] if before else []))
    plan = plan_of(FakeVoxo([stored], spelling), now, base=base, kinds=[ChangeKind.CONFLICT])
    warnings = " ".join(plan.campaigns[0].warnings)
    for name, kind in expected_kinds(before, now, stored).items():
        if kind in (ChangeKind.CHANGE, ChangeKind.DRIFT):
            assert f"{name.partition('/')[0]} differs ({kind})" in warnings


def test_every_writable_field_is_drawn() -> None:
    """So that a new field in the catalog is one in these properties too."""
    from voxosync.model.fields import WRITABLE  # noqa: PLC0415  # only this test may know the catalog

    assert set(MANAGED) == set(FIELDS) == set(WRITABLE)
    assert canonical({"destinations": []}) == {"destinations": ()}
    assert {status.value for status in Status} == {
        "in-sync", "left-alone", "update", "create", "error"
    }  # fmt: skip
