"""Applies a plan: reads each campaign again, sends the smallest PATCH, and believes only what it reads back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from voxosync.errors import BadAnswer, CampaignError, OutcomeUnknown, RunEnded
from voxosync.model.campaign import LiveCampaign
from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import (
    CampaignPlan,
    Plan,
    Status,
    agrees,
    still_before,
    wanted,
    without_call_results,
)
from voxosync.model.values import Unreadable, to_wire, wire_numbers
from voxosync.sync.fetch import WORKERS, fetch
from voxosync.sync.plan import wrong_tenant

if TYPE_CHECKING:
    from voxosync.voxo.client import Voxo

MAX_SENDS = 5
"""How often one PATCH is sent when VOXO does not say what became of it."""


def apply_plan(
    voxo: Voxo,
    plan: Plan,
    *,
    tenant_id: int | None = None,
    workers: int = WORKERS,
    done: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Sends what the plan says, campaign by campaign; one failure does not stop the others.

    Campaigns that are paused come first and those that become READY last, with a barrier between, so
    that nothing starts to dial before everything else is in place. Ctrl-C lets what is under way finish
    and sends nothing more.

    Args:
        voxo: where to.
        plan: what to send; only its campaigns with status `update`.
        tenant_id: a guard for every campaign.
        workers: how many campaigns at once.
        done: called with each result as it comes, from the calling thread.

    Returns:
        One result for each campaign to update, in the plan's order.
    """
    updates = [campaign for campaign in plan.campaigns if campaign.status is Status.UPDATE]
    run = _Run(voxo, tenant_id)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="apply") as pool:
        try:
            for phase in _phases(updates):
                _wait_for([pool.submit(run.campaign, each) for each in phase], run.stop, done)
        except BaseException as failure:
            run.stop.set()  # the pool waits for all that it was given
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


@dataclass(slots=True)
class _Attempt:
    """What is known of one campaign while it is applied."""

    plan: CampaignPlan
    sent: tuple[str, ...] = ()
    doubt: OutcomeUnknown | None = None

    def note(self, body: Mapping[str, Any], doubt: OutcomeUnknown | None = None) -> None:
        """Notes the fields of one more PATCH, and what VOXO left open about it."""
        self.sent = tuple(dict.fromkeys((*self.sent, *body)))
        self.doubt = doubt

    def result(self, outcome: Outcome, detail: str = "") -> Result:
        return Result(self.plan.id, self.plan.name, self.plan.file, outcome, self.sent, detail)


