"""The difference of one field: of a value or of a list of numbers, with the same methods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias

from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import FIELDS, agrees
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.numbers import NUMBERS_FIELD, Digest, Numbers
from voxosync.model.phone import phone
from voxosync.model.values import Destination, Scalar, Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.problem import Position
    from voxosync.model.provenance import Revision, Sending


Single: TypeAlias = Scalar | tuple[Destination, ...]
"""A canonical value that is not a list of numbers."""


class Detail(NamedTuple):
    """A line of a text, or an entry of a list, that only one side has, or that has moved.

    Attributes:
        text: the line or entry, for people.
        before: its index in the live value, from 1; None: it is not in that value.
        after: the same of the definition's value.
    """

    text: str
    before: int | None = None
    after: int | None = None

    def to_document(self) -> dict[str, Any]:
        """The detail as documents hold it; the inverse of `Detail(**document)`."""
        return {key: value for key, value in self._asdict().items() if value is not None}


class Description(NamedTuple):
    """The description of a number, live and in the definition, where they differ."""

    number: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose value differs: `before` is always live, `after` always the definition's.

    Attributes:
        base: the value at the merge base, where the plan was made with one that has the field.
        position: where the definition, or its default, gives the value.
        since: when this field of this campaign was first seen to differ, where a history recorded that.
        commit: the commit that holds a pending change, where that is certain.
        details: the differences within a text of several lines, or within a list; empty where one side is.
        revision: in a drift report, the commit that gave the definition its value, where Git knows.
        last_sent: the same, the run that last sent this field, where a journal knows.
    """

    field: str
    before: Single
    after: Single
    kind: ChangeKind = ChangeKind.CHANGE
    base: Single = None
    position: Position | None = None
    since: datetime | None = None
    commit: str | None = None
    details: tuple[Detail, ...] = ()
    revision: Revision | None = None
    last_sent: Sending | None = None

    added: ClassVar[tuple[str, ...]] = ()
    removed: ClassVar[tuple[str, ...]] = ()
    changed: ClassVar[tuple[str, ...]] = ()
    descriptions: ClassVar[tuple[Description, ...]] = ()
    empty_file: ClassVar[str | None] = None
    count_before: ClassVar[int] = 0

    def __str__(self) -> str:
        return f"{self.field}: {self.before_text} → {self.after_text}"

    @property
    def in_columns(self) -> str:
        """Both sides without a direction: `callHoursEnd: VOXO 21:30, Git 18:30`."""
        return f"{self.field}: VOXO {self.before_text}, Git {self.after_text}"

    @property
    def before_text(self) -> str:
        """What VOXO has, for people."""
        return FIELDS[self.field].kind.describe(self.before)

    @property
    def after_text(self) -> str:
        """What the definition gives, for people."""
        return FIELDS[self.field].kind.describe(self.after)

    @property
    def sides(self) -> tuple[str | None, str | None]:
        """What VOXO has and what the definition gives, for people; None: no value."""
        return (
            None if self.before is None else self.before_text,
            None if self.after is None else self.after_text,
        )

    @property
    def texts(self) -> tuple[str, str] | None:
        """Both values, if they are texts, which can be compared word by word."""
        before, after = self.before, self.after
        return (before, after) if isinstance(before, str) and isinstance(after, str) else None

    @property
    def base_text(self) -> str | None:
        """The value at the merge base, for people."""
        return FIELDS[self.field].kind.describe(self.base)

    def of_definition(self, definition: Definition) -> Self:
        """The change with the position at which the definition gives the value."""
        return replace(self, position=definition.positions.get(self.field))

    def sent_value(self, live: Value, desired: Value) -> Value:  # noqa: ARG002  # a value is sent whole
        """The value of the field once only this change is sent.

        Args:
            live: the value that VOXO has, with the field's other changes so far.
            desired: the value with all changes of the field.
        """
        return desired

    def still_before(self, live: LiveCampaign) -> bool:
        """Whether VOXO still holds what the plan saw before this change."""
        return agrees(self.field, live.values.get(self.field), self.before)

    def is_sent_by(self, body: Mapping[str, Any]) -> bool:
        """Whether a body that has the field holds the value that the change shows."""
        return FIELDS[self.field].kind.from_wire(body[self.field]) == self.after

    def only_removing(self, remaining: Numbers) -> Self | None:  # noqa: ARG002  # a value has no numbers
        """The part of this change that belongs to the first of two steps, which only removes numbers.

        Args:
            remaining: the numbers of the campaign between the steps.
        """
        return None

    def after_removing(self, remaining: Numbers) -> Self:  # noqa: ARG002  # a value has no numbers
        """The part of this change that belongs to the second of those steps."""
        return self

    def to_document(self) -> dict[str, Any]:
        """The keys of documents that hold what differs."""
        to_saved = FIELDS[self.field].kind.to_document
        values = {"before": to_saved(self.before), "after": to_saved(self.after)}
        base = {} if self.base is None else {"base": to_saved(self.base)}
        details = [detail.to_document() for detail in self.details]
        return {**values, **base, **({"details": details} if details else {})}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], **common: Any) -> Self:
        """The change of a document, and what any change has; the inverse of `to_document`."""
        from_saved = FIELDS[document["field"]].kind.from_document
        return cls(
            field=document["field"],
            before=from_saved(document["before"]),
            after=from_saved(document["after"]),
            base=from_saved(document.get("base")),
            details=tuple(Detail(**detail) for detail in document.get("details", ())),
            **common,
        )


