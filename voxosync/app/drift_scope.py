"""What drift looks at beyond a plan: unmanaged campaigns and earlier runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from voxosync.errors import CampaignError, UsageError
from voxosync.model.phone import masked_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.app.listener import Listener
    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project
    from voxosync.app.selection import Selection
    from voxosync.model.drift import History, Observation, UnmanagedCampaign
    from voxosync.model.plan import CampaignPlan
    from voxosync.model.problem import Problem
    from voxosync.sync.snapshot import Snapshot

_NO_TENANT = "the tenant: set VOXO_TENANT_ID, or pass --tenant-id"
_NOT_ALL = "a snapshot of all campaigns: make it with voxosync snapshot --all"


@dataclass(frozen=True, slots=True)
class DriftScope:
    """What drift looks at beyond the campaigns of the definitions.

    Attributes:
        unmanaged: live campaigns without a definition: `ignore`, `report`, or `fail`; None: report them
            where that is possible.
        history: the SQLite file that remembers earlier runs.
        since: with a history, leave differences alone that were first seen before this moment, in UTC, or
            longer ago than this duration.
    """

    unmanaged: str | None = None
    history: Path | None = None
    since: datetime | timedelta | None = None

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
        self, observation: Observation, now: datetime, listener: Listener
    ) -> tuple[Sequence[CampaignPlan], History | None]:
        """Records a run in the history; returns its campaigns with what the history knows about them, and the history.

        Args:
            observation: what the run found.
            now: the present moment.
            listener: hears warnings.
        """
        if self.history is None:
            return observation.campaigns, None
        from voxosync.model.drift import History
        from voxosync.sync import drift_history

        campaigns, history = drift_history.remember(self.history, observation, listener.warning)
        if self.since is None:
            return campaigns, history
        since = now - self.since if isinstance(self.since, timedelta) else self.since
        return drift_history.since(campaigns, since), History(history.runs, since)


def why_unlisted(project: Project, snapshot: Snapshot | None) -> str | None:
    """What is missing to list all campaigns of the tenant; None if nothing is."""
    if snapshot is not None:
        return None if snapshot.is_all else _NOT_ALL
    return _NO_TENANT if project.target.tenant_id is None else None


@dataclass(frozen=True, slots=True)
class UnmanagedListing:
    """The tenant's campaigns that have no definition.

    Attributes:
        is_difference: whether they count as one.
        failure: why they could not be listed.
        findings: what checks found in them.
    """

    campaigns: Sequence[UnmanagedCampaign] = ()
    is_difference: bool = False
    failure: str | None = None
    findings: Sequence[Problem] = ()


def list_unmanaged(
    project: Project,
    options: PlanOptions,
    scope: DriftScope,
    selection: Selection,
    snapshot: Snapshot | None,
) -> UnmanagedListing:
    """Lists the campaigns that no definition manages; where that fails and was not requested, warns.

    Args:
        project: the project.
        options: which definitions are compared.
        scope: whether the campaigns are a difference.
        selection: the definitions.
        snapshot: lists the campaigns instead of VOXO, where there is one.
    """
    from voxosync.app.checking import find_unmanaged_problems, open_campaigns
    from voxosync.app.live_campaigns import fetch_live
    from voxosync.sync.unmanaged import unmanaged

    tenant_id = project.target.tenant_id
    if snapshot is not None:
        campaigns = snapshot.campaigns
    else:
        assert tenant_id is not None  # noqa: S101  # `DriftScope.lists` requires it
        try:
            campaigns = project.voxo.campaigns(tenant_id)
        except CampaignError as failure:
            if scope.unmanaged is not None:
                return UnmanagedListing(failure=str(failure))
            reason = masked_in(str(failure))
            project.listener.warning(f"unmanaged campaigns cannot be listed: {reason}")
            return UnmanagedListing()
    shard = options.shard
    listed = tuple(
        campaign
        for campaign in unmanaged(campaigns, selection.ids, tenant_id)
        if shard is None or shard.holds(campaign.id)
    )
    findings: Sequence[Problem] = ()
    if selection.do_not_call:
        ids = open_campaigns(listed, campaigns, project.now)
        live = fetch_live(project, ids) if snapshot is None else snapshot.live(ids)
        findings = find_unmanaged_problems(project, selection, live)
    return UnmanagedListing(listed, scope.unmanaged == "fail", findings=findings)
