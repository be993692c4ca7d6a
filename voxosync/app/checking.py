"""Runs checks on campaigns as a plan knows them: definitions, and what VOXO has where they say nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.definitions.checks.judge import judge
from voxosync.errors import DefinitionsError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.checks.check import Subject
from voxosync.sync.diff import desired_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voxosync.app.project import Project
    from voxosync.app.selection import Selection
    from voxosync.errors import CampaignError
    from voxosync.model.campaign import Definition
    from voxosync.model.plan import Plan


def with_findings(
    project: Project,
    selection: Selection,
    live: Mapping[int, LiveCampaign | CampaignError],
    plan: Plan,
    *,
    is_drift: bool,
) -> Plan:
    """A plan with what checks find in its campaigns, and what of that is allowed.

    Args:
        project: the project.
        selection: its definitions.
        live: what was read of each selected campaign.
        plan: the plan of the selected campaigns.
        is_drift: whether the run is about what VOXO does now; then a finding is no reason to stop.

    Raises:
        DefinitionsError: a check whose severity is error finds something, and the run may lead to sending.
    """
    subjects = [
        _subject(definition, live, is_drift=is_drift) for definition in selection.definitions
    ]
    subjects += [Subject.of(definition, is_reported=False) for definition in selection.others]
    loaded = selection.loaded
    if loaded.checks is None:
        return plan
    problems, allowed = judge(subjects, loaded.checks, loaded.allowances, project.now)
    if not is_drift and any(problem.is_error for problem in problems):
        raise DefinitionsError(problems)
    return replace(plan, findings=tuple(problems), allowed=(*plan.allowed, *allowed))


def _subject(
    definition: Definition,
    live: Mapping[int, LiveCampaign | CampaignError],
    *,
    is_drift: bool,
) -> Subject:
    campaign = live.get(definition.id)
    subject = Subject.of(definition)
    if not isinstance(campaign, LiveCampaign):
        return subject
    campaign = campaign.before_quiesce()
    return replace(
        subject,
        values={**campaign.values, **desired_values(definition, campaign)},
        is_whole=not campaign.unreadable,
        called=frozenset(key for key, result in campaign.dispositions.items() if result),
        live=campaign.numbers if is_drift else (),
        live_state=campaign.state,
    )
