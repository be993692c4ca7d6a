"""The entries of the page. Passive data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report.campaign_listing import CampaignStatus
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from voxosync.model.dialing.effect import Effect
    from voxosync.model.drift import Acknowledgement
    from voxosync.model.problem import Problem
    from voxosync.report.calendar import Row
    from voxosync.report.html.differences import DifferenceRow

STATUSES: dict[str, str] = {
    CampaignStatus.DRIFTED: "Drifted",
    CampaignStatus.NEW: "To be created",
    CampaignStatus.MISSING: "Missing in VOXO",
    CampaignStatus.FAILED: "Not compared",
    CampaignStatus.LEFT_ALONE: "Left alone",
    CampaignStatus.IN_SYNC: "In sync",
    "unmanaged": "Without a definition",
    "abandoned": "No longer managed",
}
"""The labels of all statuses, most urgent first."""

_UNDECIDED = (
    CampaignStatus.DRIFTED,
    CampaignStatus.NEW,
    CampaignStatus.MISSING,
    CampaignStatus.FAILED,
)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command that resolves a difference.

    Attributes:
        effect: what it does.
    """

    effect: str
    command: str


@dataclass(frozen=True, slots=True)
class Member:
    """One of several campaigns that share a card."""

    id: int
    name: str | None
    file: str
    href: str | None


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """A campaign on the page, or several that change alike; what only one can have is that of the first of them.

    Attributes:
        key: its id on the page.
        order: its rank by file.
        risk: its rank by risk.
        row: its row of the calendar, if any.
        acknowledged: acknowledged differences with their acknowledgements.
        effect: what happens to its dialing, if anything.
        lead: the sentence at its head; may be empty.
        brief: its differences in a line each, for print.
        findings: what checks found in it; of several campaigns, each message once, after their ids.
        notes: further remarks.
        members: the campaigns, where there are several.
        start: when it starts dialing, in minutes, for sorting.
    """

    key: str
    id: int
    status: str
    name: str | None = None
    file: str | None = None
    href: str | None = None
    order: int = 0
    risk: int = 0
    row: Row | None = None
    differences: Sequence[DifferenceRow] = ()
    acknowledged: Sequence[tuple[DifferenceRow, Acknowledgement]] = ()
    effect: Effect | None = None
    lead: str = ""
    brief: Sequence[str] = ()
    has_error: bool = False
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    remedies: Sequence[Remedy] = ()
    kinds: Sequence[str] = ()
    start: int | None = None
    findings: Sequence[tuple[str, Problem]] = ()
    members: Sequence[Member] = ()

    @property
    def size(self) -> int:
        """The number of campaigns."""
        return len(self.members) or 1

    @property
    def title(self) -> str:
        """The id, or the number of campaigns where there are several."""
        if self.members:
            return count(len(self.members), "campaign")
        return str(self.id) if self.id else "new"

    @property
    def level(self) -> str:
        """How urgent it is, as the style sheet knows it."""
        if self.effect is not None:
            return "rings" if self.effect.rings else "stopped"
        return self.status

    @property
    def is_new(self) -> bool:
        """Whether VOXO does not have it yet, so that there is nothing to compare with."""
        return self.status == CampaignStatus.NEW

    @property
    def needs_decision(self) -> bool:
        """Whether it comes first on the page."""
        return self.status in _UNDECIDED or self.effect is not None or bool(self.findings)

    @property
    def is_compact(self) -> bool:
        """Whether it fits in one line."""
        return not (
            self.differences or self.acknowledged or self.lead or self.remedies or self.findings
        )

    @property
    def since(self) -> datetime | None:
        """When the oldest of its differences was first seen, if known."""
        return min((row.since for row in self.differences if row.since), default=None)

    @property
    def search_text(self) -> str:
        """The text in which the page searches."""
        fields = {row.field for row in self.differences}
        fields |= {row.field for row, _ in self.acknowledged}
        marks = {mark.kind.value for mark in self.row.marks} if self.row else set()
        effect = self.effect and str(self.effect)
        members = [
            text for member in self.members for text in (str(member.id), member.name, member.file)
        ]
        rules = sorted({finding.rule for _, finding in self.findings})
        parts = (
            *(str(self.id), self.name, self.file, effect),
            *(*sorted(fields), *sorted(marks), *rules, *members),
        )
        return " ".join(filter(None, parts))
