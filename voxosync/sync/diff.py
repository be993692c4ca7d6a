"""The differences of one campaign between what is desired and what VOXO has. The only importer of deepdiff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import compress, filterfalse
from operator import ne
from typing import TYPE_CHECKING, Any

from voxosync.model.change import Change, Description, FieldChange, NumbersChange, agrees
from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import NUMBERS_FIELD, Digest, Numbers, numbers_of
from voxosync.sync.details import comparable, details_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.values import Value


@dataclass(frozen=True, slots=True)
class Recorded:
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


def desired_values(definition: Definition, live: LiveCampaign) -> dict[str, Value]:
    """What the managed fields should be; with `manageNumbers: add`, live numbers stay unless they are excluded."""
    values = dict(definition.values)
    numbers = numbers_of(values)
    if definition.add_numbers and numbers is not None:
        values[NUMBERS_FIELD] = without(live.numbers, definition.excluded).updated(numbers)
    return values


def without(numbers: Numbers, excluded: Collection[str]) -> Numbers:
    """The numbers without those of some phones."""
    if not excluded or not any(key in excluded for key in numbers):
        return numbers
    return numbers.only(key for key in numbers if key not in excluded)


def differences(
    live: Mapping[str, Value],
    desired: Mapping[str, Value],
    base: Mapping[str, Value] | None = None,
    recorded: Recorded | None = None,
) -> tuple[Change, ...]:
    """The differences, in the order of the catalog, and who made each of them.

    Equal values are dropped first, and lists of numbers are compared by phone: deepdiff takes minutes for a long list,
    and pairs rows that have a key wrongly.

    Args:
        live: canonical values that VOXO has, at least those of `desired`.
        desired: desired canonical values.
        base: those desired at the merge base, where the plan compares with one.
        recorded: what the applied record says, where one is available.
    """
    unequal = [name for name in desired if not agrees(name, live[name], desired[name])]
    if not unequal:
        return ()
    base = base or {}
    changes: list[Change] = []
    levels = _levels_by_name(live, desired, unequal)
    for name in sorted(levels, key=WRITABLE.index):
        before, after, origin = live[name], desired[name], base.get(name)
        if isinstance(before, Numbers) and isinstance(after, Numbers):
            origin = origin if isinstance(origin, Numbers) else None
            change = _phones_change(before, after)
            changes.extend(_by_kind(change, before, after, origin, recorded))
        elif not (isinstance(before, Numbers) or isinstance(after, Numbers)):
            assert not isinstance(origin, Numbers)  # noqa: S101  # one field has one kind of value
            kind = _kind_of_field(name, after, before, origin, recorded)
            details = details_of(levels[name], before, after)
            changes.append(FieldChange(name, before, after, kind, origin, details=details))
    return tuple(changes)


def _levels_by_name(
    live: Mapping[str, Value], desired: Mapping[str, Value], names: list[str]
) -> dict[str, list[Any]]:
    """What deepdiff reports about fields that differ; nothing about lists of numbers, which it gets by phone."""
    numbers = {name: list[Any]() for name in names if isinstance(desired[name], Numbers)}
    before, after = (
        {name: comparable(side[name]) for name in names if name not in numbers}
        for side in (live, desired)
    )
    return {**numbers, **_levels(before, after)}


def _levels(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The keys that differ, with the levels of deepdiff; also where most keys do, or one looks private (`__x`)."""
    from deepdiff import DeepDiff  # noqa: PLC0415  # 150 ms that only a difference costs

    delta = DeepDiff(before, after, threshold_to_diff_deeper=0, ignore_private_variables=False)
    levels: dict[str, list[Any]] = {}
    for kind in delta.tree.values():
        for level in kind:
            levels.setdefault(level.path(output_format="list")[0], []).append(level)
    return levels


