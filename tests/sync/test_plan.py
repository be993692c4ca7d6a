"""What a plan says of a campaign beside its differences: body, warnings, guards, errors."""

from __future__ import annotations

import pytest

from tests.sync.builders import base_of, campaign, definition, live, plan_of, planned
from tests.sync.fake_voxo import FakeVoxo
from voxosync.errors import NotFound
from voxosync.model.campaign import LiveCampaign
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.plan import Status

RAW = {"id": 4711, "tenantId": 7, "numbers": [], "destinations": []}


def test_equal_campaigns_are_in_sync_and_have_no_body() -> None:
    campaign_plan = planned(definition(name="Spring"), live(name="Spring"))
    assert campaign_plan.status is Status.IN_SYNC
    assert (campaign_plan.patch, campaign_plan.warnings, campaign_plan.dialing) == ({}, (), None)


def test_the_body_holds_just_the_changed_keys_in_voxos_form() -> None:
    desired = definition(
        name="Spring", callFrequency=60, enableVMDetect="1", destinations=[("QUEUE", 12)]
    )
    campaign_plan = planned(desired, live(name="Spring", callFrequency=30, enableVMDetect="0"))
    assert campaign_plan.patch == {
        "callFrequency": 60,
        "enableVMDetect": "1",
        "destinations": [{"id": 12, "type": "QUEUE"}],
    }


def test_a_changed_list_is_sent_whole_with_dispositions_and_fields() -> None:
    desired = definition(
        numbers={"6015550123": "Ann", "6015550125": ""},
        number_fields={"6015550123": {"field1": "Gold"}},
    )
    live_campaign = live(
        numbers={"6015550123": "Ann", "6015550124": "Bob"},
        dispositions={"6015550123": "ANSWERED", "6015550124": "BUSY"},
    )
    assert sorted(
        planned(desired, live_campaign).patch["numbers"], key=lambda entry: entry["number"]
    ) == [
        {"number": "6015550123", "description": "Ann", "field1": "Gold", "disposition": "ANSWERED"},
        {"number": "6015550125", "description": ""},
    ]


def test_a_difference_of_dispositions_or_fields_alone_is_none() -> None:
    desired = definition(
        numbers={"6015550123": ""}, number_fields={"6015550123": {"field1": "Gold"}}
    )
    live_campaign = live(numbers={"6015550123": ""}, dispositions={"6015550123": "BUSY"})
    assert planned(desired, live_campaign).status is Status.IN_SYNC


class TestAddedNumbers:
    """`manageNumbers: add` never removes a live number."""

    def test_live_numbers_stay_in_the_body(self) -> None:
        desired = definition(numbers={"6015550123": ""}, add_numbers=True)
        campaign_plan = planned(desired, live(numbers={"6015550124": "by hand"}))
        assert {entry["number"] for entry in campaign_plan.patch["numbers"]} == {
            "6015550123",
            "6015550124",
        }

    def test_numbers_that_are_all_there_are_no_difference(self) -> None:
        desired = definition(numbers={"6015550123": ""}, add_numbers=True)
        campaign_plan = planned(desired, live(numbers={"6015550123": "", "6015550124": "by hand"}))
        assert campaign_plan.status is Status.IN_SYNC

    def test_an_empty_list_removes_nothing(self) -> None:
        campaign_plan = planned(
            definition(numbers={}, add_numbers=True), live(numbers={"6015550124": "by hand"})
        )
        assert campaign_plan.status is Status.IN_SYNC


class TestIgnored:
    """`ignore` makes a difference a warning: never sent, no status 2."""

    def test_an_ignored_difference_is_a_warning(self) -> None:
        desired = definition(name="Spring", message="new", ignore=frozenset({"message"}))
        campaign_plan = planned(desired, live(name="Autumn", message="old"))
        assert campaign_plan.patch == {"name": "Spring"}
        assert [text for text in campaign_plan.warnings if text.startswith("message")]

    def test_with_nothing_else_the_campaign_is_left_alone(self) -> None:
        desired = definition(message="new", ignore=frozenset({"message"}))
        assert planned(desired, live(message="old")).status is Status.LEFT_ALONE
        assert planned(desired, live(message="new")).status is Status.IN_SYNC

    def test_an_ignored_field_that_agrees_is_no_warning(self) -> None:
        desired = definition(message="same", ignore=frozenset({"message"}))
        assert planned(desired, live(message="same")).warnings == ()

    def test_numbers_of_several_kinds_are_one_warning(self) -> None:
        desired = definition(numbers={"1": "", "2": ""}, ignore=frozenset({"numbers"}))
        campaign_plan = planned(
            desired, live(numbers={}), base=base_of(definition(numbers={"1": ""}))
        )
        assert len(campaign_plan.warnings) == 1

    def test_going_ready_does_not_go_live_when_ignored(self) -> None:
        desired = definition(state="READY", ignore=frozenset({"state"}))
        assert planned(desired, live(state="PAUSED")).dialing is None


