"""Live campaigns, read concurrently with a bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from voxosync.errors import BadAnswer, CampaignError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.values import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voxosync.voxo.client import Voxo

Found = TypeVar("Found")

WORKERS = 8
"""How many requests are under way at once, unless somebody says otherwise."""


def fetch(voxo: Voxo, campaign_id: int) -> LiveCampaign:
    """One live campaign.

    Raises:
        CampaignError: it cannot be had.
        RunEnded: nothing can be had any more.
    """
    raw = voxo.campaign(campaign_id)
    try:
        return LiveCampaign.from_response(raw)
    except Unreadable as problem:
        raise BadAnswer(f"VOXO's answer cannot be read: {problem}") from problem


def fetch_all(
    voxo: Voxo,
    campaign_ids: Iterable[int],
    *,
    workers: int = WORKERS,
    done: Callable[[], None] = lambda: None,
) -> dict[int, LiveCampaign | CampaignError]:
    """Every campaign asked for, or why there is none; arguments and errors as `each` has them."""
    return each(campaign_ids, lambda found: fetch(voxo, found), workers=workers, done=done)


def each(
    campaign_ids: Iterable[int],
    read: Callable[[int], Found],
    *,
    workers: int = WORKERS,
    done: Callable[[], None] = lambda: None,
) -> dict[int, Found | CampaignError]:
    """Reads campaigns concurrently; what fails for one campaign stands in its place.

    Args:
        campaign_ids: which ones.
        read: reads one; called from worker threads.
        workers: how many at once.
        done: called after each campaign, from the calling thread.

    Raises:
        RunEnded: the token was rejected or VOXO cannot be reached; what was under way is dropped.
    """

    def one(campaign_id: int) -> Found | CampaignError:
        try:
            return read(campaign_id)
        except CampaignError as failure:
            return failure

    wanted = list(dict.fromkeys(campaign_ids))
    found: dict[int, Found | CampaignError] = {}
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="fetch")
    try:
        for campaign_id, result in zip(wanted, pool.map(one, wanted), strict=True):
            found[campaign_id] = result
            done()
    finally:
        pool.shutdown(cancel_futures=True)
    return found
