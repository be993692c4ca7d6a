"""What a card says in plain sentences. Nothing here is escaped: that is done where it lands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.dialing.effect import Effect
from voxosync.report import phrases
from voxosync.report.dialing import describe_effect, describe_shared_effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.plan import CampaignPlan
    from voxosync.report.view import View

_DRIFT = {
    Effect.UNAPPROVED: "VOXO dials more than the definition allows",
    Effect.STARTS: "VOXO starts to dial {subject}",
    Effect.MORE: "VOXO dials more",
    Effect.STOPPED_BY_HAND: "Stopped by hand in VOXO, although the definition lets {subject} dial",
    Effect.STOPS: "VOXO no longer dials {subject}",
}
_PLAN = {
    Effect.UNAPPROVED: "VOXO dials {subject}, and no definition approves that",
    Effect.STARTS: "Applying makes {subject} start dialing",
    Effect.MORE: "Applying makes {subject} dial more",
    Effect.STOPPED_BY_HAND: "VOXO no longer dials {subject}, which was stopped by hand",
    Effect.STOPS: "Applying makes {subject} stop dialing",
}
_NAMED = 4
"""The number of fields that are named; the others are counted."""


def lead(campaigns: Sequence[CampaignPlan], view: View) -> str:
    """The sentence at the head of a card: what happens to people, or what differs if nothing happens to them.

    Args:
        campaigns: one, or several that change alike.
        view: how they are displayed.
    """
    campaign, dialing = campaigns[0], campaigns[0].dialing
    if campaign.error is not None:
        return phrases.describe_failure(campaign)
    if dialing is None or dialing.effect is None:
        return _without_effect(campaign, view)
    if campaign.is_new:
        return f"Creating this campaign makes it start dialing: {describe_effect(dialing)}."
    return effect_sentence([alike.dialing for alike in campaigns if alike.dialing], view)


def _without_effect(campaign: CampaignPlan, view: View) -> str:
    """What differs in a campaign whose dialing does not change; empty if nothing differs."""
    if not campaign.changes:
        return ""
    if campaign.is_new:
        return "VOXO does not have this campaign yet."
    fields = _fields(campaign)
    if view.command == "drift":
        return f"VOXO differs from Git in {fields}. No more people are called because of it."
    return f"Applying changes {fields}. No more people are called because of it."


def effect_sentence(effects: Sequence[DialingEffect], view: View) -> str:
    """`Applying makes this campaign start dialing: becomes READY; 33 phones …`, for an effect that is known.

    Args:
        effects: that of one campaign, or the same effect of several.
        view: how it is displayed.
    """
    effect = effects[0].effect
    assert effect  # noqa: S101  # the caller checks it
    if len(effects) == 1:
        subject, reasons = "this campaign", describe_effect(effects[0])
    else:
        subject, reasons = f"these {len(effects)} campaigns", describe_shared_effect(effects)
    sentence = (_DRIFT if view.command == "drift" else _PLAN)[effect]
    return f"{sentence.format(subject=subject)}: {reasons}."


def _fields(campaign: CampaignPlan) -> str:
    names = [*dict.fromkeys(change.field for change in campaign.changes)]
    return ", ".join((*names[:_NAMED], *_number_of_more(len(names) - _NAMED)))


def _number_of_more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"{count} more"
