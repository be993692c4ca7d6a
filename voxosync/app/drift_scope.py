"""What drift looks at beyond a plan: unmanaged campaigns, earlier runs, and who acknowledged a difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from voxosync.app.listener import Listener
    from voxosync.app.options import PlanOptions
    from voxosync.model.drift import History, Observation, Unmanaged
    from voxosync.model.plan import Acknowledged, CampaignPlan
    from voxosync.model.shard import Shard

NO_TENANT = "the tenant: set VOXO_TENANT_ID, or pass --tenant-id"
NOT_ALL = "a snapshot of all campaigns: make it with voxosync snapshot --all"


@dataclass(frozen=True, slots=True)
class DriftScope:
    """What drift looks at beyond the campaigns of the definitions.

    Attributes:
        unmanaged: live campaigns without a definition: `ignore`, `report`, or `fail`; None: report them
            where that is possible.
        history: the SQLite file that remembers earlier runs.
        since: with a history, leave differences alone that were first seen before this moment, in UTC.
    """

    unmanaged: str | None = None
    history: Path | None = None
    since: datetime | None = None

    def lists(self, options: PlanOptions, missing: str | None) -> bool:
        """Whether the tenant's campaigns are listed.

        Args:
            options: which definitions are compared.
            missing: what is missing to list them; None: nothing.

        Raises:
            UsageError: the caller asks for a list that is not available.
        """
        if self.unmanaged == "ignore":
            return False
        if self.unmanaged is not None and options.is_limited:
            raise UsageError(
                "--unmanaged cannot be combined with PATH or --only: it is about all definitions"
            )
        if self.unmanaged is not None and missing is not None:
            raise UsageError(f"--unmanaged requires {missing}")
        return missing is None and not options.is_limited

    def check_history(self) -> None:
        """Refuses a history that cannot be used, before any request."""
        if self.history is not None:
            from voxosync.sync import drift_history

            drift_history.check(self.history)

    def remember(
        self, observation: Observation, listener: Listener
    ) -> tuple[Sequence[CampaignPlan], History | None]:
        """Records a run in the history; returns its campaigns with what the history knows about them, and the history.

        Args:
            observation: what the run saw.
            listener: hears warnings.
        """
        if self.history is None:
            return observation.campaigns, None
        from voxosync.model.drift import History
        from voxosync.sync import drift_history

        campaigns, history = drift_history.remember(self.history, observation, listener.warning)
        if self.since is None:
            return campaigns, history
        return drift_history.since(campaigns, self.since), History(history.runs, self.since)


def list_unmanaged(
    campaigns: Iterable[Mapping[str, Any]],
    ids: Collection[int],
    *,
    tenant_id: int | None,
    shard: Shard | None,
) -> tuple[Unmanaged, ...]:
    """The campaigns that no definition manages.

    Args:
        campaigns: as VOXO lists them.
        ids: those of all definitions.
        tenant_id: whose campaigns count.
        shard: the part of the campaigns to look at.
    """
    from voxosync.sync.unmanaged import unmanaged

    without_definition = unmanaged(campaigns, ids, tenant_id)
    return tuple(
        campaign for campaign in without_definition if shard is None or shard.holds(campaign.id)
    )


def with_owners(folder: Path, campaigns: Sequence[CampaignPlan]) -> Sequence[CampaignPlan]:
    """Campaigns whose acknowledged differences have an owner: the author of the line, where it names none."""
    files = dict.fromkeys(
        acknowledged.by.position.file
        for campaign in campaigns
        for acknowledged in campaign.acknowledged
        if acknowledged.by.owner is None
    )
    if not files:
        return campaigns
    from voxosync.definitions.blame import revisions

    revisions_by_line = {file: revisions(folder, file) for file in files}

    def owned(acknowledged: Acknowledged) -> Acknowledged:
        by = acknowledged.by
        revision = revisions_by_line[by.position.file].get(by.position.line)
        author = None if revision is None else revision.author
        return replace(acknowledged, by=replace(by, owner=by.owner or author))

    return [
        replace(campaign, acknowledged=tuple(map(owned, campaign.acknowledged)))
        for campaign in campaigns
    ]
