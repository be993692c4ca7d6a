"""The third side of a plan, which shows who made a difference: the definitions at the merge base of a branch.

The applied record, where there is one, is a fourth side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import agrees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.applied_record import RecordStep
    from voxosync.model.campaign import Definition
    from voxosync.model.values import Value


@dataclass(frozen=True, slots=True)
class RecordedCampaign:
    """What the applied record says about one campaign.

    Attributes:
        values: the canonical values of its definition in the recorded commit.
        is_base: whether the recorded commit is the base of the comparison.
        committed: the values of its definition in HEAD; None: the present ones are committed.
        passed: those of its definition in each commit between the two, which a job may have sent in part.
    """

    values: Mapping[str, Value]
    is_base: bool = False
    committed: Mapping[str, Value] | None = None
    passed: Sequence[Mapping[str, Value]] = ()

    def may_be_sent(self, name: str, live: Value) -> bool:
        """Whether VOXO may have a value because a job sent it that did not apply all of its commit."""
        return any(
            value is not None and agrees(name, value, live)
            for value in (values.get(name) for values in self.passed)
        )


@dataclass(frozen=True, slots=True)
class Base:
    """The definitions at the merge base of a branch: the third side of a plan.

    Attributes:
        commit: the merge base.
        definitions: by campaign id.
        unreadable: why the definition of an id cannot be read there, although there may be one.
        step: where the merge base is the commit of the applied record, the step that the record would make.
        recorded: the definitions of the applied record by campaign id, where one is available.
        committed: those of HEAD by campaign id; None: the present ones are committed.
        passed: those of each commit between the record and HEAD, newest first, which a job may have sent in part.
    """

    commit: str
    definitions: Mapping[int, Definition]
    unreadable: Mapping[int, str] = field(default_factory=dict)
    step: RecordStep | None = None
    recorded: Mapping[int, Definition] | None = None
    committed: Mapping[int, Definition] | None = None
    passed: Sequence[Mapping[int, Definition]] = ()

    @property
    def before(self) -> Mapping[int, Definition]:
        """The definitions that VOXO may have been given: those at the merge base, and those of later commits."""
        definitions: dict[int, Definition] = {}
        for commit in (self.definitions, *self.passed):
            definitions = {**commit, **definitions}
        return definitions

    def recorded_of(self, campaign_id: int) -> RecordedCampaign | None:
        """What the applied record says about a campaign."""
        if self.step is not None:
            committed = None if self.committed is None else _values(self.committed, campaign_id)
            recorded = _values(self.definitions, campaign_id)
            passed = tuple(_values(definitions, campaign_id) for definitions in self.passed)
            return RecordedCampaign(recorded, is_base=True, committed=committed, passed=passed)
        if self.recorded is None:
            return None
        return RecordedCampaign(_values(self.recorded, campaign_id))


def kind_of_difference(
    *, base_is_now: bool, live_is_base: bool, live_is_recorded: bool, is_pending: bool
) -> ChangeKind:
    """The table of three sides (merge base, working tree, live), with the applied record as a fourth.

    Args:
        base_is_now: whether this branch does not change the value.
        live_is_base: whether VOXO has the value of the merge base, or that of a commit that was applied in part since.
        live_is_recorded: whether VOXO has the recorded value, or that of such a commit.
        is_pending: whether the base is the record, and the present value is committed.
    """
    if base_is_now:
        return ChangeKind.PENDING if live_is_recorded else ChangeKind.DRIFT
    if live_is_base:
        return ChangeKind.PENDING if is_pending else ChangeKind.CHANGE
    return ChangeKind.CHANGE if live_is_recorded else ChangeKind.CONFLICT


def kind_of_field(
    name: str, now: Value, live: Value, base: Value, recorded: RecordedCampaign | None
) -> ChangeKind:
    """The kind of a difference of a whole value; a base of None means that there is none."""
    of_record = recorded.values.get(name) if recorded else None
    is_sent = recorded is not None and recorded.may_be_sent(name, live)
    return kind_of_difference(
        base_is_now=base is not None and agrees(name, base, now),
        live_is_base=base is None or agrees(name, live, base) or is_sent,
        live_is_recorded=(of_record is not None and agrees(name, live, of_record)) or is_sent,
        is_pending=_is_pending(name, now, recorded),
    )


def _is_pending(name: str, now: Value, recorded: RecordedCampaign | None) -> bool:
    """Whether the base is the recorded commit, and the present value is committed."""
    if recorded is None or not recorded.is_base:
        return False
    committed = now if recorded.committed is None else recorded.committed.get(name)
    return committed is not None and agrees(name, committed, now)


def _values(definitions: Mapping[int, Definition], campaign_id: int) -> Mapping[str, Value]:
    definition = definitions.get(campaign_id)
    return {} if definition is None else definition.values


def unreadable_base(commit: str, reason: str) -> str:
    """Why a campaign cannot be compared with a merge base."""
    return f"its definition at the base {commit[:12]} cannot be read: {reason}"
