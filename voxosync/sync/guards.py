"""Which guards a plan runs into, checked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.guard import Freeze, GoLive, Guards, Refusal
from voxosync.model.plan import CampaignPlan, NumbersChange, Plan, Status
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def refusals(plan: Plan, guards: Guards, now: datetime) -> tuple[Refusal, ...]:
    """Every guard that applying a plan at this moment would run into; none for a plan that sends nothing."""
    if not plan.differs:
        return ()
    guard_refusals = [
        *_campaigns(plan, guards),
        *_go_live(plan, guards),
        *_numbers_removed(plan, guards),
    ]
    if guards.freeze is not None and _is_frozen(guards.freeze, now):
        message = f"changes are frozen now ({guards.freeze.timezone})"
        guard_refusals.append(Refusal("frozen", message, "--during-freeze REASON"))
    return tuple(guard_refusals)


def _campaigns(plan: Plan, guards: Guards) -> Iterator[Refusal]:
    """A shard compares its own updates with its own campaigns; whether those are few, with all of them."""
    limit, updates = guards.max_campaigns, plan.count(Status.UPDATE)
    managed = len(plan.campaigns) if plan.managed is None else plan.managed
    if managed <= limit.above:
        return
    if plan.shard is None:
        share, total, shard_text, override = limit, managed, "", updates
    else:
        share, shard_text = limit.share(plan.shard), f" of shard {plan.shard}"
        total = len(plan.campaigns) if plan.shard_managed is None else plan.shard_managed
        override = updates * plan.shard.count  # of which each shard takes its share
    if not share.allows(updates, total):
        most = f"{share}" if share.amount == limit.amount else f"{share}, its share of {limit}"
        yield Refusal(
            "maxCampaigns",
            f"{updates} of {total} campaigns{shard_text} would change, more than {most}",
            f"--max-campaigns {override}",
        )


def _numbers_removed(plan: Plan, guards: Guards) -> Iterator[Refusal]:
    removed = {campaign.id: _removed(campaign) for campaign in plan.campaigns}
    most = max(count for count, _ in removed.values())  # one flag for all of them
    for campaign in plan.campaigns:
        count, total = removed[campaign.id]
        file = _empty_file(campaign)
        limit = guards.max_removed_by_empty_file if file else guards.max_numbers_removed
        if not limit.allows(count, total):
            message = f"{count} of {total} numbers of campaign {campaign.id} would be removed"
            reason = f"more than {limit}"
            if file:
                reason = f"because {file} has no rows: to call no one, write numbers: [] instead"
            yield Refusal(
                "maxNumbersRemoved", f"{message}, {reason}", f"--max-numbers-removed {most}"
            )


def _empty_file(campaign: CampaignPlan) -> str | None:
    """The CSV file without rows that would empty a campaign, if one does."""
    lists = [change for change in campaign.changes if isinstance(change, NumbersChange)]
    return next((change.empty_file for change in lists if change.empty_file), None)


def _removed(campaign: CampaignPlan) -> tuple[int, int]:
    """How many numbers would be removed from a campaign, and of how many."""
    lists = [change for change in campaign.changes if isinstance(change, NumbersChange)]
    return sum(len(change.removed) for change in lists), lists[0].before if lists else 0


def _go_live(plan: Plan, guards: Guards) -> Iterator[Refusal]:
    dials = [campaign for campaign in plan.campaigns if campaign.dials_more]
    live = [str(campaign.id or campaign.name) for campaign in dials]  # a new one has no id yet
    if live and guards.go_live is not GoLive.ALLOW:
        few = ", ".join(live[:5]) + (f" and {len(live) - 5} more" if len(live) > 5 else "")  # noqa: PLR2004  # a line
        yield Refusal(
            "goLive",
            f"campaigns would start dialing or dial more: {few}",
            "--allow-go-live",
            answerable=guards.go_live is GoLive.CONFIRM,
        )


def _is_frozen(freeze: Freeze, now: datetime) -> bool:
    zone = zone_of(freeze.timezone)
    assert zone  # noqa: S101  # the settings name one that there is
    local = now.astimezone(zone)
    if any(first <= local.date() <= last for first, last in freeze.dates):
        return True
    clock = local.time().replace(tzinfo=None)
    hours = (freeze.weekdays or {}).get(local.weekday(), ())
    return any(start <= clock and (end is None or clock < end) for start, end in hours)
