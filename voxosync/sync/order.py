"""The order in which campaigns are applied: what stops calls comes before what starts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.model.body import canonical_value
from voxosync.model.dialing.dials_more import Phones
from voxosync.model.numbers import NUMBERS_FIELD, Numbers
from voxosync.model.phone import phone
from voxosync.model.plan import CampaignPlan, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.model.outcome import Result


_BEGIN_TO_DIAL = frozenset(("dateStart", "dateEnd", "timeStart", "timeEnd", "tech"))
"""Fields by which a READY campaign that does not dial yet, or no longer dials, may begin to dial."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Campaigns that may be applied at the same time, after the phase before is over.

    Attributes:
        rings: whether they start dialing, by other dates too, or get numbers while they dial.
        only_removes: whether this is the first part of these campaigns, which only removes numbers; a later phase
            sends the rest.
    """

    campaigns: Sequence[CampaignPlan]
    rings: bool = False
    only_removes: bool = False


def phases(updates: Sequence[CampaignPlan]) -> list[Phase]:
    """Pauses first, then the rest, then what starts to dial or gets numbers while it dials.

    In the last group, a campaign that gets a number from another campaign comes after that one. Where campaigns swap
    numbers, one of them is applied in two parts, of which the first only removes numbers, so that no number is ever in
    two campaigns that dial.
    """
    pauses = [campaign for campaign in updates if campaign.patch.get("state") == "PAUSED"]
    ringing = [campaign for campaign in updates if _rings(campaign)]
    ids = {campaign.id for campaign in (*pauses, *ringing)}
    by_dates = [
        campaign for campaign in updates if campaign.id not in ids and _may_begin_to_dial(campaign)
    ]
    ids |= {campaign.id for campaign in by_dates}
    remaining = [campaign for campaign in updates if campaign.id not in ids]
    last = _by_moved_numbers(ringing)
    return [Phase(pauses), Phase(remaining), Phase(by_dates, rings=True), *last]


def failure_before(plan: Plan, results: Iterable[Result]) -> str | None:
    """Why nothing may start dialing anymore; None: nothing failed.

    A campaign that does not exist in VOXO does not count as failed, because it calls no one.
    """
    unplanned = (
        campaign.id
        for campaign in plan.campaigns
        if campaign.status is Status.ERROR and not campaign.missing
    )
    failed = [*unplanned, *(result.id for result in results if not result.outcome.is_good)]
    if not failed:
        return None
    more_text = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return (
        f"not started: it would dial, and campaign {failed[0]}{more_text} before it failed; "
        "to proceed anyway, pass --continue-go-live"
    )


def _rings(campaign: CampaignPlan) -> bool:
    if campaign.patch.get("state") == "PAUSED":
        return False
    return campaign.patch.get("state") == "READY" or (
        campaign.live_state != "PAUSED" and bool(_added(campaign))
    )


def _may_begin_to_dial(campaign: CampaignPlan) -> bool:
    return campaign.dials_more and not _BEGIN_TO_DIAL.isdisjoint(campaign.patch)


def _added(campaign: CampaignPlan) -> set[str]:
    return {phone(number) for change in campaign.changes for number in change.added}


def _removed(campaign: CampaignPlan) -> set[str]:
    return {phone(number) for change in campaign.changes for number in change.removed}


def _by_moved_numbers(campaigns: Sequence[CampaignPlan]) -> list[Phase]:
    """Campaigns in phases, so that a number is removed from one campaign before another one gets it."""
    givers: dict[str, set[int]] = {}
    for campaign in campaigns:
        for number in _removed(campaign):
            givers.setdefault(number, set()).add(campaign.id)
    waits_for = {
        campaign.id: {giver for number in _added(campaign) for giver in givers.get(number, ())}
        - {campaign.id}
        for campaign in campaigns
    }
    last: list[Phase] = []
    waiting, released = list(campaigns), set[int]()  # those whose numbers are removed by then
    while waiting:
        free = [campaign for campaign in waiting if waits_for[campaign.id] <= released]
        if free:
            last.append(Phase(free, rings=True))
            released |= {campaign.id for campaign in free}
            waiting = [campaign for campaign in waiting if campaign not in free]
            continue
        index, swapping = next(
            (index, campaign)
            for index, campaign in enumerate(waiting)
            if campaign.id not in released and _removed(campaign)
        )
        removal, waiting[index] = _in_two_parts(swapping)
        last.append(Phase([removal], rings=True, only_removes=True))
        released.add(swapping.id)
    return last


def _in_two_parts(campaign: CampaignPlan) -> tuple[CampaignPlan, CampaignPlan]:
    """The part of a plan that removes numbers from a campaign, and the rest."""
    added = _added(campaign)
    remaining = [
        entry for entry in campaign.patch[NUMBERS_FIELD] if phone(entry["number"]) not in added
    ]
    numbers = canonical_value({NUMBERS_FIELD: remaining}, NUMBERS_FIELD)
    assert isinstance(numbers, Numbers)  # noqa: S101  # numbers are
    removals = (change.only_removing(numbers) for change in campaign.changes)
    first = tuple(change for change in removals if change is not None)
    second = tuple(change.after_removing(numbers) for change in campaign.changes)
    reach = campaign.reach and replace(campaign.reach, phones=Phones(numbers))
    return (
        replace(campaign, changes=first, patch={NUMBERS_FIELD: remaining}, reach=reach),
        replace(campaign, changes=second),
    )
