"""A plan or drift as a Slack message in Block Kit, for a job to post: what rings, counts, and links.

Source of the limits: Slack's reference of Block Kit (50 blocks, a header of 150 characters, a section of 3,000).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.model.phone import masked_in
from voxosync.model.problem import Position
from voxosync.report import phrases
from voxosync.report.dialing import describe_effect, list_ids
from voxosync.report.escape import dump_json, slack, visible
from voxosync.report.formatting import count
from voxosync.report.risk import risk_rank
from voxosync.report.text_format import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.model.problem import Problem
    from voxosync.report.view import View

_HEADER = 150
_SECTION = 3000
_CAMPAIGNS = 10
"""How many campaigns, alarms and findings have a section each; campaigns that ring beyond them are listed by id."""
_FAILURES = 5
"""How many failures have a section each."""


def render_plan(plan: Plan, view: View) -> str:
    """The JSON document of one message."""
    title = " ".join(
        filter(None, ["voxosync", view.command, view.environment, view.prefix.rstrip("/")])
    )
    summary = summary_line(plan, view)
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": _cut(visible(title), _HEADER), "emoji": False},
        }
    ]
    blocks += [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": _cut(text, _SECTION), "verbatim": True},
        }
        for text in _texts(plan, view, summary)
    ]
    fallback = _cut(slack(f"{title}: {summary}"), _SECTION)
    return dump_json({"text": fallback, "blocks": blocks})


def _texts(plan: Plan, view: View, summary: str) -> Iterator[str]:
    """The sections: the summary, the campaigns that ring or fall silent, and those that failed."""
    yield f"*{slack(summary)}*"
    alarms, findings = phrases.split_findings(plan)
    yield from map(_finding, alarms[:_CAMPAIGNS])
    campaigns = sorted(plan.campaigns, key=risk_rank)
    dialing = [campaign for campaign in campaigns if campaign.dialing and campaign.dialing.effect]
    for campaign in dialing[:_CAMPAIGNS]:
        assert campaign.dialing is not None  # noqa: S101  # selected above
        effect = slack(masked_in(describe_effect(campaign.dialing)))
        yield f"*{campaign.dialing.effect}* {_title(campaign, view)}: {effect}"
    yield from map(slack, list_ids(dialing[_CAMPAIGNS:], as_ranges=True))
    yield from _silent(
        [campaign for campaign in campaigns if campaign.changes and campaign not in dialing], view
    )
    yield from _failures([campaign for campaign in campaigns if campaign.error is not None], view)
    yield from map(_finding, findings[:_CAMPAIGNS])


def _silent(changed: Sequence[CampaignPlan], view: View) -> Iterator[str]:
    """Campaigns whose dialing stays as it is, with the fields that differ."""
    for campaign in changed[:_CAMPAIGNS]:
        fields = ", ".join(dict.fromkeys(change.field for change in campaign.changes))
        yield f"{_title(campaign, view)}: {fields}"
    if len(changed) > _CAMPAIGNS:
        yield f"{count(len(changed) - _CAMPAIGNS, 'more campaign')} without an effect on dialing"


def _failures(failed: Sequence[CampaignPlan], view: View) -> Iterator[str]:
    for campaign in failed[:_FAILURES]:
        reason = slack(masked_in(phrases.describe_failure(campaign)))
        yield f"*failed* {_title(campaign, view)}: {reason}"
    if len(failed) > _FAILURES:
        yield f"*failed* {count(len(failed) - _FAILURES, 'more campaign')}"


def _finding(finding: Problem) -> str:
    return f"*{finding.severity}* {slack(f'{finding.position}: {finding.message}')}"


def _title(campaign: CampaignPlan, view: View) -> str:
    """The campaign's title, as a link to its definition where there is a `--link-base`."""
    title = slack(phrases.campaign_title(campaign.id, campaign.name))
    link = view.link(Position(campaign.file, campaign.line))
    return f"<{slack(link)}|{title.replace('|', '¦')}>" if link else title


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
