"""Where each campaign of a plan stands, in one word: what summaries count and other tools are told."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from voxosync.model.plan import CampaignPlan, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


class Standing(StrEnum):
    """Every campaign has just one of these."""

    DRIFTED = "drifted"
    LEFT_ALONE = "left-alone"
    IN_SYNC = "in-sync"
    MISSING = "missing"
    FAILED = "failed"


_STANDINGS = {
    Status.UPDATE: Standing.DRIFTED,
    Status.LEFT_ALONE: Standing.LEFT_ALONE,
    Status.IN_SYNC: Standing.IN_SYNC,
}


def standing(campaign: CampaignPlan) -> Standing:
    """Where one campaign stands; `left-alone` where all that differs is acknowledged, ignored or not asked about."""
    if campaign.status is Status.ERROR:
        return Standing.MISSING if campaign.missing else Standing.FAILED
    return _STANDINGS[campaign.status]


def is_listed(campaign: CampaignPlan) -> bool:
    """Whether reports list a campaign: something differs or failed, or there is something to know.

    What `--since` leaves out is counted, and not listed.
    """
    return bool(
        campaign.changes or campaign.error is not None or campaign.warnings or campaign.acknowledged
    )


def counts(plan: Plan) -> Mapping[Standing, int]:
    """How many campaigns of a plan stand where; 0 where none does."""
    return Counter(map(standing, plan.campaigns))
