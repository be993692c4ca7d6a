"""Makes plans: selects definitions, reads live campaigns or a snapshot, and compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.checking import find_problems
from voxosync.app.live_campaigns import fetch_live, open_snapshot
from voxosync.app.options import APPLIED
from voxosync.app.selection import select
from voxosync.definitions.load import load
from voxosync.model.plan import Plan
from voxosync.model.shard import PlanPart
from voxosync.sync.guards import refusals, summary_of_updates
from voxosync.sync.plan import Planner
from voxosync.sync.quiesce_recovery import could_be_left_paused
from voxosync.sync.removed_definitions import removed_definitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from voxosync.app.drift_scope import DriftScope
    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project
    from voxosync.app.selection import Selection
    from voxosync.errors import CampaignError
    from voxosync.model.applied_record import RecordStep
    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.change_kind import ChangeKind
    from voxosync.model.guard import Guards
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan
    from voxosync.sync.snapshot import Snapshot


def plan(  # noqa: PLR0913  # each is one input of a plan
    project: Project,
    options: PlanOptions,
    guards: Guards,
    *,
    live: Path | None,
    quiesce: bool,
    creating: bool,
    schedules: bool,
    moves_record: bool,
) -> Plan:
    """What would be sent, with the guards that refuse it; arguments as `Project.plan` has them."""
    if moves_record and options.base == APPLIED and live is None:
        project.record.check()
    snapshot = _snapshot(project, live)
    selection = select(project, options)
    sides = _read_sides(
        project,
        options,
        selection,
        snapshot,
        kinds=options.kinds_to_send(moves_record=moves_record),
        quiesce=quiesce,
        schedules=schedules,
    )
    findings, allowed = find_problems(project, selection, sides.live, is_drift=False)
    campaigns = list(sides.campaigns)
    if selection.new:
        from voxosync.sync.create import planned_creation

        campaigns += [planned_creation(definition, project.now) for definition in selection.new]
    part = _part(project, options, selection, campaigns if creating else sides.campaigns)
    summary = summary_of_updates(campaigns, part, creating=creating)
    return Plan(
        created_at=project.now,
        base_url=sides.base_url,
        campaigns=campaigns,
        base=sides.base_commit,
        record_step=sides.record_step,
        abandoned=sides.abandoned,
        live_as_of=sides.live_as_of,
        refusals=refusals(summary, guards, project.now),
        findings=findings,
        allowed=(*selection.allowed, *allowed),
        part=part,
    )


def drift(project: Project, options: PlanOptions, scope: DriftScope, *, live: Path | None) -> Plan:
    """Where VOXO differs; arguments as `Project.drift` has them."""
    from voxosync.app.drift_scope import UnmanagedListing, list_unmanaged, why_unlisted
    from voxosync.model.drift import Observation

    scope.check_history()
    snapshot = _snapshot(project, live)
    is_listing = scope.lists(options, why_unlisted(project, snapshot))
    selection = select(project, options, sends=False)
    sides = _read_sides(
        project,
        options,
        selection,
        snapshot,
        kinds=options.kinds_to_send(),
        schedules=True,
        is_drift=True,
    )
    findings, allowed = find_problems(project, selection, sides.live, is_drift=True)
    listing = UnmanagedListing()
    if is_listing:
        listing = list_unmanaged(project, options, scope, selection, snapshot)
    part = _part(project, options, selection, sides.campaigns)
    campaigns = sides.campaigns
    if any(campaign.changes for campaign in campaigns):
        from voxosync.app.provenance import with_provenance

        campaigns = with_provenance(project, campaigns, sides.base_url, sides.base_commit)
    observation = Observation(
        sides.base_url,
        project.target.tenant_id,
        project.now,
        campaigns,
        options.is_complete,
    )
    campaigns, history = scope.remember(observation, project.now, project.listener)
    return Plan(
        created_at=project.now,
        base_url=sides.base_url,
        campaigns=campaigns,
        base=sides.base_commit,
        record_step=sides.record_step,
        abandoned=sides.abandoned,
        live_as_of=sides.live_as_of,
        unmanaged=listing.campaigns,
        unmanaged_counts=listing.is_difference,
        unlisted=listing.failure,
        history=history,
        findings=(*listing.findings, *findings),
        allowed=(*selection.allowed, *allowed),
        part=part,
    )


def _snapshot(project: Project, path: Path | None) -> Snapshot | None:
    """The snapshot to compare with; None for VOXO itself, whose target is then resolved."""
    if path is not None:
        return open_snapshot(project, path)
    project.target  # noqa: B018  # raises before a definition is read
    return None


@dataclass(frozen=True, slots=True)
class _Sides:
    """The sides that a plan compares, and what the comparison shows.

    Attributes:
        live: what was fetched for each id.
        live_as_of: when that was saved, where it is a snapshot's.
        base_commit: the merge base, where there is one.
        record_step: where that is the commit of the applied record, the step that the record would make.
    """

    base_url: str
    live: Mapping[int, LiveCampaign | CampaignError]
    live_as_of: datetime | None
    base_commit: str | None
    record_step: RecordStep | None
    campaigns: Sequence[CampaignPlan]
    abandoned: Sequence[AbandonedCampaign]


def _read_sides(  # noqa: PLR0913  # each is one input of a plan
    project: Project,
    options: PlanOptions,
    selection: Selection,
    snapshot: Snapshot | None,
    *,
    kinds: Sequence[ChangeKind],
    quiesce: bool = False,
    schedules: bool = False,
    is_drift: bool = False,
) -> _Sides:
    definitions = selection.definitions
    base_url = project.voxo.base_url if snapshot is None else snapshot.base_url
    base = None
    if options.base is not None:
        from voxosync.app.earlier_definitions import base_definitions

        base = base_definitions(project, options, definitions, kinds)
    removed = list(removed_definitions(definitions, base.before)) if base else []
    if snapshot is None:
        live = fetch_live(project, [definition.id for definition in [*definitions, *removed]])
        paused_by = _left_paused(project, definitions, live)
    else:
        live, paused_by = snapshot.live(entry.id for entry in (*definitions, *removed)), {}
    planner = Planner(
        now=project.now,
        tenant_id=project.target.tenant_id,
        base=base,
        kinds=kinds,
        quiesce=quiesce,
        left_paused=paused_by,
        schedules=schedules,
        is_drift=is_drift,
        removed_definitions=project.target.guards.removed_definitions,
    )
    campaigns, abandoned = planner.compare(definitions, live)
    step = base.step if base else None
    if step is not None:
        from voxosync.app.provenance import with_pending_commits

        campaigns = with_pending_commits(campaigns, project.record)
        if project.record.obstacle is not None:
            project.listener.warning(
                f"apply --base {APPLIED} would refuse this: {project.record.obstacle}"
            )
    if any(campaign.acknowledged for campaign in campaigns):
        from voxosync.app.provenance import with_owners

        campaigns = with_owners(project.folder, campaigns)
    return _Sides(
        base_url,
        live,
        live_as_of=None if snapshot is None else snapshot.created_at,
        base_commit=base.commit if base else None,
        record_step=step,
        campaigns=campaigns,
        abandoned=abandoned,
    )


def _left_paused(
    project: Project,
    definitions: Sequence[Definition],
    live: Mapping[int, LiveCampaign | CampaignError],
) -> Mapping[int, str]:
    """Maps each campaign that a quiesce may have left paused without a mark in VOXO to the run that paused it."""
    paused = [
        definition.id
        for definition in definitions
        if could_be_left_paused(definition, live[definition.id])
    ]
    if not paused:
        return {}
    from voxosync.sync.quiesce_journals import left_paused

    return left_paused(project.journal, project.voxo.base_url, paused)


def _part(
    project: Project,
    options: PlanOptions,
    selection: Selection,
    campaigns: Iterable[CampaignPlan],
) -> PlanPart:
    """The part that the options name.

    With paths, the definitions elsewhere count too if anything would be sent; otherwise all of them could be changed
    without a guard, a few files at a time. Definitions with errors do not count.
    """
    shard = options.shard
    is_sending = any(campaign.is_sent for campaign in campaigns)
    if options.is_complete or (options.paths and not is_sending):
        return PlanPart(shard=shard)
    managed = selection.ids
    if options.paths:
        loaded = load(project.layout, [], project.now)
        managed |= {definition.id for definition in loaded.definitions}
    shard_managed = None if shard is None else sum(map(shard.holds, managed))
    return PlanPart(len(managed), shard, shard_managed)
