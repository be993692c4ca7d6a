"""One campaign's changes, sent until it is known what became of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voxosync.errors import (
    BadAnswer,
    CampaignError,
    JournalError,
    OutcomeUnknown,
    RunEnded,
    VoxoError,
)
from voxosync.model.campaign import LiveCampaign
from voxosync.model.dialing.effect import effect, reach_after
from voxosync.model.document import value_to
from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import CampaignPlan, agrees, still_before, wanted, without_call_results
from voxosync.model.values import Unreadable, to_wire, wire_numbers
from voxosync.sync.fetch import fetch
from voxosync.sync.plan import wrong_tenant

if TYPE_CHECKING:
    from threading import Event

    from voxosync.sync.journal import Journal
    from voxosync.voxo.client import Voxo

NOT_BEGUN = "the run ended before this campaign was begun"
MAX_SENDS = 5
"""How often one PATCH is sent when VOXO does not say what became of it."""


@dataclass(slots=True)
class _Attempt:
    """What is known of one campaign while it is applied.

    Attributes:
        whole: the plan of which this one is a step.
        step: which step of a quiesce this is; None: it is not one.
        doubt: why nobody knows what became of the last one.
    """

    plan: CampaignPlan
    whole: CampaignPlan | None = None
    step: str | None = None
    sent: tuple[str, ...] = ()
    doubt: OutcomeUnknown | None = None

    def note(self, body: Mapping[str, Any], doubt: OutcomeUnknown | None = None) -> None:
        """Notes the fields of one more PATCH, and what VOXO left open about it."""
        self.sent = tuple(dict.fromkeys((*self.sent, *body)))
        self.doubt = doubt

    def result(self, outcome: Outcome, detail: str = "") -> Result:
        return Result(self.plan.id, self.plan.name, self.plan.file, outcome, self.sent, detail)


def not_sent(plan: CampaignPlan, why: str) -> Result:
    """The result of a campaign that was not begun."""
    return _Attempt(plan).result(Outcome.NOT_SENT, why)


class Sender:
    """Sends the changes of campaigns; called from worker threads.

    Args:
        voxo: where to.
        tenant_id: a guard for every campaign.
        journal: where each PATCH is written down before it is sent; None: nowhere.
        stop: when set, no campaign is begun, nor a PATCH repeated. Set here when the journal cannot be
            written.
    """

    def __init__(
        self, voxo: Voxo, tenant_id: int | None, journal: Journal | None, stop: Event
    ) -> None:
        self._voxo = voxo
        self._tenant_id = tenant_id
        self._journal = journal
        self._stop = stop
        self._sends: Counter[int] = Counter()  # by campaign, which has one worker at a time

    def send(
        self,
        plan: CampaignPlan,
        *,
        begun: bool = False,
        whole: CampaignPlan | None = None,
        step: str | None = None,
    ) -> Result:
        """Applies one campaign; every way in which that can end is a result.

        Args:
            plan: what to send.
            begun: whether it goes on with a campaign that was begun before, so that `stop` lets it.
            whole: the plan of which that is the first step: not begun where the whole is stale, or so already.
            step: which step of a quiesce it is, for the journal: `pause` or `resume`.
        """
        attempt = _Attempt(plan, whole, step)
        try:
            return self._send_until_known(attempt, begun=begun)
        except JournalError as failure:
            self._stop.set()
            return attempt.result(
                Outcome.UNKNOWN if attempt.sent else Outcome.NOT_SENT, str(failure)
            )
        except (CampaignError, RunEnded) as failure:
            if attempt.doubt is not None:
                detail = f"{attempt.doubt}; and it could not be read again: {failure}"
                return attempt.result(Outcome.UNKNOWN, detail)
            if isinstance(failure, RunEnded) and not attempt.sent:
                return attempt.result(Outcome.NOT_SENT, str(failure))
            return attempt.result(Outcome.FAILED, str(failure))

    def _send_until_known(self, attempt: _Attempt, *, begun: bool) -> Result:
        plan = attempt.plan
        for send in range(MAX_SENDS + 1):
            live = fetch(self._voxo, plan.id)
            if (problem := wrong_tenant(live, plan.tenant_id, self._tenant_id)) is not None:
                return attempt.result(Outcome.FAILED, problem)
            pending = _not_yet(plan, live)
            is_so = attempt.whole is not None and not _not_yet(attempt.whole, live)
            if not pending or (is_so and not attempt.sent):
                return attempt.result(Outcome.APPLIED if attempt.sent else Outcome.ALREADY_SO)
            stale = _stale(plan, live, pending)
            if attempt.whole is not None and stale is None:
                stale = _stale(attempt.whole, live, _not_yet(attempt.whole, live))
            if stale is not None:
                return attempt.result(Outcome.UNKNOWN if attempt.doubt else Outcome.STALE, stale)
            if self._stop.is_set() and not send and not begun:
                return attempt.result(Outcome.NOT_SENT, NOT_BEGUN)
            if send == MAX_SENDS or (send and self._stop.is_set()):
                break
            attempt.doubt = None  # what was sent before did not happen
            body = _body(plan, live, pending)
            try:
                answer = self._update(attempt, live, body)
            except OutcomeUnknown as doubt:
                attempt.note(body, doubt)
                self._voxo.back_off(send + 1)
                continue
            attempt.note(body)
            return self._verified(attempt, body, answer)
        return attempt.result(
            Outcome.UNKNOWN, f"{attempt.doubt}; VOXO still has the values from before"
        )

    def _update(
        self, attempt: _Attempt, live: LiveCampaign, body: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """One PATCH, between its intent and its outcome in the journal."""
        if self._journal is None:
            return self._voxo.update(attempt.plan.id, body)
        self._sends[attempt.plan.id] += 1
        key = (attempt.plan.id, self._sends[attempt.plan.id])
        replaces = {name: value_to(live.values[name]) for name in body}
        self._journal.intent(*key, replaces, body, _lost(body, live), step=attempt.step)
        try:
            answer = self._voxo.update(attempt.plan.id, body)
        except VoxoError as failure:
            outcome = "unknown" if isinstance(failure, OutcomeUnknown) else "refused"
            self._note_outcome(*key, outcome, str(failure))
            raise
        self._note_outcome(*key, "accepted")
        return answer

    def _note_outcome(self, campaign: int, attempt: int, outcome: str, detail: str = "") -> None:
        """Writes down what VOXO said; where that fails, what was sent is verified all the same."""
        assert self._journal is not None  # noqa: S101  # as in _update
        try:
            self._journal.outcome(campaign, attempt, outcome, detail)
        except JournalError:
            self._stop.set()

    def _verified(
        self, attempt: _Attempt, body: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Result:
        """The answer, or one more read, must agree with what was sent; a sparse answer proves nothing."""
        try:
            live = LiveCampaign.from_response(answer)
            wrong = _disagreeing(body, live) if live.is_whole else list(body)
        except Unreadable:
            wrong = list(body)
        if wrong:
            try:
                wrong = _disagreeing(body, live := fetch(self._voxo, attempt.plan.id))
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
    if not changed and _would_dial(plan, live):
        changed = {"state": None}
    if not changed:
        return None
    return f"{' and '.join(changed)} changed in VOXO since the plan was made: plan again"


def _would_dial(plan: CampaignPlan, live: LiveCampaign) -> bool:
    """Whether a campaign that did not dial, and by now does, would go live by what nobody agreed to."""
    if plan.goes_live is not None or plan.live_state not in (None, "PAUSED"):
        return False
    after = {name: wanted(plan.patch, name) for name in plan.patch}
    return effect(live, reach_after(live, after)) is not None


def _lost(body: Mapping[str, Any], live: LiveCampaign) -> dict[str, str]:
    """The results of calls that go with the numbers that a body removes."""
    if "numbers" not in body:
        return {}
    kept = {entry["number"] for entry in body["numbers"]}
    return {number: text for number, text in live.dispositions.items() if number not in kept}


def _body(plan: CampaignPlan, live: LiveCampaign, pending: Sequence[str]) -> dict[str, Any]:
    """The fields still to send; the results of calls are always those just read.

    Only a number that VOXO does not have can come with one of its own, when a rollback brings it back.
    """
    body = {name: plan.patch[name] for name in pending}
    if "numbers" in body:
        descriptions, riders = without_call_results(body["numbers"])
        returning = {
            entry["number"]: entry["disposition"]
            for entry in body["numbers"]
            if "disposition" in entry and entry["number"] not in live.numbers
        }
        dispositions = {**returning, **live.dispositions}
        body["numbers"] = wire_numbers(descriptions, riders, dispositions)
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
