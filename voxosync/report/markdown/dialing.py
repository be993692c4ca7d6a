"""What happens to dialing, as tables by effect; what makes phones ring is named by id, however long the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.dialing.dialing_effect import Effect
from voxosync.report.dialing import (
    describe_forecast,
    describe_phones,
    describe_start,
    list_ids,
    summarize_effects,
)
from voxosync.report.escape import markdown
from voxosync.report.markdown.blocks import folded, linked_title, table
from voxosync.report.markdown.depth import BRIEF, LONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import Abandoned, CampaignPlan
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View

_HEADINGS = ("Campaign", "Phones", "From", "Why", "Forecast")


def list_effects(
    campaigns: Sequence[CampaignPlan | Abandoned], view: View, depth: Depth, *, rings: bool
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
    campaigns: Sequence[CampaignPlan | Abandoned], view: View, depth: Depth
) -> Iterator[str]:
    shown = min(len(campaigns) if len(campaigns) <= LONG else BRIEF, depth.rows)
    yield from table(_HEADINGS, [_row(campaign, view) for campaign in campaigns[:shown]])
    others = campaigns[shown:]
    for line in list_ids(others, as_ranges=depth.ranges):
        yield f"{'Also ' if shown else ''}{markdown(line)}"
        yield ""
    if depth.tables:
        rows = [_row(campaign, view) for campaign in others[: depth.rows]]
        yield from folded(f"The other {len(others)}", list(table(_HEADINGS, rows)))


def _row(campaign: CampaignPlan | Abandoned, view: View) -> list[str]:
    dialing = campaign.dialing
    assert dialing is not None  # noqa: S101  # it has an effect
    cells = (
        describe_phones(dialing).replace(" phones", ""),
        describe_start(dialing).removeprefix("from "),
        "; ".join(dialing.reasons),
        describe_forecast(dialing),
    )
    return [linked_title(campaign, view), *map(markdown, cells)]


def _effect(campaign: CampaignPlan | Abandoned) -> Effect | None:
    return None if campaign.dialing is None else campaign.dialing.effect
