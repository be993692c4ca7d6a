"""Campaigns that have something in common, which reports show once: changes, warnings, or the reason of a failure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from voxosync.report import phrases
from voxosync.report.campaign_listing import status_of
from voxosync.report.change_lines import describe_change
from voxosync.report.formatting import count_and_ids, id_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.report.view import View

FEW = 3
"""The number of campaigns from which what they share is shown only once."""
_MOST_PROVENANCES = 3
"""How many different provenances are shown of a change that campaigns share."""
_ID = "ID"
"""Stands for the id of each campaign in a reason that they share."""
_SETTINGS = "voxosync.yaml"


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


def _key(campaign: CampaignPlan, view: View, *, three_sides: bool) -> Hashable:
    """What is equal in all campaigns of a group; numbers are compared unmasked, because masked ones look alike."""
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


def shared_texts(
    campaigns: Sequence[CampaignPlan], texts_of: Callable[[CampaignPlan], Iterable[str]]
) -> Iterator[tuple[str, str]]:
    """(ids, text): each text about campaigns of a group, once; the ids are empty if it is about all of them."""
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


def shared_provenance(campaigns: Sequence[CampaignPlan], index: int) -> Iterator[str]:
    """What is known about a change of one campaign, or of several that change alike, each text once.

    Args:
        campaigns: one, or several with the same changes.
        index: the position of the change in the changes of each of them.
    """

    def texts_of(campaign: CampaignPlan) -> Iterator[str]:
        if text := phrases.describe_provenance(campaign.changes[index]):
            yield text

    texts = [f"{ids}: {text}" if ids else text for ids, text in shared_texts(campaigns, texts_of)]
    yield from texts[:_MOST_PROVENANCES]
    if len(texts) > _MOST_PROVENANCES:
        yield f"… {len(texts) - _MOST_PROVENANCES} more commits or runs"


class EqualFailures(NamedTuple):
    """Campaigns that could not be compared with VOXO for one reason, in the words of `describe_failure`."""

    status: str
    reason: str
    campaigns: Sequence[CampaignPlan]

    @property
    def title(self) -> str:
        """How many campaigns, and which: `34 campaigns (4711-4744)`."""
        return count_and_ids(self.campaigns)

    def cause(self, plan: Plan, view: View) -> str:
        """What may be wrong where no campaign of a plan could be compared: likely the settings; else empty."""
        is_every = all(campaign.error is not None for campaign in plan.campaigns)
        if not is_every or _SETTINGS in self.reason:
            return ""
        return (
            f"this is so for every campaign: check --env {view.environment or 'NAME'}, VOXO_TENANT_ID, "
            f"and baseUrl and tenantId in {_SETTINGS}"
        )

    def describe(self, plan: Plan, view: View) -> str:
        """The reason, and what may be wrong."""
        return "; ".join(filter(None, (self.reason, self.cause(plan, view))))


def equal_failures(campaigns: Iterable[CampaignPlan]) -> list[EqualFailures]:
    """The reasons for which `FEW` or more campaigns failed, in the order of their first ones."""
    alike: dict[tuple[str, str], list[CampaignPlan]] = {}
    for campaign in campaigns:
        if _only_failed(campaign):
            reason = without_id(phrases.describe_failure(campaign), campaign.id)
            alike.setdefault((status_of(campaign).value, reason), []).append(campaign)
    return [EqualFailures(*key, same) for key, same in alike.items() if len(same) >= FEW]


def _only_failed(campaign: CampaignPlan) -> bool:
    """Whether the failure is all that there is to say; campaigns that may ring are never summarized."""
    has_more = campaign.dialing or campaign.changes or campaign.acknowledged or campaign.warnings
    return campaign.error is not None and not has_more


def without_id(reason: str, campaign_id: int) -> str:
    """A reason with `ID` for the campaign's id, which is what differs between requests that fail alike."""
    return re.sub(rf"(?<![\w.]){campaign_id}(?![\w.])", _ID, reason)


def failed_singly(
    campaigns: Iterable[CampaignPlan], failures: Iterable[EqualFailures]
) -> list[CampaignPlan]:
    """The campaigns that are in none of the groups of those that failed alike."""
    grouped = {campaign.id for group in failures for campaign in group.campaigns}
    return [campaign for campaign in campaigns if campaign.id not in grouped]
