"""What a comment ends with: acknowledged differences, warnings, and campaigns that only one side has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report import phrases
from voxosync.report.change_lines import describe_change
from voxosync.report.escape import markdown
from voxosync.report.formatting import count_and_ids
from voxosync.report.groups import FEW, concerned
from voxosync.report.markdown.blocks import (
    bullets,
    folded,
    linked_position,
    linked_title,
    section,
    title,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View


def list_remainder(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: Depth
) -> Iterator[str]:
    """All that is neither dialing nor a change, and is not urgent.

    Args:
        plan: the plan.
        campaigns: its campaigns, riskiest first.
        view: how it is displayed.
        depth: how much is said.
    """
    yield from _removed(plan, depth)
    limit = depth.rows if depth.details else 0
    yield from _acknowledged(campaigns, view, limit)
    yield from _warnings(campaigns, view, limit)
    yield from _allowed(plan, view, depth)
    yield from _unmanaged(plan, depth)


def _removed(plan: Plan, depth: Depth) -> Iterator[str]:
    lines = [
        f"{title(campaign)}, {markdown(campaign.file)}: {markdown(phrases.describe_abandoned(campaign))}"
        for campaign in plan.abandoned
    ]
    yield from section("No longer managed", lines, depth.rows)


def _acknowledged(campaigns: Sequence[CampaignPlan], view: View, limit: int) -> Iterator[str]:
    lines = [
        f"{linked_title(campaign, view)}: {markdown(describe_change(difference.change, view))} "
        f"({markdown(phrases.describe_acknowledged(difference, view))})"
        for campaign in campaigns
        for difference in campaign.acknowledged
    ]
    yield from _counted("Acknowledged", lines, limit)


def _warnings(campaigns: Sequence[CampaignPlan], view: View, limit: int) -> Iterator[str]:
    lines: list[str] = []
    for warning, same in concerned(campaigns, lambda campaign: campaign.warnings).items():
        titles = [linked_title(campaign, view) for campaign in same]
        if len(same) >= FEW:
            titles = [count_and_ids(same)]
        lines += [f"{title}: {markdown(warning)}" for title in titles]
    yield from _counted("Warnings", lines, limit)


def _allowed(plan: Plan, view: View, depth: Depth) -> Iterator[str]:
    lines = [
        f"{linked_position(allowed.position, view)}: "
        f"{markdown(f'{allowed.problem.message} ({allowed.reason})')}"
        for allowed in plan.allowed
    ]
    yield from _counted("Allowed problems", lines, depth.rows)


def _unmanaged(plan: Plan, depth: Depth) -> Iterator[str]:
    if plan.unlisted is not None:
        error = f": {markdown(phrases.describe_unlisted(plan))}" if depth.details else "."
        yield "#### Unmanaged"
        yield ""
        yield f"Unmanaged campaigns could not be listed{error}"
        yield ""
    lines = [markdown(phrases.describe_unmanaged(campaign)) for campaign in plan.unmanaged]
    yield from _counted("In VOXO without a definition", lines, depth.rows)


def _counted(heading: str, lines: Sequence[str], limit: int) -> Iterator[str]:
    """A list that is folded under its heading and count."""
    yield from folded(f"{heading}: {len(lines)}", [*bullets(lines, limit)])
