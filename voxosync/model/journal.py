"""What a run of apply leaves behind: who, what plan, and for each PATCH its intent and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """One PATCH of a run.

    Attributes:
        campaign: whose.
        replaces: field to the value it had when it was read right before; canonical, as documents hold it.
        patch: the body.
        dispositions: the results of calls of the numbers that it removes.
        outcome: `accepted`, `refused` or `unknown`; None: the run ended before it was written down.
        detail: VOXO's words, or what went wrong.
    """

    campaign: int
    replaces: Mapping[str, Any]
    patch: Mapping[str, Any]
    outcome: str | None = None
    detail: str = ""
    dispositions: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_have_happened(self) -> bool:
        """Whether VOXO may hold what this PATCH said."""
        return self.outcome != "refused"


@dataclass(frozen=True, slots=True)
class CampaignEnd:
    """How one campaign of a run ended: the words of a `Result`."""

    campaign: int
    name: str | None
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its journal tells it.

    Attributes:
        id: its name, which sorts by time.
        command: `apply` or `rollback`.
        actor: who and from where: Git commit, CI job, user.
        plan: the plan document.
        sent: every PATCH, in the order of their intents.
        ends: how each campaign ended.
        exit_status: None: the run was killed.
        remarks: what is odd about the journal itself.
    """

    id: str
    command: str
    started_at: datetime
    base_url: str
    actor: Mapping[str, str]
    plan: Mapping[str, Any]
    sent: Sequence[Sent] = ()
    ends: Sequence[CampaignEnd] = ()
    exit_status: int | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[str] = ()

    @property
    def was_killed(self) -> bool:
        """Whether the run never came to its end."""
        return self.exit_status is None
