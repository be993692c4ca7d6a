"""The order in which campaigns are applied: what keeps phones from ringing comes before what makes them ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.phone import phone
from voxosync.model.plan import CampaignPlan, NumbersChange, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.model.outcome import Result


_BEGIN_TO_DIAL = frozenset(("dateStart", "dateEnd", "timeStart", "timeEnd", "tech"))
"""Fields by which a campaign may begin to dial that is READY, and dials nobody yet or any more."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Campaigns that may be applied at the same time; the phase before is over by then.

    Attributes:
        rings: whether they start to dial, be it by other dates, or get numbers while they dial.
    """

    campaigns: Sequence[CampaignPlan]
    rings: bool = False


def phases(updates: Sequence[CampaignPlan]) -> list[Phase]:
    """Pauses first, then the rest, then what starts to dial or gets numbers while it dials.

    Of the last ones, a campaign that gets a number which another one gives away comes after that one.
    """
    pauses = [campaign for campaign in updates if campaign.patch.get("state") == "PAUSED"]
    ringing = [campaign for campaign in updates if _rings(campaign)]
    ids = {campaign.id for campaign in (*pauses, *ringing)}
    others = [campaign for campaign in updates if campaign.id not in ids]
    last = [Phase(campaigns, rings=True) for campaigns in _by_moved_numbers(ringing)]
    return [Phase(pauses), Phase(others), *last]


def failure_before(plan: Plan, results: Iterable[Result]) -> str | None:
    """Why nothing may start to dial any more; None: nothing failed.

    A campaign that VOXO does not have at all has not failed: it dials nobody.
    """
    unplanned = (
        campaign.id
        for campaign in plan.campaigns
        if campaign.status is Status.ERROR and not campaign.missing
    )
    failed = [*unplanned, *(result.id for result in results if not result.outcome.is_good)]
    if not failed:
        return None
    others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return (
        f"not started: it would dial, and campaign {failed[0]}{others} before it failed; "
        "to proceed anyway, pass --continue-go-live"
    )


def _rings(campaign: CampaignPlan) -> bool:
    if campaign.patch.get("state") == "PAUSED":
        return False
    if campaign.patch.get("state") == "READY":
        return True
    if campaign.goes_live is not None and not _BEGIN_TO_DIAL.isdisjoint(campaign.patch):
        return True
    return campaign.live_state != "PAUSED" and bool(_added(campaign))


def _added(campaign: CampaignPlan) -> set[str]:
    return {
        phone(number)
        for change in campaign.changes
        if isinstance(change, NumbersChange)
        for number in change.added
    }


def _removed(campaign: CampaignPlan) -> set[str]:
    return {
        phone(number)
        for change in campaign.changes
        if isinstance(change, NumbersChange)
        for number in change.removed
    }


def _by_moved_numbers(campaigns: Sequence[CampaignPlan]) -> list[list[CampaignPlan]]:
    """Campaigns in groups, so that a number is gone from one before another one gets it.

    Campaigns that swap numbers have no such order: they go one at a time, in the end.
    """
    givers: dict[str, set[int]] = {}
    for campaign in campaigns:
        for number in _removed(campaign):
            givers.setdefault(number, set()).add(campaign.id)
    waits_for = {
        campaign.id: {giver for number in _added(campaign) for giver in givers.get(number, ())}
        - {campaign.id}
        for campaign in campaigns
    }
    groups: list[list[CampaignPlan]] = []
    rest, over = list(campaigns), set[int]()
    while rest:
        free = [campaign for campaign in rest if waits_for[campaign.id] <= over] or rest[:1]
        groups.append(free)
        over |= {campaign.id for campaign in free}
        rest = [campaign for campaign in rest if campaign.id not in over]
    return groups
