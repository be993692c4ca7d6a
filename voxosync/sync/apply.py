"""Applies a plan: pauses first, go-lives last, one campaign's failure never another's."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any

from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import CampaignPlan, FieldChange, Plan, Status
from voxosync.sync.fetch import WORKERS
from voxosync.sync.send import NOT_BEGUN, Sender, not_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
            quiet = self._manner.quiesce and _changes_numbers_of_ready(plan)
            send = self._quiesced if quiet else self._sender.send
            self._results[plan.id] = found = send(plan)
            if self._manner.fail_fast and not found.outcome.is_good:
                self._stop.set()
        return self.result(plan)

    def _quiesced(self, plan: CampaignPlan) -> Result:
        """Pauses, sends, restores: three plans in a row, of which the next needs the one before.

        Paused, VOXO makes no further call, so the results of calls that are read before the numbers are
        sent are final. Whatever fails, the campaign stays PAUSED, and the result says so. Whom somebody
        else has paused since the plan was made is not made to dial again.
        """
        paused = self._sender.send(_only_state(plan, "READY", "PAUSED"), whole=plan)
        if not paused.outcome.is_good:
            return _merged(plan, [paused], _not_paused(paused))
        by_us = paused.outcome is Outcome.APPLIED
        steps = [paused, self._sender.send(_without_state(plan), begun=by_us)]
        if not by_us:
            was_sent = steps[-1].outcome is Outcome.APPLIED
            return _merged(plan, steps, "it was PAUSED already, and stays so" if was_sent else "")
        if not steps[-1].outcome.is_good:
            return _merged(plan, steps, "THE CAMPAIGN STAYS PAUSED")
        if plan.patch.get("state") == "PAUSED":
            return _merged(plan, steps, "")
        steps.append(self._sender.send(_only_state(plan, "PAUSED", "READY"), begun=True))
        return _merged(plan, steps, _not_restored(steps[-1]))


def _not_paused(first: Result) -> str:
    if first.outcome is Outcome.UNKNOWN:
        return "THE CAMPAIGN MAY BE PAUSED NOW"
    return "" if first.outcome is Outcome.STALE else "it could not be paused first"


def _not_restored(last: Result) -> str:
    if last.outcome.is_good:
        return ""
    may = "MAY STAY" if last.outcome is Outcome.UNKNOWN else "STAYS"
    return f"THE CAMPAIGN {may} PAUSED"


def _changes_numbers_of_ready(plan: CampaignPlan) -> bool:
    return plan.live_state == "READY" and "numbers" in plan.patch


def _only_state(plan: CampaignPlan, before: str, after: str) -> CampaignPlan:
    change = FieldChange("state", before, after)
    return replace(plan, changes=(change,), patch={"state": after})


def _without_state(plan: CampaignPlan) -> CampaignPlan:
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.field != "state"),
        patch={name: value for name, value in plan.patch.items() if name != "state"},
    )


def _merged(plan: CampaignPlan, steps: Sequence[Result], remark: str) -> Result:
    """One result for a campaign that was applied in steps: the last one's, with all that was sent."""
    last = steps[-1]
    sent = tuple(dict.fromkeys(name for step in steps for name in step.sent))
    outcome = last.outcome
    if outcome.is_good and any(step.outcome is Outcome.APPLIED for step in steps):
        outcome = Outcome.APPLIED
    if outcome is Outcome.NOT_SENT and sent:
        outcome = Outcome.FAILED
    detail = "; ".join(text for text in (remark, last.detail) if text)
    return Result(plan.id, plan.name, plan.file, outcome, sent, detail)
