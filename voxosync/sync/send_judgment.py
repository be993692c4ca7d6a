"""Judges what may be sent of a campaign's plan, by what was read right before. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxosync.errors import BadAnswer
from voxosync.model.body import canonical_value, without_call_results
from voxosync.model.change import FieldChange
from voxosync.model.dialing.dials_more import Reach
from voxosync.model.dialing.effect import matters, reach_after
from voxosync.model.dialing.schedule import dials
from voxosync.model.numbers import NUMBERS_FIELD, wire_numbers
from voxosync.model.phone import phone
from voxosync.model.quiesce_mark import is_marked
from voxosync.sync.verify import disagreements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.change import Change
    from voxosync.model.plan import CampaignPlan

_PAUSE = {"state": "PAUSED"}


@dataclass(frozen=True, slots=True)
class Judgment:
    """What to do with a campaign now.

    Attributes:
        body: the PATCH body; empty where there is nothing to send.
        withheld_reason: why the changes of the plan must not be sent; the body then holds only the pause, if the plan
            has one, which is always sent.
    """

    body: Mapping[str, Any] = field(default_factory=dict)
    withheld_reason: str = ""

    @property
    def pauses_and_more(self) -> bool:
        """Whether the body pauses the campaign and has other fields, because of which VOXO may refuse all of it."""
        return self.body.get("state") == "PAUSED" and len(self.body) > 1

    def only_pausing(self, withheld_reason: str) -> Judgment:
        """Only the pause of this body, if it has one, and why nothing else is sent."""
        return Judgment(_PAUSE if self.body.get("state") == "PAUSED" else {}, withheld_reason)


def judge_send(
    plan: CampaignPlan,
    live: LiveCampaign,
    *,
    full_plan: CampaignPlan | None = None,
    results: Mapping[str, Sequence[str]] | None = None,
) -> Judgment:
    """What may be sent of a plan, now that VOXO holds `live`.

    Args:
        plan: the plan, or one step of it.
        live: the campaign as read right before.
        full_plan: the plan of which `plan` is the first step; the step is not taken if the full plan is refused.
        results: the call results that were read so far, by phone, oldest first, if a write of unknown outcome may still
            restore older ones.

    Raises:
        BadAnswer: a field of the plan cannot be read, and the plan does not pause the campaign.
    """
    aim = full_plan or plan
    pauses = aim.patch.get("state") == "PAUSED" and live.state != "PAUSED"
    unreadable = [
        f"{name}: {live.unreadable[name]}" for name in aim.patch if name in live.unreadable
    ]
    if unreadable:
        reason = f"VOXO's answer cannot be read: {'; '.join(unreadable)}"
        if not pauses:
            raise BadAnswer(reason)
        return Judgment(_PAUSE, reason)
    if full_plan is not None and not _unsent(full_plan, live):
        return Judgment()
    unsent = _unsent(plan, live)
    if unsent and (reason := _stale(plan, live, unsent) or _stale_whole(full_plan, live)):
        return Judgment(_PAUSE if pauses else {}, reason)
    if not unsent and NUMBERS_FIELD in plan.patch and replaced(live, results or {}):
        unsent = [NUMBERS_FIELD]
    return Judgment(_body(plan, live, unsent, results or {}))


def replaced(live: LiveCampaign, results: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The latest call results where VOXO now has none, or an older one."""
    return {
        key: latest
        for key, (*older, latest) in results.items()
        if key in live.numbers and live.dispositions.get(key) in (None, "", *older)
    }


def _unsent(plan: CampaignPlan, live: LiveCampaign) -> list[str]:
    """The fields that do not have their new value yet."""
    return [disagreement.field for disagreement in disagreements(plan.patch, live)]


def _stale_whole(full_plan: CampaignPlan | None, live: LiveCampaign) -> str:
    return "" if full_plan is None else _stale(full_plan, live, _unsent(full_plan, live))


def _stale(plan: CampaignPlan, live: LiveCampaign, unsent: Sequence[str]) -> str:
    """What has changed since the plan was made, so that sending would overwrite an edit or dial more than it showed."""
    if live.is_quiesced and dials(plan.live_state):
        return (
            "an apply --quiesce that did not end left it PAUSED since the plan was made: plan again"
        )
    changed = dict.fromkeys(
        change.field
        for change in plan.changes
        if (change.field in unsent or _proves_a_quiesce(change, unsent))
        and not (change.field == "state" and plan.patch["state"] == "PAUSED")
        and not change.still_before(live)
    )
    stale = " and ".join(changed) or exceeds(plan, live)
    return f"{stale} changed in VOXO since the plan was made: plan again" if stale else ""


def _proves_a_quiesce(change: Change, unsent: Sequence[str]) -> bool:
    """Whether a change removes the mark without which a campaign must not be set READY."""
    if not isinstance(change, FieldChange):
        return False
    return change.field == "name" and "state" in unsent and is_marked(change.before)


def _body(
    plan: CampaignPlan,
    live: LiveCampaign,
    unsent: Sequence[str],
    results: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The fields still to send, with the call results that were just read.

    A result that was read before and is now missing, or older, is restored, because a write of unknown outcome replaced
    it. A number that VOXO does not have may bring its own result, when a rollback restores it.
    """
    body = {name: plan.patch[name] for name in unsent}
    if NUMBERS_FIELD in body:
        numbers, write_only = without_call_results(body[NUMBERS_FIELD])
        returning = {
            key: entry["disposition"]
            for entry in body[NUMBERS_FIELD]
            if "disposition" in entry and (key := phone(entry["number"])) not in live.numbers
        }
        carried = {**returning, **live.dispositions, **replaced(live, results)}
        body[NUMBERS_FIELD] = wire_numbers(numbers.spelled_as(live.numbers), write_only, carried)
    return body


def exceeds(plan: CampaignPlan, live: LiveCampaign) -> str | None:
    """What now reaches further than the plan showed, in words; None: nothing does.

    This compares how far the campaign may dial once the patch is sent: as the plan showed it (`plan.reach`), and with
    what VOXO has now in the fields that the patch leaves alone. Less than shown is fine. A patch without a field
    that affects dialing, or after which the campaign is PAUSED, exceeds nothing.
    """
    if not matters(plan.patch):
        return None
    sent = {name: canonical_value(plan.patch, name) for name in plan.patch}
    fresh = reach_after(live, sent)
    no_reach = Reach.of({"state": "PAUSED"})  # a plan that shows no reach allows none
    planned = plan.reach or no_reach
    names: dict[str, str | None] = dict.fromkeys(
        name for widening in fresh.beyond(planned) for name in widening.fields
    )
    if NUMBERS_FIELD in names and fresh.phones and planned.phones:
        names[NUMBERS_FIELD] = _counts(fresh.phones.count, planned.phones.count)
    return " and ".join(f"{name}{remark or ''}" for name, remark in names.items()) or None


def _counts(fresh: int, planned: int) -> str | None:
    return None if fresh == planned else f" ({fresh} instead of {planned})"
