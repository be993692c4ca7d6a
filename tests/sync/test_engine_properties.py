"""Properties of plan and apply that hold for any definitions and any live campaigns."""

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
from voxosync.model.numbers import Numbers
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

# Each example has two complete campaigns; with the usual number of examples a test would take a minute.
fewer_examples = settings(max_examples=50)


def send(voxo: FakeVoxo, plan: Plan) -> list[Result]:
    return apply_plan(voxo, plan, options=RunOptions(workers=2))  # type: ignore[arg-type]  # a Voxo to sync


def desired_value(desired: Definition, name: str, stored: Campaign) -> Any:
    """The desired value of a managed field, in the form of the fake VOXO."""
    value = desired.values[name]
    if name in DESTINATIONS:
        assert isinstance(value, tuple)
        return [tuple(destination) for destination in value]
    if name == "numbers" and desired.add_numbers:
        assert isinstance(value, Numbers)
        return {**stored.holds("numbers"), **value}
    return value


def agrees(name: str, live: Any, desired: Any) -> bool:
    """Whether values are equal, READY is desired of a state other than PAUSED, or null of an empty text."""
    if name == "state" and desired == "READY":
        return live not in (None, "PAUSED")
    return bool(live == desired) or (name in SCALARS and desired == "" and live is None)


def fields_to_send(desired: Definition, stored: Campaign) -> set[str]:
    """The fields that apply must send."""
    return {
        name
        for name in desired.values
        if name not in desired.ignore
        and not agrees(name, stored.holds(name), desired_value(desired, name, stored))
    }


