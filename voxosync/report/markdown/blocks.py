"""The parts that Markdown is made of. Lines, titles and cells are Markdown already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.escape import markdown, markdown_link
from voxosync.report.phrases import campaign_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.drift import UnmanagedCampaign
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan
    from voxosync.model.problem import Position
    from voxosync.report.view import View


def title(campaign: CampaignPlan | AbandonedCampaign | UnmanagedCampaign) -> str:
    """`4711 Spring renewal reminders`, without a link, as a summary of details needs it."""
    return markdown(campaign_title(campaign.id, campaign.name))


def linked_title(campaign: CampaignPlan | AbandonedCampaign, view: View) -> str:
    """The title, as a link to the definition, or with its file where nothing links; a removed file has no link."""
    address = view.link_definition(campaign)
    if address is None:
        return f"{title(campaign)} ({markdown(campaign.file)})"
    return markdown_link(title(campaign), address)


def linked_position(position: Position, view: View) -> str:
    """`campaigns/spring.yaml:7`, as a link where there is a `link_base`."""
    text = markdown(f"{position.file}:{position.line}")
    address = view.link(position)
    return text if address is None else markdown_link(text, address)


def bullets(lines: Sequence[str], limit: int | None = None) -> Iterator[str]:
    """A list of at most `limit` lines, and the number of the others; nothing without lines."""
    yield from (f"- {line}" for line in lines[:limit])
    if limit is not None and len(lines) > limit:
        yield f"- … {len(lines) - limit} more"
    if lines:
        yield ""


def section(heading: str, lines: Sequence[str], limit: int | None = None) -> Iterator[str]:
    """A heading and a list; nothing without lines."""
    if lines:
        yield f"#### {heading}"
        yield ""
        yield from bullets(lines, limit)


def folded(summary: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines that are folded at first; nothing without lines.

    Args:
        summary: HTML: in it nothing is read as Markdown.
        lines: what is folded.
    """
    if lines:
        yield f"<details><summary>{summary}</summary>"
        yield ""
        yield from lines if lines[-1] else lines[:-1]
        yield ""
        yield "</details>"
        yield ""


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table without the columns that are empty in all rows; nothing without rows."""
    if not rows:
        return
    columns = [index for index in range(len(headings)) if any(row[index] for row in rows)]
    yield f"| {' | '.join(headings[index] for index in columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row[index] for index in columns)} |"
    yield ""
