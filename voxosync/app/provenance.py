"""Where the two sides of differences come from: commits and authors, as Git knows, and runs, as journals know."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from voxosync.definitions.git.blame import revisions
from voxosync.definitions.git.run_git import Git
from voxosync.errors import JournalError, UsageError
from voxosync.model.change_kind import ChangeKind
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.sync.last_sendings import last_sendings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from voxosync.app.applied_record import ProjectRecord
    from voxosync.app.project import Project
    from voxosync.model.change import Change
    from voxosync.model.plan import AcknowledgedChange, CampaignPlan
    from voxosync.model.provenance import Revision, Sending

MOST_FILES = 20
"""Of how many files Git is asked for the commits of lines: one process a file."""

_BY_HAND = (ChangeKind.DRIFT, ChangeKind.CONFLICT)


def with_pending_commits(
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
        if change.field == NUMBERS_FIELD or (file not in blames and len(blames) == MOST_FILES):
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


def with_owners(folder: Path, campaigns: Sequence[CampaignPlan]) -> Sequence[CampaignPlan]:
    """Campaigns whose acknowledged differences have an owner: the author of the line, where it names none."""
    files = dict.fromkeys(
        acknowledged.by.position.file
        for campaign in campaigns
        for acknowledged in campaign.acknowledged
        if acknowledged.by.owner is None
    )
    if not files:
        return campaigns
    revisions_by_line = {file: revisions(folder, file) for file in files}

    def owned(acknowledged: AcknowledgedChange) -> AcknowledgedChange:
        by = acknowledged.by
        revision = revisions_by_line[by.position.file].get(by.position.line)
        author = None if revision is None else revision.author
        return replace(acknowledged, by=replace(by, owner=by.owner or author))

    return [
        replace(campaign, acknowledged=tuple(map(owned, campaign.acknowledged)))
        for campaign in campaigns
    ]


def with_provenance(
    project: Project, campaigns: Sequence[CampaignPlan], base_url: str, base: str | None
) -> Sequence[CampaignPlan]:
    """Campaigns whose differences by hand have the commit of Git's value and the run that last sent the field.

    Where neither Git nor a journal knows, or asking would take long, differences have none.

    Args:
        project: the project, for its folder and its journals.
        campaigns: those of a drift report.
        base_url: the VOXO that they were compared with.
        base: the commit of the report's base; None: it has none, and every difference may be by hand.
    """

    def is_by_hand(change: Change) -> bool:
        return base is None or change.kind in _BY_HAND

    by_hand = {
        campaign.id: [change for change in campaign.changes if is_by_hand(change)]
        for campaign in sorted(campaigns, key=lambda campaign: campaign.dialing is None)
    }
    commits = _revisions(project.folder, chain.from_iterable(by_hand.values()))
    sendings = _sendings(project.journal, base_url, by_hand)

    def with_both(campaign: CampaignPlan, change: Change) -> Change:
        if not is_by_hand(change):
            return change
        position = change.position
        revision = commits.get(position.file, {}).get(position.line) if position else None
        sending = sendings.get((campaign.id, change.field))
        return replace(change, revision=revision, last_sent=sending)

    return [
        replace(
            campaign,
            changes=tuple(with_both(campaign, change) for change in campaign.changes),
        )
        for campaign in campaigns
    ]


def _revisions(folder: Path, changes: Iterable[Change]) -> dict[str, Mapping[int, Revision]]:
    """The revisions of the lines that give the values of changes, by file; of the first `MOST_FILES` of them."""
    lines: dict[str, set[int]] = {}
    for change in changes:
        if change.position is not None:
            lines.setdefault(change.position.file, set()).add(change.position.line)
    try:
        if not lines or Git(folder).is_partial:  # there, blame would fetch the past of each file
            return {}
    except UsageError:
        return {}
    return {file: revisions(folder, file, lines[file]) for file in [*lines][:MOST_FILES]}


def _sendings(
    journals: Path, base_url: str, changes: Mapping[int, Sequence[Change]]
) -> Mapping[tuple[int, str], Sending]:
    fields = {
        campaign: frozenset(change.field for change in of_campaign)
        for campaign, of_campaign in changes.items()
        if of_campaign
    }
    try:
        return last_sendings(journals, base_url, fields)
    except JournalError:
        return {}
