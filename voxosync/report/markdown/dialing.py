"""What happens to dialing, as tables by effect; what makes phones ring is named by id, however long the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.dialing.effect import Effect
from voxosync.report.dialing import (
    describe_forecast,
    describe_phones,
    describe_start,
    list_ids,
    shared_calls,
    shared_phones,
    shared_start,
    summarize_effects,
)
from voxosync.report.escape import markdown
from voxosync.report.formatting import id_ranges
from voxosync.report.groups import FEW as GROUP
from voxosync.report.markdown.blocks import folded, linked_title, table
from voxosync.report.markdown.depth import BRIEF, LONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View

_SHORT = 40
"""The maximum length of the ids of several campaigns in a row; all of them follow the table."""
_HEADINGS = ("Campaign", "Phones", "From", "Why", "Forecast")


def list_effects(
    campaigns: Sequence[CampaignPlan | AbandonedCampaign], view: View, depth: Depth, *, rings: bool
) -> Iterator[str]:
    """A heading with totals and a table for each effect that is there.

    Args:
        campaigns: all campaigns, riskiest first.
        view: how they are displayed.
        depth: how much is said.
        rings: whether the effects that make phones ring are listed, or the others.
    """
    for effect in (effect for effect in Effect if effect.rings is rings):
        same = [campaign for campaign in campaigns if _effect(campaign) is effect]
        if same:
            yield f"#### {summarize_effects(campaign.dialing for campaign in same)}"
            yield ""
            yield from _campaigns(same, view, depth)


def _campaigns(
    campaigns: Sequence[CampaignPlan | AbandonedCampaign], view: View, depth: Depth
) -> Iterator[str]:
    is_long = len(campaigns) > LONG
    groups = _same_reasons(campaigns) if is_long else [[campaign] for campaign in campaigns]
    rows = groups[: min(BRIEF if is_long else LONG, depth.rows)]
    yield from table(_HEADINGS, [_row(group, view) for group in rows])
    with_own_row = {id(group[0]) for group in rows if len(group) == 1}
    without_row = [campaign for campaign in campaigns if id(campaign) not in with_own_row]
    for line in list_ids(without_row, as_ranges=depth.ranges):
        yield f"{'Also ' if with_own_row else ''}{markdown(line)}"
        yield ""
    if depth.tables:
        number = len(without_row)
        summary = f"The other {number}" if with_own_row else f"All {number} one by one"
        singly = [_row([campaign], view) for campaign in without_row[: depth.rows]]
        yield from folded(summary, list(table(_HEADINGS, singly)))


def _same_reasons(
    campaigns: Sequence[CampaignPlan | AbandonedCampaign],
) -> list[Sequence[CampaignPlan | AbandonedCampaign]]:
    """Campaigns whose effect has the same reasons together, where they are several, in the order of the first ones."""
    groups: dict[Sequence[str], list[CampaignPlan | AbandonedCampaign]] = {}
    for campaign in campaigns:
        groups.setdefault(tuple(_dialing(campaign).reasons), []).append(campaign)
    together: list[Sequence[CampaignPlan | AbandonedCampaign]] = []
    for same in groups.values():
        together += [same] if len(same) >= GROUP else [[campaign] for campaign in same]
    return together


def _row(group: Sequence[CampaignPlan | AbandonedCampaign], view: View) -> list[str]:
    """A campaign, or several whose effect has the same reasons."""
    effects = [_dialing(campaign) for campaign in group]
    first = effects[0]
    if len(group) == 1:
        title = linked_title(group[0], view)
        phones, start, forecast = (
            describe_phones(first),
            describe_start(first),
            describe_forecast(first),
        )
    else:
        title, ids = (
            f"{len(group)} campaigns",
            id_ranges([campaign for campaign in group if campaign.id]),
        )
        title += f" ({ids})" if len(ids) <= _SHORT else ""
        phones, start, forecast = (
            shared_phones(effects),
            shared_start(effects),
            shared_calls(effects),
        )
    cells = (
        phones.replace(" phones", ""),
        start.removeprefix("from "),
        "; ".join(first.reasons),
        forecast,
    )
    return [title, *map(markdown, cells)]


def _dialing(campaign: CampaignPlan | AbandonedCampaign) -> DialingEffect:
    """The effect of a campaign that has one."""
    assert campaign.dialing is not None  # noqa: S101  # it was selected by it
    return campaign.dialing


def _effect(campaign: CampaignPlan | AbandonedCampaign) -> Effect | None:
    return None if campaign.dialing is None else campaign.dialing.effect