class TestMissing:
    """A missing scalar is null; a missing array is an error, never an empty list."""

    @pytest.mark.parametrize("name", ["numbers", "destinations"])
    @pytest.mark.parametrize("missing", [{}, {"numbers": None, "destinations": None}])
    def test_a_missing_array_is_an_error_of_that_campaign(
        self, name: str, missing: dict[str, None]
    ) -> None:
        raw = {**RAW, **missing} if missing else {k: v for k, v in RAW.items() if k != name}
        desired = definition(**{name: []}) if name == "destinations" else definition(numbers={})
        campaign_plan = planned(desired, LiveCampaign.from_response(raw))
        assert campaign_plan.status is Status.ERROR
        assert campaign_plan.patch == {}
        assert name in (campaign_plan.error or "")

    def test_a_missing_scalar_reads_as_null(self) -> None:
        campaign_plan = planned(definition(name="Spring"), LiveCampaign.from_response(RAW))
        assert campaign_plan.patch == {"name": "Spring"}

    def test_a_campaign_that_cannot_be_had_says_why(self) -> None:
        campaign_plan = planned(definition(name="Spring"), NotFound("VOXO does not know it"))
        assert campaign_plan.error == "VOXO does not know it"
        assert campaign_plan.name == "Spring"


class TestTenantGuard:
    """A live campaign of another tenant is an error, and nothing is sent."""

    def test_the_definitions_tenant_guards(self) -> None:
        campaign_plan = planned(
            definition(name="Spring", tenant_id=8), live(name="Autumn", tenant_id=7)
        )
        assert campaign_plan.status is Status.ERROR
        assert campaign_plan.patch == {}
        assert "tenant 7" in (campaign_plan.error or "")
        assert "tenant 8" in (campaign_plan.error or "")

    def test_the_settings_tenant_guards_every_campaign(self) -> None:
        assert planned(definition(name="Spring"), live(), tenant_id=8).status is Status.ERROR

    def test_both_guards_hold(self) -> None:
        desired = definition(name="Spring", tenant_id=7)
        assert planned(desired, live(name="Spring"), tenant_id=7).status is Status.IN_SYNC
        assert planned(desired, live(name="Spring"), tenant_id=8).status is Status.ERROR

    def test_a_campaign_that_names_no_tenant_is_not_let_through(self) -> None:
        campaign_plan = planned(definition(name="Spring", tenant_id=7), live(tenant_id=None))
        assert campaign_plan.status is Status.ERROR

    def test_without_a_guard_any_tenant_will_do(self) -> None:
        assert planned(definition(name="Spring"), live(tenant_id=None)).status is Status.UPDATE

    def test_other_campaigns_go_on(self) -> None:
        voxo = FakeVoxo([campaign(1, tenant_id=8, name="a"), campaign(2, name="a")])
        plan = plan_of(voxo, definition(1, name="b"), definition(2, name="b"), tenant_id=7)
        assert [campaign_plan.status for campaign_plan in plan.campaigns] == [
            Status.ERROR,
            Status.UPDATE,
        ]
        assert plan.exit_status(count=tuple(ChangeKind)) == 3


class TestFieldsThatCannotBeRead:
    """Sending `numbers` may clear field1 … field9 of numbers that stay, and the plan says so."""

    def test_numbers_that_stay_without_fields_are_counted(self) -> None:
        desired = definition(
            numbers={"6015550123": "", "6015550124": "", "6015550125": ""},
            number_fields={"6015550124": {"field1": "Gold"}},
        )
        campaign_plan = planned(desired, live(numbers={"6015550123": "", "6015550124": ""}))
        (warning,) = campaign_plan.warnings
        assert "field1 … field9 of 1 number" in warning

    def test_live_numbers_that_are_only_added_to_count_too(self) -> None:
        desired = definition(numbers={"6015550125": ""}, add_numbers=True)
        campaign_plan = planned(desired, live(numbers={"6015550123": "", "6015550124": ""}))
        assert "field1 … field9 of 2 numbers" in campaign_plan.warnings[0]

    def test_a_list_of_new_numbers_clears_nothing(self) -> None:
        campaign_plan = planned(
            definition(numbers={"6015550125": ""}), live(numbers={"6015550123": ""})
        )
        assert campaign_plan.warnings == ()

    def test_where_numbers_are_not_sent_nothing_is_said(self) -> None:
        desired = definition(name="Spring", numbers={"6015550123": ""})
        assert planned(desired, live(numbers={"6015550123": ""})).warnings == ()


class TestLiveState:
    def test_a_word_of_voxos_own_is_shown(self) -> None:
        campaign_plan = planned(definition(state="READY"), live(state="RUNNING"))
        assert campaign_plan.status is Status.IN_SYNC
        assert campaign_plan.live_state == "RUNNING"
        assert "RUNNING" in campaign_plan.warnings[0]

    def test_usual_states_need_no_remark(self) -> None:
        assert planned(definition(name="Spring"), live(name="Spring", state="READY")).warnings == ()


