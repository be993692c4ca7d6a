"""Plans and drift as text for a terminal or a log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan, Status
from voxosync.report import formatting, phrases
from voxosync.report.attention import list_reminders
from voxosync.report.campaign_listing import (
    is_listed,
    riskiest_first,
    status_of,
)
from voxosync.report.change_lines import inner_lines, summarize_change
from voxosync.report.dialing import changes_forecast, describe_forecast, headline, shared_headline
from voxosync.report.escape import terminal
from voxosync.report.groups import (
    equal_failures,
    failed_singly,
    group_alike,
    shared_provenance,
    shared_texts,
)
from voxosync.report.plan_summary import summary_line
from voxosync.report.problem_text import FEW, problem_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.change import Change
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.guard import Refusal
    from voxosync.model.problem import Problem
    from voxosync.report.groups import EqualFailures
    from voxosync.report.view import View

_SHORT = 70
_LONG = 6
"""The number of blocks and findings above which a report ends with what needs attention."""
_COLORS = {"+": "green", "-": "red", "~": "yellow", "!": "red", "≈": "cyan", "?": "yellow"}


def render_plan(plan: Plan, view: View, closing: str | None = None) -> str:
    """A plan or drift report: one block per campaign that is not in sync, then a summary line.

    Args:
        plan: the plan.
        view: how it is displayed.
        closing: replaces the summary line of the plan.
    """
    campaigns = riskiest_first(plan)
    failures = equal_failures(campaigns)
    listed = [
        campaign
        for campaign in failed_singly(campaigns, failures)
        if is_listed(campaign) or view.verbose
    ]
    three_sides = plan.base is not None
    blocks = [
        "\n".join(_group_lines(group, view, three_sides=three_sides))
        for group in group_alike(listed, view, three_sides=three_sides)
    ]
    blocks += [_failure_block(failure, plan, view) for failure in failures]
    removed = sorted(plan.abandoned, key=lambda campaign: campaign.dialing is None)
    dialing = sum(campaign.dialing is not None for campaign in removed)
    without = [_abandoned(campaign, view) for campaign in removed]
    blocks = [*without[:dialing], *blocks, *without[dialing:]]
    alarms, findings = phrases.split_findings(plan)
    if alarms:
        every_place = replace(view, verbose=True)
        blocks.insert(0, "\n".join(_findings(phrases.ALARMS, alarms, every_place)))
    if plan.unmanaged or plan.unlisted is not None:
        blocks.append("\n".join(_unmanaged(plan, view)))
    if findings:
        blocks.append("\n".join(_findings(phrases.FINDINGS, findings, view)))
    is_long = len(blocks) + len(plan.findings) > _LONG
    if is_long and (reminders := [*_reminders(plan, view)]):
        blocks.append("\n".join(reminders))
    guards = [_refusal(refusal, view) for refusal in plan.refusals]
    wrapped = view.wrap_colored(summary_line(plan, view))
    return "\n\n".join([*blocks, "\n".join([closing or wrapped, *guards])]) + "\n"


def _reminders(plan: Plan, view: View) -> Iterator[str]:
    """What needs attention, at the end of a long report, because a terminal shows only its end."""
    for heading, text in list_reminders(plan):
        yield _labeled_line(f"{heading}:", "red", terminal(text), view)


def _refusal(refusal: Refusal, view: View) -> str:
    text = f"{refusal.verdict}: {terminal(str(refusal))}"
    return _labeled_line(f"guard {refusal.guard}:", "red", text, view)


def _findings(title: str, findings: Sequence[Problem], view: View) -> Iterator[str]:
    yield view.bold(title)
    narrower = replace(view, width=view.width and view.width - 2)
    limit = None if view.width is None or view.verbose else FEW
    for of_rule in _by_rule(findings):
        for text in problem_lines(of_rule, narrower, limit):
            yield from (f"  {line}" for line in text.split("\n"))


def _by_rule(findings: Sequence[Problem]) -> Iterable[Sequence[Problem]]:
    """The findings of each check, those with errors first."""
    rules: dict[str, list[Problem]] = {}
    for finding in sorted(findings, key=lambda finding: not finding.is_error):
        rules.setdefault(finding.rule, []).append(finding)
    return rules.values()


def _heading(campaign: CampaignPlan | AbandonedCampaign, view: View) -> str:
    title = terminal(phrases.campaign_title(campaign.id, campaign.name))
    return f"{view.bold(title)}  {terminal(campaign.file)}"


def _group_lines(
    campaigns: Sequence[CampaignPlan], view: View, *, three_sides: bool
) -> Iterator[str]:
    """The lines about campaigns that change alike: what changes, and in which; or about a single campaign."""
    first = campaigns[0]
    if len(campaigns) == 1:
        yield from campaign_lines(first, view, three_sides=three_sides)
        return
    ids = f"in {len(campaigns)} campaigns: {formatting.id_ranges(campaigns)}"
    changes = list(first.changes)
    if not changes:
        count = formatting.count(len(campaigns), "campaign")
        yield (
            view.bold(count)
            + view.wrap(f"{count}: ", formatting.id_ranges(campaigns))[len(count) :]
        )
        yield from _unchanged(first, view)
        yield from _shared_warnings(campaigns, view)
        return
    if len(changes) == 1:
        title = terminal(summarize_change(changes[0], view))
        remark = phrases.describe_origin(changes[0], three_sides=three_sides)
        label = f"  ({terminal(remark)})" if remark else ""
    else:
        title, label = f"{len(changes)} changes", ""
    yield view.bold(title) + view.wrap(f"{title} ", f"{ids}{label}")[len(title) :]
    effects = [campaign.dialing for campaign in campaigns if campaign.dialing is not None]
    if effects and effects[0].effect is not None:
        yield _marked_line("!", terminal(shared_headline(effects)), view)
    for index, change in enumerate(changes):
        if len(changes) == 1:
            yield from _inner_lines(change, view)
        else:
            remark = phrases.describe_origin(change, three_sides=three_sides)
            yield from _change(change, view, remark)
        yield from _provenance(campaigns, index, view)
    yield from _shared_warnings(campaigns, view)


def _shared_warnings(campaigns: Sequence[CampaignPlan], view: View) -> Iterator[str]:
    """The warnings of campaigns that change alike, each once, with the ids where not all of them have it."""
    for ids, warning in shared_texts(campaigns, lambda campaign: campaign.warnings):
        yield _warning(f"{ids}: {warning}" if ids else warning, view)


def campaign_lines(campaign: CampaignPlan, view: View, *, three_sides: bool) -> Iterator[str]:
    """The lines about one campaign: its id, name and file, what is wrong, and what differs."""
    yield _heading(campaign, view)
    if campaign.error is not None:
        error = f"{status_of(campaign)}: {phrases.describe_failure(campaign)}"
        yield _marked_line("!", terminal(error), view)
    yield from _dialing(campaign.dialing, view)
    if campaign.is_new:
        yield _marked_line("+", "to be created", view)
        for change in campaign.changes:
            yield from _new_value(change, view)
    for index, change in enumerate(() if campaign.is_new else campaign.changes):
        yield from _change(change, view, phrases.describe_origin(change, three_sides=three_sides))
        yield from _provenance([campaign], index, view)
    for acknowledged in campaign.acknowledged:
        remark = phrases.describe_acknowledged(acknowledged, view)
        yield from _change(acknowledged.change, view, remark, "≈")
    yield from _unchanged(campaign, view)
    for warning in campaign.warnings:
        yield _warning(warning, view)


def _unchanged(campaign: CampaignPlan, view: View) -> Iterator[str]:
    """That nothing differs, or that what differs is left alone."""
    if campaign.status is Status.IN_SYNC:
        yield f"  {view.paint('= in sync', 'green')}"
    elif campaign.status is Status.LEFT_ALONE and not campaign.acknowledged:
        yield _marked_line("≈", "left alone", view)


def _warning(text: str, view: View) -> str:
    return _labeled_line("warning:", "yellow", terminal(text), view, indent=2)


def _failure_block(failures: EqualFailures, plan: Plan, view: View) -> str:
    """The lines about campaigns that failed alike: the reason, what may be wrong, and the campaigns.

    Args:
        failures: the campaigns and the reason.
        plan: all campaigns.
        view: how it is displayed; with `-v`, every campaign is listed with its file.
    """
    count = formatting.count(len(failures.campaigns), "campaign")
    reason = f"{failures.status}: {failures.reason}"
    lines = [view.bold(f"{count} {failures.status}")]
    lines.append(view.paint(view.wrap("  ! ", terminal(reason)), "red"))
    if cause := failures.cause(plan, view):
        lines.append(view.wrap("    ", terminal(cause)))
    number = len(failures.campaigns) if view.verbose else FEW
    for campaign in failures.campaigns[:number]:
        title = phrases.campaign_title(campaign.id, campaign.name)
        lines.append(f"    {terminal(title)}  {terminal(campaign.file)}")
    if unlisted := failures.campaigns[number:]:
        ids = ", ".join(str(campaign.id) for campaign in unlisted)
        lines.append(view.wrap(f"    and {len(unlisted)} more: ", ids))
    return "\n".join(lines)


def _dialing(dialing: DialingEffect | None, view: View) -> Iterator[str]:
    if dialing is None:
        return
    if dialing.effect is not None:
        yield _marked_line("!", terminal(headline(dialing)), view)
    elif changes_forecast(dialing):
        yield view.wrap("  ", terminal(f"forecast: {describe_forecast(dialing)}"))


def _abandoned(campaign: AbandonedCampaign, view: View) -> str:
    text = terminal(phrases.describe_abandoned(campaign))
    if campaign.dialing is not None:
        return f"{_heading(campaign, view)}\n{_marked_line('!', text, view)}"
    return f"{_heading(campaign, view)}\n{view.wrap('    ', text)}"


def _unmanaged(plan: Plan, view: View) -> Iterator[str]:
    if plan.unlisted is not None:
        yield view.bold("Unmanaged campaigns")
        yield _marked_line("!", f"failed: {terminal(phrases.describe_unlisted(plan))}", view)
        return
    yield f"{view.bold('Unmanaged')}: campaigns in VOXO without a definition"
    for campaign in plan.unmanaged:
        yield _marked_line("?", terminal(phrases.describe_unmanaged(campaign)), view)


def _change(change: Change, view: View, remark: str, mark: str = "~") -> Iterator[str]:
    label = f"  ({terminal(remark)})" if remark else ""
    text = terminal(summarize_change(change, view))
    numbers = change.added or change.removed or change.changed
    if numbers or len(text) <= _SHORT:
        yield _marked_line(mark, text + label, view)
    else:
        yield _marked_line(mark, f"{change.field}:{label}", view)
        if not change.details:  # long values one above the other, which is easier to compare
            before, after = ("VOXO ", "Git  ") if view.command == "drift" else ("  ", "→ ")
            for side, text in ((before, change.before_text), (after, change.after_text)):
                yield view.wrap(f"      {side}", terminal(text), indent=11)
    yield from _inner_lines(change, view)


def _provenance(campaigns: Sequence[CampaignPlan], index: int, view: View) -> Iterator[str]:
    for text in shared_provenance(campaigns, index):
        yield view.wrap("      ", terminal(text), indent=8)


def _new_value(change: Change, view: View) -> Iterator[str]:
    """A value of a campaign that is not created yet."""
    yield f"    {terminal(phrases.describe_value(change))}"
    yield from _inner_lines(change, view)


def _inner_lines(change: Change, view: View) -> Iterator[str]:
    for mark, text in inner_lines(change, view):
        yield _marked_line(mark, terminal(text), view, indent=6)


def _labeled_line(label: str, color: str, text: str, view: View, indent: int = 0) -> str:
    head = f"{' ' * indent}{label} "
    line = view.wrap(head, text, indent=indent + 4)
    return f"{' ' * indent}{view.paint(label, color)}{line[len(head) - 1 :]}"


def _marked_line(mark: str, text: str, view: View, indent: int = 2) -> str:
    line = view.wrap(f"{' ' * indent}{mark} ", text, indent=indent + 4)
    return line[:indent] + view.paint(line[indent:], _COLORS[mark])