@fewer_examples
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_plan_after_apply_has_no_differences(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    results = send(voxo, plan_of(voxo, *project))
    assert {result.outcome for result in results} <= {Outcome.APPLIED}
    again = plan_of(voxo, *project)
    assert not again.differs
    assert not again.failed


@fewer_examples
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_patch_has_exactly_the_fields_that_differ(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    expected = {entry.id: fields_to_send(entry, voxo.campaigns[entry.id]) for entry in project}
    plan = plan_of(voxo, *project)
    assert {
        campaign_plan.id: set(campaign_plan.patch) for campaign_plan in plan.campaigns
    } == expected
    send(voxo, plan)
    assert {campaign_id: set(body) for campaign_id, body in voxo.patches} == {
        campaign_id: names for campaign_id, names in expected.items() if names
    }
    assert len(voxo.patches) == sum(map(bool, expected.values()))


@fewer_examples
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_unmanaged_fields_and_results_of_calls_are_not_changed(
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


@fewer_examples
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_apply_sets_every_managed_field_to_the_desired_value(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    before = deepcopy(voxo.campaigns)
    send(voxo, plan_of(voxo, *project))
    for desired in project:
        for name in desired.values.keys() - desired.ignore:
            live = voxo.campaigns[desired.id].holds(name)
            assert agrees(name, live, desired_value(desired, name, before[desired.id])), name


@fewer_examples
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_plan_that_is_applied_twice_sends_nothing_the_second_time(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    plan = plan_of(voxo, *project)
    send(voxo, plan)
    voxo.patches.clear()
    assert {result.outcome for result in send(voxo, plan)} <= {Outcome.ALREADY_SO}
    assert voxo.patches == []


@fewer_examples
@given(project=PROJECTS, world=WORLDS, before=PROJECTS, spelling=spellings)
def test_plan_survives_a_round_trip_through_json(
    project: tuple[Definition, ...],
    world: tuple[Campaign, ...],
    before: tuple[Definition, ...],
    spelling: Spelling,
) -> None:
    plan = plan_of(FakeVoxo(world, spelling), *project[1:], base=base_of(*before))
    assert from_document(json.loads(json.dumps(to_document(plan)))) == plan


@fewer_examples
@given(project=PROJECTS, world=WORLDS, spelling=spellings)
def test_plan_sends_nothing(
    project: tuple[Definition, ...], world: tuple[Campaign, ...], spelling: Spelling
) -> None:
    voxo = FakeVoxo(world, spelling)
    before = deepcopy(voxo.campaigns)
    plan_of(voxo, *project)
    assert (voxo.patches, voxo.campaigns) == ([], before)


@given(data=st.data())
def test_pauses_are_sent_first_and_campaigns_that_become_ready_last(data: st.DataObject) -> None:
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


def kind_by_table(base: Any, now: Any, live: Any, *, field: str = "") -> ChangeKind | None:
    """The kind by the table of `design.md`; a field that is ABSENT at the base is a `change`."""
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
    """The kind of each field, and of each number under `numbers/NUMBER`."""
    kinds: dict[str, ChangeKind | None] = {}
    for name in now.values:
        has_base = before is not None and name in before.values
        base: Any = before.values[name] if before is not None and has_base else ABSENT
        live, desired = stored.holds(name), desired_value(now, name, stored)
        if name == "numbers":
            for number in {**live, **desired}:
                was = base.get(number) if has_base else ABSENT
                kind = kind_by_table(was, desired.get(number), live.get(number))
                kinds[f"numbers/{number}"] = kind
        else:
            base = (
                [tuple(destination) for destination in base]
                if has_base and name in DESTINATIONS
                else base
            )
            kinds[name] = kind_by_table(base, desired, live, field=name)
    return kinds


def planned_kinds(plan: Plan) -> dict[str, ChangeKind]:
    """The kinds in the plan of one campaign, in which no field or number may appear twice."""
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
def test_kind_of_each_field_and_number_agrees_with_the_table(
    now: Definition, before: Definition | None, stored: Campaign, spelling: Spelling
) -> None:
    voxo = FakeVoxo([stored], spelling)
    plan = plan_of(voxo, now, base=base_of(*([before] if before else [])))
    expected = expected_kinds(before, now, stored)
    assert planned_kinds(plan) == {
        name: kind for name, kind in expected.items() if kind is not None
    }


@given(base=LISTS, now=LISTS, live=LISTS)
def test_each_number_has_its_own_kind(
    base: dict[str, str], now: dict[str, str], live: dict[str, str]
) -> None:
    """All three sides have lists, which is rare in the test of all fields."""
    numbers = {number: {"description": text} for number, text in live.items()}
    stored = Campaign(4711, 7, {}, numbers)
    before, desired = definition(numbers=base), definition(numbers=now)
    plan = plan_of(FakeVoxo([stored]), desired, base=base_of(before))
    expected = expected_kinds(before, desired, stored)
    assert planned_kinds(plan) == {
        name: kind for name, kind in expected.items() if kind is not None
    }
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
def test_rows_of_the_table(
    name: str, base: Any, now: str, live: str, kind: ChangeKind | None
) -> None:
    def value(text: str) -> Any:
        return {"name": text, "numbers": {"1": text}, "destinations": [(text, 1)]}[name]

    before = definition(**({} if base is ABSENT else {name: value(base)}))
    stored = Campaign(4711, 7, {"name": live}, {"1": {"description": live}})
    stored.destinations["destinations"] = [(live, 1)]
    plan = plan_of(FakeVoxo([stored]), definition(**{name: value(now)}), base=base_of(before))
    assert [change.kind for change in plan.campaigns[0].changes] == ([kind] if kind else [])


@given(**three_sides, kinds=st.sets(st.sampled_from(list(ChangeKind))))
def test_changes_of_kinds_that_are_not_selected_are_not_applied(
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
        current, old, new = stored.holds(field), was.holds(field), desired_value(now, field, was)
        if field == "numbers":
            current, old, new = current.get(number), old.get(number), new.get(number)
        if kind in kinds:
            assert agrees(field, current, new), name
        else:
            assert current == old, name
    assert not plan_of(voxo, now, base=base, kinds=kinds).differs


@given(**three_sides, kinds=st.sets(st.sampled_from(list(ChangeKind))))
def test_campaign_is_in_sync_only_if_all_its_fields_agree(
    now: Definition,
    before: Definition | None,
    stored: Campaign,
    spelling: Spelling,
    kinds: set[ChangeKind],
) -> None:
    base = base_of(*([before] if before else []))
    [campaign_plan] = plan_of(FakeVoxo([stored], spelling), now, base=base, kinds=kinds).campaigns
    differs = any(
        not agrees(name, stored.holds(name), desired_value(now, name, stored))
        for name in now.values
    )
    assert (campaign_plan.status is Status.IN_SYNC) is not differs
    assert (campaign_plan.status is Status.LEFT_ALONE) is (differs and not campaign_plan.patch)


@given(**three_sides)
def test_differences_that_are_not_sent_are_warnings(
    now: Definition, before: Definition | None, stored: Campaign, spelling: Spelling
) -> None:
    base = base_of(*([before] if before else []))
    plan = plan_of(FakeVoxo([stored], spelling), now, base=base, kinds=[ChangeKind.CONFLICT])
    warnings = " ".join(plan.campaigns[0].warnings)
    for name, kind in expected_kinds(before, now, stored).items():
        if kind in (ChangeKind.CHANGE, ChangeKind.DRIFT):
            assert f"{name.partition('/')[0]} differs ({kind})" in warnings


def test_properties_cover_every_writable_field() -> None:
    """A field that is added to the catalog must be added to these properties too."""
    from voxosync.model.fields import WRITABLE  # noqa: PLC0415  # only this test may use the catalog

    assert set(MANAGED) == set(FIELDS) == set(WRITABLE)
    assert canonical({"destinations": []}) == {"destinations": ()}
    assert {status.value for status in Status} == {
        "in-sync", "left-alone", "update", "create", "error"
    }  # fmt: skip
