"""Checks a plan against the guards before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.guard import (
    ChangeSummary,
    Freeze,
    GoLive,
    GuardName,
    Guards,
    Refusal,
    RemovedNumbers,
)
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from voxosync.model.creation import Creation
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.journal import NewDefinition
    from voxosync.model.plan import CampaignPlan
    from voxosync.model.shard import PlanPart


def summary_of_updates(
    campaigns: Iterable[CampaignPlan],
    part: PlanPart,
    *,
    creating: bool = False,
) -> ChangeSummary:
    """What guards judge about the campaigns of a plan.

    Args:
        campaigns: those of the plan.
        part: the part of all campaigns that the plan covers.
        creating: whether campaigns that are not created yet will be created too; each then counts as a change.
    """
    campaigns = [campaign for campaign in campaigns if creating or not campaign.is_new]
    compared, new = len(campaigns), sum(campaign.is_new for campaign in campaigns)
    return ChangeSummary(
        updates=sum(campaign.is_sent for campaign in campaigns),
        managed=compared if part.managed is None else part.managed + new,
        shard=part.shard,
        shard_managed=compared if part.shard_managed is None else part.shard_managed + new,
        removed_numbers=[entry for campaign in campaigns for entry in _removed_numbers(campaign)],
        go_lives=[
            str(campaign.id or campaign.name) for campaign in campaigns if campaign.dials_more
        ],
    )


def summary_of_creations(
    planned: Iterable[Creation], dialing: Mapping[NewDefinition, DialingEffect]
) -> ChangeSummary:
    """What guards judge about the campaigns of `voxosync create`, whose dialing is from `dialing_of_creations`."""
    return ChangeSummary(
        creations=sum(creation.past is None for creation in planned),
        go_lives=[new.name for new, effect in dialing.items() if effect.dials_more],
    )


def refusals(summary: ChangeSummary, guards: Guards, now: datetime) -> tuple[Refusal, ...]:
    """Every guard that refuses sending at this moment; none where nothing would be sent."""
    if not summary.updates and not summary.creations:
        return ()
    guard_refusals = [
        *_campaigns(summary, guards),
        *_go_live(summary, guards),
        *_too_many_removed(summary, guards),
    ]
    if guards.freeze is not None and _is_frozen(guards.freeze, now):
        message = f"changes are frozen now ({guards.freeze.timezone})"
        guard_refusals.append(Refusal(GuardName.FROZEN, message, "--during-freeze REASON"))
    return tuple(guard_refusals)


def _removed_numbers(campaign: CampaignPlan) -> Iterator[RemovedNumbers]:
    removing = [change for change in campaign.changes if change.removed]
    if removing:
        count = sum(len(change.removed) for change in removing)
        empty_file = next((change.empty_file for change in removing if change.empty_file), None)
        yield RemovedNumbers(campaign.id, count, removing[0].count_before, empty_file)


def _campaigns(summary: ChangeSummary, guards: Guards) -> Iterator[Refusal]:
    """A shard compares its own updates with its own campaigns; whether the limit applies depends on all campaigns."""
    limit, updates = guards.max_campaigns, summary.updates
    if not updates or not limit.applies_to(summary.managed):
        return
    if summary.shard is None:
        share, total, shard_text, override = limit, summary.managed, "", updates
    else:
        share, shard_text = limit.share(summary.shard), f" of shard {summary.shard}"
        total = summary.shard_managed
        override = updates * summary.shard.count  # each shard takes its share of it
    if not share.allows(updates, total):
        most = f"{share}" if share.amount == limit.amount else f"{share}, its share of {limit}"
        yield Refusal(
            GuardName.MAX_CAMPAIGNS,
            f"{updates} of {total} campaigns{shard_text} would change, more than {most}",
            f"--max-campaigns {override}",
        )


def _too_many_removed(summary: ChangeSummary, guards: Guards) -> Iterator[Refusal]:
    most = max((loss.count for loss in summary.removed_numbers), default=0)  # one flag for all
    for loss in summary.removed_numbers:
        count, total, file = loss.count, loss.total, loss.empty_file
        limit = guards.max_removed_by_empty_file if file else guards.max_numbers_removed
        if not limit.allows(count, total):
            message = f"{count} of {total} numbers of campaign {loss.campaign} would be removed"
            reason = f"more than {limit}"
            if file:
                reason = f"because {file} has no rows: to call no one, write numbers: [] instead"
            yield Refusal(
                GuardName.MAX_NUMBERS_REMOVED,
                f"{message}, {reason}",
                f"--max-numbers-removed {most}",
            )


def _go_live(summary: ChangeSummary, guards: Guards) -> Iterator[Refusal]:
    live = summary.go_lives
    if live and guards.go_live is not GoLive.ALLOW:
        campaigns = ", ".join(live[:5]) + (f" and {len(live) - 5} more" if len(live) > 5 else "")  # noqa: PLR2004  # a line
        yield Refusal(
            GuardName.GO_LIVE,
            f"campaigns would start dialing or dial more: {campaigns}",
            "--allow-go-live",
            answerable=guards.go_live is GoLive.CONFIRM,
        )


def _is_frozen(freeze: Freeze, now: datetime) -> bool:
    zone = zone_of(freeze.timezone)
    assert zone  # noqa: S101  # the settings accept only existing ones
    local = now.astimezone(zone)
    if any(first <= local.date() <= last for first, last in freeze.dates):
        return True
    clock = local.time().replace(tzinfo=None)
    hours = (freeze.weekdays or {}).get(local.weekday(), ())
    return any(start <= clock and (end is None or clock < end) for start, end in hours)
