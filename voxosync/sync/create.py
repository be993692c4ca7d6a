"""Plans the creation of campaigns for definitions without an id, each at most once.

VOXO has no idempotency key. The journal keeps a crash from leading to a second campaign: it holds the intent before
the POST is sent, and the new id before the file of the definition is changed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.errors import UsageError
from voxosync.model.creation import Creation
from voxosync.model.dialing.effect import effect_of_creation
from voxosync.model.journal import NewDefinition
from voxosync.model.numbers import Numbers
from voxosync.model.plan import CampaignPlan
from voxosync.sync.diff import differences
from voxosync.sync.past_creations import ProjectDefinitions, past_creation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from voxosync.model.campaign import Definition
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.journal import Run
    from voxosync.model.values import Value


@dataclass(frozen=True, slots=True)
class Account:
    """Where campaigns are created.

    Attributes:
        base_url: the VOXO.
        tenant_id: the tenant that the call is about, if it names one.
        environment: the one of the call, if it names one.
    """

    base_url: str
    tenant_id: int | None
    environment: str | None = None


def creations(
    new_definitions: Iterable[tuple[int, Definition]],
    account: Account,
    runs: Sequence[Run],
    definitions: ProjectDefinitions,
    *,
    again: bool,
) -> list[Creation]:
    """The campaigns to create.

    Args:
        new_definitions: definitions without an id, each with its index among the documents of its file.
        account: where they are created.
        runs: every run that has a journal.
        definitions: the project's, to find out which creations of those runs are settled.
        again: whether to create campaigns that earlier runs created, or may have created.

    Raises:
        UsageError: some cannot be created, or earlier runs created them or may have; lists each.
    """
    planned: list[Creation] = []
    refusals: list[str] = []
    for document, definition in new_definitions:
        try:
            creation = _creation(document, definition, account)
            planned.append(_with_past(creation, account, runs, definitions, again=again))
        except UsageError as refusal:
            refusals.append(str(refusal))
    refusals += _collisions(planned)
    if refusals:
        raise UsageError("\n".join(dict.fromkeys(refusals)))
    return planned


def _creation(document: int, definition: Definition, account: Account) -> Creation:
    position = definition.position
    if definition.name is None:
        raise UsageError(f"{position}: a new campaign needs a name: write name: …")
    new = NewDefinition(position.file, document, definition.name)
    return Creation(new, definition, _tenant(definition, account.tenant_id))


def _collisions(planned: Sequence[Creation]) -> list[str]:
    """Definitions that the journal could not tell apart, and those that one earlier campaign may belong to."""
    names = Counter((creation.new.file, creation.new.name) for creation in planned)
    claims = Counter(creation.past.campaign for creation in planned if creation.past is not None)
    collisions = []
    for creation in planned:
        position, new, past = creation.definition.position, creation.new, creation.past
        if names[new.file, new.name] > 1:
            collisions.append(
                f"{position}: two new campaigns have the name {new.name!r}: rename one"
            )
        elif past is not None and claims[past.campaign] > 1:
            collisions.append(
                f"{position}: run {past.run_id} created campaign {past.campaign} of this definition or of another one "
                f"named {new.name!r}: write id: {past.campaign} into the right one"
            )
    return collisions


def _tenant(definition: Definition, tenant_id: int | None) -> int:
    position, own_tenant = definition.position, definition.tenant_id
    if own_tenant is not None and tenant_id is not None and own_tenant != tenant_id:
        raise UsageError(
            f"{position}: this is of tenant {own_tenant}, but the call is about {tenant_id}"
        )
    tenant = own_tenant or tenant_id
    if tenant is None:
        raise UsageError(
            f"{position}: a new campaign belongs to a tenant: write tenantId: …, set VOXO_TENANT_ID, "
            "or pass --tenant-id"
        )
    return tenant


def _with_past(
    creation: Creation,
    account: Account,
    runs: Sequence[Run],
    definitions: ProjectDefinitions,
    *,
    again: bool,
) -> Creation:
    """A creation with the outcome of an earlier one of the same definition."""
    position, new = creation.definition.position, creation.new
    look = f"look in VOXO for {new.name!r}; if it is there, write its id into the definition; if it is not"
    past = past_creation(runs, account.base_url, creation.tenant_id, new, definitions)
    if past is None:
        damage = next((run.hides for run in runs if run.hides), "")
        if damage and not again:
            raise UsageError(
                f"{damage}\n{position}: so an earlier run may have created this campaign: {look}, move that "
                "journal away, or pass --again"
            )
        return creation
    if past.campaign is not None and past.created.is_open:
        return replace(creation, past=past)
    if again:
        return replace(creation, second_to=past.campaign)
    earlier = past.created.definition.file
    elsewhere = f" when its definition was in {earlier}" if earlier != new.file else ""
    if past.campaign is None:
        raise UsageError(
            f"{position}: an earlier run may have created this campaign{elsewhere}, and ended before it knew: "
            f"{look}, pass --again"
        )
    if past.created.is_abandoned:
        raise UsageError(
            f"{position}: run {past.run_id} created campaign {past.campaign} of this definition{elsewhere}: "
            f"{past.created.detail}"
        )
    raise UsageError(
        f"{position}: run {past.run_id} created campaign {past.campaign} of this definition{elsewhere}, and no "
        f"definition has its id anymore: write {_id_line(past.campaign, account)} back into it, or pass "
        "--again to create a second campaign"
    )


def _id_line(campaign: int, account: Account) -> str:
    environment = account.environment
    return f"id: {campaign}" if environment is None else f"id: {{{environment}: {campaign}}}"


def dialing_of_creations(
    planned: Iterable[Creation], now: datetime
) -> dict[NewDefinition, DialingEffect]:
    """The effects of new campaigns on dialing; those created PAUSED, or by an earlier run, are left out."""
    effects = {
        creation.new: effect_of_creation(creation.desired.values, now)
        for creation in planned
        if creation.past is None
    }
    return {new: effect for new, effect in effects.items() if effect is not None}


def planned_creation(definition: Definition, now: datetime) -> CampaignPlan:
    """The plan of a campaign that is not created yet.

    Args:
        definition: one without an id.
        now: the present moment.
    """
    paused_by_default = "state" not in definition.values
    desired: dict[str, Value] = {
        **definition.values,
        **({"state": "PAUSED"} if paused_by_default else {}),
    }
    no_values: dict[str, Value] = {
        name: Numbers() if isinstance(value, Numbers) else None for name, value in desired.items()
    }
    remark = "it is created PAUSED, because the definition has no state"
    return CampaignPlan(
        definition.id,
        definition.name,
        definition.position.file,
        changes=tuple(
            change.of_definition(definition) for change in differences(no_values, desired)
        ),
        warnings=(remark,) if paused_by_default else (),
        dialing=effect_of_creation(desired, now),
        line=definition.position.line,
        tenant_id=definition.tenant_id,
        is_new=True,
    )
