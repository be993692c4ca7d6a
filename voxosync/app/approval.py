"""Asks a person to approve what is to be sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from voxosync.app.guard_overrides import guard_error
from voxosync.errors import UsageError
from voxosync.model.plan import Plan, Status
from voxosync.report.dialing import summarize_effects
from voxosync.report.formatting import count, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.app.creation_planning import CreationPlan
    from voxosync.app.listener import Listener
    from voxosync.model.dialing.effect import DialingEffect

Approvable = TypeVar("Approvable", Plan, "CreationPlan")
"""What a person approves: it has a `base_url`, and `refusals` of guards."""
MANY_CAMPAIGNS = 20
"""More campaigns than these are approved by typing a count instead of `y`."""
MANY_PHONES = 1000
"""The same for the phones of campaigns that start dialing or dial more."""


def approve(plan: Approvable, voxo: str, listener: Listener, *, yes: bool) -> Approvable:
    """Asks for approval of a plan, and returns the approved plan, which no guard refuses anymore.

    Args:
        plan: what is to be sent or created, with the guards that refuse it.
        voxo: where it is sent, for people.
        listener: asks; a listener that is not interactive cannot lift a guard.
        yes: whether the plan may be sent without asking, apart from guards.

    Raises:
        GuardError: a guard refuses.
        UsageError: the answer was no.
    """
    questions = [refusal for refusal in plan.refusals if refusal.answerable]
    final = [refusal for refusal in plan.refusals if not refusal.answerable]
    if not listener.is_interactive:
        final += questions
    if final:
        raise guard_error(final)
    for refusal in questions:
        text = f"{refusal.message[0].upper()}{refusal.message[1:]}"
        _require(listener.confirm(f"{text}. Let them dial?"))
    if not yes:
        _require(_confirm(plan, voxo, listener))
    return without_refusals(plan)


def without_refusals(plan: Approvable) -> Approvable:
    """A plan that is approved by a person, as sending it requires: no guard refuses it anymore.

    It is a copy, because the plan that was shown keeps the guards about which the person was asked.
    """
    return replace(plan, refusals=())


def describe_voxo(base_url: str, environment: str | None, tenant_id: int | None) -> str:
    """`VOXO production (api.voxo.co, tenant 17)`."""
    name = f" {environment}" if environment else ""
    tenant = f", tenant {tenant_id}" if tenant_id is not None else ""
    return f"VOXO{name} ({urlsplit(base_url).netloc.rpartition('@')[2]}{tenant})"


def _confirm(plan: Plan | CreationPlan, voxo: str, listener: Listener) -> bool:
    """Asks whether to send; if much would be sent, asks for the count of phones or campaigns to be typed."""
    if isinstance(plan, Plan):
        sent = [entry for entry in plan.campaigns if entry.is_sent]
        creations = plan.count(Status.CREATE)
        effects = [entry.dialing for entry in sent if entry.dialing is not None]
    else:
        sent, creations = [], len(plan.creations)
        effects = list(plan.dialing.values())
    updates = len(sent) - creations if sent else 0
    campaigns = updates + creations
    parts = [f"{count(updates, 'campaign')} {verb(updates, 'change')}"] if updates else []
    if creations:
        parts.append(f"{count(creations, 'campaign')} {'is' if creations == 1 else 'are'} created")
    summary = "; ".join(filter(None, [", ".join(parts), summarize_effects(effects)]))
    question = f"Send to {voxo}: {summary}"
    number = _count_to_type(campaigns, effects)
    if number is None:
        return listener.confirm(f"{question}?")
    return listener.confirm_count(f"{question}. Type {number} to continue", number)


def _count_to_type(campaigns: int, effects: Sequence[DialingEffect]) -> int | None:
    """The count to type, which proves that the person has read the question; None if a yes is enough."""
    phones = sum(effect.phones or 0 for effect in effects if effect.dials_more)
    if phones > MANY_PHONES:
        return phones
    return campaigns if campaigns > MANY_CAMPAIGNS else None


def _require(answer: bool) -> None:  # noqa: FBT001  # the only argument
    if not answer:
        raise UsageError("not confirmed: nothing was sent")
