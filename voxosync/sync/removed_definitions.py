"""Campaigns whose definition a branch removes: what they do in VOXO, and the pause that `guards.removed` requires."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.errors import CampaignError, NotFound
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import Effect, effect_without_definition, reach_after
from voxosync.model.guard import RemovedDefinitions
from voxosync.model.plan import AbandonedCampaign, CampaignPlan
from voxosync.sync.tenant_guard import wrong_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.dialing.effect import DialingEffect

PAUSE = {"state": "PAUSED"}
"""What is sent to a campaign without a definition that is to be paused."""


def removed_definitions(
    definitions: Iterable[Definition], before: Mapping[int, Definition]
) -> Iterator[Definition]:
    """Earlier definitions of campaigns that no longer have one."""
    ids = {definition.id for definition in definitions}
    return (definition for campaign_id, definition in before.items() if campaign_id not in ids)


def plan_removed(
    definition: Definition,
    live: LiveCampaign | CampaignError | None,
    *,
    tenant_id: int | None,
    guard: RemovedDefinitions,
    now: datetime,
) -> AbandonedCampaign | CampaignPlan:
    """What happens to one campaign without a definition: it stays as it is, or the plan pauses it.

    Args:
        definition: as the merge base has it.
        live: what was fetched; None: it was not read.
        tenant_id: a guard, in addition to the one that the definition may give.
        guard: whether a campaign that may dial is kept or paused.
        now: the moment of the plan.
    """
    file = definition.position.file
    failure = None
    if isinstance(live, CampaignError):
        failure = str(live)
    elif live is not None:
        failure = wrong_tenant(live, definition.tenant_id, tenant_id)
    if failure is not None and guard is RemovedDefinitions.PAUSE and not isinstance(live, NotFound):
        error = f"its definition was removed, and it cannot be paused: {failure}"
        return CampaignPlan(definition.id, definition.name, file, error=error)
    if live is None or isinstance(live, CampaignError) or failure is not None:
        return AbandonedCampaign(definition.id, definition.name, file, error=failure)
    dialing = effect_without_definition(live, now)
    if dialing is None or guard is RemovedDefinitions.KEEP:
        return AbandonedCampaign(definition.id, definition.name, file, live.state, dialing)
    return CampaignPlan(
        definition.id,
        definition.name,
        file,
        changes=(FieldChange("state", live.state, "PAUSED", ChangeKind.CHANGE),),
        warnings=("its definition was removed: guards.removed says pause",),
        patch=PAUSE,
        live_state=live.state,
        dialing=_paused(dialing),
        tenant_id=definition.tenant_id,
        reach=reach_after(live, PAUSE),
    )


def _paused(dialing: DialingEffect) -> DialingEffect:
    """The effect of the pause of a campaign that dials as this says."""
    return replace(dialing, effect=Effect.STOPS, forecast=None, forecast_before=dialing.forecast)
