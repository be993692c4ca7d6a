"""Which campaigns of a plan deserve to be looked at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind

if TYPE_CHECKING:
    from voxosync.model.plan import CampaignPlan


def risk_rank(campaign: CampaignPlan) -> int:
    """0 where phones would ring, more for what matters less; to sort by."""
    kinds = {change.kind for change in campaign.changes}
    risks = (
        campaign.goes_live is not None,
        campaign.error is not None,
        ChangeKind.CONFLICT in kinds,
        ChangeKind.DRIFT in kinds,
        bool(kinds),
        bool(campaign.warnings),
        bool(campaign.acknowledged),
    )
    return risks.index(True) if True in risks else len(risks)
