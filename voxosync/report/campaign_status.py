"""Where each campaign of a plan stands, in one word: what summaries count and other tools are told."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from voxosync.model.plan import CampaignPlan, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


class CampaignStatus(StrEnum):
    """Every campaign has just one of these."""

    DRIFTED = "drifted"
    LEFT_ALONE = "left-alone"
    IN_SYNC = "in-sync"
    MISSING = "missing"
    FAILED = "failed"


_STATUSES = {
    Status.UPDATE: CampaignStatus.DRIFTED,
    Status.LEFT_ALONE: CampaignStatus.LEFT_ALONE,
    Status.IN_SYNC: CampaignStatus.IN_SYNC,
}


def status_of(campaign: CampaignPlan) -> CampaignStatus:
    """Where one campaign stands; `left-alone` where all that differs is acknowledged, ignored or not asked about."""
    if campaign.status is Status.ERROR:
        return CampaignStatus.MISSING if campaign.missing else CampaignStatus.FAILED
    return _STATUSES[campaign.status]


def is_listed(campaign: CampaignPlan) -> bool:
    """Whether reports list a campaign: something differs or failed, or there is something to know.

    What `--since` leaves out is counted, and not listed.
    """
    return bool(
        campaign.changes or campaign.error is not None or campaign.warnings or campaign.acknowledged
    )


def status_counts(plan: Plan) -> Mapping[CampaignStatus, int]:
    """How many campaigns of a plan stand where; 0 where none does."""
    return Counter(map(status_of, plan.campaigns))
