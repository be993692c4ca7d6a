"""The status of each campaign as reports count it, and which campaigns reports list."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

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
