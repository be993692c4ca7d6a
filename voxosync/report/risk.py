"""The order in which reports list campaigns: riskiest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import Effect

if TYPE_CHECKING:
    from voxosync.model.plan import CampaignPlan, Plan


def riskiest_first(plan: Plan) -> list[CampaignPlan]:
    """The campaigns of a plan, by what is at stake in it; equals in the order of their files."""
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
