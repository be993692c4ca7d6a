"""Applies a plan: pauses first, go-lives last, one campaign's failure never another's."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from voxosync.model.plan import CampaignPlan, Plan, Status
from voxosync.sync.fetch import WORKERS
from voxosync.sync.quiesce import needs_quiesce, send_quiesced
from voxosync.sync.send import NOT_BEGUN, Sender, not_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voxosync.model.outcome import Result
    from voxosync.sync.journal import Journal
    from voxosync.voxo.client import Voxo


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is applied.

    Attributes:
        workers: how many campaigns at once.
        quiesce: pause a READY campaign while its numbers change, so that no call is made meanwhile.
        fail_fast: begin no further campaign after one that failed.
    """

    workers: int = WORKERS
    quiesce: bool = False
    fail_fast: bool = False


def apply_plan(  # noqa: PLR0913  # each is one input of a run
    voxo: Voxo,
    plan: Plan,
    *,
    tenant_id: int | None = None,
    journal: Journal | None = None,
    manner: Manner = Manner(),  # frozen
    done: Callable[[Result], None] = lambda _: None,
    stop: Event | None = None,
) -> list[Result]:
    """Sends what the plan says, campaign by campaign; one failure does not stop the others.

    Campaigns that are paused come first and those that become READY last, with a barrier between, so
    that nothing starts to dial before everything else is in place. Ctrl-C, or setting `stop`, lets what
    is under way finish and sends nothing more.

    Args:
        voxo: where to.
        plan: what to send; only its campaigns with status `update`.
        tenant_id: a guard for every campaign.
        journal: where each PATCH is written down before it is sent.
        manner: how to go about it.
        done: called with each result as it comes, from the calling thread.
        stop: ends the run early when somebody sets it; set here when the run ends itself.

    Returns:
        One result for each campaign to update, in the plan's order.
    """
    updates = [campaign for campaign in plan.campaigns if campaign.status is Status.UPDATE]
    stop = stop or Event()
    run = _Run(Sender(voxo, tenant_id, journal, stop), stop, manner)
    with ThreadPoolExecutor(max_workers=manner.workers, thread_name_prefix="apply") as pool:
        try:
            for phase in _phases(updates):
                _wait_for([pool.submit(run.campaign, each) for each in phase], stop, done)
        except BaseException as failure:
            stop.set()  # the pool waits for all that it was given
            if not isinstance(failure, KeyboardInterrupt):
                raise
    return [run.result(campaign) for campaign in updates]


def _phases(updates: Sequence[CampaignPlan]) -> Iterator[list[CampaignPlan]]:
    def state(campaign: CampaignPlan) -> Any:
        return campaign.patch.get("state")

    yield [campaign for campaign in updates if state(campaign) == "PAUSED"]
    yield [campaign for campaign in updates if state(campaign) not in ("PAUSED", "READY")]
    yield [campaign for campaign in updates if state(campaign) == "READY"]


def _wait_for(begun: Iterable[Future[Result]], stop: Event, done: Callable[[Result], None]) -> None:
    waiting = set(begun)
    while waiting:
        try:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                waiting.discard(future)
                done(future.result())
        except KeyboardInterrupt:
            stop.set()  # campaigns not begun return at once; those under way finish


class _Run:
    """One run over many campaigns; its methods are called from worker threads."""

    def __init__(self, sender: Sender, stop: Event, manner: Manner) -> None:
        self._sender = sender
        self._stop = stop
        self._manner = manner
        self._results: dict[int, Result] = {}

    def result(self, plan: CampaignPlan) -> Result:
        """What became of a campaign, whether or not it was begun."""
        found = self._results.get(plan.id)
        return found or not_sent(plan, NOT_BEGUN)

    def campaign(self, plan: CampaignPlan) -> Result:
        """Applies one campaign; every way in which that can end is a result."""
        if not self._stop.is_set():
            if self._manner.quiesce and needs_quiesce(plan):
                found = send_quiesced(self._sender, plan)
            else:
                found = self._sender.send(plan)
            self._results[plan.id] = found
            if self._manner.fail_fast and not found.outcome.is_good:
                self._stop.set()
        return self.result(plan)
