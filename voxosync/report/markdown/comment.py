"""A plan as Markdown for a pull request comment, or drift as Markdown for an issue, within GitHub's size limit.

Whoever reads only the first screen knows what rings, how many people, from when, who is called outside their
hours, and what conflicts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from voxosync.report.campaign_listing import riskiest_first
from voxosync.report.escape import markdown
from voxosync.report.markdown.attention import (
    list_alarms,
    list_concerns,
    list_findings,
    list_others,
    summarize_concerns,
)
from voxosync.report.markdown.changes import list_changes
from voxosync.report.markdown.depth import DEPTHS, LIMIT
from voxosync.report.markdown.dialing import list_effects
from voxosync.report.markdown.remainder import list_remainder
from voxosync.report.plan_summary import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
    from voxosync.report.markdown.depth import Depth
    from voxosync.report.view import View

_CUT_MARK = " … (the job log has the rest)"
_HALF_ESCAPE = re.compile(r"(?:<[^<>]*|&[^&;]*|\\)\Z")


def render_plan(plan: Plan, view: View) -> str:
    """What the plan does to dialing, what needs attention, then all changes, riskiest first; at most `LIMIT` bytes."""
    campaigns = riskiest_first(plan)
    notice = ""
    for depth in DEPTHS:
        parts = _parts(plan, campaigns, view, depth, notice)
        text, is_complete = _fitting_text(parts)
        if is_complete:
            break
        target = "a comment" if view.command == "plan" else "an issue"
        notice = f"This report was shortened to fit {target}; the job log has the full report."
    return text


def _fitting_text(lines: Iterable[str]) -> tuple[str, bool]:
    """The text of the lines that fit into `LIMIT` bytes, and whether these are all; no further line is then made."""
    fitting: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > LIMIT:
            return _text(fitting), False
        fitting.append(line)
    return _text(fitting), True


def cut(line: str, length: int) -> str:
    """A line cut to a maximum number of bytes, which says so."""
    encoded = line.encode()
    if len(encoded) <= length:
        return line
    beginning = encoded[: length - len(_CUT_MARK.encode())].decode(errors="ignore")
    words, separator, _ = beginning.rpartition(" ")
    if separator and len(words) > len(beginning) // 2:
        beginning = words
    return f"{_HALF_ESCAPE.sub('', beginning)}{_CUT_MARK}"


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _parts(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: Depth, notice: str
) -> Iterator[str]:
    """The lines of the report; the marker is never cut."""
    yield _marker(view)
    if depth.line is None:
        yield from _content(plan, campaigns, view, depth, notice)
        return
    unlinked = replace(view, link_base=None)  # a link that is cut does not work
    for line in _content(plan, campaigns, unlinked, depth, notice):
        yield cut(line, depth.line)


def _content(
    plan: Plan, campaigns: Sequence[CampaignPlan], view: View, depth: Depth, notice: str
) -> Iterator[str]:
    environment = f" {markdown(view.environment)}" if view.environment else ""
    folder = f" in {markdown(view.prefix.rstrip('/'))}" if view.prefix else ""
    yield f"### voxosync {view.command}{environment}{folder}"
    yield ""
    yield f"**{summary_line(plan, replace(view, color=False))}**"
    yield ""
    if notice:
        yield f"_{notice}_"
        yield ""
    subjects: list[CampaignPlan | AbandonedCampaign] = [*plan.abandoned, *campaigns]
    concerns = list_concerns(plan, view)
    alarms = [*list_alarms(plan, view, depth)]
    yield from alarms
    yield from summarize_concerns(concerns, after_alarms=bool(alarms))
    yield from list_effects(subjects, view, depth, rings=True)
    yield from list_effects(subjects, view, depth, rings=False)
    yield from list_changes(plan, campaigns, view, depth)
    yield from list_others(concerns, depth)
    yield from list_findings(plan, view, depth)
    yield from list_remainder(plan, campaigns, view, depth)


def _marker(view: View) -> str:
    """An invisible line by which a workflow finds the comment to update.

    It differs for each command, environment and project folder of a repository.
    """
    parts = [view.command, view.environment or "", view.prefix.rstrip("/")]
    quoted = ":".join(quote(part, safe="").replace("-", "%2D") for part in parts)
    return f"<!-- voxosync:{quoted.rstrip(':')} -->"
