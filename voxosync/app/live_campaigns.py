"""Live campaigns, read from VOXO or from a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.errors import CampaignError, UsageError
from voxosync.sync.fetch import fetch_all
from voxosync.voxo.endpoint import same_voxo, without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.app.project import Project
    from voxosync.model.campaign import LiveCampaign
    from voxosync.sync.snapshot import Snapshot


def fetch_live(
    project: Project, campaign_ids: Sequence[int]
) -> dict[int, LiveCampaign | CampaignError]:
    """Reads live campaigns: each one, or why it cannot be read; shows progress."""
    voxo = project.voxo
    with project.listener.progress("Reading campaigns", len(campaign_ids)) as progress:
        return fetch_all(
            voxo,
            campaign_ids,
            workers=project.connection.concurrency,
            on_read=progress.advance,
        )


def open_snapshot(project: Project, path: Path) -> Snapshot:
    """A snapshot of the VOXO that the project uses.

    Raises:
        UsageError: the file is not a snapshot, or is of another VOXO.
    """
    from voxosync.sync.snapshot import read_snapshot

    target, snapshot = project.target, read_snapshot(path)
    if target.is_given and not same_voxo(target.base_url, snapshot.base_url):
        raise UsageError(
            f"{path} is a snapshot of {snapshot.base_url}, but this command uses "
            f"{without_secrets(target.base_url)}"
        )
    return snapshot
