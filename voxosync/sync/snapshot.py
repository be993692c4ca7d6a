"""Snapshots: live campaigns in a file, for plans without a token (`schemas/snapshot.schema.json`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voxosync import __version__
from voxosync.errors import BadAnswer, CampaignError, NotFound, UsageError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.document import FORMAT_VERSION
from voxosync.model.moment import moment_from, moment_to
from voxosync.model.values import Unreadable
from voxosync.sync.json_documents import read_json, validator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What VOXO returned at a moment.

    Attributes:
        is_all: whether it holds every campaign of the tenant.
    """

    created_at: datetime
    base_url: str
    campaigns: Sequence[Mapping[str, Any]]
    is_all: bool = False

    def live(self, campaign_ids: Iterable[int]) -> dict[int, LiveCampaign | CampaignError]:
        """The requested campaigns, as if they had been read from VOXO."""
        saved = {int(raw["id"]): raw for raw in self.campaigns}
        return {campaign_id: _live(saved.get(campaign_id)) for campaign_id in campaign_ids}

    def to_document(self) -> dict[str, Any]:
        """The snapshot as a document."""
        return {
            "formatVersion": FORMAT_VERSION,
            "command": "snapshot",
            "voxosyncVersion": __version__,
            "createdAt": moment_to(self.created_at),
            "baseUrl": self.base_url,
            **({"all": True} if self.is_all else {}),
            "campaigns": [dict(raw) for raw in self.campaigns],
        }


def read_snapshot(path: Path) -> Snapshot:
    """A snapshot that `voxosync snapshot` saved.

    Raises:
        UsageError: it cannot be read, or is not a snapshot.
    """
    document = read_json(path, UsageError, "voxosync snapshot")
    try:
        if not validator("snapshot").is_valid(document):
            raise UsageError(f"{path} is not a voxosync snapshot: make one with voxosync snapshot")
        created_at = moment_from(document["createdAt"])
    except (ValueError, RecursionError) as failure:
        raise UsageError(f"{path} is not a voxosync snapshot: {failure}") from failure
    return Snapshot(
        created_at, document["baseUrl"], document["campaigns"], is_all=document.get("all", False)
    )


def _live(raw: Mapping[str, Any] | None) -> LiveCampaign | CampaignError:
    if raw is None:
        return NotFound("the snapshot does not hold this campaign")
    try:
        return LiveCampaign.from_response(raw)
    except Unreadable as problem:
        return BadAnswer(f"VOXO's answer cannot be read: {problem}")
