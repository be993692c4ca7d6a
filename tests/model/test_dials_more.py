"""Whether an update dials more: every field that affects dialing is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.documented_fields import DIALING, SENT
from voxosync.definitions.completed_schemas import completed_schema
from voxosync.model.campaign_document import campaign_from, campaign_to
from voxosync.model.dialing.dials_more import DIALING_FIELDS, Reach
from voxosync.model.numbers import Numbers
from voxosync.model.plan import CampaignPlan

if TYPE_CHECKING:
    from voxosync.model.values import Value

VALUES: dict[str, Value] = {
    **{name: SENT[name] for name in DIALING if name in SENT},
    "state": "READY",
    "numbers": Numbers.spelled({"6015550123": ""}),
}


def test_reach_has_every_field_that_affects_dialing() -> None:
    assert set(VALUES) == DIALING_FIELDS == set(DIALING)


@pytest.mark.parametrize("field", sorted(DIALING_FIELDS))
def test_unreadable_live_value_counts_as_narrower(field: str) -> None:
    """Fails for a field of `dials_more.py` that is missing in its comparisons."""
    readable = {name: value for name, value in VALUES.items() if name != field}
    before = Reach.of(readable, unreadable=[field])
    widenings = Reach.of(VALUES).beyond(before)
    assert field in {name for widening in widenings for name in widening.fields}


def test_same_values_do_not_dial_more() -> None:
    assert Reach.of(VALUES).beyond(Reach.of(VALUES)) == ()


def test_the_schema_of_plans_has_every_field_that_affects_dialing() -> None:
    """A plan with a field that the schema lacks could be neither applied nor journaled."""
    campaign = completed_schema("plan.schema.json")["$defs"]["campaign"]["properties"]
    assert set(campaign["reach"]["properties"]) == DIALING_FIELDS


@pytest.mark.parametrize("field", sorted(DIALING_FIELDS - {"numbers"}))
def test_field_that_a_saved_plan_lacks_counts_as_narrower(field: str) -> None:
    """Plans and journals of older versions lack the fields that are new."""
    campaign = CampaignPlan(4711, None, "a.yaml", patch={"state": "READY"}, reach=Reach.of(VALUES))
    document = campaign_to(campaign)
    assert campaign_from(document).reach == campaign.reach
    del document["reach"][field]
    older = campaign_from(document).reach
    assert older is not None
    assert field in {name for wider in Reach.of(VALUES).beyond(older) for name in wider.fields}
