"""The two sides of a campaign, its definition and what VOXO has, both in canonical form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import NUMBER
from voxosync.model.numbers import (
    LiveNumbers,
    Numbers,
    numbers_from_live,
    numbers_of,
)
from voxosync.model.quiesce_mark import is_marked, unmarked
from voxosync.model.values import Unreadable, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from voxosync.model.drift import Acknowledgement
    from voxosync.model.problem import Position

STATES = ("READY", "PAUSED")


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of a definition's list of numbers that a check reports.

    Attributes:
        phone: whose number it is.
        position: where the number is written.
        first_line: where the phone is listed twice, the line of its first entry.
    """

    phone: str
    position: Position
    first_line: int = 0


@dataclass(frozen=True, slots=True)
class ListRemarks:
    """What the reading of a definition's list of numbers showed, apart from the numbers.

    Attributes:
        repeated: entries whose phone is already listed in another spelling; only the first is sent.
        listed: entries whose phone is on a do-not-call list.
        dropped: the numbers that are left out because their phones are on a do-not-call list.
    """

    repeated: tuple[ListEntry, ...] = ()
    listed: tuple[ListEntry, ...] = ()
    dropped: Numbers = field(default_factory=Numbers)


NO_REMARKS = ListRemarks()


@dataclass(frozen=True, slots=True)
class Definition:
    """A campaign as its file defines it.

    Attributes:
        id: VOXO's id of the campaign.
        position: where the definition is, for people.
        values: the managed fields only, canonical.
        positions: where the value of each field, of `tenantId` and of `voxosync` is written; for a default, that is in
            its `_defaults.yaml`.
        number_fields: phone to its `field1` … `field9`; they are sent along with `numbers`.
        number_zones: phone to the called person's time zone, where the CSV file gives one; never sent.
        empty_file: the CSV file that gives the numbers, where it has no rows.
        tenant_id: a guard: a live campaign of another tenant is an error.
        add_numbers: whether `manageNumbers` is `add`, so that live numbers are never removed.
        ignore: fields whose difference is only a warning.
        acknowledge: fields whose difference is acknowledged until a date.
        overridden: the fields whose value comes from an override, each with its environment.
        list_remarks: what checks need to know about the list that gives the numbers.
        excluded: phones that must not be called, whichever side lists them; live ones are removed.
    """

    id: int
    position: Position
    values: Mapping[str, Value]
    positions: Mapping[str, Position] = field(default_factory=dict)
    number_fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    number_zones: Mapping[str, str] = field(default_factory=dict)
    tenant_id: int | None = None
    empty_file: str | None = None
    add_numbers: bool = False
    ignore: frozenset[str] = frozenset()
    acknowledge: tuple[Acknowledgement, ...] = ()
    overridden: Mapping[str, str] = field(default_factory=dict)
    list_remarks: ListRemarks = NO_REMARKS
    excluded: Collection[str] = frozenset()

    @property
    def name(self) -> str | None:
        """The name in the definition, where it manages the name."""
        name = self.values.get("name")
        return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class LiveCampaign:
    """A campaign as VOXO returned it.

    Attributes:
        values: every writable field that could be read, canonical.
        unreadable: field to what VOXO returned instead of a value.
        listed: the numbers, with their call results and what is irregular about the list.
    """

    id: int
    tenant_id: int | None
    values: Mapping[str, Value]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    listed: LiveNumbers = field(default_factory=LiveNumbers)

    @classmethod
    def from_response(cls, raw: Mapping[str, Any]) -> LiveCampaign:
        """The canonical form of a whole campaign. Source: *Update Campaign*, response.

        A missing scalar is null. A missing array is unreadable and not an empty list, which would make a plan add every
        number again.

        Raises:
            Unreadable: the campaign has no usable id.
        """
        identity = NUMBER.from_live(raw.get("id"))
        if not isinstance(identity, int):
            raise Unreadable("an answer without the campaign's id")
        tenant = NUMBER.from_live(raw.get("tenantId"))
        values: dict[str, Value] = {}
        unreadable: dict[str, str] = {}
        listed = LiveNumbers()
        for name in WRITABLE:
            kind = FIELDS[name].kind
            try:
                if kind is NUMBERS:
                    listed = numbers_from_live(raw.get(name))
                    values[name] = listed.numbers
                else:
                    values[name] = kind.from_live(raw.get(name))
            except Unreadable as problem:
                unreadable[name] = str(problem)
        return cls(
            id=identity,
            tenant_id=tenant if isinstance(tenant, int) else None,
            values=values,
            unreadable=unreadable,
            listed=listed,
        )

    @property
    def is_whole(self) -> bool:
        """Whether every writable field could be read; the legacy *Update Campaign* returns only a part."""
        return not self.unreadable

    @property
    def numbers(self) -> Numbers:
        """The numbers that VOXO has; empty where they could not be read."""
        return numbers_of(self.values) or Numbers()

    @property
    def dispositions(self) -> Mapping[str, str]:
        """Phone to the result of its call."""
        return self.listed.dispositions

    @property
    def state(self) -> str | None:
        """The live state: READY, PAUSED, or a word of VOXO's own such as RUNNING."""
        state = self.values.get("state")
        return state if isinstance(state, str) else None

    @property
    def is_quiesced(self) -> bool:
        """Whether `apply --quiesce` has paused it and not yet set it READY again, as the mark in its name shows."""
        return self.state == "PAUSED" and is_marked(self.values.get("name"))

    def unmarked(self) -> LiveCampaign:
        """The campaign without the mark of a quiesce in its name."""
        name = self.values.get("name")
        if not isinstance(name, str) or not is_marked(name):
            return self
        return replace(self, values={**self.values, "name": unmarked(name)})

    def before_quiesce(self) -> LiveCampaign:
        """The campaign as it will be once an unfinished quiesce has ended: READY, its name without the mark."""
        usual = self.unmarked()
        if not self.is_quiesced:
            return usual
        return replace(usual, values={**usual.values, "state": "READY"})
