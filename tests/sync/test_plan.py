"""The PATCH body, warnings, tenant guards and errors of a planned campaign."""

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


def test_campaign_without_differences_is_in_sync_and_has_no_body() -> None:
    campaign_plan = planned(definition(name="Spring"), live(name="Spring"))
    assert campaign_plan.status is Status.IN_SYNC
    assert (campaign_plan.patch, campaign_plan.warnings, campaign_plan.dialing) == ({}, (), None)


def test_body_has_only_the_changed_keys_in_the_form_of_voxo() -> None:
    desired = definition(
        name="Spring", callFrequency=60, enableVMDetect="1", destinations=[("QUEUE", 12)]
    )
    campaign_plan = planned(desired, live(name="Spring", callFrequency=30, enableVMDetect="0"))
    assert campaign_plan.patch == {
        "callFrequency": 60,
        "enableVMDetect": "1",
        "destinations": [{"id": 12, "type": "QUEUE"}],
    }


def test_changed_list_is_sent_in_full_with_dispositions_and_fields() -> None:
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


def test_dispositions_and_fields_of_numbers_are_not_compared() -> None:
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

    def test_campaign_that_has_all_the_numbers_is_in_sync(self) -> None:
        desired = definition(numbers={"6015550123": ""}, add_numbers=True)
        campaign_plan = planned(desired, live(numbers={"6015550123": "", "6015550124": "by hand"}))
        assert campaign_plan.status is Status.IN_SYNC

    def test_an_empty_list_removes_nothing(self) -> None:
        campaign_plan = planned(
            definition(numbers={}, add_numbers=True), live(numbers={"6015550124": "by hand"})
        )
        assert campaign_plan.status is Status.IN_SYNC


class TestIgnored:
    """A difference in an ignored field is a warning: it is not sent, and does not count for exit status 2."""

    def test_difference_is_a_warning(self) -> None:
        desired = definition(name="Spring", message="new", ignore=frozenset({"message"}))
        campaign_plan = planned(desired, live(name="Autumn", message="old"))
        assert campaign_plan.patch == {"name": "Spring"}
        assert [text for text in campaign_plan.warnings if text.startswith("message")]

    def test_campaign_with_only_ignored_differences_is_left_alone(self) -> None:
        desired = definition(message="new", ignore=frozenset({"message"}))
        assert planned(desired, live(message="old")).status is Status.LEFT_ALONE
        assert planned(desired, live(message="new")).status is Status.IN_SYNC

    def test_field_without_a_difference_has_no_warning(self) -> None:
        desired = definition(message="same", ignore=frozenset({"message"}))
        assert planned(desired, live(message="same")).warnings == ()

    def test_numbers_with_changes_of_several_kinds_have_one_warning(self) -> None:
        desired = definition(numbers={"1": "", "2": ""}, ignore=frozenset({"numbers"}))
        campaign_plan = planned(
            desired, live(numbers={}), base=base_of(definition(numbers={"1": ""}))
        )
        assert len(campaign_plan.warnings) == 1

    def test_state_that_would_become_ready_does_not_go_live(self) -> None:
        desired = definition(state="READY", ignore=frozenset({"state"}))
        assert planned(desired, live(state="PAUSED")).dialing is None


class TestMissing:
    """A missing scalar is null; a missing array is an error rather than an empty list."""

    @pytest.mark.parametrize("name", ["numbers", "destinations"])
    @pytest.mark.parametrize("missing", [{}, {"numbers": None, "destinations": None}])
    def test_array_is_an_error_of_the_campaign(self, name: str, missing: dict[str, None]) -> None:
        raw = {**RAW, **missing} if missing else {k: v for k, v in RAW.items() if k != name}
        desired = definition(**{name: []}) if name == "destinations" else definition(numbers={})
        campaign_plan = planned(desired, LiveCampaign.from_response(raw))
        assert campaign_plan.status is Status.ERROR
        assert campaign_plan.patch == {}
        assert name in (campaign_plan.error or "")

    def test_scalar_is_null(self) -> None:
        campaign_plan = planned(definition(name="Spring"), LiveCampaign.from_response(RAW))
        assert campaign_plan.patch == {"name": "Spring"}

    def test_campaign_has_the_error_of_its_request(self) -> None:
        campaign_plan = planned(definition(name="Spring"), NotFound("VOXO does not know it"))
        assert campaign_plan.error == "VOXO does not know it"
        assert campaign_plan.name == "Spring"


