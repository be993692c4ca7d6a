"""What changes: a few campaigns, or changes that campaigns share, with all values; more of them folded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.problem import Position
from voxosync.report import phrases
from voxosync.report.change_lines import describe_change, inner_lines, summarize_change
from voxosync.report.escape import markdown, markdown_link
from voxosync.report.formatting import count, id_ranges
from voxosync.report.groups import group_alike, shared_provenance
from voxosync.report.markdown.blocks import folded, linked_position, title
from voxosync.report.markdown.depth import FEW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.change import Change
    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View

_SECTIONS = {
    "plan": {
        ChangeKind.CONFLICT: "Conflicts",
        ChangeKind.CHANGE: "Changes of this pull request",
        ChangeKind.DRIFT: "Drift that applying would revert",
        ChangeKind.PENDING: "Committed, but not applied yet",
    },
    "drift": {
        ChangeKind.CONFLICT: "Conflicts",
        ChangeKind.DRIFT: "Changed by hand in VOXO",
        ChangeKind.CHANGE: "Changes of this branch",
        ChangeKind.PENDING: "Committed, but not applied yet",
    },
}
_WITHOUT_BASE = {"plan": "Changes", "drift": "Differences"}
_EXPLAINED = (ChangeKind.CONFLICT, ChangeKind.PENDING)
"""Kinds of which a change says more than the title of its section."""
_SHORT = 100
"""The maximum length of a change in the line of a folded campaign, which names longer ones by their fields."""


def list_changes(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: Depth
) -> Iterator[str]:
    """A section for the campaigns that would be created, and one for each kind of change.

    Args:
        plan: the plan.
        campaigns: its campaigns, riskiest first.
        view: how it is displayed.
        depth: how much is said.
    """
    new = [campaign for campaign in campaigns if campaign.is_new]
    yield from _section("To be created", new, view, depth)
    old = [campaign for campaign in campaigns if not campaign.is_new]
    if plan.base is None:
        changed = [campaign for campaign in old if campaign.changes]
        yield from _section(_WITHOUT_BASE[view.command], changed, view, depth)
        return
    for kind, heading in _SECTIONS[view.command].items():
        of_kind = [
            replace(campaign, changes=changes)
            for campaign in old
            if (changes := tuple(change for change in campaign.changes if change.kind is kind))
        ]
        yield from _section(heading, of_kind, view, depth)


def _section(
    heading: str, changed: Sequence[CampaignPlan], view: View, depth: Depth
) -> Iterator[str]:
    if not changed:
        return
    yield f"#### {heading}"
    yield ""
    groups = [_Group(alike) for alike in group_alike(changed, view, three_sides=True)]
    for group in groups[: depth.rows]:
        if not depth.details:
            fields = dict.fromkeys(change.field for change in group.changes)
            yield f"- {group.heading}: {', '.join(fields)}{group.ids}"
        elif len(groups) <= FEW:
            yield f"<strong>{group.heading}</strong>{group.location(view)}"
            yield ""
            yield from [*_values(group, view, depth), ""]
        else:
            lines = [group.definitions(view), "", *_values(group, view, depth)]
            yield from folded(f"{group.heading}: {_summary(group, view)}", lines)
    if depth.rows and not depth.details:
        yield ""
    left_out = sum(len(group.campaigns) for group in groups[depth.rows :])
    if left_out:
        yield f"… {count(left_out, 'more campaign')}"
        yield ""


@dataclass(frozen=True, slots=True)
class _Group:
    """A campaign, or several with the same changes."""

    campaigns: Sequence[CampaignPlan]

    @property
    def changes(self) -> Sequence[Change]:
        """The changes that they share."""
        return self.campaigns[0].changes

    @property
    def heading(self) -> str:
        return (
            title(self.campaigns[0])
            if len(self.campaigns) == 1
            else count(len(self.campaigns), "campaign")
        )

    @property
    def ids(self) -> str:
        """Which campaigns, where there are several."""
        if len(self.campaigns) == 1:
            return ""
        return f" ({id_ranges(self.campaigns)})"

    def location(self, view: View) -> str:
        """Where the definition is, or which definitions."""
        first = self.campaigns[0]
        return self.ids or f" in {linked_position(Position(first.file, first.line), view)}"

    def definitions(self, view: View) -> str:
        """The same as a line of its own."""
        if self.ids:
            return f"Campaigns {id_ranges(self.campaigns)}"
        return f"Defined{self.location(view)}"


def _summary(group: _Group, view: View) -> str:
    """What changes, in the line of a folded group: with the values where they are short."""
    text = "; ".join(describe_change(change, view) for change in group.changes)
    if len(text) > _SHORT:
        text = ", ".join(dict.fromkeys(change.field for change in group.changes))
    return markdown(text)


def _values(group: _Group, view: View, depth: Depth) -> Iterator[str]:
    """A line for each change, and lines for what differs inside it."""
    is_new = group.campaigns[0].is_new
    for index, change in enumerate(group.changes):
        origin = phrases.describe_origin(change, three_sides=change.kind in _EXPLAINED)
        remark = f" ({markdown(origin)})" if origin else ""
        describe = summarize_change if depth.numbers else describe_change
        text = phrases.describe_value(change) if is_new else describe(change, view)
        yield f"- {_linked_field(change, text, view)}{remark}"
        for line in shared_provenance(group.campaigns, index):
            yield f"  - {markdown(line)}"
        if depth.numbers:
            for mark, line in inner_lines(change, view, depth.numbers):
                yield f"  - {markdown(f'{mark} {line}')}"


def _linked_field(change: Change, text: str, view: View) -> str:
    """`callFrequency: 30 → 20`, whose field links to the line that gives it."""
    address = None if change.position is None else view.link(change.position)
    if address is None:
        return markdown(text)
    return f"{markdown_link(change.field, address)}{markdown(text.removeprefix(change.field))}"
