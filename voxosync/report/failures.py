"""Campaigns that failed for the same reason, so that the reason is shown once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from voxosync.report import formatting, phrases
from voxosync.report.campaign_status import status_of
from voxosync.report.dialing import count_and_ids
from voxosync.report.escape import terminal
from voxosync.report.problem_text import FEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.outcome import Result
    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.report.view import View

_ID = "ID"
"""Stands for the id of each campaign in a reason that they share."""

_SETTINGS = "voxosync.yaml"


class EqualFailures(NamedTuple):
    """Campaigns that could not be compared with VOXO for one reason, which is as `describe_failure` has it."""

    status: str
    reason: str
    campaigns: Sequence[CampaignPlan]

    @property
    def title(self) -> str:
        """How many campaigns, and which: `34 campaigns (4711-4744)`."""
        return count_and_ids(self.campaigns)

    def cause(self, plan: Plan, view: View) -> str:
        """What may be wrong where no campaign of a plan could be compared: likely the settings; else empty."""
        is_every = all(campaign.error is not None for campaign in plan.campaigns)
        if not is_every or _SETTINGS in self.reason:
            return ""
        return (
            f"this is so for every campaign: check --env {view.environment or 'NAME'}, VOXO_TENANT_ID, "
            f"and baseUrl and tenantId in {_SETTINGS}"
        )

    def describe(self, plan: Plan, view: View) -> str:
        """The reason, and what may be wrong."""
        return "; ".join(filter(None, (self.reason, self.cause(plan, view))))


def equal_failures(campaigns: Iterable[CampaignPlan]) -> list[EqualFailures]:
    """The reasons for which `FEW` or more campaigns failed, in the order of their first ones."""
    alike: dict[tuple[str, str], list[CampaignPlan]] = {}
    for campaign in campaigns:
        if _only_failed(campaign):
            reason = without_id(phrases.describe_failure(campaign), campaign.id)
            alike.setdefault((status_of(campaign).value, reason), []).append(campaign)
    return [EqualFailures(*key, same) for key, same in alike.items() if len(same) >= FEW]


def _only_failed(campaign: CampaignPlan) -> bool:
    """Whether the failure is all that there is to say; what may ring is never summed up."""
    has_more = campaign.dialing or campaign.changes or campaign.acknowledged or campaign.warnings
    return campaign.error is not None and not has_more


def without_id(reason: str, campaign_id: int) -> str:
    """A reason with `ID` for the campaign's id, which is what differs between requests that fail alike."""
    return re.sub(rf"(?<![\w.]){campaign_id}(?![\w.])", _ID, reason)


def failed_singly(
    campaigns: Iterable[CampaignPlan], failures: Iterable[EqualFailures]
) -> list[CampaignPlan]:
    """The campaigns that are in none of the groups of those that failed alike."""
    grouped = {campaign.id for group in failures for campaign in group.campaigns}
    return [campaign for campaign in campaigns if campaign.id not in grouped]


def failure_block(failures: EqualFailures, plan: Plan, view: View) -> str:
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


def repeated_details(results: Sequence[Result]) -> Iterator[int | None]:
    """For each result of apply, the campaign whose result has the same detail and comes first, where one has."""
    first: dict[tuple[str, str], int] = {}
    for result in results:
        key = result.outcome.value, without_id(result.detail, result.id)
        earlier = first.setdefault(key, result.id)
        yield earlier if result.detail and earlier != result.id else None
