"""Definitions and live campaigns become a plan. Pure: nothing is fetched or sent here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from voxosync.errors import CampaignError, NotFound
from voxosync.model.body import to_body
from voxosync.model.campaign import STATES, Definition, LiveCampaign
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.assessment import (
    effect,
    effect_of_drift,
    forecast_of,
    matters,
    reach_after,
)
from voxosync.model.dialing.state import dials
from voxosync.model.guard import Removed
from voxosync.model.numbers import NUMBERS_FIELD, LiveNumbers, Numbers
from voxosync.model.phone import appearance
from voxosync.model.plan import Abandoned, Acknowledged, CampaignPlan, LeftAlone, Reason
from voxosync.model.schedule import Schedule, Schedules
from voxosync.sync.diff import Recorded, desired_values, differences
from voxosync.sync.quiesce_recovery import as_ended, could_be_left_paused, doubt, remark, with_end
from voxosync.sync.removed_definitions import describe_removed, removed_definitions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from voxosync.model.applied_record import RecordStep
    from voxosync.model.change import Change
    from voxosync.model.dialing.dialing_effect import DialingEffect
    from voxosync.model.values import Value

_ODD_SHOWN = 3
"""How many entries that are not phone numbers a warning shows."""


@dataclass(frozen=True, slots=True)
class Base:
    """The definitions at the merge base of a branch: the third side of a plan.

    Attributes:
        commit: the merge base.
        definitions: by campaign id.
        unreadable: why the definition of an id cannot be read there, although there may be one.
        step: where the merge base is the commit of the applied record, the step that the record would make.
        recorded: the definitions of the applied record by campaign id, where one is at hand.
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
        """The definitions by which VOXO may have a campaign: those at the merge base, and those that came since."""
        definitions: dict[int, Definition] = {}
        for commit in (self.definitions, *self.passed):
            definitions = {**commit, **definitions}
        return definitions

    def recorded_of(self, campaign_id: int) -> Recorded | None:
        """What the applied record says of a campaign."""
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


class Comparison(NamedTuple):
    """The campaigns of a plan, and those without a definition that stay as they are."""

    campaigns: Sequence[CampaignPlan]
    abandoned: Sequence[Abandoned]


def wrong_tenant(live: LiveCampaign, *guards: int | None) -> str | None:
    """Why a live campaign may not be touched, where a guard names another tenant than VOXO does."""
    for guard in guards:
        if guard is not None and live.tenant_id != guard:
            belongs = (
                "names no tenant" if live.tenant_id is None else f"is of tenant {live.tenant_id}"
            )
            return (
                f"the live campaign {belongs}, but tenant {guard} is expected: choose another environment with --env, "
                "or correct VOXO_TENANT_ID, or tenantId in voxosync.yaml or in the definition"
            )
    return None


