"""The order in which reports list campaigns: riskiest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind

if TYPE_CHECKING:
    from voxosync.model.plan import CampaignPlan


def risk_rank(campaign: CampaignPlan) -> int:
    """A sort key: 0 for a campaign that goes live, and higher the less a campaign matters."""
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
