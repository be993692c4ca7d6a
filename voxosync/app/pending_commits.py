"""Looks up which commits hold the pending changes of a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.numbers import NUMBERS_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.app.applied_record import ProjectRecord
    from voxosync.model.change import Change
    from voxosync.model.plan import CampaignPlan

_MOST_BLAMES = 20
"""The most files whose lines are looked up: each takes a process of its own."""


def with_commits(
    campaigns: Sequence[CampaignPlan], record: ProjectRecord
) -> Sequence[CampaignPlan]:
    """Campaigns whose pending changes name the commits that hold them, if that is certain and quick to find.

    They are copies: only the comparison shows which changes are pending, and Git is asked about those alone.

    Args:
        campaigns: as they were compared with the record.
        record: the record.
    """
    is_pending = any(
        change.kind is ChangeKind.PENDING for campaign in campaigns for change in campaign.changes
    )
    if record.obstacle is not None or not is_pending:
        return campaigns
    commits = record.pending()
    only_one = commits[0].id if len(commits) == 1 else None
    blames: dict[str, Mapping[int, str]] = {}

    def commit_of(change: Change) -> str | None:
        if change.kind is not ChangeKind.PENDING:
            return None
        if only_one or change.position is None:
            return only_one
        file = change.position.file
        if change.field == NUMBERS_FIELD or (file not in blames and len(blames) == _MOST_BLAMES):
            return None
        if file not in blames:
            blames[file] = record.record.lines(record.commit, record.head, file)
        return blames[file].get(change.position.line)

    return [
        replace(
            campaign,
            changes=tuple(replace(change, commit=commit_of(change)) for change in campaign.changes),
        )
        for campaign in campaigns
    ]
