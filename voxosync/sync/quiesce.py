"""Pauses a campaign while its numbers change, so that no call made meanwhile loses its result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.model.campaign import LiveCampaign
from voxosync.model.change import FieldChange
from voxosync.model.dialing.schedule import dials
from voxosync.model.journal import PAUSE, RESUME
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.outcome import Outcome, Result
from voxosync.model.quiesce_mark import can_be_marked, marked, unmarked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.plan import CampaignPlan
    from voxosync.sync.update_campaign import Sender

_STAYS = "THE CAMPAIGN STAYS PAUSED"
_ANOTHER_RUN = (
    "another run has just paused it to change its numbers: plan again once that run is over"
)
_NO_MARK = "VOXO did not take the mark of a pause in its name: only the journal knew of the pause"


def needs_quiesce(plan: CampaignPlan) -> bool:
    """Whether a plan changes the numbers of a campaign that dials, whatever its state is called."""
    return dials(plan.live_state) is True and NUMBERS_FIELD in plan.patch


def send_quiesced(sender: Sender, plan: CampaignPlan) -> Result:
    """Pauses, sends and resumes: three plans in a row, each of which needs the one before.

    While the campaign is paused, VOXO makes no further calls, so the call results that are read before the numbers are
    sent are final. If anything fails, the campaign stays PAUSED, and the result says so. Until it is READY again, its
    name has a mark that tells the next run to end the pause (ADR 14). A campaign that was paused by others since the
    plan was made is not resumed.
    """
    live = sender.look(plan)
    if isinstance(live, Result):
        return live
    if live.state == "PAUSED" and not live.is_quiesced:
        return _send_to_paused(sender, plan, [])
    if plan.patch.get("state") == "PAUSED":  # not a pause to resume from
        paused = sender.send(_plan_step(plan, {"state": (live.state, "PAUSED")}), full_plan=plan)
        if not paused.outcome.is_good:
            return _merged_result(plan, [paused], _not_paused(paused))
        result = sender.send(_plan_without(plan, "state"))
        return _merged_result(plan, [paused, result], "" if result.outcome.is_good else _STAYS)
    return _Quiesce(sender, plan, live).send()


class _Quiesce:
    """Pauses, changes and resumes one campaign."""

    def __init__(self, sender: Sender, plan: CampaignPlan, live: LiveCampaign) -> None:
        self._sender, self._plan, self._live = sender, plan, live
        self._steps: list[Result] = []
        self._marked_name: str | None = None
        self._remark = ""

    def send(self) -> Result:
        """Takes the steps, up to the first one that fails."""
        if self._live.is_quiesced:  # by a run of the same saved plan, which was killed
            self._marked_name = self._name
        else:
            self._pause()
            if not self._steps[-1].outcome.is_good:
                return self._result(_not_paused(self._steps[-1]))
            if not any("state" in step.sent for step in self._steps):
                return self._leave()
        fields = ("state", "name") if self._marked_name is not None else ("state",)
        self._steps.append(self._sender.send(_plan_without(self._plan, *fields)))
        if not self._steps[-1].outcome.is_good:
            return self._result(self._stays(_STAYS))
        return self._resume()

    @property
    def _name(self) -> str:
        return str(self._live.values.get("name"))

    def _pause(self) -> None:
        """Pauses it, with the mark where VOXO accepts it."""
        pause = {"state": (self._live.state, "PAUSED")}
        if not can_be_marked(self._live.values.get("name")):
            self._take(pause, full_plan=self._plan)
            return
        self._marked_name = marked(self._name)
        self._take({**pause, "name": (self._name, self._marked_name)}, full_plan=self._plan)
        outcome = self._steps[-1].outcome
        if outcome not in (Outcome.FAILED, Outcome.NOT_CONVERGED):
            return
        live = self._sender.look(self._plan)
        if isinstance(live, LiveCampaign):
            self._marked_name, self._remark = None, _NO_MARK
            old_name = {"name": (live.values.get("name"), self._name)}
            full_plan = self._plan if outcome is Outcome.FAILED else None
            self._take({"state": (live.state, "PAUSED"), **old_name}, full_plan=full_plan)

    def _take(
        self,
        values: Mapping[str, tuple[object, str]],
        *,
        full_plan: CampaignPlan | None = None,
        step: str = PAUSE,
    ) -> None:
        plan = _plan_step(self._plan, values)
        self._steps.append(self._sender.send(plan, full_plan=full_plan, step=step))

    def _leave(self) -> Result:
        """Leaves a campaign PAUSED that a user has just paused; if this run marked it, it gets its name back.

        If another run paused and marked it, that run ends the pause, or the next one after it.
        """
        if self._marked_name is not None and not any(step.sent for step in self._steps):
            plan = self._plan
            return Result(plan.id, plan.name, plan.file, Outcome.STALE, detail=_ANOTHER_RUN)
        if self._marked_name is not None:
            self._take({"name": (self._marked_name, unmarked(self._name))}, step=RESUME)
            if not self._steps[-1].outcome.is_good:
                return self._result("a user paused it, and its name keeps the mark: take it out")
        return _send_to_paused(self._sender, self._plan, self._steps)

    def _resume(self) -> Result:
        name = {}
        if self._marked_name is not None:
            final = self._plan.patch.get("name", unmarked(self._name))
            name = {"name": (self._marked_name, final)}
        self._take({"state": ("PAUSED", "READY"), **name}, step=RESUME)
        last, word = self._steps[-1].outcome, self._plan.live_state
        if not last.is_good:
            may = "THE CAMPAIGN MAY STAY PAUSED"
            return self._result(self._stays(may if last is Outcome.UNKNOWN else _STAYS))
        note = f"VOXO said {word} before, and it is READY now"
        return self._result("" if word == "READY" else note)

    def _stays(self, text: str) -> str:
        return text if self._marked_name is None else f"{text}: the next apply sets it READY again"

    def _result(self, remark: str) -> Result:
        remarks = "; ".join(text for text in (self._remark, remark) if text)
        return _merged_result(self._plan, self._steps, remarks)


def _send_to_paused(sender: Sender, plan: CampaignPlan, steps: Sequence[Result]) -> Result:
    """Sends the changes of a campaign that was paused by others and stays paused."""
    result = sender.send(plan)
    remark = "it was PAUSED already, and stays so" if result.outcome is Outcome.APPLIED else ""
    return _merged_result(
        plan, [*steps, result], "" if plan.patch.get("state") == "PAUSED" else remark
    )


def _not_paused(first: Result) -> str:
    if first.outcome is Outcome.UNKNOWN:
        return "THE CAMPAIGN MAY BE PAUSED NOW"
    return "" if first.outcome is Outcome.STALE else "it could not be paused first"


def _plan_step(plan: CampaignPlan, values: Mapping[str, tuple[object, str]]) -> CampaignPlan:
    """A plan of only these fields, each with its value before and after."""
    changes = tuple(
        FieldChange(name, before, after)  # type: ignore[arg-type]  # texts, as both fields are
        for name, (before, after) in values.items()
    )
    patch = {name: after for name, (_, after) in values.items()}
    return replace(plan, changes=changes, patch=patch, live_state="PAUSED")


def _plan_without(plan: CampaignPlan, *fields: str) -> CampaignPlan:
    """The plan without some fields, for a campaign that is PAUSED."""
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.field not in fields),
        patch={name: value for name, value in plan.patch.items() if name not in fields},
        live_state="PAUSED",
    )


def _merged_result(plan: CampaignPlan, steps: Sequence[Result], remark: str) -> Result:
    """One result for a campaign that was applied in steps: that of the last step, with everything that was sent."""
    last = steps[-1]
    sent = tuple(dict.fromkeys(name for step in steps for name in step.sent))
    outcome = last.outcome
    if outcome.is_good and any(step.outcome is Outcome.APPLIED for step in steps):
        outcome = Outcome.APPLIED
    if outcome is Outcome.NOT_SENT and sent:
        outcome = Outcome.FAILED
    detail = "; ".join(text for text in (remark, last.detail) if text)
    return Result(plan.id, plan.name, plan.file, outcome, sent, detail)
