"""Runs checks, and separates what they find from what comments allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.checks.registry import findings
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.problem import AllowedProblem, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from voxosync.definitions.allow_comments import Allowances
    from voxosync.model.checks.check import CheckedCampaign, Checks


def run_checks(
    campaigns: Sequence[CheckedCampaign], checks: Checks, allowances: Allowances, now: datetime
) -> tuple[list[Problem], list[AllowedProblem]]:
    """The problems that checks find in campaigns, and the findings that comments allow.

    A comment allows a finding if it is about the value, the list of numbers that contains it, or the definition.

    Args:
        campaigns: the campaigns, including those with which others are only compared.
        checks: the settings.
        allowances: what comments allow.
        now: the present moment, aware.
    """
    problems: list[Problem] = []
    allowed: list[AllowedProblem] = []
    for finding in findings(campaigns, checks, now):
        problem, campaign = finding.problem, finding.campaign
        places = [problem.position]
        if problem.phones is not None:
            places.append(campaign.position_of(NUMBERS_FIELD))
        comment = allowances.find(problem.rule, places, campaign.position)
        if comment is None:
            problems.append(problem)
        else:
            allowed.append(AllowedProblem(problem, comment.reason))
    return problems, allowed
