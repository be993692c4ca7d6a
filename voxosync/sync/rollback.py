"""Plans to undo a run: what its PATCHes replaced is put back, unless it was changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from voxosync.errors import CampaignError
from voxosync.model.body import canonical_value, without_call_results
from voxosync.model.campaign import Definition
from voxosync.model.checks.do_not_call import phones_shown
from voxosync.model.fields import FIELDS, agrees
from voxosync.model.numbers import NUMBERS_FIELD, numbers_of
from voxosync.model.phone import phone
from voxosync.model.plan import Plan
from voxosync.model.problem import Position
from voxosync.model.shard import PlanPart
from voxosync.resources import schema_text
from voxosync.sync.diff import without
from voxosync.sync.guards import refusals, summary_of_updates
from voxosync.sync.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.guard import Guards
    from voxosync.model.journal import Run, SentPatch
    from voxosync.model.plan import CampaignPlan
    from voxosync.model.values import Value


@dataclass(frozen=True, slots=True)
class Undo:
    """What a run did to one campaign.

    Attributes:
        before: field to the value before the run's first PATCH of it.
        after: field to the value that its last PATCH of it sent.
        number_fields: phone to the `field1` … `field9` that the run sent, which VOXO does not show.
    """

    before: dict[str, Value] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)
    number_fields: dict[str, dict[str, str]] = field(default_factory=dict)

    def note(self, sent: SentPatch) -> None:
        """Adds the run's next PATCH of this campaign."""
        for name in sent.patch:
            if name in FIELDS and name in sent.replaces:
                self.before.setdefault(name, FIELDS[name].kind.from_document(sent.replaces[name]))
                self.after[name] = canonical_value(sent.patch, name)
        if NUMBERS_FIELD in sent.patch:
            self.number_fields.update(without_call_results(sent.patch[NUMBERS_FIELD])[1])


class SkipReason(StrEnum):
    """Why something that a run changed is not put back."""

    CHANGED = "changed since"
    UNABLE = "cannot be put back"


@dataclass(frozen=True, slots=True)
class Rollback:
    """The plan that undoes a run, and what it leaves.

    Attributes:
        skipped: campaign to why a field of it is not put back; CHANGED where there are several reasons.
    """

    plan: Plan
    skipped: Mapping[int, SkipReason]


class _Eligible(NamedTuple):
    """What of one campaign is put back.

    Attributes:
        values: those to put back.
        skips: why others are not.
        losses: what is lost with those that are.
    """

    values: dict[str, Value]
    skips: Sequence[tuple[SkipReason, str]] = ()
    losses: Sequence[str] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to say about the campaign."""
        return (*(message for _, message in self.skips), *self.losses)

    @property
    def skipped(self) -> SkipReason | None:
        """Why some values are not put back; None: all are."""
        reasons = {reason for reason, _ in self.skips}
        return SkipReason.CHANGED if SkipReason.CHANGED in reasons else next(iter(reasons), None)


def undo(run: Run, only: Iterable[int] = ()) -> dict[int, Undo]:
    """What a run did that can be undone, by campaign; PATCHes that VOXO refused changed nothing."""
    chosen = set(only)
    undos: dict[int, Undo] = {}
    for sent in run.sent:
        if sent.may_have_happened and (not chosen or sent.campaign in chosen):
            undos.setdefault(sent.campaign, Undo()).note(sent)
    return undos


def plan_rollback(  # noqa: PLR0913  # each is one input of a plan
    run: Run,
    undone: Mapping[int, Undo],
    live: Mapping[int, LiveCampaign | CampaignError],
    results: Mapping[int, Mapping[str, str]],
    *,
    now: datetime,
    tenant_id: int | None,
    guards: Guards,
    force: bool,
    quiesce: bool = False,
    forbidden: Collection[str] = (),
) -> Rollback:
    """The plan that puts a run's fields back.

    A field that holds neither what the run sent nor the value before was changed since, and is left alone with a
    warning unless `force` is set. A value that was null cannot be put back, because VOXO documents no way to clear one,
    and neither can a value that its reference does not allow to be sent. Numbers that are put back have their latest
    call results, since these people would be called again otherwise.

    Args:
        run: what is undone.
        undone: what the run did, by campaign.
        live: what was fetched for each campaign of `undone`.
        results: the latest result of a call that any journal holds, by campaign and number.
        now: the moment of the plan, in UTC.
        tenant_id: a guard for every campaign.
        guards: those that may refuse the plan.
        force: whether fields that were changed since are put back too.
        quiesce: whether dialing campaigns will be paused while their numbers change.
        forbidden: phones that must not come back, because they are on a do-not-call list.
    """
    planned = {campaign["id"]: campaign for campaign in run.plan["campaigns"]}
    parts = {
        campaign_id: _eligible(campaign_undo, live[campaign_id], forbidden, force=force)
        for campaign_id, campaign_undo in undone.items()
    }
    definitions = [
        Definition(
            campaign_id,
            Position(f"run {run.id}"),
            parts[campaign_id].values,
            number_fields=campaign_undo.number_fields,
            tenant_id=planned.get(campaign_id, {}).get("tenantId"),
        )
        for campaign_id, campaign_undo in undone.items()
    ]
    compared, _ = Planner(now, tenant_id, quiesce=quiesce).compare(definitions, live)
    campaigns = [
        replace(
            campaign,
            name=campaign.name or planned.get(campaign.id, {}).get("name"),
            warnings=(*campaign.warnings, *parts[campaign.id].warnings),
            patch=_with_results(campaign, live[campaign.id], results.get(campaign.id, {})),
        )
        for campaign in compared
    ]
    skipped = {id_: part.skipped for id_, part in parts.items() if part.skipped is not None}
    return Rollback(_plan(run, campaigns, guards, now), skipped)


def _plan(run: Run, campaigns: Sequence[CampaignPlan], guards: Guards, now: datetime) -> Plan:
    """The plan of these campaigns, of as many managed ones as the plan of the run, and the guards that refuse it."""
    part = PlanPart.from_document({"managed": len(run.plan["campaigns"]), **run.plan})
    summary = summary_of_updates(campaigns, part)
    return Plan(
        created_at=now,
        base_url=run.base_url,
        campaigns=campaigns,
        refusals=refusals(summary, guards, now),
        part=part,
    )


def _with_results(
    campaign: CampaignPlan, live: LiveCampaign | CampaignError, results: Mapping[str, str]
) -> Mapping[str, Any]:
    """The body with the results of calls of numbers that come back; VOXO's own are never replaced."""
    if NUMBERS_FIELD not in campaign.patch or isinstance(live, CampaignError):
        return campaign.patch
    restored = {key: result for key, result in results.items() if key not in live.numbers}
    entries = [
        {**entry, "disposition": restored[key]}
        if (key := phone(entry["number"])) in restored
        else entry
        for entry in campaign.patch[NUMBERS_FIELD]
    ]
    return {**campaign.patch, NUMBERS_FIELD: entries}


