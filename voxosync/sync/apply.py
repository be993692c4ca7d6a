"""Applies a plan in an order in which no failure leads to unwanted calls."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any

from voxosync.model.outcome import Outcome
from voxosync.model.plan import CampaignPlan, Plan, Status
from voxosync.sync.fetch import WORKERS
from voxosync.sync.order import failure_before, phases
from voxosync.sync.quiesce import needs_quiesce, send_quiesced
from voxosync.sync.update_campaign import NOT_STARTED, Sender, not_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voxosync.model.outcome import Result
    from voxosync.sync.journal import Journal
    from voxosync.voxo.client import Voxo


_FAIL_FAST = "not started: a campaign before it failed, and --fail-fast was given"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a plan is applied.

    Attributes:
        workers: how many campaigns at once.
        quiesce: whether a campaign that dials is paused while its numbers change, so that no call is made meanwhile.
        fail_fast: whether no further campaign is begun after one that failed.
        continue_go_live: whether campaigns start dialing, and get numbers while they dial, although another one failed
            before.
    """

    workers: int = WORKERS
    quiesce: bool = False
    fail_fast: bool = False
    continue_go_live: bool = False


def apply_plan(  # noqa: PLR0913  # each is one input of a run
    voxo: Voxo,
    plan: Plan,
    *,
    tenant_id: int | None = None,
    journal: Journal | None = None,
    options: RunOptions = RunOptions(),  # frozen
    on_result: Callable[[Result], None] = lambda _: None,
    stop: Event | None = None,
) -> list[Result]:
    """Sends what the plan says, phase by phase (`order.phases`).

    A failure does not stop the other campaigns, except that nothing starts dialing after it, and no campaign that dials
    gets numbers. Ctrl-C, or setting `stop`, lets requests in flight finish and sends nothing more.

    Args:
        voxo: where to.
        plan: what to send; only its campaigns with status `update`.
        tenant_id: a guard for every campaign.
        journal: where each PATCH is recorded before it is sent.
        options: how to apply it.
        on_result: called with each result as it comes, from the calling thread.
        stop: ends the run early when set; set here when the run ends itself.

    Returns:
        One result for each campaign to update, in the plan's order.
    """
    updates = [campaign for campaign in plan.campaigns if campaign.status is Status.UPDATE]
    stop = stop or Event()
    run = _Run(Sender(voxo, tenant_id, journal, stop), stop, options)
    with ThreadPoolExecutor(max_workers=options.workers, thread_name_prefix="apply") as pool:
        try:
            for phase in phases(updates):
                if phase.rings and not options.continue_go_live:
                    run.hold_back(phase.campaigns, failure_before(plan, run.results.values()))
                if phase.only_removes:
                    _wait_for([pool.submit(run.removal, part) for part in phase.campaigns], stop)
                    continue
                work = [pool.submit(run.campaign, campaign) for campaign in phase.campaigns]
                _wait_for(work, stop, on_result)
            _wait_for([pool.submit(run.recheck)], stop)
        except BaseException as failure:
            stop.set()  # the pool waits for all its tasks
            if not isinstance(failure, KeyboardInterrupt):
                raise
    return [run.result(campaign) for campaign in updates]


def _wait_for(
    work: Iterable[Future[Any]],  # of a result, or of nothing
    stop: Event,
    on_result: Callable[[Result], None] = lambda _: None,
) -> None:
    waiting = set(work)
    while waiting:
        try:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                waiting.discard(future)
                if (result := future.result()) is not None:
                    on_result(result)
        except KeyboardInterrupt:
            stop.set()  # campaigns that are not begun return at once; requests in flight finish


class _Run:
    """One run over many campaigns; its methods are called from worker threads."""

    def __init__(self, sender: Sender, stop: Event, options: RunOptions) -> None:
        self._sender = sender
        self._stop = stop
        self._options = options
        self._has_failed = Event()
        self.results: dict[int, Result] = {}
        self._removals: dict[int, Result] = {}

    def result(self, plan: CampaignPlan) -> Result:
        """The result of a campaign, whether or not it was begun."""
        result = self.results.get(plan.id)
        result = result or not_sent(plan, NOT_STARTED if self._stop.is_set() else _FAIL_FAST)
        removal = self._removals.get(plan.id)
        return result if removal is None else _after_removal(removal, result)

    def hold_back(self, campaigns: Iterable[CampaignPlan], reason: str | None) -> None:
        """Begins none of these campaigns if there is a reason not to."""
        if reason is not None:
            self.results |= {campaign.id: not_sent(campaign, reason) for campaign in campaigns}

    def campaign(self, plan: CampaignPlan) -> Result:
        """Applies one campaign; every way in which that can end is a result."""
        if plan.id not in self.results and not self._is_over():
            if self._options.quiesce and needs_quiesce(plan):
                result = send_quiesced(self._sender, plan)
            else:
                result = self._sender.send(plan)
            self.results[plan.id] = result
            if not result.outcome.is_good:
                self._has_failed.set()
        return self.result(plan)

    def removal(self, plan: CampaignPlan) -> None:
        """Applies the first part of a campaign that swaps numbers; if that fails, the other part is not sent."""
        self.campaign(plan)
        result = self.results.get(plan.id)
        if result is not None and result.outcome.is_good:
            self._removals[plan.id] = self.results.pop(plan.id)

    def recheck(self) -> None:
        """Reads the campaigns again for which a write was in doubt."""
        for campaign_id, result in list(self.results.items()):
            self.results[campaign_id] = self._sender.recheck(result)

    def _is_over(self) -> bool:
        return self._stop.is_set() or (self._options.fail_fast and self._has_failed.is_set())


def _after_removal(removal: Result, result: Result) -> Result:
    """One result of a campaign that was applied in two parts, of which the first only removed numbers."""
    sent = tuple(dict.fromkeys((*removal.sent, *result.sent)))
    if result.outcome.is_good or not removal.sent:
        return replace(result, outcome=Outcome.APPLIED if sent else result.outcome, sent=sent)
    outcome = Outcome.FAILED if result.outcome is Outcome.NOT_SENT else result.outcome
    detail = f"its numbers for other campaigns were removed, and nothing else: {result.detail}"
    return replace(result, outcome=outcome, sent=sent, detail=detail)