class _Run:
    """One run over many campaigns; its methods are called from worker threads."""

    def __init__(self, voxo: Voxo, tenant_id: int | None) -> None:
        self.voxo = voxo
        self.tenant_id = tenant_id
        self.stop = Event()
        self._results: dict[int, Result] = {}

    def result(self, plan: CampaignPlan) -> Result:
        """What became of a campaign, whether or not it was begun."""
        not_begun = _Attempt(plan).result(Outcome.NOT_SENT, "the run was interrupted")
        return self._results.get(plan.id, not_begun)

    def campaign(self, plan: CampaignPlan) -> Result:
        """Applies one campaign; every way in which that can end is a result."""
        if not self.stop.is_set():
            self._results[plan.id] = self._applied(_Attempt(plan))
        return self.result(plan)

    def _applied(self, attempt: _Attempt) -> Result:
        try:
            return self._send_until_known(attempt)
        except (CampaignError, RunEnded) as failure:
            if attempt.doubt is not None:
                detail = f"{attempt.doubt}; and it could not be read again: {failure}"
                return attempt.result(Outcome.UNKNOWN, detail)
            if isinstance(failure, RunEnded) and not attempt.sent:
                return attempt.result(Outcome.NOT_SENT, str(failure))
            return attempt.result(Outcome.FAILED, str(failure))

    def _send_until_known(self, attempt: _Attempt) -> Result:
        plan = attempt.plan
        for send in range(MAX_SENDS + 1):
            live = fetch(self.voxo, plan.id)
            if (problem := wrong_tenant(live, self.tenant_id)) is not None:
                return attempt.result(Outcome.FAILED, problem)
            pending = _not_yet(plan, live)
            if not pending:
                return attempt.result(Outcome.APPLIED if attempt.sent else Outcome.ALREADY_SO)
            if (stale := _stale(plan, live, pending)) is not None:
                return attempt.result(Outcome.UNKNOWN if attempt.doubt else Outcome.STALE, stale)
            if send == MAX_SENDS or (send and self.stop.is_set()):
                break
            attempt.doubt = None  # what was sent before did not happen
            body = _body(plan, live, pending)
            try:
                answer = self.voxo.update(plan.id, body)
            except OutcomeUnknown as doubt:
                attempt.note(body, doubt)
                self.voxo.back_off(send + 1)
                continue
            attempt.note(body)
            return self._verified(attempt, body, answer)
        return attempt.result(
            Outcome.UNKNOWN, f"{attempt.doubt}; VOXO still has the values from before"
        )

    def _verified(
        self, attempt: _Attempt, body: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Result:
        """The answer, or one more read, must agree with what was sent."""
        try:
            wrong = _disagreeing(body, LiveCampaign.from_response(answer))
        except Unreadable:
            wrong = list(body)
        if wrong:
            try:
                wrong = _disagreeing(body, live := fetch(self.voxo, attempt.plan.id))
            except (CampaignError, RunEnded) as failure:
                detail = f"VOXO accepted the change, but it could not be read back: {failure}"
                return attempt.result(Outcome.UNKNOWN, detail)
        if wrong:
            detail = "; ".join(_told(name, body, live) for name in wrong)
            return attempt.result(Outcome.NOT_CONVERGED, detail)
        return attempt.result(Outcome.APPLIED)


def _not_yet(plan: CampaignPlan, live: LiveCampaign) -> list[str]:
    """The fields that do not hold their new value yet."""
    unreadable = [name for name in plan.patch if name in live.unreadable]
    if unreadable:
        what = "; ".join(f"{name}: {live.unreadable[name]}" for name in unreadable)
        raise BadAnswer(f"VOXO's answer cannot be read: {what}")
    return _disagreeing(plan.patch, live)


def _disagreeing(body: Mapping[str, Any], live: LiveCampaign) -> list[str]:
    return [
        name
        for name in body
        if name in live.unreadable or not agrees(name, live.values[name], wanted(body, name))
    ]


def _stale(plan: CampaignPlan, live: LiveCampaign, pending: Sequence[str]) -> str | None:
    """What no longer is as the plan saw it; sending would overwrite somebody's later change."""
    changed = dict.fromkeys(
        change.field
        for change in plan.changes
        if change.field in pending and not still_before(change, live)
    )
    if not changed:
        return None
    return f"{' and '.join(changed)} changed in VOXO since the plan was made: plan again"


def _body(plan: CampaignPlan, live: LiveCampaign, pending: Sequence[str]) -> dict[str, Any]:
    """The fields still to send; the results of calls are always those just read."""
    body = {name: plan.patch[name] for name in pending}
    if "numbers" in body:
        descriptions, riders = without_call_results(body["numbers"])
        body["numbers"] = wire_numbers(descriptions, riders, live.dispositions)
    return body


def _told(name: str, body: Mapping[str, Any], live: LiveCampaign) -> str:
    """One field that reads back different: what was sent and what came back."""
    if name in live.unreadable:
        return f"{name} came back unreadable: {live.unreadable[name]}"
    if name == "numbers":
        sent, came = wanted(body, name), live.numbers
        assert isinstance(sent, Mapping)  # noqa: S101  # numbers are
        wrong = sum(came.get(number) != text for number, text in sent.items())
        more = sum(number not in sent for number in came)
        return f"numbers: {len(sent)} were sent, of which {wrong} came back missing or different; {more} others came"
    told = (wanted(body, name), live.values[name])
    left, right = (json.dumps(to_wire(value), ensure_ascii=False) for value in told)
    return f"{name}: sent {left}, came back {right}"
