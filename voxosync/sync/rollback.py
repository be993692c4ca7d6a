"""A run undone: the plan that puts back what its PATCHes replaced, where nobody has changed it since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.errors import CampaignError
from voxosync.model.campaign import Definition
from voxosync.model.document import value_from
from voxosync.model.fields import FIELDS
from voxosync.model.plan import agrees, wanted
from voxosync.model.problem import Position
from voxosync.sync.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.journal import Run
    from voxosync.model.plan import Plan
    from voxosync.model.values import Value


@dataclass(frozen=True, slots=True)
class Undo:
    """What a run did to one campaign.

    Attributes:
        before: field to the value before the run's first PATCH of it.
        after: field to the value that its last PATCH of it sent.
    """

    before: Mapping[str, Value]
    after: Mapping[str, Value]


def undo(run: Run, only: Iterable[int] = ()) -> dict[int, Undo]:
    """What there is to undo of a run, by campaign; PATCHes that VOXO refused changed nothing."""
    chosen = set(only)
    before: dict[int, dict[str, Value]] = {}
    after: dict[int, dict[str, Value]] = {}
    for sent in run.sent:
        if sent.may_have_happened and (not chosen or sent.campaign in chosen):
            for name in sent.patch:
                if name in FIELDS and name in sent.replaces:
                    old = value_from(sent.replaces[name])
                    before.setdefault(sent.campaign, {}).setdefault(name, old)
                    after.setdefault(sent.campaign, {})[name] = wanted(sent.patch, name)
    return {campaign: Undo(before[campaign], after[campaign]) for campaign in before}


def plan_rollback(
    run: Run,
    undone: Mapping[int, Undo],
    live: Mapping[int, LiveCampaign | CampaignError],
    *,
    now: datetime,
    tenant_id: int | None,
    force: bool,
) -> Plan:
    """The plan that puts a run's fields back.

    A field that holds neither what the run sent nor what was there before was changed since: it is left
    alone, with a warning, unless `force`. What was null before cannot be put back: VOXO documents no way
    to clear a value.
    """
    names = {campaign["id"]: campaign["name"] for campaign in run.plan["campaigns"]}
    definitions, remarks = [], {}
    for campaign_id, found in undone.items():
        values, remarks[campaign_id] = _eligible(found, live[campaign_id], force=force)
        place = Position(f"run {run.id}")
        definitions.append(Definition(campaign_id, place, values))
    plan = make_plan(definitions, live, base_url=run.base_url, now=now, tenant_id=tenant_id)
    campaigns = [
        replace(
            campaign,
            name=campaign.name or names.get(campaign.id),
            warnings=(*campaign.warnings, *remarks[campaign.id]),
        )
        for campaign in plan.campaigns
    ]
    return replace(plan, campaigns=campaigns)


def _eligible(
    found: Undo, live: LiveCampaign | CampaignError, *, force: bool
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values to put back, and why others are not."""
    if isinstance(live, CampaignError):
        return {}, ()
    values: dict[str, Value] = {}
    remarks: list[str] = []
    for name, old in found.before.items():
        current = live.values.get(name)
        if agrees(name, current, old):
            continue
        if old is None:
            remarks.append(f"{name} had no value before, and VOXO documents no way to clear one")
        elif not force and not agrees(name, current, found.after[name]):
            remarks.append(f"{name} was changed again since that run: left alone without --force")
        else:
            values[name] = old
    return values, tuple(remarks)
