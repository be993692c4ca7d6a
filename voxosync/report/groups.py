"""Campaigns that change alike or have the same warnings, so that what is the same in many is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report import phrases
from voxosync.report.change_lines import describe_change
from voxosync.report.dialing import id_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from voxosync.model.plan import CampaignPlan
    from voxosync.report.view import View

FEW = 3
"""From how many campaigns on a change that they share is shown once."""


def group_alike(
    campaigns: Iterable[CampaignPlan], view: View, *, three_sides: bool
) -> list[Sequence[CampaignPlan]]:
    """Campaigns with the same changes and the same effect on dialing, in the order of the first of each group.

    Fewer than `FEW` of them, and everything with `-v`, are groups of one. Warnings and the numbers of phones may
    differ within a group. Campaigns without a change are a group if they have the same warnings.
    """
    alike: dict[Hashable, list[CampaignPlan]] = {}
    for index, campaign in enumerate(campaigns):
        may_share = (campaign.changes or campaign.warnings) and not (
            view.verbose or campaign.is_new or campaign.error is not None or campaign.acknowledged
        )
        key = _key(campaign, view, three_sides=three_sides) if may_share else index
        alike.setdefault(key, []).append(campaign)
    groups: list[Sequence[CampaignPlan]] = []
    for same in alike.values():
        groups += [same] if len(same) >= FEW else [[campaign] for campaign in same]
    return groups


def shared_texts(
    campaigns: Sequence[CampaignPlan], texts_of: Callable[[CampaignPlan], Iterable[str]]
) -> Iterator[tuple[str, str]]:
    """Each text about campaigns of a group once, after the ids of those that it is about: empty where it is all."""
    for text, same in concerned(campaigns, texts_of).items():
        yield "" if len(same) == len(campaigns) else id_ranges(same), text


def concerned(
    campaigns: Iterable[CampaignPlan], texts_of: Callable[[CampaignPlan], Iterable[str]]
) -> Mapping[str, Sequence[CampaignPlan]]:
    """The campaigns that each text is about, in the order of the first ones."""
    campaigns_of: dict[str, list[CampaignPlan]] = {}
    for campaign in campaigns:
        for text in dict.fromkeys(texts_of(campaign)):
            campaigns_of.setdefault(text, []).append(campaign)
    return campaigns_of


def _key(campaign: CampaignPlan, view: View, *, three_sides: bool) -> Hashable:
    """What is equal in all campaigns of a group; numbers count unmasked, because masked ones look alike."""
    changes = tuple(
        (
            describe_change(change, view),
            phrases.describe_origin(change, three_sides=three_sides),
            (change.added, change.removed, change.changed, change.descriptions, change.details),
        )
        for change in campaign.changes
    )
    dialing = campaign.dialing
    unchanged = None if changes else (campaign.status, tuple(campaign.warnings))
    return changes, unchanged, dialing and (dialing.effect, tuple(dialing.reasons))
