"""What an update does to dialing: as a plan shows it, and once more right before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.body import canonical_value
from voxosync.model.dialing.reach import FIELDS, Reach
from voxosync.model.dialing.state import dials
from voxosync.model.plan import GoesLive

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.plan import CampaignPlan
    from voxosync.model.values import Value


def matters(sent: Collection[str]) -> bool:
    """Whether an update with these fields can change anything about dialing."""
    return not FIELDS.isdisjoint(sent)


def reach_after(live: LiveCampaign, sent: Mapping[str, Value]) -> Reach:
    """How far a campaign may dial once these canonical values are sent; with none, as it is."""
    values = {**live.values, **sent}
    return Reach.of(values, live.unreadable.keys() - values.keys())


def effect(live: LiveCampaign, after: Reach) -> GoesLive | None:
    """What an update lets a campaign dial, or None where it surely dials no one new and at no new time.

    Args:
        live: the campaign as it is; one that a quiesce has paused counts as READY, which it is to be again.
        after: how far it may dial once the update is sent: `reach_after`.
    """
    before = reach_after(live.before_quiesce(), {})
    wider = after.beyond(before)
    if not wider:
        return None
    state = before.values["state"]
    while_it = "its state cannot be read" if state is False else state or "its state is empty"
    reasons = (
        widening.words if "state" in widening.fields else f"{widening.words} while {while_it}"
        for widening in wider
    )
    return _goes_live(after, tuple(reasons))


def effect_of_creation(values: Mapping[str, Value]) -> GoesLive | None:
    """What a new campaign with these canonical values dials; None where it is created PAUSED."""
    reach = Reach.of(values)
    if dials(reach.values["state"]) is False:
        return None
    return _goes_live(reach, (f"is created {reach.values['state'] or 'without a state'}",))


def _goes_live(reach: Reach, reasons: tuple[str, ...]) -> GoesLive:
    day, clock, zone = (
        str(text) if (text := reach.values[name]) else None
        for name in ("dateStart", "timeStart", "timezone")
    )
    return GoesLive(
        reasons=reasons,
        numbers=reach.phones.count if reach.phones else 0,
        start=f"{day} {clock}" if day and clock else day,
        timezone=zone,
    )


def exceeds(plan: CampaignPlan, live: LiveCampaign) -> str | None:
    """What now reaches further than a plan showed, in words, or None where nothing does.

    The sender calls this with the whole plan of a campaign and with what it has just read, right before
    each PATCH, in addition to the comparison of each changed field with its `before`. A text means that the
    campaign is stale: `f"{exceeds(plan, live)} changed in VOXO since the plan was made: plan again"`.

    Compared is how far the campaign may dial once the patch is sent: as the plan showed it
    (`plan.reach`), and with what VOXO holds by now in all fields that the patch leaves alone. Less than
    shown is fine. A patch without a field that matters to dialing exceeds nothing, and neither does one
    after which the campaign is PAUSED.
    """
    if not matters(plan.patch):
        return None
    sent = {name: canonical_value(plan.patch, name) for name in plan.patch}
    fresh = reach_after(live, sent)
    nothing = Reach.of({"state": "PAUSED"})  # a plan that shows no reach allows none
    planned = plan.reach or nothing
    names: dict[str, str | None] = dict.fromkeys(
        name for widening in fresh.beyond(planned) for name in widening.fields
    )
    if "numbers" in names and fresh.phones and planned.phones:
        names["numbers"] = _counts(fresh.phones.count, planned.phones.count)
    return " and ".join(f"{name}{remark or ''}" for name, remark in names.items()) or None


def _counts(fresh: int, planned: int) -> str | None:
    return None if fresh == planned else f" ({fresh} instead of {planned})"
