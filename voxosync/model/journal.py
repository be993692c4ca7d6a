"""What a run of apply leaves behind: who, what plan, and for each PATCH its intent and its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PAUSE, RESUME = "pause", "resume"
"""The steps of a quiesce: a campaign is paused while its numbers change, and set READY again."""


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
        step: which step of a quiesce it is, PAUSE or RESUME; None: it is not one.
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
        """Whether VOXO may hold what this PATCH said."""
        return self.outcome != "refused"


@dataclass(frozen=True, slots=True)
class New:
    """A definition without an id: its file, its place among the file's documents (from 0), its name."""

    file: str
    document: int
    name: str


@dataclass(frozen=True, slots=True)
class Created:
    """One POST of a run, which created a campaign, or may have.

    Attributes:
        definition: of which definition.
        outcome: as a `Sent`'s.
        tenant_id: whose campaign; None: the run sent nothing, and wrote down what an earlier one had created.
        campaign: the new id, where VOXO returned it.
        is_written: whether the id stands in the definition.
        detail: as a `Sent`'s.
        body: what was asked for.
        is_abandoned: whether the campaign turned out not to be the definition's, so that its id is not written;
            `detail` says why.
    """

    definition: New
    tenant_id: int | None = None
    outcome: str | None = None
    campaign: int | None = None
    is_written: bool = False
    detail: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    is_abandoned: bool = False

    @property
    def was_sent(self) -> bool:
        """Whether the run sent anything, and did not only write an id down."""
        return self.tenant_id is not None

    @property
    def is_open(self) -> bool:
        """Whether a campaign was made, or may have been, whose id is still to be written."""
        return self.outcome != "refused" and not self.is_written and not self.is_abandoned


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
        command: `apply`, `rollback` or `create`.
        actor: who and from where: Git commit, CI job, user.
        plan: the plan document.
        environment: the name given with `--env`.
        saved_plan: the digest of the saved plan that it applied; None: it made its plan itself.
        sent: every PATCH, in the order of their intents.
        created: every POST, in the order of their intents.
        ends: how each campaign ended.
        exit_status: None: the run was killed.
        remarks: what is odd about the journal itself.
        hides: the damage, where it may hide that the run created a campaign.
    """

    id: str
    command: str
    started_at: datetime
    base_url: str
    actor: Mapping[str, str]
    plan: Mapping[str, Any]
    sent: Sequence[Sent] = ()
    created: Sequence[Created] = ()
    ends: Sequence[CampaignEnd] = ()
    exit_status: int | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    hides: str = ""
    saved_plan: str | None = None
    environment: str | None = None

    @property
    def has_sent(self) -> bool:
        """Whether the run sent any request that writes."""
        return bool(self.sent) or any(creation.was_sent for creation in self.created)

    @property
    def applied_all(self) -> bool:
        """Whether the run came to its end, and VOXO then held everything that it had to send."""
        return self.exit_status == 0

    @property
    def was_killed(self) -> bool:
        """Whether the run never came to its end."""
        return self.exit_status is None
