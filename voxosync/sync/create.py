"""Creates campaigns that have a definition and no id yet, each at most once.

VOXO offers no idempotency key, so what keeps a crash from making a second campaign is the journal: the
intent is in it before the POST, and the new id before the definition's file is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voxosync.errors import CampaignError, JournalError, OutcomeUnknown, RunEnded, UsageError
from voxosync.model.fields import MAX_ID
from voxosync.model.journal import New
from voxosync.model.plan import CampaignPlan, FieldChange, GoesLive, Plan
from voxosync.model.values import to_wire, wire_numbers

if TYPE_CHECKING:
    from datetime import datetime

    from voxosync.model.campaign import Definition
    from voxosync.model.journal import Created, Run
    from voxosync.sync.journal import Journal
    from voxosync.voxo.client import Voxo


@dataclass(frozen=True, slots=True)
class Creation:
    """A definition without an id, whose campaign is to be created.

    Attributes:
        new: how the journal calls it.
        tenant_id: whose campaign it will be.
        made: the id, where an earlier run created the campaign and did not come to write that down.
    """

    new: New
    definition: Definition
    tenant_id: int
    made: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The body that creates the campaign. Source: *Create Campaign*, body."""
        fields = self.definition.number_fields
        return {
            "tenantId": self.tenant_id,
            **{
                name: wire_numbers(value, fields, {})
                if isinstance(value, Mapping)
                else to_wire(value)
                for name, value in self.definition.values.items()
            },
        }


def creations(  # noqa: PLR0913  # each is one input of what there is to create
    found: Iterable[tuple[int, Definition]],
    tenant_id: int | None,
    runs: Sequence[Run],
    base_url: str,
    *,
    known: Collection[int] = (),
    has_moved: Callable[[Created], bool],
    again: bool,
) -> list[Creation]:
    """What there is to create.

    Args:
        found: definitions without an id, each with its place among the documents of its file.
        tenant_id: the tenant that the call is about.
        runs: every run that there is a journal of.
        base_url: the VOXO that the call is about.
        known: the ids that definitions of the file have: what they stand for is no longer open.
        has_moved: whether the definition of an open creation is no longer in its file, so that one of its
            name elsewhere may be it.
        again: whether somebody made sure that a creation in doubt did not happen.

    Raises:
        UsageError: one cannot be created, or an earlier run may have created it.
    """
    wanted = [
        Creation(_named(place, definition), definition, _tenant(definition, tenant_id))
        for place, definition in found
    ]
    names = [(each.new.file, each.new.name) for each in wanted]
    for each, name in zip(wanted, names, strict=True):
        if names.count(name) > 1:
            where = each.definition.position
            raise UsageError(f"{where}: two new campaigns have the name {name[1]!r}: rename one")
    return [
        _looked_back(each, runs, base_url, known, has_moved=has_moved, again=again)
        for each in wanted
    ]


def _named(place: int, definition: Definition) -> New:
    where = definition.position
    if definition.name is None:
        raise UsageError(f"{where}: a new campaign needs a name: write name: …")
    return New(where.file, place, definition.name)


def _tenant(definition: Definition, tenant_id: int | None) -> int:
    where, own = definition.position, definition.tenant_id
    if own is not None and tenant_id is not None and own != tenant_id:
        raise UsageError(f"{where}: this is of tenant {own}, but the call is about {tenant_id}")
    tenant = own or tenant_id
    if tenant is None:
        raise UsageError(
            f"{where}: a new campaign belongs to a tenant: write tenantId: …, set VOXO_TENANT_ID, "
            "or pass --tenant-id"
        )
    return tenant


def _looked_back(  # as creations
    creation: Creation,
    runs: Iterable[Run],
    base_url: str,
    known: Collection[int],
    *,
    has_moved: Callable[[Created], bool],
    again: bool,
) -> Creation:
    """A creation with what became of an earlier run that was cut off."""
    where, name = creation.definition.position, creation.new.name
    look = (
        f"look in VOXO for {name!r}; if it is there, write its id into the definition; if it is not"
    )
    earlier = open_creation(runs, base_url, creation.tenant_id, creation.new, has_moved)
    if earlier is not None and earlier.campaign not in known:
        if earlier.campaign is None and not again:
            then = earlier.definition.file
            told = f" when its definition was in {then}" if then != creation.new.file else ""
            raise UsageError(
                f"{where}: an earlier run may have created this campaign{told}, and ended before it knew: "
                f"{look}, pass --again"
            )
        return replace(creation, made=earlier.campaign)
    hidden = next((run.hides for run in runs if run.hides), "")
    if hidden and not again:
        raise UsageError(
            f"{hidden}\n{where}: so an earlier run may have created this campaign: {look}, move that "
            "journal away, or pass --again"
        )
    return creation