class TestTenantGuard:
    """A live campaign of another tenant is an error, and nothing is sent."""

    def test_tenant_of_the_definition_is_checked(self) -> None:
        campaign_plan = planned(
            definition(name="Spring", tenant_id=8), live(name="Autumn", tenant_id=7)
        )
        assert campaign_plan.status is Status.ERROR
        assert campaign_plan.patch == {}
        assert "tenant 7" in (campaign_plan.error or "")
        assert "tenant 8" in (campaign_plan.error or "")

    def test_tenant_of_the_settings_is_checked_for_every_campaign(self) -> None:
        assert planned(definition(name="Spring"), live(), tenant_id=8).status is Status.ERROR

    def test_tenants_of_the_definition_and_the_settings_are_both_checked(self) -> None:
        desired = definition(name="Spring", tenant_id=7)
        assert planned(desired, live(name="Spring"), tenant_id=7).status is Status.IN_SYNC
        assert planned(desired, live(name="Spring"), tenant_id=8).status is Status.ERROR

    def test_campaign_without_a_tenant_is_an_error(self) -> None:
        campaign_plan = planned(definition(name="Spring", tenant_id=7), live(tenant_id=None))
        assert campaign_plan.status is Status.ERROR

    def test_any_tenant_is_accepted_if_none_is_expected(self) -> None:
        assert planned(definition(name="Spring"), live(tenant_id=None)).status is Status.UPDATE

    def test_other_campaigns_are_still_planned(self) -> None:
        voxo = FakeVoxo([campaign(1, tenant_id=8, name="a"), campaign(2, name="a")])
        plan = plan_of(voxo, definition(1, name="b"), definition(2, name="b"), tenant_id=7)
        assert [campaign_plan.status for campaign_plan in plan.campaigns] == [
            Status.ERROR,
            Status.UPDATE,
        ]
        assert plan.exit_status(count=tuple(ChangeKind)) == 3


class TestFieldsThatCannotBeRead:
    """The plan warns that sending `numbers` may clear field1 … field9 of numbers that stay."""

    def test_numbers_that_stay_and_have_no_fields_in_the_definition_are_counted(self) -> None:
        desired = definition(
            numbers={"6015550123": "", "6015550124": "", "6015550125": ""},
            number_fields={"6015550124": {"field1": "Gold"}},
        )
        campaign_plan = planned(desired, live(numbers={"6015550123": "", "6015550124": ""}))
        (warning,) = campaign_plan.warnings
        assert "field1 … field9 of 1 number" in warning

    def test_live_numbers_that_stay_because_numbers_are_only_added_are_counted(self) -> None:
        desired = definition(numbers={"6015550125": ""}, add_numbers=True)
        campaign_plan = planned(desired, live(numbers={"6015550123": "", "6015550124": ""}))
        assert "field1 … field9 of 2 numbers" in campaign_plan.warnings[0]

    def test_list_with_only_new_numbers_has_no_warning(self) -> None:
        campaign_plan = planned(
            definition(numbers={"6015550125": ""}), live(numbers={"6015550123": ""})
        )
        assert campaign_plan.warnings == ()

    def test_numbers_that_are_not_sent_have_no_warning(self) -> None:
        desired = definition(name="Spring", numbers={"6015550123": ""})
        assert planned(desired, live(numbers={"6015550123": ""})).warnings == ()


class TestLiveState:
    def test_state_that_only_voxo_sets_is_a_warning(self) -> None:
        campaign_plan = planned(definition(state="READY"), live(state="RUNNING"))
        assert campaign_plan.status is Status.IN_SYNC
        assert campaign_plan.live_state == "RUNNING"
        assert "RUNNING" in campaign_plan.warnings[0]

    def test_ready_and_paused_have_no_warning(self) -> None:
        assert planned(definition(name="Spring"), live(name="Spring", state="READY")).warnings == ()