@dataclass(frozen=True, slots=True)
class NumbersChange:
    """A list of numbers that differs, with its entries as they are written.

    Where entries differ for several reasons, there is one change of each kind, whose `count_after` is the count as
    if only its own entries were sent. The methods are those of `FieldChange`.

    Attributes:
        count_before: how many numbers VOXO has.
        count_after: how many there would be.
        empty_file: the CSV file without rows that gives the definition's list, if one does.
        before_digest: fingerprint of the live (phone, description) pairs, because counts alone cannot show that a plan
            is stale.
        descriptions: those of the changed entries.
    """

    count_before: int
    count_after: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    before_digest: Digest
    kind: ChangeKind = ChangeKind.CHANGE
    position: Position | None = None
    since: datetime | None = None
    field: str = NUMBERS_FIELD
    empty_file: str | None = None
    commit: str | None = None
    descriptions: tuple[Description, ...] = ()
    revision: Revision | None = None
    last_sent: Sending | None = None

    base_text: ClassVar[str | None] = None
    texts: ClassVar[tuple[str, str] | None] = None
    details: ClassVar[tuple[Detail, ...]] = ()

    def __str__(self) -> str:
        counts = self._counts("added", "removed", "changed")
        return f"{self.field}: {self.count_before} → {self.count_after} ({counts})"

    @property
    def in_columns(self) -> str:
        """Both sides without a direction: `numbers: VOXO 12, Git 13 (1 only in Git)`."""
        counts = self._counts("only in Git", "only in VOXO", "described differently")
        return f"{self.field}: VOXO {self.count_before}, Git {self.count_after} ({counts})"

    def _counts(self, *labels: str) -> str:
        parts = zip(labels, (self.added, self.removed, self.changed), strict=True)
        return ", ".join(f"{len(numbers)} {label}" for label, numbers in parts if numbers)

    @property
    def before_text(self) -> str:
        """How many numbers VOXO has."""
        return _count_text(self.count_before)

    @property
    def after_text(self) -> str:
        """How many numbers there would be."""
        return _count_text(self.count_after)

    @property
    def sides(self) -> tuple[str, str]:
        """How many numbers VOXO has, and how many the definition gives, for people."""
        return self.before_text, self.after_text

    def of_definition(self, definition: Definition) -> Self:
        """The change with the position at which the definition gives the list."""
        return replace(
            self,
            position=definition.positions.get(self.field),
            empty_file=definition.empty_file,
        )

    def sent_value(self, live: Value, desired: Value) -> Value:
        """The list in VOXO with just these entries added, removed and changed."""
        assert isinstance(live, Numbers)  # noqa: S101  # one field has one kind of value
        assert isinstance(desired, Numbers)  # noqa: S101  # one field has one kind of value
        removed = {*map(phone, self.removed)}
        remaining = live.only(key for key in live if key not in removed) if removed else live
        return remaining.updated(desired.only(map(phone, (*self.changed, *self.added))))

    def still_before(self, live: LiveCampaign) -> bool:
        """Whether VOXO still holds the list that the plan saw."""
        return Digest(live.numbers) == self.before_digest

    def is_sent_by(self, body: Mapping[str, Any]) -> bool:
        """Whether a body has the list."""
        return self.field in body

    def only_removing(self, remaining: Numbers) -> Self | None:
        """The removals, and the changes of entries that stay."""
        return replace(self, count_after=len(remaining), added=())

    def after_removing(self, remaining: Numbers) -> Self:
        """The additions."""
        return replace(
            self,
            count_before=len(remaining),
            before_digest=Digest(remaining),
            removed=(),
            changed=(),
            descriptions=(),
        )

    def to_document(self) -> dict[str, Any]:
        """The keys of documents that hold what differs."""
        document: dict[str, Any] = {
            "before": {"count": self.count_before},
            "after": {"count": self.count_after},
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": list(self.changed),
            "beforeDigest": str(self.before_digest),
        }
        if self.descriptions:
            document["descriptions"] = [entry._asdict() for entry in self.descriptions]
        return document if self.empty_file is None else {**document, "emptyFile": self.empty_file}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], **common: Any) -> Self:
        """The change of a document, and what any change has; the inverse of `to_document`."""
        return cls(
            count_before=document["before"]["count"],
            count_after=document["after"]["count"],
            added=tuple(document["added"]),
            removed=tuple(document["removed"]),
            changed=tuple(document["changed"]),
            before_digest=Digest(document["beforeDigest"]),
            empty_file=document.get("emptyFile"),
            descriptions=tuple(
                Description(**description) for description in document.get("descriptions", ())
            ),
            **common,
        )


Change: TypeAlias = FieldChange | NumbersChange


def change_from_document(document: Mapping[str, Any], **common: Any) -> Change:
    """A change of either kind from a document."""
    is_list = FIELDS[document["field"]].kind is NUMBERS
    return (NumbersChange if is_list else FieldChange).from_document(document, **common)


def _count_text(count: int) -> str:
    return f"{count} number{'' if count == 1 else 's'}"
