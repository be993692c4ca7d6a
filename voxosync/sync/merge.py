"""Merges the plans or drift reports of several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.errors import UsageError
from voxosync.model.plan import Plan
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from voxosync.model.plan import CampaignPlan


def merge(parts: Sequence[tuple[str, Plan]]) -> Plan:
    """The parts as one plan, for reports; in the order of its files, as if one run had made it.

    Args:
        parts: at least one, each with its name for messages.

    Raises:
        UsageError: they are about different VOXOs or merge bases, a campaign is in two of them, or a shard is missing
            or occurs twice.
    """
    plans = [plan for _, plan in parts]
    first = plans[0].base_url
    other_urls = {plan.base_url for plan in plans if not same_voxo(plan.base_url, first)}
    _check_same("were made against different VOXOs", {first, *other_urls})
    _check_same("have different merge bases", {p.base or "none" for p in plans})
    _check_campaigns(parts)
    _check_shards(parts)
    campaigns = [campaign for plan in plans for campaign in plan.campaigns]
    return Plan(
        created_at=min(plan.created_at for plan in plans),
        base_url=plans[0].base_url,
        campaigns=sorted(campaigns, key=_file_order),
        base=plans[0].base,
        abandoned=tuple(campaign for plan in plans for campaign in plan.abandoned),
        live_as_of=_oldest(plan.live_as_of for plan in plans),
        unmanaged=sorted(
            (campaign for plan in plans for campaign in plan.unmanaged),
            key=lambda campaign: campaign.id,
        ),
        unmanaged_counts=any(plan.unmanaged_counts for plan in plans),
        merged=len(parts),
        allowed=tuple(problem for plan in plans for problem in plan.allowed),
        findings=tuple(finding for plan in plans for finding in plan.findings),
        unlisted="; ".join(dict.fromkeys(plan.unlisted for plan in plans if plan.unlisted)) or None,
    )


def _check_same(reason: str, values: set[str]) -> None:
    if len(values) > 1:
        raise UsageError(
            f"these documents {reason}, merge each by itself: {', '.join(sorted(values))}"
        )


def _check_campaigns(parts: Sequence[tuple[str, Plan]]) -> None:
    first: dict[int, str] = {}
    for name, plan in parts:
        for campaign in plan.without_creations().campaigns:  # they have no id yet
            if campaign.id in first:
                raise UsageError(
                    f"the campaign {campaign.id} is in {first[campaign.id]} and in {name}: "
                    "name each part once"
                )
            first[campaign.id] = name


def _check_shards(parts: Sequence[tuple[str, Plan]]) -> None:
    """A missing part would look like campaigns without drift.

    Several tenants, each cut into shards, may be merged: every part must occur equally often.
    """
    shards = [plan.part.shard for _, plan in parts if plan.part.shard is not None]
    for count in {shard.count for shard in shards}:
        indexes = [shard.index for shard in shards if shard.count == count]
        repetitions = max(indexes.count(index) for index in indexes)
        missing = [index for index in range(1, count + 1) if indexes.count(index) < repetitions]
        if missing:
            missing_text = ", ".join(f"{index}/{count}" for index in missing)
            raise UsageError(f"shards are missing: {missing_text}; merge all parts")


def _file_order(campaign: CampaignPlan) -> tuple[object, ...]:
    """The order in which a run reads files: those of a folder before those of the folders in it."""
    *folders, file = campaign.file.split("/")
    return (*((1, name) for name in folders), (0, file)), campaign.line, campaign.id


def _oldest(moments: Iterable[datetime | None]) -> datetime | None:
    readable: Sequence[datetime] = [moment for moment in moments if moment is not None]
    return min(readable, default=None)
