"""A plan or drift as a Slack message in Block Kit, for a job to post: what rings, counts, and links.

Source of the limits: Slack's reference of Block Kit (50 blocks, a header of 150 characters, a section of 3,000).
"""

from __future__ import annotations

from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from voxosync.model.phone import masked_in
from voxosync.model.plan import Abandoned
from voxosync.report import phrases
from voxosync.report.dialing import describe_effect, list_ids
from voxosync.report.escape import dump_json, slack, visible
from voxosync.report.formatting import count
from voxosync.report.risk import riskiest_first
from voxosync.report.text_format import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.model.problem import Problem
    from voxosync.report.view import View

_HEADER = 150
_SECTION = 3000
_SECTIONS = 49
"""How many sections a message has besides its header."""
_CAMPAIGNS = 10
"""How many campaigns, alarms and findings have a section each; campaigns that ring beyond them are listed by id."""
_FAILURES = 5
"""How many failures have a section each."""


def render_plan(plan: Plan, view: View) -> str:
    """The JSON document of one message."""
    title = " ".join(
        filter(None, ["voxosync", view.command, view.environment, view.prefix.rstrip("/")])
    )
    summary = summary_line(plan, replace(view, color=False))
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": _cut(visible(title), _HEADER), "emoji": False},
        }
    ]
    texts = [f"*{slack(summary)}*", *_texts(plan, view)]
    if len(texts) > _SECTIONS:
        left_out = len(texts) - _SECTIONS + 1
        texts = [*texts[: _SECTIONS - 1], f"… {count(left_out, 'more line')}"]
    blocks += [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": _cut(text, _SECTION), "verbatim": True},
        }
        for text in texts
    ]
    fallback = _cut(slack(f"{title}: {summary}"), _SECTION)
    return dump_json({"text": fallback, "blocks": blocks})


def _texts(plan: Plan, view: View) -> Iterator[str]:
    """The sections: alarms, the campaigns that ring or fall silent, guards, other changes, failures and findings."""
    alarms, findings = phrases.split_findings(plan)
    yield from _first([_finding(finding) for finding in alarms], "more alarm")
    campaigns = riskiest_first(plan)
    subjects: list[CampaignPlan | Abandoned] = [*plan.abandoned, *campaigns]
    dialing = [campaign for campaign in subjects if campaign.dialing and campaign.dialing.effect]
    for campaign in dialing[:_CAMPAIGNS]:
        assert campaign.dialing is not None  # noqa: S101  # selected above
        effect = slack(masked_in(describe_effect(campaign.dialing)))
        title = f"{_title(campaign, view)}{_origin(campaign, plan)}"
        yield f"*{campaign.dialing.effect}* {title}: {effect}"
    for line in list_ids(dialing[_CAMPAIGNS:], as_ranges=True):
        yield from wrap(slack(line), _SECTION, break_on_hyphens=False)
    for refusal in plan.refusals:
        yield f"*guard {slack(refusal.guard)}* {refusal.verdict}: {slack(str(refusal))}"
    texts = [
        _silent(campaign, plan, view)
        for campaign in campaigns
        if campaign.changes and not (campaign.dialing and campaign.dialing.effect)
    ]
    yield from _first(texts, "more campaign", " without an effect on dialing")
    yield from _failures(plan, view)
    yield from _first([_finding(finding) for finding in findings], "more finding")


def _first(texts: Sequence[str], noun: str, remark: str = "") -> Iterator[str]:
    """The first texts, and how many more there are."""
    yield from texts[:_CAMPAIGNS]
    if len(texts) > _CAMPAIGNS:
        yield f"{count(len(texts) - _CAMPAIGNS, noun)}{remark}"


def _silent(campaign: CampaignPlan, plan: Plan, view: View) -> str:
    """A campaign whose dialing stays as it is, with the fields that differ."""
    title = f"{_title(campaign, view)}{_origin(campaign, plan)}"
    fields = ", ".join(dict.fromkeys(change.field for change in campaign.changes))
    return f"{title}: {fields}"


def _origin(campaign: CampaignPlan | Abandoned, plan: Plan) -> str:
    """` (pending, drift)`: who made the differences of a campaign, or that it does not exist yet; may be empty."""
    if isinstance(campaign, Abandoned):
        return ""
    if campaign.is_new:
        return " (to be created)"
    kinds = dict.fromkeys(change.kind.value for change in campaign.changes)
    return f" ({', '.join(kinds)})" if kinds and plan.base is not None else ""


def _failures(plan: Plan, view: View) -> Iterator[str]:
    """Why the campaigns without a definition could not be listed, and why campaigns could not be compared."""
    if plan.unlisted is not None:
        yield f"*failed* the campaigns without a definition: {slack(phrases.describe_unlisted(plan))}"
    failed = [campaign for campaign in plan.campaigns if campaign.error is not None]
    for campaign in failed[:_FAILURES]:
        yield f"*failed* {_title(campaign, view)}: {slack(phrases.describe_failure(campaign))}"
    if len(failed) > _FAILURES:
        yield f"*failed* {count(len(failed) - _FAILURES, 'more campaign')}"


def _finding(finding: Problem) -> str:
    return f"*{finding.severity}* {slack(f'{finding.position}: {finding.message}')}"


def _title(campaign: CampaignPlan | Abandoned, view: View) -> str:
    """The campaign's title, as a link to its definition where there is a `--link-base`."""
    title = slack(phrases.campaign_title(campaign.id, campaign.name))
    link = view.link_definition(campaign)
    return f"<{slack(link)}|{title.replace('|', '¦')}>" if link else title


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