def test_a_list_that_repeats_a_number_is_told_without_the_number() -> None:
    entry = {"number": "6015550123", "description": None}
    campaign_plan = planned(
        definition(numbers={"6015550123": ""}),
        LiveCampaign.from_response({**RAW, "numbers": [entry, entry, entry]}),
    )
    assert campaign_plan.status is Status.IN_SYNC
    assert "repeats 2 numbers" in campaign_plan.warnings[0]


def test_the_name_is_the_definitions_else_the_live_one() -> None:
    assert planned(definition(name="Spring"), live(name="Autumn")).name == "Spring"
    assert planned(definition(message="x"), live(name="Autumn")).name == "Autumn"
    assert planned(definition(message="x"), live()).name is None


def test_campaigns_come_in_the_order_of_the_definitions() -> None:
    voxo = FakeVoxo([campaign(3), campaign(1), campaign(2)])
    plan = plan_of(voxo, *(definition(campaign_id, name="Spring") for campaign_id in (2, 3, 1)))
    assert [campaign_plan.id for campaign_plan in plan.campaigns] == [2, 3, 1]


class TestMergeBase:
    def test_a_definition_that_this_branch_removes_is_told(self) -> None:
        voxo = FakeVoxo([campaign(1, name="a")])
        base = base_of(definition(1, name="a"), definition(2, name="gone"))
        plan = plan_of(voxo, definition(1, name="a"), base=base)
        (abandoned_campaign,) = plan.abandoned
        assert (abandoned_campaign.id, abandoned_campaign.name, abandoned_campaign.file) == (
            2,
            "gone",
            "campaigns/2.yaml",
        )
        assert not plan.differs

    def test_a_field_that_the_base_had_not_is_this_branchs_change(self) -> None:
        campaign_plan = planned(
            definition(name="b"), live(name="a"), base=base_of(definition(message="x"))
        )
        assert [change.kind for change in campaign_plan.changes] == [ChangeKind.CHANGE]

    def test_a_limited_list_of_numbers_keeps_what_was_done_by_hand(self) -> None:
        before = definition(numbers={"1": "", "2": ""})
        now = definition(numbers={"1": "", "2": "", "4": ""})
        campaign_plan = planned(
            now,
            live(numbers={"1": "", "3": "by hand"}),
            base=base_of(before),
            kinds=[ChangeKind.CHANGE],
        )
        assert {entry["number"] for entry in campaign_plan.patch["numbers"]} == {"1", "3", "4"}
        assert [text for text in campaign_plan.warnings if "numbers differs (drift)" in text]


@pytest.mark.parametrize(
    ("broken", "counted", "status"),
    [
        (False, (), 0),
        (False, (ChangeKind.DRIFT,), 0),
        (False, (ChangeKind.CHANGE,), 2),
        (True, (ChangeKind.CHANGE,), 3),
    ],
)
def test_the_exit_status_follows_from_the_plan(
    *, broken: bool, counted: tuple[ChangeKind, ...], status: int
) -> None:
    voxo = FakeVoxo([campaign(1, name="a")])
    desired = [definition(1, name="b"), *([definition(404, name="c")] if broken else [])]
    assert plan_of(voxo, *desired).exit_status(count=counted) == status


@pytest.mark.parametrize(
    ("base", "now", "state", "kind"),
    [
        ("READY", "PAUSED", "READY", ChangeKind.CHANGE),
        ("READY", "PAUSED", "RUNNING", ChangeKind.CHANGE),  # a READY campaign that began to dial
        ("READY", "PAUSED", "FINISHED", ChangeKind.CHANGE),
        ("READY", "PAUSED", None, ChangeKind.CONFLICT),
        ("PAUSED", "PAUSED", "RUNNING", ChangeKind.DRIFT),
        ("PAUSED", "READY", "PAUSED", ChangeKind.CHANGE),
        ("READY", "READY", "PAUSED", ChangeKind.DRIFT),
    ],
)
def test_a_word_of_voxos_own_is_as_ready_to_all_three_sides(
    base: str, now: str, state: str | None, kind: ChangeKind
) -> None:
    campaign_plan = planned(
        definition(state=now), live(state=state), base=base_of(definition(state=base))
    )
    assert [change.kind for change in campaign_plan.changes] == [kind]


@pytest.mark.parametrize(
    ("before", "state", "holds"),
    [
        ("READY", "READY", True),
        ("READY", "RUNNING", True),  # it began to dial after the plan was shown
        ("READY", "PAUSED", False),
        ("READY", None, False),
        (None, None, True),
        (None, "READY", False),
        ("RUNNING", "RUNNING", True),
        ("PAUSED", "RUNNING", False),
    ],
)
def test_a_campaign_that_runs_by_now_still_holds_the_ready_that_was_shown(
    *, before: str | None, state: str | None, holds: bool
) -> None:
    change = FieldChange("state", before, "PAUSED")
    assert change.still_before(live(state=state)) is holds


def test_a_field_that_is_null_is_still_what_was_shown_only_where_that_was_null() -> None:
    live_campaign = live(message=None)
    assert FieldChange("message", live_campaign.values["message"], "new").still_before(
        live_campaign
    )
    assert not FieldChange("message", "old", "new").still_before(live_campaign)