def _eligible(
    campaign_undo: Undo,
    live: LiveCampaign | CampaignError,
    forbidden: Collection[str],
    *,
    force: bool,
) -> _Eligible:
    """What of a campaign is put back."""
    if isinstance(live, CampaignError):
        return _Eligible({})
    values: dict[str, Value] = {}
    skips: list[tuple[SkipReason, str]] = []
    for name, old in campaign_undo.before.items():
        current = live.values.get(name)
        if name in live.unreadable:
            values[name] = old  # for the plan to say so
        elif not agrees(name, current, old):
            may_overwrite = force or agrees(name, current, campaign_undo.after[name])
            if skip := _skip(name, old, may_overwrite=may_overwrite):
                skips.append(skip)
            else:
                values[name] = old
    losses: list[str] = []
    if (numbers := numbers_of(values)) is not None:
        returning = [key for key in numbers if key not in live.numbers]
        listed = [key for key in returning if key in forbidden]
        values[NUMBERS_FIELD] = without(numbers, listed)
        if listed:
            message = f"numbers: {phones_shown(listed)} on a do-not-call list: not put back"
            skips.append((SkipReason.UNABLE, message))
        if not {*returning} <= {*listed, *campaign_undo.number_fields}:
            losses.append(
                "numbers that come back have lost field1 … field9: VOXO does not show them"
            )
    return _Eligible(values, skips, losses)


def _skip(name: str, old: Value, *, may_overwrite: bool) -> tuple[SkipReason, str] | None:
    """Why the value that a field had is not put back; None: it is."""
    if old is None:
        message = f"{name} had no value before, and VOXO documents no way to clear one"
        return SkipReason.UNABLE, message
    if not _may_be_sent(name, old):
        message = f"{name} was {old} before, which VOXO's reference does not allow to be sent"
        return SkipReason.UNABLE, message
    if not may_overwrite:
        message = f"{name} was changed again since that run: left alone without --force"
        return SkipReason.CHANGED, message
    return None


def _may_be_sent(name: str, value: Value) -> bool:
    """Whether *Update Campaign* accepts a value that VOXO had; it accepts every list, because it was sent as one."""
    if not isinstance(value, str | int | float):
        return True
    schema = json.loads(schema_text("campaign.schema.json"))["properties"][name]
    try:
        return jsonschema_rs.Draft202012Validator(schema).is_valid(value)
    except ValueError:  # half a surrogate pair: no text that can be sent
        return False
