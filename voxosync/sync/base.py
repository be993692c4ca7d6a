"""The third side of a plan: the definitions at the merge base of a branch, and those of the applied record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.sync.diff import Recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.applied_record import RecordStep
    from voxosync.model.campaign import Definition
    from voxosync.model.values import Value


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

    def recorded_of(self, campaign_id: int) -> Recorded | None:
        """What the applied record says about a campaign."""
        if self.step is not None:
            committed = None if self.committed is None else _values(self.committed, campaign_id)
            recorded = _values(self.definitions, campaign_id)
            passed = tuple(_values(definitions, campaign_id) for definitions in self.passed)
            return Recorded(recorded, is_base=True, committed=committed, passed=passed)
        if self.recorded is None:
            return None
        return Recorded(_values(self.recorded, campaign_id))


def _values(definitions: Mapping[int, Definition], campaign_id: int) -> Mapping[str, Value]:
    definition = definitions.get(campaign_id)
    return {} if definition is None else definition.values


def unreadable_base(commit: str, reason: str) -> str:
    """Why a campaign cannot be compared with a merge base."""
    return f"its definition at the base {commit[:12]} cannot be read: {reason}"
