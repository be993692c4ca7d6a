"""Sends the changes of one campaign until their outcome is known."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxosync.errors import (
    CampaignError,
    Interrupted,
    JournalError,
    OutcomeUnknown,
    RunEnded,
    VoxoError,
    WriteDeferred,
)
from voxosync.model.body import canonical_value
from voxosync.model.campaign import LiveCampaign
from voxosync.model.fields import FIELDS
from voxosync.model.numbers import NUMBERS_FIELD, Numbers
from voxosync.model.outcome import Outcome, Result
from voxosync.model.values import Unreadable
from voxosync.sync.fetch import fetch, live_campaign
from voxosync.sync.send_judgment import Judgment, judge_send
from voxosync.sync.tenant_guard import wrong_tenant
from voxosync.sync.verify import disagreements, read_back

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

    from voxosync.model.plan import CampaignPlan
    from voxosync.sync.journal import Journal
    from voxosync.voxo.campaign_writer import CampaignWriter
    from voxosync.voxo.client import Voxo

NOT_STARTED = "not started: run interrupted"
MAX_SENDS = 5
"""How often one PATCH is sent when VOXO does not report its outcome."""


@dataclass(slots=True)
class _Attempt:
    """What is known about one campaign while it is applied.

    Attributes:
        full_plan: the plan of which this one is a step.
        step: which step of a quiesce this is, for the journal.
        doubt: why the outcome of the last write is unknown.
        doubts: how many such writes there were.
        results: the call results that were read, by phone, oldest first.
        voxo_refusal: VOXO's refusal of a PATCH that also pauses; then the pause is sent alone.
    """

    plan: CampaignPlan
    full_plan: CampaignPlan | None = None
    step: str | None = None
    sent: tuple[str, ...] = ()
    doubt: OutcomeUnknown | None = None
    doubts: int = 0
    results: dict[str, list[str]] = field(default_factory=dict)
    voxo_refusal: str = ""

    def note(self, body: Mapping[str, Any], doubt: OutcomeUnknown | None = None) -> None:
        """Notes the fields of one more PATCH, and why its outcome is unknown, if it is."""
        self.sent = tuple(dict.fromkeys((*self.sent, *body)))
        self.doubt = doubt
        self.doubts += doubt is not None

    def judged_by(self, live: LiveCampaign) -> Judgment:
        """What may be sent now; also keeps the call results, which a write in doubt may still replace."""
        earlier = self.results if self.doubts else {}
        judgment = judge_send(self.plan, live, full_plan=self.full_plan, results=earlier)
        for number, text in live.dispositions.items():
            if text and text not in self.results.setdefault(number, []):
                self.results[number].append(text)
        return judgment.only_pausing(self.voxo_refusal) if self.voxo_refusal else judgment

    def result(self, outcome: Outcome, detail: str = "") -> Result:
        return Result(self.plan.id, self.plan.name, self.plan.file, outcome, self.sent, detail)


def not_sent(plan: CampaignPlan, reason: str) -> Result:
    """The result of a campaign that was not begun."""
    return _Attempt(plan).result(Outcome.NOT_SENT, reason)


class Sender:
    """Sends the changes of campaigns; called from worker threads.

    Args:
        voxo: where to.
        tenant_id: a guard for every campaign.
        journal: where each PATCH is recorded before it is sent; None: nowhere.
        stop: when set, no further PATCH is begun. Set here when the journal cannot be written.
    """

    def __init__(
        self, voxo: Voxo, tenant_id: int | None, journal: Journal | None, stop: Event
    ) -> None:
        self._voxo = voxo
        self._tenant_id = tenant_id
        self._journal = journal
        self._stop = stop
        self._sends: Counter[int] = Counter()  # by campaign, which has one worker at a time
        self._doubtful: dict[int, _Attempt] = {}

    def send(
        self, plan: CampaignPlan, *, full_plan: CampaignPlan | None = None, step: str | None = None
    ) -> Result:
        """Applies one campaign; every way in which that can end is a result.

        Args:
            plan: what to send.
            full_plan: the plan of which `plan` is the first step; nothing is sent if it is stale or already applied.
            step: which step of a quiesce it is, for the journal: `pause` or `resume`.
        """
        attempt = _Attempt(plan, full_plan, step)
        result = self._result(attempt)
        if attempt.doubts and NUMBERS_FIELD in attempt.sent:
            self._doubtful[plan.id] = attempt
        return result

    def look(self, plan: CampaignPlan) -> LiveCampaign | Result:
        """The live campaign, or the result if it cannot be read."""
        try:
            return fetch(self._voxo, plan.id)
        except CampaignError as failure:
            return _Attempt(plan).result(Outcome.FAILED, str(failure))
        except RunEnded as failure:
            return not_sent(plan, str(failure))

    def recheck(self, result: Result) -> Result:
        """The result of a campaign, read once more at the end of a run where a write of numbers was in doubt.

        Such a write may take effect late and erase call results; known results are sent again.
        """
        attempt = self._doubtful.pop(result.id, None)
        if attempt is None or not result.outcome.is_good:
            return result
        again = self._result(attempt)
        was_changed_by_hand = again.outcome is Outcome.STALE
        is_settled = again.outcome.is_good or was_changed_by_hand
        return result if is_settled else again

    def _result(self, attempt: _Attempt) -> Result:
        try:
            return self._send_until_known(attempt)
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
                detail = NOT_STARTED if self._stop.is_set() else str(failure)
                return attempt.result(Outcome.NOT_SENT, detail)
            return attempt.result(Outcome.FAILED, str(failure))

    def _send_until_known(self, attempt: _Attempt) -> Result:
        plan = attempt.plan
        writer = self._voxo.writer(plan.id, self._stop)
        while True:
            live = self._read(writer, attempt)
            if (problem := wrong_tenant(live, plan.tenant_id, self._tenant_id)) is not None:
                return attempt.result(Outcome.FAILED, problem)
            judgment = attempt.judged_by(live)
            if not judgment.body:
                return self._without_sending(attempt, judgment)
            if self._stop.is_set() or attempt.doubts == MAX_SENDS:
                break
            attempt.doubt = None  # what was sent before had no effect
            answer = self._answer(attempt, writer, live, judgment)
            if answer is None:
                continue
            result = self._verified(attempt, judgment.body, answer)
            if judgment.withheld_reason and result.outcome.is_good:
                outcome = Outcome.FAILED if attempt.voxo_refusal else Outcome.STALE
                return attempt.result(
                    outcome, f"paused, and nothing else: {judgment.withheld_reason}"
                )
            return result
        if attempt.doubt is None:
            return attempt.result(Outcome.NOT_SENT, NOT_STARTED)
        return attempt.result(
            Outcome.UNKNOWN, f"{attempt.doubt}; VOXO still has the values from before"
        )

    def _answer(
        self, attempt: _Attempt, writer: CampaignWriter, live: LiveCampaign, judgment: Judgment
    ) -> Mapping[str, Any] | None:
        """VOXO's answer to one PATCH; None: another read decides what to send next."""
        try:
            answer = self._update(attempt, writer, live, judgment.body)
        except WriteDeferred:
            return None
        except OutcomeUnknown as doubt:
            attempt.note(judgment.body, doubt)
            self._settle(attempt, writer)
            return None
        except CampaignError as refusal:
            if attempt.step is not None or not judgment.pauses_and_more:
                raise
            attempt.voxo_refusal = str(refusal)
            return None
        attempt.note(judgment.body)
        return answer

    def _read(self, writer: CampaignWriter, attempt: _Attempt) -> LiveCampaign:
        """Reads the campaign right before a write or, in an interrupted run, to learn the outcome of one."""
        try:
            return live_campaign(writer.read())
        except Interrupted:
            if attempt.doubt is None:
                raise
            return fetch(self._voxo, writer.campaign_id)

    @staticmethod
    def _without_sending(attempt: _Attempt, judgment: Judgment) -> Result:
        if judgment.withheld_reason:
            outcome = Outcome.FAILED if attempt.voxo_refusal else Outcome.STALE
            outcome = Outcome.UNKNOWN if attempt.doubt else outcome
            return attempt.result(outcome, judgment.withheld_reason)
        return attempt.result(Outcome.APPLIED if attempt.sent else Outcome.ALREADY_SO)

    def _settle(self, attempt: _Attempt, writer: CampaignWriter) -> None:
        """Waits for a write of unknown outcome to take effect, and reads the call results meanwhile."""
        numbers = NUMBERS_FIELD in attempt.sent
        for _ in writer.looks(attempt.doubts, late=numbers):
            with suppress(CampaignError):  # the read that follows says why
                if not attempt.judged_by(fetch(self._voxo, writer.campaign_id)).body:
                    return

    def _update(
        self,
        attempt: _Attempt,
        writer: CampaignWriter,
        live: LiveCampaign,
        body: Mapping[str, Any],
    ) -> Mapping[str, Any]:
        """Sends one PATCH, with its intent and its outcome in the journal."""
        if self._journal is None:
            return writer.update(body)
        self._sends[attempt.plan.id] += 1
        key = (attempt.plan.id, self._sends[attempt.plan.id])
        replaces = {name: FIELDS[name].kind.to_document(live.values.get(name)) for name in body}
        self._journal.intent(*key, replaces, body, _lost(body, live), step=attempt.step)
        try:
            answer = writer.update(body)
        except VoxoError as failure:
            outcome = "unknown" if isinstance(failure, OutcomeUnknown) else "refused"
            self._note_outcome(*key, outcome, str(failure))
            raise
        self._note_outcome(*key, "accepted")
        return answer

    def _note_outcome(self, campaign: int, attempt: int, outcome: str, detail: str = "") -> None:
        """Records the outcome; if that fails, what was sent is verified anyway."""
        assert self._journal is not None  # noqa: S101  # as in _update
        try:
            self._journal.outcome(campaign, attempt, outcome, detail)
        except JournalError:
            self._stop.set()

    def _verified(
        self, attempt: _Attempt, body: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Result:
        """Compares the answer, or a read, with what was sent; an incomplete answer proves nothing."""
        with suppress(Unreadable):  # then a read can tell
            live = LiveCampaign.from_response(answer)
            if live.is_whole and not disagreements(body, live):
                return attempt.result(Outcome.APPLIED)
        try:
            wrong = read_back(body, lambda: fetch(self._voxo, attempt.plan.id), self._voxo.back_off)
        except (CampaignError, RunEnded) as failure:
            detail = f"VOXO accepted the change, but it could not be read back: {failure}"
            return attempt.result(Outcome.UNKNOWN, detail)
        if wrong:
            return attempt.result(Outcome.NOT_CONVERGED, "; ".join(map(str, wrong)))
        return attempt.result(Outcome.APPLIED)


def _lost(body: Mapping[str, Any], live: LiveCampaign) -> dict[str, str]:
    """The call results that are lost with the numbers that a body removes."""
    if NUMBERS_FIELD not in body:
        return {}
    remaining = canonical_value(body, NUMBERS_FIELD)
    assert isinstance(remaining, Numbers)  # noqa: S101  # numbers are
    return {key: text for key, text in live.dispositions.items() if key not in remaining}
