"""Definitions and live campaigns become a plan. Pure: nothing is fetched or sent here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from voxosync.errors import CampaignError
from voxosync.model.campaign import STATES, Definition, LiveCampaign
from voxosync.model.plan import CampaignPlan, Change, Plan
from voxosync.model.values import Value, to_wire, wire_numbers
from voxosync.sync.diff import desired_values, differences
from voxosync.sync.golive import goes_live

if TYPE_CHECKING:
    from datetime import datetime


def make_plan(
    definitions: Iterable[Definition],
    live: Mapping[int, LiveCampaign | CampaignError],
    *,
    base_url: str,
    now: datetime,
    tenant_id: int | None = None,
) -> Plan:
    """What would have to be sent so that VOXO agrees with the definitions.

    Args:
        definitions: in the order in which the plan lists them.
        live: what was fetched for each id: the campaign, or why there is none.
        base_url: the VOXO that was asked.
        now: the moment of the plan, in UTC.
        tenant_id: a guard for every campaign, beside the one that a definition may give.
    """
    campaigns = [
        _plan_campaign(definition, live[definition.id], tenant_id) for definition in definitions
    ]
    return Plan(created_at=now, base_url=base_url, campaigns=campaigns)


def wrong_tenant(live: LiveCampaign, *guards: int | None) -> str | None:
    """Why a live campaign may not be touched, where a guard names another tenant than VOXO does."""
    for guard in guards:
        if guard is not None and live.tenant_id != guard:
            belongs = (
                "names no tenant" if live.tenant_id is None else f"is of tenant {live.tenant_id}"
            )
            return f"the live campaign {belongs}, but tenant {guard} is expected: nothing was sent"
    return None


def _plan_campaign(
    definition: Definition, live: LiveCampaign | CampaignError, tenant_id: int | None
) -> CampaignPlan:
    file = definition.position.file
    if isinstance(live, CampaignError):
        return CampaignPlan(definition.id, definition.name, file, error=str(live))
    name = definition.name or _text(live.values.get("name"))
    error = wrong_tenant(live, definition.tenant_id, tenant_id) or _unreadable(definition, live)
    if error is not None:
        return CampaignPlan(definition.id, name, file, error=error, live_state=live.state)
    desired = desired_values(definition, live)
    found = differences(live.values, desired)
    changes = tuple(change for change in found if change.field not in definition.ignore)
    sent = {change.field: desired[change.field] for change in changes}
    return CampaignPlan(
        id=definition.id,
        name=name,
        file=file,
        changes=changes,
        warnings=tuple(_warnings(definition, live, found, sent)),
        patch=_patch(definition, live, sent),
        live_state=live.state,
        goes_live=goes_live(live, sent, changes),
    )


def _patch(definition: Definition, live: LiveCampaign, sent: Mapping[str, Value]) -> dict[str, Any]:
    """The body: changed keys only, a changed array whole. Source: *Update Campaign*, body."""
    return {
        name: wire_numbers(value, definition.number_fields, live.dispositions)
        if isinstance(value, Mapping)
        else to_wire(value)
        for name, value in sent.items()
    }


def _unreadable(definition: Definition, live: LiveCampaign) -> str | None:
    found = [
        f"{name}: {live.unreadable[name]}" for name in definition.values if name in live.unreadable
    ]
    return f"VOXO's answer cannot be read: {'; '.join(found)}" if found else None


def _warnings(
    definition: Definition,
    live: LiveCampaign,
    found: Sequence[Change],
    sent: Mapping[str, Value],
) -> Iterator[str]:
    if live.state is not None and live.state not in STATES:
        yield f"VOXO says that the state is {live.state}"
    for change in found:
        if change.field in definition.ignore:
            yield f"{change.field} differs, and is ignored as the definition says"
    if live.repeated and "numbers" in definition.values:
        yield f"VOXO's list repeats {live.repeated} numbers, which may be called more than once"
    numbers = sent.get("numbers")
    if isinstance(numbers, Mapping):
        staying = sum(n in live.numbers and n not in definition.number_fields for n in numbers)
        if staying:
            yield (
                f"sending numbers may clear field1 … field9 of {staying} numbers that stay: "
                "VOXO does not show them, and the definition gives none"
            )


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
