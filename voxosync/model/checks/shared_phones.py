"""`sharedPhones`: phones in two campaigns that dial on the same days, so that a person may be called twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.checks.check import Check
from voxosync.model.dialing.clock import DAY, minute_of
from voxosync.model.dialing.schedule import Schedule, dialing_days, dials
from voxosync.model.numbers import NUMBERS_FIELD, Numbers, numbers_of
from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from voxosync.model.checks.check import CheckedCampaign, CheckFinding, Terms

_NAMED = 5
"""How many other campaigns a finding names."""
_NEIGHBORS = 8
"""How many campaigns on either side are compared for each phone, so that the time stays linear."""


class DialingCampaign(NamedTuple):
    """A campaign that dials: its first and its last day by its own calendar, and its index among the campaigns."""

    first: float
    last: float
    campaign_index: int


def find(campaigns: Sequence[CheckedCampaign], terms: Terms) -> Iterator[CheckFinding]:
    """A finding for each campaign that shares phones: how many, and with which campaigns."""
    callers = _callers(campaigns, terms.now)
    for index, (count, sharers) in sorted(shared(campaigns, callers).items()):
        campaign = campaigns[index]
        if not campaign.is_reported:
            continue
        most = sorted(sharers.items(), key=lambda sharer: (-sharer[1], sharer[0]))[:_NAMED]
        names = [_name(campaigns[sharer], phones) for sharer, phones in most]
        more = " and others" if len(sharers) > _NAMED else ""
        total = len(_numbers(campaign))
        message = (
            f"{count} of {total} {'phone' if total == 1 else 'phones'} "
            f"{'is' if count == 1 else 'are'} also called on the same days by {', '.join(names)}{more}: "
            "remove them from one list, or choose other dates"
        )
        yield terms.finding(campaign, campaign.position_of(NUMBERS_FIELD), message, phones=count)


def shared(
    campaigns: Sequence[CheckedCampaign], callers: Sequence[DialingCampaign]
) -> dict[int, tuple[int, Counter[int]]]:
    """By the index of a campaign, how many of its phones another one calls too, and which ones call how many.

    The count is exact. Of a phone that very many campaigns call, only some of the others are counted as sharing it.

    Args:
        campaigns: the campaigns.
        callers: those that dial, in the order of their first days.
    """
    by_phone: defaultdict[str, list[DialingCampaign]] = defaultdict(list)
    for caller in callers:
        for phone in _numbers(campaigns[caller.campaign_index]):
            by_phone[phone].append(caller)
    groups = Counter(tuple(group) for group in by_phone.values() if len(group) > 1)
    counts: Counter[int] = Counter()
    sharers: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for group, phones in groups.items():
        sharing: set[int] = set()
        longest = group[0]
        for position, caller in enumerate(group[1:], start=1):
            earlier = {longest, *group[max(0, position - _NEIGHBORS) : position]}
            for neighbor in earlier:
                if neighbor.last >= caller.first:
                    sharing |= {caller.campaign_index, neighbor.campaign_index}
                    sharers[caller.campaign_index][neighbor.campaign_index] += phones
                    sharers[neighbor.campaign_index][caller.campaign_index] += phones
            longest = max(longest, caller, key=lambda caller: caller.last)
        counts.update(dict.fromkeys(sharing, phones))
    return {index: (count, sharers[index]) for index, count in counts.items()}


def shared_counts(campaigns: Sequence[CheckedCampaign], now: datetime) -> dict[int, int]:
    """By the index of a campaign, how many of its phones another one calls on the same days."""
    counted = shared(campaigns, _callers(campaigns, now))
    return {index: count for index, (count, _) in counted.items()}


def _callers(campaigns: Sequence[CheckedCampaign], now: datetime) -> list[DialingCampaign]:
    """The campaigns that dial now or later, in the order of their first days."""
    callers = []
    today = minute_of(now) // DAY
    for index, campaign in enumerate(campaigns):
        if campaign.is_compared and dials(campaign.values.get("state")) and _numbers(campaign):
            days = dialing_days(Schedule.of(campaign.values))
            if (
                days is not None and days.last >= today - 1
            ):  # a clock behind UTC shows the day before
                callers.append(DialingCampaign(max(days.first, today - 1), days.last, index))
    return sorted(callers)


def _numbers(campaign: CheckedCampaign) -> Numbers:
    return numbers_of(campaign.values) or Numbers()


def _name(campaign: CheckedCampaign, phones: int) -> str:
    if campaign.id:
        return f"campaign {campaign.id} ({phones})"
    return f"the campaign at {campaign.position} ({phones})"


CHECK = Check("sharedPhones", Severity.WARNING, find)
