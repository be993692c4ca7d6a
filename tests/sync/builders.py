"""Short ways to make definitions, live campaigns and plans for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.documented_fields import DESTINATIONS
from tests.sync.fake_voxo import BASE_URL, Campaign, FakeVoxo
from voxosync.model.campaign import Definition, LiveCampaign
from voxosync.model.numbers import Numbers
from voxosync.model.plan import Plan
from voxosync.model.problem import Position
from voxosync.model.values import Destination
from voxosync.sync.base import Base
from voxosync.sync.fetch import fetch_all
from voxosync.sync.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.plan import CampaignPlan

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def definition(campaign_id: int = 4711, /, **values: Any) -> Definition:
    """A definition with these fields; arguments in snake case are settings of the definition itself."""
    settings = {
        name: values.pop(name)
        for name in ("number_fields", "tenant_id", "add_numbers", "ignore")
        if name in values
    }
    position = Position(f"campaigns/{campaign_id}.yaml")
    return Definition(campaign_id, position, canonical(values), **settings)


def canonical(values: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical values from those that tests write: numbers as text, destinations as (type, id)."""
    return {name: _canonical(name, value) for name, value in values.items()}


def _canonical(name: str, value: Any) -> Any:
    if name == "numbers":
        return Numbers.spelled(value)
    return tuple(Destination(*pair) for pair in value) if name in DESTINATIONS else value


def campaign(campaign_id: int = 4711, **values: Any) -> Campaign:
    """A campaign of the fake VOXO; `dispositions` are results of calls, by number."""
    dispositions = values.pop("dispositions", {})
    tenant_id = values.pop("tenant_id", 7)
    numbers = {
        number: {
            "description": text,
            **({"disposition": dispositions[number]} if number in dispositions else {}),
        }
        for number, text in values.pop("numbers", {}).items()
    }
    destinations = {name: list(values.pop(name)) for name in DESTINATIONS if name in values}
    return Campaign(campaign_id, tenant_id, {"state": "PAUSED", **values}, numbers, destinations)


def live(**values: Any) -> LiveCampaign:
    """A live campaign, read from a response of the fake VOXO."""
    stored = campaign(**values)
    return LiveCampaign.from_response(FakeVoxo([stored]).answer(stored.id))


def plan_of(voxo: FakeVoxo, *definitions: Definition, **options: Any) -> Plan:
    """The plan of these definitions against the fake VOXO."""
    live_campaigns = fetch_all(voxo, [entry.id for entry in definitions], workers=2)  # type: ignore[arg-type]  # a Voxo to sync
    return compared(definitions, live_campaigns, **options)


def planned(desired: Definition, live_campaign: Any, **options: Any) -> CampaignPlan:
    """The plan of one campaign."""
    return compared([desired], {desired.id: live_campaign}, **options).campaigns[0]


def compared(
    definitions: Sequence[Definition],
    live_campaigns: Mapping[int, Any],
    live_as_of: datetime | None = None,
    **options: Any,
) -> Plan:
    """The plan of definitions and fetched campaigns."""
    planner = Planner(NOW, **options)
    campaigns, abandoned = planner.compare(definitions, live_campaigns)
    base = planner.base.commit if planner.base else None
    return Plan(NOW, BASE_URL, campaigns, base, abandoned, live_as_of=live_as_of)


def base_of(*before: Definition) -> Base:
    """These definitions as a merge base."""
    return Base(COMMIT, {entry.id: entry for entry in before})
