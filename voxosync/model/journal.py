"""A run as its journal records it: who ran it, its plan, and the intent and outcome of each PATCH and POST."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PAUSE, RESUME = "pause", "resume"
"""The steps of a quiesce: a campaign is paused while its numbers change, and set READY again."""


@dataclass(frozen=True, slots=True)
class SentPatch:
    """One PATCH of a run.

    Attributes:
        campaign: its id.
        replaces: field to the value that was read right before; canonical, in the form of documents.
        patch: the body.
        dispositions: the call results of the numbers that it removes.
        outcome: `accepted`, `refused` or `unknown`; None: the run ended before it was recorded.
        detail: VOXO's message, or what went wrong.
        step: PAUSE or RESUME where it is a step of a quiesce, else None.
    """

    campaign: int
    replaces: Mapping[str, Any]
    patch: Mapping[str, Any]
    outcome: str | None = None
    detail: str = ""
    dispositions: Mapping[str, str] = field(default_factory=dict)
    step: str | None = None

    @property
    def may_have_happened(self) -> bool:
        """Whether VOXO may have applied this PATCH."""
        return self.outcome != "refused"


@dataclass(frozen=True, slots=True)
class NewDefinition:
    """A definition without an id: its file, its index among the file's documents (from 0), and its name."""

    file: str
    document: int
    name: str


@dataclass(frozen=True, slots=True)
class CreationRecord:
    """One POST of a run, which created a campaign, or may have.

    Attributes:
        definition: the definition that it was for.
        outcome: as in `SentPatch`.
        tenant_id: the campaign's tenant; None: the run sent nothing, and recorded what an earlier one had created.
        campaign: the new id, where VOXO returned it.
        is_written: whether the id is written in the definition.
        detail: as in `SentPatch`.
        body: the body of the POST.
        is_abandoned: whether the campaign turned out not to be the definition's, so that its id is not written;
            `detail` says why.
    """

    definition: NewDefinition
    tenant_id: int | None = None
    outcome: str | None = None
    campaign: int | None = None
    is_written: bool = False
    detail: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    is_abandoned: bool = False

    @property
    def was_sent(self) -> bool:
        """Whether the run sent a request, and did not just record an id."""
        return self.tenant_id is not None

    @property
    def is_open(self) -> bool:
        """Whether a campaign was created, or may have been, whose id still has to be written."""
        return self.outcome != "refused" and not self.is_written and not self.is_abandoned


@dataclass(frozen=True, slots=True)
class CampaignEnd:
    """How one campaign of a run ended; the texts are those of a `Result`."""

    campaign: int
    name: str | None
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its journal records it.

    Attributes:
        id: its name, which sorts by time.
        command: `apply`, `rollback` or `create`.
        actor: who and from where: Git commit, CI job, user.
        plan: the plan document.
        environment: the name given with `--env`.
        saved_plan: the digest of the saved plan that it applied; None: it made its own plan.
        sent: every PATCH, in the order of their intents.
        created: every POST, in the order of their intents.
        ends: how each campaign ended.
        exit_status: None: the run was killed.
        remarks: what is wrong with the journal itself.
        hides: damage to the journal that may hide that the run created a campaign.
    """

    id: str
    command: str
    started_at: datetime
    base_url: str
    actor: Mapping[str, str]
    plan: Mapping[str, Any]
    sent: Sequence[SentPatch] = ()
    created: Sequence[CreationRecord] = ()
    ends: Sequence[CampaignEnd] = ()
    exit_status: int | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    hides: str = ""
    saved_plan: str | None = None
    environment: str | None = None

    @property
    def has_sent(self) -> bool:
        """Whether the run sent any write request."""
        return bool(self.sent) or any(creation.was_sent for creation in self.created)

    @property
    def applied_all(self) -> bool:
        """Whether the run finished, and VOXO then had everything that it was to send."""
        return self.exit_status == 0

    @property
    def was_killed(self) -> bool:
        """Whether the run did not finish."""
        return self.exit_status is None
