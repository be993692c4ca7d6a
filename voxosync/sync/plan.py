"""Makes plans from definitions and live campaigns. Pure: nothing is fetched or sent here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from voxosync.errors import CampaignError, NotFound
from voxosync.model.body import to_body
from voxosync.model.called_zones import count_by_zones
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import (
    effect_of_drift,
    effect_of_update,
    forecast_of,
    matters,
    reach_after,
)
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.guard import RemovedDefinitions
from voxosync.model.numbers import numbers_of
from voxosync.model.plan import (
    AbandonedCampaign,
    AcknowledgedChange,
    CampaignPlan,
    LeftAloneChange,
    Reason,
)
from voxosync.sync.base import unreadable_base
from voxosync.sync.diff import desired_values, differences
from voxosync.sync.plan_warnings import plan_warnings
from voxosync.sync.quiesce_recovery import (
    add_quiesce_end,
    could_be_left_paused,
    describe_pause,
    end_quiesce,
)
from voxosync.sync.removed_definitions import plan_removed, removed_definitions
from voxosync.sync.tenant_guard import wrong_tenant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.change import Change
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.values import Value
    from voxosync.sync.base import Base


class Comparison(NamedTuple):
    """The campaigns of a plan, and those without a definition that stay as they are."""

    campaigns: Sequence[CampaignPlan]
    abandoned: Sequence[AbandonedCampaign]


@dataclass(frozen=True, slots=True)
class Planner:
    """Compares definitions with live campaigns; its attributes are the same for every campaign of a plan.

    Attributes:
        now: the moment of the plan, in UTC.
        tenant_id: a guard for every campaign, in addition to the one that a definition may give.
        base: the third side, where differences are to be distinguished by who made them.
        kinds: the kinds of differences to send; others are left alone.
        quiesce: whether dialing campaigns will be paused while their numbers change.
        left_paused: campaign to the run that paused it while its numbers change, according to the journals.
        schedules: whether to say when each campaign dials.
        is_drift: whether the effect on dialing is what VOXO does now, and not what applying does.
        removed_definitions: whether campaigns that may dial are paused when the branch removes their definitions,
            which only `base` shows.
    """

    now: datetime
    tenant_id: int | None = None
    base: Base | None = None
    kinds: Collection[ChangeKind] = tuple(ChangeKind)
    quiesce: bool = False
    left_paused: Mapping[int, str] = field(default_factory=dict)
    schedules: bool = False
    is_drift: bool = False
    removed_definitions: RemovedDefinitions = RemovedDefinitions.KEEP

    def compare(
        self,
        definitions: Sequence[Definition],
        live: Mapping[int, LiveCampaign | CampaignError],
    ) -> Comparison:
        """The changes that would make VOXO agree with the definitions.

        Args:
            definitions: in the order in which a plan lists them.
            live: what was fetched for each id, also for ids of definitions that the branch removes: the campaign,
                or why there is none.
        """
        removed = removed_definitions(definitions, self.base.before) if self.base else ()
        without = [self._without_definition(definition, live) for definition in removed]
        return Comparison(
            [
                *(self._campaign(definition, live[definition.id]) for definition in definitions),
                *(entry for entry in without if isinstance(entry, CampaignPlan)),
            ],
            tuple(entry for entry in without if isinstance(entry, AbandonedCampaign)),
        )

    @property
    def _today(self) -> date:
        """The day of the plan, in UTC."""
        return self.now.date()

    def _without_definition(
        self, before: Definition, live: Mapping[int, LiveCampaign | CampaignError]
    ) -> AbandonedCampaign | CampaignPlan:
        """What happens to a campaign whose definition is removed."""
        keeps = self.is_drift or ChangeKind.CHANGE not in self.kinds
        return plan_removed(
            before,
            live.get(before.id),
            tenant_id=self.tenant_id,
            guard=RemovedDefinitions.KEEP if keeps else self.removed_definitions,
            now=self.now,
        )

    def _campaign(self, definition: Definition, live: LiveCampaign | CampaignError) -> CampaignPlan:
        if isinstance(live, CampaignError):
            return CampaignPlan(
                definition.id,
                definition.name,
                definition.position.file,
                error=str(live),
                missing=isinstance(live, NotFound),
                line=definition.position.line,
                tenant_id=definition.tenant_id,
            )
        if (error := self._error(definition, live)) is not None:
            return CampaignPlan(
                definition.id,
                _name(definition, live),
                definition.position.file,
                live_state=live.state,
                error=error,
                line=definition.position.line,
                tenant_id=definition.tenant_id,
            )
        return self._plan_changes(definition, live)

    def _error(self, definition: Definition, live: LiveCampaign) -> str | None:
        """Why a campaign cannot be compared."""
        if error := wrong_tenant(live, definition.tenant_id, self.tenant_id):
            return error
        if self.base and (reason := self.base.unreadable.get(definition.id)):
            return unreadable_base(self.base.commit, reason)
        run = self.left_paused.get(definition.id)
        if run is not None and could_be_left_paused(definition, live):
            return describe_pause(run)
        return _unreadable(definition, live)

    def _plan_changes(self, definition: Definition, live: LiveCampaign) -> CampaignPlan:
        ended = end_quiesce(definition, live, self._today)
        desired = desired_values(definition, ended)
        before = self.base.definitions.get(definition.id) if self.base else None
        recorded = self.base.recorded_of(definition.id) if self.base else None
        base = before.values if before else None
        all_changes = [
            change.of_definition(definition)
            for change in differences(ended.values, desired, base, recorded)
        ]
        acknowledgements = {
            acknowledgement.field: acknowledgement
            for acknowledgement in definition.acknowledge
            if acknowledgement.holds(self._today) and acknowledgement.field not in definition.ignore
        }
        open_changes = [change for change in all_changes if change.field not in acknowledgements]
        reasons = [(change, self._reason(definition, change)) for change in open_changes]
        left_alone = tuple(LeftAloneChange(change, reason) for change, reason in reasons if reason)
        changes = tuple(change for change, reason in reasons if reason is None)
        kind = ChangeKind.DRIFT if self.base else ChangeKind.CHANGE
        sent = _sent(desired, live, changes)
        changes, sent = add_quiesce_end(live, ended, changes, sent, kind)
        warnings = plan_warnings(
            definition,
            live,
            sent,
            changes,
            left_alone,
            today=self._today,
            quiesce=self.quiesce,
        )
        return CampaignPlan(
            definition.id,
            _name(definition, live),
            definition.position.file,
            changes=changes,
            warnings=tuple(warnings),
            patch=to_body(sent, definition.number_fields, live.dispositions),
            dialing=self._dialing(desired, live, sent, changes, left_alone),
            reach=reach_after(live, sent) if matters(sent) else None,
            acknowledged=tuple(
                AcknowledgedChange(change, acknowledgements[change.field])
                for change in all_changes
                if change.field in acknowledgements
            ),
            left_alone=left_alone,
            live_state=live.state,
            line=definition.position.line,
            tenant_id=definition.tenant_id,
            schedules=self._schedules(definition, live, {**ended.values, **desired}, sent),
        )

    def _dialing(
        self,
        desired: Mapping[str, Value],
        live: LiveCampaign,
        sent: Mapping[str, Value],
        changes: Sequence[Change],
        left_alone: Sequence[LeftAloneChange],
    ) -> DialingEffect | None:
        """The effect on dialing: of applying the plan or, in a drift report, of what VOXO does now."""
        # without the fields that only end a quiesce
        changes = [change for change in changes if change.field in desired]
        if self.is_drift:
            by_hand = [
                change
                for change in changes
                if self.base is None or change.kind in (ChangeKind.DRIFT, ChangeKind.CONFLICT)
            ]
            return effect_of_drift(live, _sent(desired, live, by_hand), self.now)
        unsent = [entry.change for entry in left_alone if entry.reason is Reason.KIND]
        approved = _sent(desired, live, [*changes, *unsent]) if unsent else {}
        return effect_of_update(live, sent, self.now, approved)

    def _schedules(
        self,
        definition: Definition,
        live: LiveCampaign,
        desired: Mapping[str, Value],
        sent: Mapping[str, Value],
    ) -> Schedules | None:
        """When the campaign dials; in a plan, after applying, which leaves some differences alone."""
        if not self.schedules:
            return None
        after = desired if self.is_drift else {**live.values, **sent}
        return Schedules(
            Schedule.of(after),
            Schedule.of(live.values),
            forecast_of(live, self.now),
            _phones_by_zones(after, definition),
            _phones_by_zones(live.values, definition),
        )

    def _reason(self, definition: Definition, change: Change) -> Reason | None:
        """Why a difference is not sent; None: it is."""
        if change.field in definition.ignore:
            return Reason.IGNORE
        return None if change.kind in self.kinds else Reason.KIND


def _phones_by_zones(values: Mapping[str, Value], definition: Definition) -> PhonesByZones:
    """The phones of a list by the zones of the people, as far as the definition's list or the area codes tell."""
    numbers = numbers_of(values)
    if numbers is None:
        return ()
    return tuple(sorted(count_by_zones(numbers, definition.number_zones).items()))


def _name(definition: Definition, live: LiveCampaign) -> str | None:
    """The definition's name, or else the live one."""
    name = live.unmarked().values.get("name")
    return definition.name or (name if isinstance(name, str) else None)


def _sent(
    desired: Mapping[str, Value], live: LiveCampaign, changes: Iterable[Change]
) -> dict[str, Value]:
    """The canonical values to send: only the fields that change. Source: *Update Campaign*, body.

    A list of numbers is sent whole: the live one with only these changes.
    """
    sent: dict[str, Value] = {}
    for change in changes:
        value = sent.get(change.field, live.values.get(change.field))
        sent[change.field] = change.sent_value(value, desired[change.field])
    return sent


def _unreadable(definition: Definition, live: LiveCampaign) -> str | None:
    problems = [
        f"{name}: {live.unreadable[name]}" for name in definition.values if name in live.unreadable
    ]
    return f"VOXO's answer cannot be read: {'; '.join(problems)}" if problems else None