def as_plan(wanted: Iterable[Creation], base_url: str, now: datetime) -> Plan:
    """What creating would begin to dial, for the guards; it is no plan that could be applied."""
    updates = [_as_update(each.definition) for each in wanted if each.made is None]
    return Plan(now, base_url, updates)


def open_creation(
    runs: Iterable[Run],
    base_url: str,
    tenant_id: int,
    definition: New,
    has_moved: Callable[[Created], bool],
) -> Created | None:
    """An earlier run that made the campaign of a definition, or may have, and did not write down its id.

    Args:
        runs: every run that there is a journal of.
        base_url: the VOXO that this call is about.
        tenant_id: whose campaign it would be: environments may share a file and a VOXO.
        definition: known again by its file and name: other documents of the file may have come and gone.
        has_moved: as `creations` has it.
    """
    found: dict[str, Created] = {}  # by the file that the definition was in
    for run in runs:
        for made in run.created if run.base_url == base_url else ():
            if made.definition.name != definition.name:
                continue
            if made.tenant_id == tenant_id:
                found.pop(made.definition.file, None)
                found |= {made.definition.file: made} if made.is_open else {}
            elif not made.was_sent:  # only an id was written: of a campaign that is open no longer
                found = {file: one for file, one in found.items() if one.campaign != made.campaign}
    here = found.pop(definition.file, None)
    return here or next(filter(has_moved, found.values()), None)


def create(voxo: Voxo, journal: Journal, definition: New, body: Mapping[str, Any]) -> int:
    """Creates one campaign; returns its id, which is in the journal by then.

    Raises:
        CampaignError: VOXO refused; or OutcomeUnknown: a campaign may have been made.
        RunEnded: VOXO cannot be asked any more; nothing was made.
        JournalError: the journal cannot be written, so nothing was sent.
    """
    journal.creating(definition, body)
    try:
        campaign: int = voxo.create(body)["id"]
    except (CampaignError, RunEnded) as failure:
        outcome = "unknown" if isinstance(failure, OutcomeUnknown) else "refused"
        with suppress(JournalError):  # without a line that says so, the outcome is unknown
            journal.created(definition, outcome, detail=str(failure))
        raise
    if not 1 <= campaign <= MAX_ID:
        what = f"VOXO named the id {campaign}, which is none: look for the campaign there"
        with suppress(JournalError):
            journal.created(definition, "unknown", detail=what)
        raise OutcomeUnknown(what)
    try:
        journal.created(definition, "accepted", campaign)
    except JournalError as failure:
        what = f"VOXO created campaign {campaign}: write its id into the definition by hand"
        raise OutcomeUnknown(f"{what}: {failure}") from failure
    return campaign


def _as_update(definition: Definition) -> CampaignPlan:
    return CampaignPlan(
        definition.id,
        definition.name,
        definition.position.file,
        changes=(FieldChange("name", None, definition.name),),
        goes_live=_goes_live(definition),
        line=definition.position.line,
    )


def _goes_live(definition: Definition) -> GoesLive | None:
    """A campaign that is created READY dials when its time comes; without a state, nobody knows."""
    values = definition.values
    state = values.get("state")
    if state == "PAUSED":
        return None
    numbers = values.get("numbers")
    day, clock, zone = (
        value if isinstance(value := values.get(name), str) else None
        for name in ("dateStart", "timeStart", "timezone")
    )
    return GoesLive(
        reasons=(f"is created {state}" if state else "is created without a state",),
        numbers=len(numbers) if isinstance(numbers, Mapping) else 0,
        start=f"{day} {clock}" if day and clock else day,
        timezone=zone,
    )
