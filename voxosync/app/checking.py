"""Runs checks on campaigns as a plan knows them: definitions, and what VOXO has where they say nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.definitions.do_not_call_lists import read_lists
from voxosync.errors import DefinitionsError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.checks.check import OFF, CheckedCampaign
from voxosync.model.checks.do_not_call import NAME, forbids, is_over
from voxosync.model.checks.registry import CHECKS, findings, settings_of
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.phone import masked_in
from voxosync.sync.diff import desired_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from voxosync.app.project import Project
    from voxosync.app.selection import Selection
    from voxosync.errors import CampaignError
    from voxosync.model.campaign import Definition
    from voxosync.model.drift import UnmanagedCampaign
    from voxosync.model.problem import AllowedProblem, Position, Problem


def find_problems(
    project: Project,
    selection: Selection,
    live: Mapping[int, LiveCampaign | CampaignError],
    *,
    is_drift: bool,
) -> tuple[Sequence[Problem], Sequence[AllowedProblem]]:
    """What checks find in the selected campaigns, and what of that is allowed.

    Args:
        project: the project.
        selection: its definitions.
        live: what was read of each selected campaign.
        is_drift: whether the run is about what VOXO does now; then a finding does not stop the run.

    Raises:
        DefinitionsError: a check whose severity is error finds something, and the run may lead to sending.
    """
    campaigns = [
        _checked_campaign(definition, live, is_drift=is_drift)
        for definition in selection.definitions
    ]
    campaigns += [
        CheckedCampaign.of(definition, is_reported=False) for definition in selection.unselected
    ]
    if not is_drift:
        campaigns += [CheckedCampaign.of(definition, is_new=True) for definition in selection.new]
    loaded = selection.loaded
    if loaded.checks is None:
        return (), ()
    problems, allowed = loaded.allowances.separate(findings(campaigns, loaded.checks, project.now))
    if not is_drift and any(problem.is_error for problem in problems):
        raise DefinitionsError(problems)
    return problems, allowed


def _checked_campaign(
    definition: Definition,
    live: Mapping[int, LiveCampaign | CampaignError],
    *,
    is_drift: bool,
) -> CheckedCampaign:
    live_campaign = live.get(definition.id)
    campaign = CheckedCampaign.of(definition)
    if not isinstance(live_campaign, LiveCampaign):
        return campaign
    live_campaign = live_campaign.before_quiesce()
    desired = desired_values(definition, live_campaign)
    return replace(
        campaign,
        values={**live_campaign.values, **{name: desired[name] for name in campaign.values}},
        is_whole=not live_campaign.unreadable,
        called=_called(live_campaign),
        live=live_campaign.numbers if is_drift else (),
        live_state=live_campaign.state,
    )


def open_campaigns(
    unmanaged: Sequence[UnmanagedCampaign], listed: Iterable[Mapping[str, Any]], now: datetime
) -> list[int]:
    """The ids of those campaigns without a definition that may still call people.

    Args:
        unmanaged: the campaigns without a definition.
        listed: campaigns as VOXO lists them.
        now: the present moment, aware.
    """
    ids = {campaign.id for campaign in unmanaged}
    rows = {int(raw["id"]): raw for raw in listed if int(raw["id"]) in ids}
    return [id_ for id_ in ids if not is_over(LiveCampaign.from_response(rows[id_]).values, now)]


def find_unmanaged_problems(
    project: Project,
    selection: Selection,
    live: Mapping[int, LiveCampaign | CampaignError],
) -> Sequence[Problem]:
    """The phones that may not be called in campaigns without a definition.

    Those campaigns are read for this: VOXO's list of campaigns does not show whom they call.

    Args:
        project: the project.
        selection: its definitions.
        live: those campaigns as VOXO has them, or why they cannot be read.
    """
    checks = selection.loaded.checks
    assert checks is not None  # noqa: S101  # there are lists
    campaigns = []
    for campaign_id, campaign in sorted(live.items()):
        if isinstance(campaign, LiveCampaign):
            campaigns.append(_unmanaged_campaign(campaign, settings_of(checks, NAME).position))
        else:
            reason = masked_in(str(campaign))
            project.listener.warning(
                f"campaign {campaign_id}, which has no definition, is not compared with the do-not-call lists: {reason}"
            )
    only = replace(checks, settings={**dict.fromkeys(CHECKS, OFF), NAME: settings_of(checks, NAME)})
    return [finding.problem for finding in findings(campaigns, only, project.now)]


def _unmanaged_campaign(campaign: LiveCampaign, position: Position) -> CheckedCampaign:
    name = campaign.values.get("name")
    return CheckedCampaign(
        campaign.id,
        position,
        {},
        {key: value for key, value in campaign.values.items() if key != NUMBERS_FIELD},
        is_whole=not campaign.unreadable,
        name=" ".join(filter(None, (f"campaign {campaign.id}", str(name or "")))),
        called=_called(campaign),
        live=campaign.numbers,
        live_state=campaign.state,
    )


def forbidden_phones(project: Project) -> Mapping[str, str]:
    """The phones that no run may add: those of the do-not-call lists, unless the lists only cause warnings.

    Raises:
        DefinitionsError: a list cannot be read.
    """
    checks = project.settings.checks
    if not forbids(settings_of(checks, NAME)):
        return {}
    phones, problems = read_lists(checks.lists, project.layout)
    if problems:
        raise DefinitionsError(problems)
    return phones


def _called(campaign: LiveCampaign) -> frozenset[str]:
    """The phones with a call result."""
    return frozenset(key for key, result in campaign.dispositions.items() if result)
