"""Decides what to pull and where it belongs. Pure: nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from voxosync.errors import CampaignError
from voxosync.model.campaign import STATES, Definition, LiveCampaign
from voxosync.model.change_kind import ChangeKind
from voxosync.model.numbers import NUMBERS_FIELD, Numbers
from voxosync.model.pull import Remark
from voxosync.sync.base import RecordedCampaign
from voxosync.sync.diff import desired_values, differences, without
from voxosync.sync.tenant_guard import wrong_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from voxosync.model.values import Value


_PENDING = (
    "pending: the definition was changed since it was applied, and VOXO still has an older value of it: "
    "run voxosync apply to send it"
)


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """A live value that a definition is to hold, complete as it will be after the pull."""

    definition: Definition
    field: str
    value: Value

    @property
    def given_by(self) -> str:
        """The YAML file that gives the value now: the definition's, or a `_defaults.yaml`."""
        return self.definition.positions[self.field].file

    @property
    def environment(self) -> str | None:
        """The environment whose override gives the value now; None: the value is that of all environments."""
        return self.definition.overridden.get(self.field)

    @property
    def is_default(self) -> bool:
        """Whether a `_defaults.yaml` gives the value now."""
        return self.given_by != self.definition.position.file


@dataclass(slots=True)
class PullComparison:
    """The result of comparing definitions with live campaigns.

    Attributes:
        left_alone: how many campaigns differ only in what their definitions ignore or acknowledge.
    """

    wishes: list[Wish] = field(default_factory=list)
    remaining: list[Remark] = field(default_factory=list)
    failed: list[Remark] = field(default_factory=list)
    left_alone: int = 0


def compare_for_pull(
    definitions: Sequence[Definition],
    live: Mapping[int, LiveCampaign | CampaignError],
    *,
    today: date,
    tenant_id: int | None = None,
    recorded: Mapping[int, Definition] | None = None,
    passed: Sequence[Mapping[int, Definition]] = (),
) -> PullComparison:
    """The live values to write, those that a definition cannot hold, and the campaigns that cannot be read.

    A field is pulled if `apply` would send it: managed, and neither ignored nor acknowledged.

    Args:
        definitions: in the order of their files.
        live: what was fetched for each id: the campaign, or why there is none.
        today: the day on which acknowledgements must hold.
        tenant_id: a guard for every campaign, in addition to the one that a definition may give.
        recorded: the definitions of the applied record by campaign id. Where VOXO still has their values, the
            present definition is newer: such values are not pulled.
        passed: those of each commit between the record and HEAD, which a job may have sent in part.
    """
    result = PullComparison()
    for definition in definitions:
        campaign = live[definition.id]
        error = str(campaign) if isinstance(campaign, CampaignError) else None
        if isinstance(campaign, LiveCampaign):
            error = wrong_tenant(campaign, definition.tenant_id, tenant_id)
        if error is not None or isinstance(campaign, CampaignError):
            result.failed.append(remark(definition, None, error or ""))
            continue
        # A definition must not take over the temporary pause of a quiesce, nor its mark.
        campaign = _without_excluded(campaign.before_quiesce(), definition)
        applied = recorded.get(definition.id) if recorded else None
        record = None
        if applied is not None:
            since = [commit[definition.id] for commit in passed if definition.id in commit]
            record = RecordedCampaign(
                applied.values, is_base=True, passed=[older.values for older in since]
            )
        wishes = list(_wishes(definition, campaign, today, record))
        result.left_alone += not wishes and _differs_elsewhere(definition, campaign, today)
        for wish in wishes:
            if isinstance(wish, Remark):
                result.remaining.append(wish)
            else:
                result.wishes.append(wish)
    return result


def _without_excluded(live: LiveCampaign, definition: Definition) -> LiveCampaign:
    """A campaign without excluded phones: a definition keeps those that it lists, and gets no others."""
    numbers = without(live.numbers, definition.excluded)
    if numbers is live.numbers:
        return live
    return replace(live, values={**live.values, NUMBERS_FIELD: numbers})


def remark(definition: Definition, name: str | None, text: str) -> Remark:
    """A remark on a definition, or on one of its fields."""
    return Remark(definition.id, definition.name, definition.position.file, name, text)


def _watched_fields(definition: Definition, today: date) -> frozenset[str]:
    """The fields that are ignored or acknowledged."""
    return definition.ignore | {
        acknowledgement.field
        for acknowledgement in definition.acknowledge
        if acknowledgement.holds(today)
    }


def _differs_elsewhere(definition: Definition, live: LiveCampaign, today: date) -> bool:
    """Whether a field differs that is not pulled."""
    watched = _watched_fields(definition, today) - live.unreadable.keys()
    desired = desired_values(definition, live)
    return bool(
        differences(live.values, {name: desired[name] for name in watched & desired.keys()})
    )


def _wishes(
    definition: Definition, live: LiveCampaign, today: date, record: RecordedCampaign | None
) -> Iterator[Wish | Remark]:
    watched = _watched_fields(definition, today)
    desired = {
        name: value
        for name, value in desired_values(definition, live).items()
        if name not in watched
    }
    for name in desired.keys() & live.unreadable.keys():
        del desired[name]
        message = f"VOXO's answer cannot be read ({live.unreadable[name]}): look at it in VOXO"
        yield remark(definition, name, message)
    values, newer = _without_pending(live.values, desired, record)
    for name in newer:
        yield remark(definition, name, _PENDING)
    for name in dict.fromkeys(change.field for change in differences(values, desired)):
        value = values[name]
        wish = Wish(definition, name, value)
        if value is None:
            yield remark(definition, name, _no_value(wish))
        elif name == "state" and value not in STATES:
            message = f"VOXO has the state {value}, which a definition cannot hold: "
            yield remark(definition, name, f"{message}{_way_out(wish)}")
        elif isinstance(value, Numbers) and definition.add_numbers:
            own_numbers = definition.values[name]
            assert isinstance(own_numbers, Numbers)  # noqa: S101  # one field has one kind of value
            own = value.only(key for key in own_numbers if key in value)
            yield Wish(definition, name, own.updated(definition.list_remarks.dropped))
        elif isinstance(value, Numbers):
            yield Wish(definition, name, value.updated(definition.list_remarks.dropped))
        else:
            yield wish


def _without_pending(
    live: Mapping[str, Value], desired: Mapping[str, Value], record: RecordedCampaign | None
) -> tuple[Mapping[str, Value], list[str]]:
    """Live values as they will be once pending changes are applied, and the fields that have some."""
    if record is None:
        return live, []
    values, newer = dict(live), []
    for change in differences(live, desired, record.values, record):
        if change.kind is ChangeKind.PENDING and change.field in record.values:
            values[change.field] = change.sent_value(values[change.field], desired[change.field])
            newer.append(change.field)
    return values, newer


def _no_value(wish: Wish) -> str:
    return f"VOXO has no value, which a definition cannot express: {_way_out(wish)}"


def _way_out(wish: Wish) -> str:
    if wish.is_default:
        way = f"add {wish.field} to voxosync: unmanaged: in the definition"
    else:
        way = f"remove the key {wish.field}"
    return f"{way}, or run voxosync apply to send the definition's value"


def definitions_sharing(wish: Wish, definitions: Iterable[Definition]) -> list[Definition]:
    """The definitions that use the same default as that of a wish, including its own.

    An override of a default is a different default.
    """
    return [
        definition
        for definition in definitions
        if wish.field in definition.positions
        and definition.positions[wish.field].file == wish.given_by != definition.position.file
        and definition.overridden.get(wish.field) == wish.environment
    ]
