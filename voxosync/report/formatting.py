"""Counts, ids, commits, durations and moments as text. Nothing here is escaped: that is done where the text lands."""

from __future__ import annotations

from datetime import UTC
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from voxosync.model.plan import AbandonedCampaign, CampaignPlan


def count(number: int, noun: str) -> str:
    """`1 campaign`, `2 campaigns`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def verb(number: int, plural: str) -> str:
    """The verb that goes with a count: `agrees` for 1, else `agree`."""
    return f"{plural}s" if number == 1 else plural


def format_duration(duration: timedelta) -> str:
    """A duration in its largest full unit: `3 days`, `2 hours`, `5 minutes`; a negative one is `0 minutes`."""
    minutes = max(0, int(duration.total_seconds()) // 60)
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return count(minutes // size, unit)
    return count(minutes, "minute")


def format_moment(moment: datetime) -> str:
    """`2026-11-01 08:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def format_commit(commit: str) -> str:
    """As much of a commit's hash as people see: `1a2b3c4d5e6f`."""
    return commit[:12]


def count_and_ids(campaigns: Sequence[CampaignPlan | AbandonedCampaign]) -> str:
    """How many campaigns, and which: `34 campaigns (4711-4744)`."""
    return f"{count(len(campaigns), 'campaign')} ({id_ranges(campaigns)})"


def id_ranges(campaigns: Iterable[CampaignPlan | AbandonedCampaign]) -> str:
    """`4711-4713, 4720`."""
    return ", ".join(ranges(campaign.id for campaign in campaigns))


def ranges(numbers: Iterable[int]) -> Iterator[str]:
    """Whole numbers in order, consecutive ones as one range: `4711-4713`."""
    for _, run in groupby(enumerate(sorted(numbers)), lambda entry: entry[1] - entry[0]):
        first, *following = (number for _, number in run)
        yield f"{first}-{following[-1]}" if following else str(first)