def _phones_change(before: Numbers, after: Numbers) -> NumbersChange:
    """The difference by phone; see `_as_written`."""
    # One pass in C over up to a million numbers; for those that are removed, `get` returns None.
    unequal = list(compress(before, map(ne, before.values(), map(after.get, before))))
    in_both = list(filter(after.__contains__, unequal))
    reworded = _levels(
        {phone: before[phone] for phone in in_both}, {phone: after[phone] for phone in in_both}
    )
    descriptions = tuple(
        Description(phone, levels[0].t1, levels[0].t2) for phone, levels in sorted(reworded.items())
    )
    return NumbersChange(
        count_before=len(before),
        count_after=len(after),
        added=tuple(filterfalse(before.__contains__, after)),
        removed=tuple(filterfalse(after.__contains__, unequal)),
        changed=tuple(description.number for description in descriptions),
        before_digest=Digest(before),
        descriptions=descriptions,
    )


def _kind(
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


def _kind_of_field(
    name: str, now: Value, live: Value, base: Value, recorded: Recorded | None
) -> ChangeKind:
    """The kind of a difference of a whole value; a base of None means that there is none."""
    of_record = recorded.values.get(name) if recorded else None
    is_sent = recorded is not None and recorded.may_be_sent(name, live)
    return _kind(
        base_is_now=base is not None and agrees(name, base, now),
        live_is_base=base is None or agrees(name, live, base) or is_sent,
        live_is_recorded=(of_record is not None and agrees(name, live, of_record)) or is_sent,
        is_pending=_is_pending(name, now, recorded),
    )


def _is_pending(name: str, now: Value, recorded: Recorded | None) -> bool:
    """Whether the base is the recorded commit, and the present value is committed."""
    if recorded is None or not recorded.is_base:
        return False
    committed = now if recorded.committed is None else recorded.committed.get(name)
    return committed is not None and agrees(name, committed, now)


def _by_kind(
    change: NumbersChange,
    before: Numbers,
    after: Numbers,
    base: Numbers | None,
    recorded: Recorded | None,
) -> Iterator[NumbersChange]:
    """One change for each kind among the numbers, with the numbers as they are written."""
    if base is None:
        kind = _kind_of_field(NUMBERS_FIELD, after, before, None, recorded)
        yield _as_written(replace(change, kind=kind), before, after)
        return
    of_record = numbers_of((recorded and recorded.values) or {})
    of_head = numbers_of((recorded and recorded.committed) or {})
    passed = [
        numbers
        for numbers in map(numbers_of, recorded.passed if recorded else ())
        if numbers is not None
    ]
    is_record, all_committed = (
        recorded is not None and recorded.is_base,
        recorded is None or recorded.committed is None,
    )

    def kind_of(phone: str) -> ChangeKind:
        live, now = before.get(phone), after.get(phone)
        is_committed = all_committed or (of_head is not None and of_head.get(phone) == now)
        is_sent = any(live == numbers.get(phone) for numbers in passed)
        return _kind(
            base_is_now=base.get(phone) == now,
            live_is_base=live == base.get(phone) or is_sent,
            live_is_recorded=(of_record is not None and live == of_record.get(phone)) or is_sent,
            is_pending=is_record and is_committed,
        )

    kinds = {phone: kind_of(phone) for phone in (*change.added, *change.removed, *change.changed)}
    for kind in ChangeKind:
        added, removed, changed = (
            tuple(phone for phone in part if kinds[phone] is kind)
            for part in (change.added, change.removed, change.changed)
        )
        if added or removed or changed:
            part = replace(
                change,
                kind=kind,
                count_after=len(before) + len(added) - len(removed),
                added=added,
                removed=removed,
                changed=changed,
                descriptions=tuple(
                    entry for entry in change.descriptions if kinds[entry.number] is kind
                ),
            )
            yield _as_written(part, before, after)


def _as_written(change: NumbersChange, before: Numbers, after: Numbers) -> NumbersChange:
    """A change with numbers in place of phones, spelled as they are sent: VOXO's spelling where it has them."""
    if not before.spellings and not after.spellings:
        return change
    return replace(
        change,
        added=after.spellings_of(change.added),
        removed=before.spellings_of(change.removed),
        changed=before.spellings_of(change.changed),
        descriptions=tuple(
            entry._replace(number=before.spelling(entry.number)) for entry in change.descriptions
        ),
    )
