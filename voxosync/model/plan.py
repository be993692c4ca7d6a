"""Plans: for each campaign the differences, the PATCH body that removes them, and warnings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from voxosync.model.change_kind import ChangeKind
from voxosync.model.shard import PlanPart

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from voxosync.model.applied_record import RecordStep
    from voxosync.model.change import Change
    from voxosync.model.dialing.dials_more import Reach
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.dialing.schedule import Schedules
    from voxosync.model.drift import Acknowledgement, History, UnmanagedCampaign
    from voxosync.model.guard import Refusal
    from voxosync.model.problem import AllowedProblem, Problem


class Status(StrEnum):
    """The status of one campaign in a plan."""

    IN_SYNC = "in-sync"
    LEFT_ALONE = "left-alone"
    UPDATE = "update"
    CREATE = "create"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class AcknowledgedChange:
    """An acknowledged difference: listed, not sent, and not drift until the acknowledgement expires."""

    change: Change
    by: Acknowledgement


class Reason(StrEnum):
    """Why a difference is left alone, apart from an acknowledgement: the definition, `--kind` or `--since`."""

    IGNORE = "ignore"
    KIND = "kind"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class LeftAloneChange:
    """A difference that is not sent and does not count."""

    change: Change
    reason: Reason


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """One campaign of a plan.

    Attributes:
        changes: what would be sent; other differences are in `acknowledged` and `left_alone`.
        id: 0 for a campaign that is not created yet.
        name: the definition's name, else the live one.
        file: the definition's file, relative to the project folder.
        patch: the PATCH body, in wire form; empty where there is nothing to send.
        live_state: the state in VOXO, which may be one that the reference does not list.
        dialing: what this plan means for the people who are called; None: nothing.
        error: why the campaign could not be planned.
        missing: whether the reason is that VOXO does not have it, or does not show it.
        acknowledged: differences that the definition acknowledges, and that are therefore not among `changes`.
        left_alone: differences that are not among `changes` for another reason.
        schedules: when it dials, on both sides; None where it could not be compared.
        line: where in the file the definition begins.
        tenant_id: the tenant that the definition requires; apply checks it again.
        reach: how far it may dial once the patch is sent, where the patch affects that; apply sends nothing that
            reaches further.
        is_new: whether VOXO does not have the campaign yet, because its definition has no id: `create` makes it.
            Its changes are its values; nothing is patched.
    """

    id: int
    name: str | None
    file: str
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    patch: Mapping[str, Any] = field(default_factory=dict)
    live_state: str | None = None
    dialing: DialingEffect | None = None
    error: str | None = None
    missing: bool = False
    acknowledged: tuple[AcknowledgedChange, ...] = ()
    left_alone: tuple[LeftAloneChange, ...] = ()
    schedules: Schedules | None = None
    line: int = 1
    tenant_id: int | None = None
    reach: Reach | None = None
    is_new: bool = False

    @property
    def status(self) -> Status:
        """The status of the campaign; `left-alone` where it differs and nothing would be sent."""
        if self.error is not None:
            return Status.ERROR
        if self.is_new:
            return Status.CREATE
        if self.changes:
            return Status.UPDATE
        return Status.LEFT_ALONE if self.acknowledged or self.left_alone else Status.IN_SYNC

    @property
    def is_sent(self) -> bool:
        """Whether a run that also creates campaigns sends anything for it."""
        return self.status in (Status.UPDATE, Status.CREATE)

    @property
    def dials_more(self) -> bool:
        """Whether applying it lets the campaign call people, or call at times, that it does not call now."""
        return self.dialing is not None and self.dialing.dials_more

    @property
    def unsent(self) -> tuple[Change, ...]:
        """Merged changes and conflicts that `--kind` leaves alone, so that they remain to be sent."""
        return tuple(
            difference.change
            for difference in self.left_alone
            if difference.reason is Reason.KIND and difference.change.kind is not ChangeKind.DRIFT
        )


@dataclass(frozen=True, slots=True)
class AbandonedCampaign:
    """A campaign whose definition is in the merge base and not in the working tree.

    It is no longer managed; in VOXO it stays as it is.

    Attributes:
        live_state: the state in VOXO; None: unknown.
        dialing: what it does in VOXO, where it may dial.
        error: why it could not be read, if it could not.
    """

    id: int
    name: str | None
    file: str
    live_state: str | None = None
    dialing: DialingEffect | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a run: plain data for reports and `apply`.

    Attributes:
        base: the commit that a plan with `--base` compares with; its changes then have kinds.
        record_step: the step that the applied record would make, where `base` is its commit.
        abandoned: campaigns whose definition this branch removes.
        refusals: the guards that refuse the plan, as of the moment when it was made.
        live_as_of: when the live state was saved, where it comes from a snapshot; such a plan is never applied.
        created_at: in UTC.
        base_url: the VOXO it was made against, and the only one it may be applied to.
        campaigns: in the order of their files.
        part: the part of all campaigns that the plan covers.
        merged: from how many documents it was merged; 0: it comes from one run.
        unmanaged: the tenant's live campaigns without a definition, where they were requested.
        unmanaged_counts: whether those are a difference.
        unlisted: why they could not be listed.
        history: what earlier drift runs detected, where a history is kept.
        allowed: findings of policies and checks that comments in the definitions allow.
        findings: what checks found, those about people who must not be called first.
    """

    created_at: datetime
    base_url: str
    campaigns: Sequence[CampaignPlan]
    base: str | None = None
    abandoned: Sequence[AbandonedCampaign] = ()
    live_as_of: datetime | None = None
    refusals: Sequence[Refusal] = ()
    part: PlanPart = field(default_factory=PlanPart)
    merged: int = 0
    unmanaged: Sequence[UnmanagedCampaign] = ()
    unmanaged_counts: bool = False
    unlisted: str | None = None
    history: History | None = None
    allowed: Sequence[AllowedProblem] = ()
    record_step: RecordStep | None = None
    findings: Sequence[Problem] = ()

    def count(self, status: Status) -> int:
        """How many campaigns have this status."""
        return sum(campaign.status is status for campaign in self.campaigns)

    @property
    def differs(self) -> bool:
        """Whether anything would be sent."""
        return self.count(Status.UPDATE) > 0

    @property
    def creates(self) -> bool:
        """Whether there are campaigns that are not created yet."""
        return self.count(Status.CREATE) > 0

    def without_creations(self) -> Plan:
        """The same plan without the campaigns that are not created yet."""
        if not self.creates:
            return self
        return replace(self, campaigns=[entry for entry in self.campaigns if not entry.is_new])

    @property
    def leaves_unsent(self) -> bool:
        """Whether applying it would leave a merged change or a conflict unsent."""
        return any(campaign.unsent for campaign in self.campaigns)

    def has(self, kinds: Collection[ChangeKind]) -> bool:
        """Whether anything of these kinds would be sent."""
        return any(
            change.kind in kinds for campaign in self.campaigns for change in campaign.changes
        )

    @property
    def failed(self) -> bool:
        """Whether a campaign could not be planned, or the unmanaged ones could not be listed."""
        return self.unlisted is not None or self.count(Status.ERROR) > 0

    def exit_status(self, *, count: Collection[ChangeKind]) -> int:
        """3 where a campaign could not be planned, 2 where a difference or an error of a check counts, else 0.

        Args:
            count: the kinds of differences that count.
        """
        if self.failed:
            return 3
        is_different = (
            self.has(count)
            or (self.unmanaged_counts and self.unmanaged)
            or any(finding.is_error for finding in self.findings)
        )
        return 2 if is_different else 0
