"""Which guards a plan runs into, checked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from voxosync.model.guard import Freeze, GoLive, Guards, Refusal
from voxosync.model.plan import CampaignPlan, NumbersChange, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def refusals(plan: Plan, guards: Guards, now: datetime) -> tuple[Refusal, ...]:
    """Every guard that applying a plan at this moment would run into; none for a plan that sends nothing."""
    if not plan.differs:
        return ()
    found = [*_campaigns(plan, guards), *_go_live(plan, guards)]
    for campaign in plan.campaigns:
        found += _numbers_removed(campaign, guards)
    if guards.freeze is not None and _is_frozen(guards.freeze, now):
        message = f"changes are frozen now ({guards.freeze.timezone})"
        found.append(Refusal("frozen", message, "--during-freeze REASON"))
    return tuple(found)


def _campaigns(plan: Plan, guards: Guards) -> Iterator[Refusal]:
    updates, managed = plan.count(Status.UPDATE), len(plan.campaigns)
    if not guards.max_campaigns.allows(updates, managed):
        yield Refusal(
            "maxCampaigns",
            f"{updates} of {managed} campaigns would change, more than {guards.max_campaigns}",
            f"--max-campaigns {updates}",
        )


def _numbers_removed(campaign: CampaignPlan, guards: Guards) -> Iterator[Refusal]:
    lists = [change for change in campaign.changes if isinstance(change, NumbersChange)]
    removed = sum(len(change.removed) for change in lists)
    if lists and not guards.max_numbers_removed.allows(removed, lists[0].before):
        yield Refusal(
            "maxNumbersRemoved",
            f"{removed} of {lists[0].before} numbers of campaign {campaign.id} would be removed, "
            f"more than {guards.max_numbers_removed}",
            f"--max-numbers-removed {removed}",
        )


def _go_live(plan: Plan, guards: Guards) -> Iterator[Refusal]:
    live = [str(campaign.id) for campaign in plan.campaigns if campaign.goes_live is not None]
    if live and guards.go_live is not GoLive.ALLOW:
        few = ", ".join(live[:5]) + (f" and {len(live) - 5} more" if len(live) > 5 else "")  # noqa: PLR2004  # a line
        yield Refusal(
            "goLive",
            f"campaigns would go live: {few}",
            "--allow-go-live",
            answerable=guards.go_live is GoLive.CONFIRM,
        )


def _is_frozen(freeze: Freeze, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(freeze.timezone))
    if any(first <= local.date() <= last for first, last in freeze.dates):
        return True
    clock = local.time().replace(tzinfo=None)
    hours = (freeze.weekdays or {}).get(local.weekday(), ())
    return any(start <= clock and (end is None or clock < end) for start, end in hours)
