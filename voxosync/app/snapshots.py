"""Saves live campaigns to a file for plans without a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voxosync.app.selection import Selection, select
from voxosync.errors import BadAnswer, CampaignError, UsageError
from voxosync.sync.fetch import fetch_each, live_campaign
from voxosync.sync.snapshot import Snapshot
from voxosync.sync.tenant_guard import wrong_tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project


@dataclass(frozen=True, slots=True)
class SavedCampaigns:
    """A snapshot, and what is missing from it.

    Attributes:
        snapshot: the campaigns that were read.
        failures: campaign to the reason why it could not be read.
    """

    snapshot: Snapshot
    failures: Mapping[int, CampaignError]

    @property
    def exit_status(self) -> int:
        """3 if a campaign is missing, otherwise 0."""
        return 3 if self.failures else 0


def take_snapshot(project: Project, options: PlanOptions, *, everything: bool) -> SavedCampaigns:
    """Reads live campaigns; arguments and errors as `Project.snapshot` has them."""
    target = project.target
    selection = Selection() if everything else select(project, options)
    voxo = project.voxo
    ids = [definition.id for definition in selection.definitions]
    if everything:
        ids = [campaign_id for campaign_id in _all_ids(project) if options.covers(campaign_id)]
    with project.listener.progress("Reading campaigns", len(ids)) as progress:
        answers = fetch_each(
            ids,
            lambda campaign_id: _checked(voxo.campaign(campaign_id), target.tenant_id),
            workers=project.connection.concurrency,
            on_read=progress.advance,
        )
    campaigns = [raw for raw in answers.values() if not isinstance(raw, CampaignError)]
    failures = {id_: raw for id_, raw in answers.items() if isinstance(raw, CampaignError)}
    is_all = everything and options.shard is None and not failures
    snapshot = Snapshot(project.now, voxo.base_url, campaigns, is_all)
    return SavedCampaigns(snapshot, failures)


def _checked(raw: dict[str, Any], tenant_id: int | None) -> dict[str, Any]:
    """A campaign as VOXO answered it, which is of the right tenant."""
    if tenant_id is not None and (problem := wrong_tenant(live_campaign(raw), tenant_id)):
        raise BadAnswer(problem)
    return raw


def _all_ids(project: Project) -> list[int]:
    tenant_id = project.target.tenant_id
    if tenant_id is None:
        raise UsageError("--all requires the tenant: set VOXO_TENANT_ID, or pass --tenant-id")
    return [int(raw["id"]) for raw in project.voxo.campaigns(tenant_id)]