def test_repeated_live_numbers_are_a_warning_that_does_not_show_them() -> None:
    entry = {"number": "6015550123", "description": None}
    campaign_plan = planned(
        definition(numbers={"6015550123": ""}),
        LiveCampaign.from_response({**RAW, "numbers": [entry, entry, entry]}),
    )
    assert campaign_plan.status is Status.IN_SYNC
    assert "repeats 2 numbers" in campaign_plan.warnings[0]


def test_name_is_that_of_the_definition_or_else_the_live_one() -> None:
    assert planned(definition(name="Spring"), live(name="Autumn")).name == "Spring"
    assert planned(definition(message="x"), live(name="Autumn")).name == "Autumn"
    assert planned(definition(message="x"), live()).name is None


def test_campaigns_are_in_the_order_of_the_definitions() -> None:
    voxo = FakeVoxo([campaign(3), campaign(1), campaign(2)])
    plan = plan_of(voxo, *(definition(campaign_id, name="Spring") for campaign_id in (2, 3, 1)))
    assert [campaign_plan.id for campaign_plan in plan.campaigns] == [2, 3, 1]


class TestMergeBase:
    def test_definition_that_the_branch_removes_is_abandoned(self) -> None:
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

    def test_field_that_the_base_lacks_is_a_change_of_the_branch(self) -> None:
        campaign_plan = planned(
            definition(name="b"), live(name="a"), base=base_of(definition(message="x"))
        )
        assert [change.kind for change in campaign_plan.changes] == [ChangeKind.CHANGE]

    def test_list_limited_to_changes_of_the_branch_keeps_manual_changes(self) -> None:
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
def test_exit_status_depends_on_errors_and_counted_kinds(
    *, broken: bool, counted: tuple[ChangeKind, ...], status: int
) -> None:
    voxo = FakeVoxo([campaign(1, name="a")])
    desired = [definition(1, name="b"), *([definition(404, name="c")] if broken else [])]
    assert plan_of(voxo, *desired).exit_status(count=counted) == status


@pytest.mark.parametrize(
    ("base", "now", "state", "kind"),
    [
        ("READY", "PAUSED", "READY", ChangeKind.CHANGE),
        ("READY", "PAUSED", "RUNNING", ChangeKind.CHANGE),  # a READY campaign that started dialing
        ("READY", "PAUSED", "FINISHED", ChangeKind.CHANGE),
        ("READY", "PAUSED", None, ChangeKind.CONFLICT),
        ("PAUSED", "PAUSED", "RUNNING", ChangeKind.DRIFT),
        ("PAUSED", "READY", "PAUSED", ChangeKind.CHANGE),
        ("READY", "READY", "PAUSED", ChangeKind.DRIFT),
    ],
)
def test_state_that_only_voxo_sets_counts_as_ready_when_comparing_three_sides(
    base: str, now: str, state: str | None, kind: ChangeKind
) -> None:
    campaign_plan = planned(
        definition(state=now), live(state=state), base=base_of(definition(state=base))
    )
    assert [change.kind for change in campaign_plan.changes] == [kind]


@pytest.mark.parametrize(
    ("before", "state", "is_unchanged"),
    [
        ("READY", "READY", True),
        ("READY", "RUNNING", True),  # started dialing after the plan was made
        ("READY", "PAUSED", False),
        ("READY", None, False),
        (None, None, True),
        (None, "READY", False),
        ("RUNNING", "RUNNING", True),
        ("PAUSED", "RUNNING", False),
    ],
)
def test_ready_campaign_that_is_running_by_now_has_not_changed_since_the_plan(
    *, before: str | None, state: str | None, is_unchanged: bool
) -> None:
    change = FieldChange("state", before, "PAUSED")
    assert change.still_before(live(state=state)) is is_unchanged


def test_null_field_has_not_changed_since_the_plan_only_if_it_was_null_then() -> None:
    live_campaign = live(message=None)
    assert live_campaign.values["message"] is None
    assert FieldChange("message", None, "new").still_before(live_campaign)
    assert not FieldChange("message", "old", "new").still_before(live_campaign)
