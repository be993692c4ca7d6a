"""The differences of one campaign: what is desired against what VOXO has. The only importer of deepdiff."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress, filterfalse
from operator import ne
from typing import TYPE_CHECKING

from voxosync.model.fields import WRITABLE
from voxosync.model.kind import ChangeKind
from voxosync.model.numbers import Digest, Numbers
from voxosync.model.plan import Change, FieldChange, NumbersChange, agrees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.values import Value


def desired_values(definition: Definition, live: LiveCampaign) -> dict[str, Value]:
    """What the managed fields should be; with `manageNumbers: add`, live numbers stay."""
    values = dict(definition.values)
    numbers = values.get("numbers")
    if definition.add_numbers and isinstance(numbers, Numbers):
        values["numbers"] = live.numbers.updated(numbers)
    return values


def differences(
    live: Mapping[str, Value],
    desired: Mapping[str, Value],
    base: Mapping[str, Value] | None = None,
) -> tuple[Change, ...]:
    """What differs, in the catalog's order, and who made each difference.

    Equal values are dropped first and lists of numbers are compared by phone: handed whole to deepdiff,
    a long list takes minutes, and rows that have a key get paired wrongly.

    Args:
        live: canonical values that VOXO has, at least those of `desired`.
        desired: desired canonical values.
        base: those desired at the merge base, where a comparison with it was requested.
    """
    unequal = [name for name in desired if not agrees(name, live[name], desired[name])]
    if not unequal:
        return ()
    base = base or {}
    changes: list[Change] = []
    for name in sorted(_changed(live, desired, unequal), key=WRITABLE.index):
        before, after, origin = live[name], desired[name], base.get(name)
        if isinstance(before, Numbers) and isinstance(after, Numbers):
            origin = origin if isinstance(origin, Numbers) else None
            changes.extend(_by_kind(_phones_change(before, after), before, after, origin))
        elif not (isinstance(before, Numbers) or isinstance(after, Numbers)):
            assert not isinstance(origin, Numbers)  # noqa: S101  # one field has one kind of value
            kind = ChangeKind.CHANGE
            if origin is not None:
                kind = _kind(agrees(name, origin, after), agrees(name, before, origin))
            changes.append(FieldChange(name, before, after, kind, origin))
    return tuple(changes)


def _changed(live: Mapping[str, Value], desired: Mapping[str, Value], names: list[str]) -> set[str]:
    """The names that deepdiff finds changed, lists of numbers aside, which go to it by phone."""
    numbers = {name for name in names if isinstance(desired[name], Numbers)}
    before, after = (
        {name: side[name] for name in names if name not in numbers} for side in (live, desired)
    )
    return numbers | _unequal_keys(before, after)


def _unequal_keys(before: Mapping[str, Value], after: Mapping[str, Value]) -> set[str]:
    """The keys that deepdiff finds changed, also where most have, or where one looks private (`__x`)."""
    from deepdiff import DeepDiff  # noqa: PLC0415  # 150 ms that only a difference costs

    delta = DeepDiff(before, after, threshold_to_diff_deeper=0, ignore_private_variables=False)
    return set(delta.affected_root_keys)


def _phones_change(before: Numbers, after: Numbers) -> NumbersChange:
    """The difference by phone; see `_as_written`."""
    # One pass in C over what may be a million numbers; of those that are gone, `get` gives None.
    unequal = list(compress(before, map(ne, before.values(), map(after.get, before))))
    in_both = list(filter(after.__contains__, unequal))
    reworded = _unequal_keys(
        {phone: before[phone] for phone in in_both}, {phone: after[phone] for phone in in_both}
    )
    return NumbersChange(
        before=len(before),
        after=len(after),
        added=tuple(filterfalse(before.__contains__, after)),
        removed=tuple(filterfalse(after.__contains__, unequal)),
        changed=tuple(sorted(reworded)),
        before_digest=Digest(before),
    )


def _kind(base_is_now: bool, live_is_base: bool) -> ChangeKind:  # noqa: FBT001  # the two columns of the table
    """The table of three sides: merge base, working tree, live."""
    if base_is_now:
        return ChangeKind.DRIFT
    return ChangeKind.CHANGE if live_is_base else ChangeKind.CONFLICT


def _by_kind(
    change: NumbersChange, before: Numbers, after: Numbers, base: Numbers | None
) -> Iterator[NumbersChange]:
    """One change for each kind among the numbers, with the numbers as they are written."""
    if base is None:
        yield _as_written(change, before, after)
        return

    def of(kind: ChangeKind, phones: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            phone
            for phone in phones
            if _kind(base.get(phone) == after.get(phone), before.get(phone) == base.get(phone))
            is kind
        )

    for kind in ChangeKind:
        added, removed = of(kind, change.added), of(kind, change.removed)
        changed = of(kind, change.changed)
        if added or removed or changed:
            count = len(before) + len(added) - len(removed)
            part = replace(
                change, kind=kind, after=count, added=added, removed=removed, changed=changed
            )
            yield _as_written(part, before, after)


def _as_written(change: NumbersChange, before: Numbers, after: Numbers) -> NumbersChange:
    """A change with numbers in place of phones, spelled as they are sent: VOXO's spelling where it has them."""
    if not before.spellings and not after.spellings:
        return change
    return replace(
        change,
        added=after.written(change.added),
        removed=before.written(change.removed),
        changed=before.written(change.changed),
    )
