"""Reads live campaigns, several at once."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeVar

from voxosync.errors import BadAnswer, CampaignError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.values import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from voxosync.voxo.client import Voxo

Read = TypeVar("Read")

WORKERS = 8
"""How many requests are in flight at once by default."""

_REPORT_INTERVAL = 0.1
"""Seconds between two reports of progress: a calling thread that woke up after each campaign would slow
down the others."""


def fetch(voxo: Voxo, campaign_id: int) -> LiveCampaign:
    """One live campaign.

    Raises:
        CampaignError: it cannot be read.
        RunEnded: no campaign can be read anymore.
    """
    return live_campaign(voxo.campaign(campaign_id))


def live_campaign(raw: Mapping[str, Any]) -> LiveCampaign:
    """The canonical form of an answer; raises BadAnswer where it has none."""
    try:
        return LiveCampaign.from_response(raw)
    except Unreadable as problem:
        raise BadAnswer(f"VOXO's answer cannot be read: {problem}") from problem


def fetch_all(
    voxo: Voxo,
    campaign_ids: Iterable[int],
    *,
    workers: int = WORKERS,
    on_read: Callable[[], None] = lambda: None,
) -> dict[int, LiveCampaign | CampaignError]:
    """Every requested campaign, or why it cannot be read; arguments and errors as `fetch_each` has them."""
    return fetch_each(
        campaign_ids, lambda campaign_id: fetch(voxo, campaign_id), workers=workers, on_read=on_read
    )


def fetch_each(
    campaign_ids: Iterable[int],
    read: Callable[[int], Read],
    *,
    workers: int = WORKERS,
    on_read: Callable[[], None] = lambda: None,
) -> dict[int, Read | CampaignError]:
    """Reads campaigns concurrently; the error of a campaign is its result.

    Args:
        campaign_ids: which ones.
        read: reads one; called from worker threads.
        workers: how many at once.
        on_read: called after each campaign, from the calling thread.

    Raises:
        RunEnded: the token was rejected or VOXO cannot be reached; requests in flight are dropped.
    """
    unique_ids = list(dict.fromkeys(campaign_ids))
    queue = deque(unique_ids)
    results: dict[int, Read | CampaignError] = {}

    def work() -> None:
        try:
            while True:
                try:
                    campaign_id = queue.popleft()
                except IndexError:
                    return
                try:
                    results[campaign_id] = read(campaign_id)
                except CampaignError as failure:
                    results[campaign_id] = failure
        except BaseException:
            queue.clear()  # so that no other worker begins a campaign
            raise

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="fetch") as pool:
        running = [pool.submit(work) for _ in range(min(workers, len(unique_ids)))]
        reported = 0
        try:
            while reported < len(unique_ids):
                wait(running, timeout=_REPORT_INTERVAL, return_when=FIRST_EXCEPTION)
                for worker in running:
                    if worker.done():
                        worker.result()
                for _ in range(len(results) - reported):
                    on_read()
                    reported += 1
        finally:
            queue.clear()
    return {campaign_id: results[campaign_id] for campaign_id in unique_ids}
