"""`samePhone`: one phone twice in a list, in two spellings. It is sent once, as first written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.checks.check import Check
from voxosync.model.phone import masked
from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.campaign import ListEntry
    from voxosync.model.checks.check import CheckedCampaign, CheckFinding, Terms


def find(campaigns: Sequence[CheckedCampaign], terms: Terms) -> Iterator[CheckFinding]:
    """A finding for each entry whose phone is already listed; from the fifty-first on, one for all."""
    for campaign in filter(lambda campaign: campaign.is_reported, campaigns):
        yield from terms.entry_findings(
            campaign,
            campaign.list_remarks.repeated,
            _message,
            "phones are there twice, in two spellings",
        )


def _message(entry: ListEntry) -> str:
    return (
        f"the phone {masked(entry.phone)} is already on line {entry.first_line}, "
        f"in another spelling: it is sent once, as on line {entry.first_line}"
    )


CHECK = Check("samePhone", Severity.WARNING, find)
