"""The differences of one campaign: what is wanted against what VOXO has. The only importer of deepdiff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from voxosync.model.fields import WRITABLE
from voxosync.model.plan import Change, FieldChange, NumbersChange, agrees
from voxosync.model.values import Numbers, Value, numbers_digest

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition, LiveCampaign


def desired_values(definition: Definition, live: LiveCampaign) -> dict[str, Value]:
    """What the managed fields should be; with `manageNumbers: add`, live numbers stay."""
    values = dict(definition.values)
    numbers = values.get("numbers")
    if definition.add_numbers and isinstance(numbers, Mapping):
        values["numbers"] = {**live.numbers, **numbers}
    return values


def differences(live: Mapping[str, Value], desired: Mapping[str, Value]) -> tuple[Change, ...]:
    """What differs, in the catalogue's order.

    Equal values are dropped first and lists of numbers are compared by key: handed whole to deepdiff,
    a long list takes minutes, and rows that have a key get paired wrongly.
    """
    unequal = [name for name in desired if not agrees(name, live[name], desired[name])]
    if not unequal:
        return ()
    changes: list[Change] = []
    for name in sorted(_changed(live, desired, unequal), key=WRITABLE.index):
        before, after = live[name], desired[name]
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            changes.append(_numbers_change(before, after))
        elif not isinstance(before, Mapping) and not isinstance(after, Mapping):
            changes.append(FieldChange(name, before, after))
    return tuple(changes)


def _changed(live: Mapping[str, Value], desired: Mapping[str, Value], names: list[str]) -> set[str]:
    """The names that deepdiff finds changed, lists of numbers aside, which go to it by key."""
    from deepdiff import DeepDiff  # noqa: PLC0415  # 150 ms that only a difference costs

    numbers = {name for name in names if isinstance(desired[name], Mapping)}
    before, after = (
        {name: side[name] for name in names if name not in numbers} for side in (live, desired)
    )
    return numbers | set(DeepDiff(before, after, threshold_to_diff_deeper=0).affected_root_keys)


def _numbers_change(before: Numbers, after: Numbers) -> NumbersChange:
    from deepdiff import DeepDiff  # noqa: PLC0415  # as above

    both = {number for number in before.keys() & after.keys() if before[number] != after[number]}
    reworded = DeepDiff(
        {number: before[number] for number in both},
        {number: after[number] for number in both},
        threshold_to_diff_deeper=0,
    )
    return NumbersChange(
        before=len(before),
        after=len(after),
        added=tuple(number for number in after if number not in before),
        removed=tuple(number for number in before if number not in after),
        changed=tuple(sorted(reworded.affected_root_keys)),
        before_digest=numbers_digest(before),
    )
