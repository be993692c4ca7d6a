"""A plan or drift as a Slack message in Block Kit, for a job to post: what rings, counts, and links.

Source of the limits: Slack's reference of Block Kit (50 blocks, a header of 150 characters, a section of 3,000).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from voxosync.model.phone import masked_in
from voxosync.model.plan import AbandonedCampaign
from voxosync.report import phrases
from voxosync.report.campaign_listing import riskiest_first
from voxosync.report.dialing import describe_effect, describe_shared_effect, list_ids
from voxosync.report.escape import dump_json, slack, visible
from voxosync.report.formatting import count, count_and_ids, id_ranges
from voxosync.report.groups import equal_failures, failed_singly, group_alike
from voxosync.report.plan_summary import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.model.problem import Problem
    from voxosync.report.view import View

_HEADER = 150
_SECTION = 3000
_SECTIONS = 49
"""The maximum number of sections in addition to the header."""
_CAMPAIGNS = 10
"""The number of groups of campaigns, alarms and findings with a section each; others that ring are listed by id."""
_FAILURES = 5
"""The number of failures with a section each."""
_REASON = 1000
"""The characters of a reason that failures share; their ids may need the rest of the section."""


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
    three_sides = plan.base is not None
    groups: list[Sequence[CampaignPlan | AbandonedCampaign]] = [
        [removed] for removed in plan.abandoned
    ]
    groups += group_alike(campaigns, view, three_sides=three_sides)
    dialing = [group for group in groups if group[0].dialing and group[0].dialing.effect]
    for group in dialing[:_CAMPAIGNS]:
        yield from _split(_effect(group, plan, view))
    for line in list_ids(chain.from_iterable(dialing[_CAMPAIGNS:]), as_ranges=True):
        yield from _split(slack(line))
    for refusal in plan.refusals:
        yield f"*guard {slack(refusal.guard)}* {refusal.verdict}: {slack(str(refusal))}"
    changed = [campaign for campaign in campaigns if campaign.changes]
    silent = [
        group
        for group in group_alike(changed, view, three_sides=three_sides)
        if not (group[0].dialing and group[0].dialing.effect)
    ]
    for group in silent[:_CAMPAIGNS]:
        yield from _split(_silent(group, plan, view))
    if left_out := sum(map(len, silent[_CAMPAIGNS:])):
        yield f"{count(left_out, 'more campaign')} without an effect on dialing"
    yield from _failures(plan, view)
    yield from _first([_finding(finding) for finding in findings], "more finding")


def _first(texts: Sequence[str], noun: str) -> Iterator[str]:
    """The first texts, and the number of the others."""
    yield from texts[:_CAMPAIGNS]
    if len(texts) > _CAMPAIGNS:
        yield count(len(texts) - _CAMPAIGNS, noun)


def _split(text: str) -> Iterator[str]:
    """A text that may name many ids, as sections."""
    if len(text) <= _SECTION:
        yield text
    else:
        yield from wrap(text, _SECTION, break_on_hyphens=False)


def _effect(group: Sequence[CampaignPlan | AbandonedCampaign], plan: Plan, view: View) -> str:
    """What happens to the dialing of a campaign, or of several alike."""
    effects = [campaign.dialing for campaign in group if campaign.dialing is not None]
    effect = effects[0].effect
    text = describe_effect(effects[0]) if len(effects) == 1 else describe_shared_effect(effects)
    return f"*{effect}* {_titles(group, plan, view)}: {slack(masked_in(text))}"


def _silent(group: Sequence[CampaignPlan], plan: Plan, view: View) -> str:
    """Campaigns whose dialing stays as it is, with the fields that differ."""
    fields = ", ".join(dict.fromkeys(change.field for change in group[0].changes))
    return f"{_titles(group, plan, view)}: {fields}"


def _titles(group: Sequence[CampaignPlan | AbandonedCampaign], plan: Plan, view: View) -> str:
    """The title of a campaign, or how many campaigns and which; and who made their differences."""
    title = _title(group[0], view) if len(group) == 1 else count_and_ids(group)
    return f"{title}{_origin(group[0], plan)}"


def _origin(campaign: CampaignPlan | AbandonedCampaign, plan: Plan) -> str:
    """` (pending, drift)`: who made the differences of a campaign, or that it does not exist yet; may be empty."""
    if isinstance(campaign, AbandonedCampaign):
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
    groups = equal_failures(failed)
    for group in groups:
        reason = _cut(slack(group.describe(plan, view)), _REASON)
        yield from _split(f"*failed* {group.title}: {reason}")
    singly = failed_singly(failed, groups)
    for campaign in singly[:_FAILURES]:
        yield f"*failed* {_title(campaign, view)}: {slack(phrases.describe_failure(campaign))}"
    if left_out := singly[_FAILURES:]:
        number = count(len(left_out), "more campaign")
        yield from _split(f"*failed* {number}: {id_ranges(left_out)}")


def _finding(finding: Problem) -> str:
    return f"*{finding.severity}* {slack(f'{finding.position}: {finding.message}')}"


def _title(campaign: CampaignPlan | AbandonedCampaign, view: View) -> str:
    """The campaign's title, as a link to its definition where there is a `--link-base`."""
    title = slack(phrases.campaign_title(campaign.id, campaign.name))
    link = view.link_definition(campaign)
    return f"<{slack(link)}|{title.replace('|', '¦')}>" if link else title


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
