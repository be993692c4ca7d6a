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
    ACKNOWLEDGED = "acknowledged"
    IN_SYNC = "in-sync"
    MISSING = "missing"
    FAILED = "failed"


def standing(campaign: CampaignPlan) -> Standing:
    """Where one campaign stands; `acknowledged` where it has no other differences."""
    if campaign.status is Status.ERROR:
        return Standing.MISSING if campaign.missing else Standing.FAILED
    if campaign.status is Status.UPDATE:
        return Standing.DRIFTED
    return Standing.ACKNOWLEDGED if campaign.acknowledged else Standing.IN_SYNC


def counts(plan: Plan) -> Mapping[Standing, int]:
    """How many campaigns of a plan stand where; 0 where none does."""
    return Counter(map(standing, plan.campaigns))
