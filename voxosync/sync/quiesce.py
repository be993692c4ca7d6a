"""Pausing a campaign while its numbers change, so that no call made meanwhile loses its result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.model.journal import PAUSE, RESUME
from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import CampaignPlan, FieldChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.sync.send import Sender


def needs_quiesce(plan: CampaignPlan) -> bool:
    """Whether a plan changes the numbers of a campaign that dials."""
    return plan.live_state == "READY" and "numbers" in plan.patch


def send_quiesced(sender: Sender, plan: CampaignPlan) -> Result:
    """Pauses, sends, restores: three plans in a row, of which the next needs the one before.

    Paused, VOXO makes no further call, so the results of calls that are read before the numbers are
    sent are final. Whatever fails, the campaign stays PAUSED, and the result says so. Whom somebody
    else has paused since the plan was made is not made to dial again.
    """
    paused = sender.send(_only_state(plan, "READY", "PAUSED"), whole=plan, step=PAUSE)
    if not paused.outcome.is_good:
        return _merged(plan, [paused], _not_paused(paused))
    by_us = paused.outcome is Outcome.APPLIED
    steps = [paused, sender.send(_without_state(plan))]
    if not by_us:
        was_sent = steps[-1].outcome is Outcome.APPLIED
        return _merged(plan, steps, "it was PAUSED already, and stays so" if was_sent else "")
    if not steps[-1].outcome.is_good:
        return _merged(plan, steps, "THE CAMPAIGN STAYS PAUSED")
    if plan.patch.get("state") == "PAUSED":
        return _merged(plan, steps, "")
    steps.append(sender.send(_only_state(plan, "PAUSED", "READY"), step=RESUME))
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