@dataclass(frozen=True, slots=True)
class Planner:
    """Compares definitions with live campaigns; its attributes are what is the same for every campaign of a plan.

    Attributes:
        now: the moment of the plan, in UTC.
        tenant_id: a guard for every campaign, in addition to the one that a definition may give.
        base: the third side, where differences are to be distinguished by who made them.
        kinds: the kinds of differences to send; others are warnings.
        quiesce: whether dialing campaigns will be paused while their numbers change.
        left_paused: campaign to the run that paused it while its numbers change, as far as journals know.
        schedules: whether to say when each campaign dials.
        is_drift: whether the effect on dialing is what VOXO does now, and not what applying does.
        removed: whether a campaign is paused that may dial and whose definition the branch removes, which only
            `base` tells.
    """

    now: datetime
    tenant_id: int | None = None
    base: Base | None = None
    kinds: Collection[ChangeKind] = tuple(ChangeKind)
    quiesce: bool = False
    left_paused: Mapping[int, str] = field(default_factory=dict)
    schedules: bool = False
    is_drift: bool = False
    removed: Removed = Removed.KEEP

    def compare(
        self,
        definitions: Sequence[Definition],
        live: Mapping[int, LiveCampaign | CampaignError],
    ) -> Comparison:
        """What would have to be sent so that VOXO agrees with the definitions.

        Args:
            definitions: in the order in which a plan lists them.
            live: what was fetched for each id, also for ids of definitions that the branch removes: the campaign,
                or why there is none.
        """
        before = self.base.before if self.base else {}
        without = [
            self._without_definition(definition, live)
            for definition in removed_definitions(definitions, before)
        ]
        return Comparison(
            [
                *(self._campaign(definition, live[definition.id]) for definition in definitions),
                *(entry for entry in without if isinstance(entry, CampaignPlan)),
            ],
            tuple(entry for entry in without if isinstance(entry, Abandoned)),
        )

    @property
    def _today(self) -> date:
        """The day of the plan, in UTC."""
        return self.now.date()

    def _without_definition(
        self, before: Definition, live: Mapping[int, LiveCampaign | CampaignError]
    ) -> Abandoned | CampaignPlan:
        """What becomes of a campaign whose definition is removed."""
        campaign = live.get(before.id)
        keeps = self.is_drift or ChangeKind.CHANGE not in self.kinds
        error = None
        if isinstance(campaign, LiveCampaign):
            error = wrong_tenant(campaign, before.tenant_id, self.tenant_id)
        return describe_removed(
            before,
            campaign,
            wrong_tenant=error,
            removed=Removed.KEEP if keeps else self.removed,
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
        return self._compared(definition, live)

    def _error(self, definition: Definition, live: LiveCampaign) -> str | None:
        """Why a campaign cannot be compared."""
        error = wrong_tenant(live, definition.tenant_id, self.tenant_id)
        if self.base and (reason := self.base.unreadable.get(definition.id)):
            error = error or unreadable_base(self.base.commit, reason)
        if (run := self.left_paused.get(definition.id)) is not None:
            error = error or (doubt(run) if could_be_left_paused(definition, live) else None)
        return error or _unreadable(definition, live)

    def _compared(self, definition: Definition, live: LiveCampaign) -> CampaignPlan:
        ended = as_ended(definition, live, self._today)
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
        reasons = [self._reason(definition, change) for change in open_changes]
        left_alone = tuple(
            LeftAlone(change, reason)
            for change, reason in zip(open_changes, reasons, strict=True)
            if reason is not None
        )
        changes = tuple(
            change for change, reason in zip(open_changes, reasons, strict=True) if reason is None
        )
        kind = ChangeKind.DRIFT if self.base else ChangeKind.CHANGE
        sent = _sent(desired, live, changes)
        changes, sent = with_end(live, ended, changes, sent, kind)
        return CampaignPlan(
            definition.id,
            _name(definition, live),
            definition.position.file,
            changes=changes,
            warnings=tuple(_warnings(definition, live, sent, changes, quiesce=self.quiesce))
            + tuple(dict.fromkeys(map(_why_left, left_alone)))
            + tuple(self._expired(definition, changes)),
            patch=_patch(definition, live, sent),
            dialing=self._dialing(desired, live, sent, changes, left_alone),
            reach=reach_after(live, sent) if matters(sent) else None,
            acknowledged=tuple(
                Acknowledged(change, acknowledgements[change.field])
                for change in all_changes
                if change.field in acknowledgements
            ),
            left_alone=left_alone,
            live_state=live.state,
            line=definition.position.line,
            tenant_id=definition.tenant_id,
            schedules=self._schedules(live, {**ended.values, **desired}, sent),
        )

    def _dialing(
        self,
        desired: Mapping[str, Value],
        live: LiveCampaign,
        sent: Mapping[str, Value],
        changes: Sequence[Change],
        left_alone: Sequence[LeftAlone],
    ) -> DialingEffect | None:
        """What this report says about the campaign's dialing: what applying does, or what VOXO does now."""
        changes = [
            change for change in changes if change.field in desired
        ]  # not the end of a quiesce
        if self.is_drift:
            by_hand = [
                change
                for change in changes
                if self.base is None or change.kind in (ChangeKind.DRIFT, ChangeKind.CONFLICT)
            ]
            return effect_of_drift(live, _sent(desired, live, by_hand), self.now)
        unsent = [entry.change for entry in left_alone if entry.reason is Reason.KIND]
        approved = _sent(desired, live, [*changes, *unsent]) if unsent else {}
        return effect(live, sent, self.now, approved)

    def _schedules(
        self, live: LiveCampaign, desired: Mapping[str, Value], sent: Mapping[str, Value]
    ) -> Schedules | None:
        """When the campaign dials; a plan compares with what applying makes of it, and not with what it leaves."""
        if not self.schedules:
            return None
        after = desired if self.is_drift else {**live.values, **sent}
        return Schedules(Schedule.of(after), Schedule.of(live.values), forecast_of(live, self.now))

    def _expired(self, definition: Definition, changes: Iterable[Change]) -> Iterator[str]:
        """Acknowledgements of differences that count again."""
        differs = {change.field for change in changes}
        for acknowledgement in definition.acknowledge:
            if acknowledgement.field in differs and not acknowledgement.holds(self._today):
                period = f"until {acknowledgement.until} ({acknowledgement.reason})"
                yield f"{acknowledgement.field} was acknowledged {period}: it counts again"

    def _reason(self, definition: Definition, change: Change) -> Reason | None:
        """Why a difference is not sent; None: it is."""
        if change.field in definition.ignore:
            return Reason.IGNORE
        return None if change.kind in self.kinds else Reason.KIND


def _name(definition: Definition, live: LiveCampaign) -> str | None:
    """The definition's name, else the live one."""
    return definition.name or _text(live.unmarked().values.get("name"))


def _why_left(difference: LeftAlone) -> str:
    change = difference.change
    if difference.reason is Reason.IGNORE:
        return f"{change.field} differs, and is ignored as the definition says"
    return f"{change.field} differs ({change.kind}), and is left alone as --kind says"


def _sent(
    desired: Mapping[str, Value], live: LiveCampaign, changes: Iterable[Change]
) -> dict[str, Value]:
    """The canonical values to send: of a list of numbers, the live one with just these changes."""
    sent: dict[str, Value] = {}
    for change in changes:
        so_far = sent.get(change.field, live.values.get(change.field))
        sent[change.field] = change.sent_value(so_far, desired[change.field])
    return sent


def _patch(definition: Definition, live: LiveCampaign, sent: Mapping[str, Value]) -> dict[str, Any]:
    """The body: changed keys only, a changed array whole. Source: *Update Campaign*, body."""
    return to_body(sent, definition.number_fields, live.dispositions)


def _unreadable(definition: Definition, live: LiveCampaign) -> str | None:
    problems = [
        f"{name}: {live.unreadable[name]}" for name in definition.values if name in live.unreadable
    ]
    return f"VOXO's answer cannot be read: {'; '.join(problems)}" if problems else None


def _warnings(
    definition: Definition,
    live: LiveCampaign,
    sent: Mapping[str, Value],
    changes: Iterable[Change],
    *,
    quiesce: bool,
) -> Iterator[str]:
    if interrupted := remark(live, sent):
        yield interrupted
    if live.state is not None and live.state not in STATES:
        yield f"VOXO says that the state is {live.state or 'an empty text'}"
    if NUMBERS_FIELD in definition.values:
        yield from _odd_entries(live.listed)
    numbers = sent.get(NUMBERS_FIELD)
    if isinstance(numbers, Numbers):
        if dials(live.state) and not quiesce:
            yield (
                f"numbers change while {live.state}: a call made at that moment may lose its result; "
                "apply --quiesce pauses the campaign meanwhile"
            )
        live_numbers, write_only = live.numbers, definition.number_fields
        staying = len(live_numbers)
        staying -= sum(len(change.removed) for change in changes)
        staying -= sum(n in live_numbers and n in numbers for n in write_only)
        count_text = "1 number that stays" if staying == 1 else f"{staying} numbers that stay"
        if staying:
            yield (
                f"sending numbers may clear field1 … field9 of {count_text}: "
                "VOXO does not show them, and the definition gives none"
            )


def _odd_entries(listed: LiveNumbers) -> Iterator[str]:
    """Irregular entries in VOXO's own list; none prevents the campaign from being planned."""
    if listed.repeated:
        count_text = "1 number" if listed.repeated == 1 else f"{listed.repeated} numbers"
        yield f"VOXO's list repeats {count_text}, which may be called more than once"
    if odd := listed.not_phones:
        count_text = (
            "1 entry that is not a phone number"
            if len(odd) == 1
            else (f"{len(odd)} entries that are not phone numbers")
        )
        examples = ", ".join(appearance(text) for text in odd[:_ODD_SHOWN])
        yield f"VOXO's list holds {count_text}: {examples}{', …' if len(odd) > _ODD_SHOWN else ''}"


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
