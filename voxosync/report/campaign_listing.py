"""How reports list campaigns: which of them, in which order, and with which status."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import Effect
from voxosync.model.plan import CampaignPlan, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


class CampaignStatus(StrEnum):
    """The status of a campaign in reports, where missing campaigns are not counted as failed ones."""

    DRIFTED = "drifted"
    NEW = "new"
    LEFT_ALONE = "left-alone"
    IN_SYNC = "in-sync"
    MISSING = "missing"
    FAILED = "failed"


_STATUSES = {
    Status.UPDATE: CampaignStatus.DRIFTED,
    Status.CREATE: CampaignStatus.NEW,
    Status.LEFT_ALONE: CampaignStatus.LEFT_ALONE,
    Status.IN_SYNC: CampaignStatus.IN_SYNC,
}


def status_of(campaign: CampaignPlan) -> CampaignStatus:
    """The status of a campaign; `left-alone` if its only differences are acknowledged, ignored or out of scope."""
    if campaign.status is Status.ERROR:
        return CampaignStatus.MISSING if campaign.missing else CampaignStatus.FAILED
    return _STATUSES[campaign.status]


def is_listed(campaign: CampaignPlan) -> bool:
    """Whether reports list a campaign: it differs or failed, or has a warning or an acknowledged difference.

    A campaign whose only differences are hidden by `--since` is counted, but not listed.
    """
    return bool(
        campaign.changes or campaign.error is not None or campaign.warnings or campaign.acknowledged
    )


def status_counts(plan: Plan) -> Mapping[CampaignStatus, int]:
    """The number of campaigns per status; a status without campaigns counts as 0."""
    return Counter(map(status_of, plan.campaigns))


def riskiest_first(plan: Plan) -> list[CampaignPlan]:
    """The campaigns of a plan, by what is at stake; those of equal rank in the order of their files."""
    return sorted(plan.campaigns, key=risk_rank)


def risk_rank(campaign: CampaignPlan) -> int:
    """A sort key: 0 for a campaign that dials without approval, and higher the less a campaign matters."""
    effect = None if campaign.dialing is None else campaign.dialing.effect
    kinds = {change.kind for change in campaign.changes}
    risks = (
        effect is Effect.UNAPPROVED,
        effect is Effect.STARTS,
        effect is Effect.MORE,
        effect is Effect.STOPPED_BY_HAND,
        campaign.error is not None,
        ChangeKind.CONFLICT in kinds,
        effect is Effect.STOPS,
        ChangeKind.DRIFT in kinds,
        bool(kinds),
        bool(campaign.warnings),
        bool(campaign.acknowledged),
    )
    return risks.index(True) if True in risks else len(risks)
