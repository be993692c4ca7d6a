"""What a drift report says about the value that Git has. Nothing here is escaped: that is done where it lands."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from voxosync.report.formatting import format_moment
from voxosync.report.groups import shared_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.change import Change
    from voxosync.model.plan import CampaignPlan

_MOST = 3
"""How many different texts there are about a change that campaigns share."""
_COMMIT = 12


def describe_provenance(change: Change) -> str:
    """`in Git since 2026-10-02 by Team A (1a2b3c4d5e6f); last sent 2026-10-02 09:12 UTC by run 20261002T091200`.

    Empty where nothing is known.
    """
    parts = []
    if (revision := change.revision) is not None:
        day = f"{revision.at.astimezone(UTC):%Y-%m-%d}"
        parts.append(f"in Git since {day} by {revision.author} ({revision.commit[:_COMMIT]})")
    if (sending := change.last_sent) is not None:
        run = sending.run.partition(".")[0]
        parts.append(f"last sent {format_moment(sending.at)} by run {run}")
    return "; ".join(parts)


def shared_provenance(campaigns: Sequence[CampaignPlan], index: int) -> Iterator[str]:
    """What is known about a change of one campaign, or of several that change alike, each text once.

    Args:
        campaigns: one, or several with the same changes.
        index: the place of the change in each of them.
    """

    def texts_of(campaign: CampaignPlan) -> Iterator[str]:
        if text := describe_provenance(campaign.changes[index]):
            yield text

    texts = [f"{ids}: {text}" if ids else text for ids, text in shared_texts(campaigns, texts_of)]
    yield from texts[:_MOST]
    if len(texts) > _MOST:
        yield f"… {len(texts) - _MOST} more commits or runs"
