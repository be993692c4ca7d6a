"""The differences of one campaign between what is desired and what VOXO has. The only importer of deepdiff."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import compress, filterfalse
from operator import ne
from typing import TYPE_CHECKING, Any

from voxosync.model.change import Change, Description, Detail, FieldChange, NumbersChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import WRITABLE, agrees
from voxosync.model.numbers import NUMBERS_FIELD, Digest, Numbers, numbers_of
from voxosync.sync.base import kind_of_difference, kind_of_field

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.values import Value
    from voxosync.sync.base import RecordedCampaign


_COMPARED_IN_DETAIL = 200
"""The longest list that is compared entry by entry; two lists of that length take up to 0.2 s."""

_HUNK = re.compile(r"@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@")


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
    recorded: RecordedCampaign | None = None,
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
            kind = kind_of_field(name, after, before, origin, recorded)
            details = _details(levels[name], before, after)
            changes.append(FieldChange(name, before, after, kind, origin, details=details))
    return tuple(changes)


def _levels_by_name(
    live: Mapping[str, Value], desired: Mapping[str, Value], names: list[str]
) -> dict[str, list[Any]]:
    """What deepdiff reports about fields that differ; nothing about lists of numbers, which it gets by phone."""
    numbers = {name: list[Any]() for name in names if isinstance(desired[name], Numbers)}
    before, after = (
        {name: _comparable(side[name]) for name in names if name not in numbers}
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


def _comparable(value: Value) -> Any:
    """A value in a form that deepdiff can compare in detail: the entries of a list as texts, which it pairs."""
    if not isinstance(value, tuple) or len(value) > _COMPARED_IN_DETAIL:
        return value
    return [*map(str, value)]


def _details(levels: Iterable[Any], before: Value, after: Value) -> tuple[Detail, ...]:
    """The differences within one field; empty where one side is, or where deepdiff reports none.

    Args:
        levels: deepdiff's levels of that field.
        before: the live value.
        after: the definition's value.
    """
    if not before or not after:
        return ()
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _entries(levels) if max(len(before), len(after)) <= _COMPARED_IN_DETAIL else ()
    diff = next((level.additional["diff"] for level in levels if "diff" in level.additional), "")
    return tuple(_lines(diff.split("\n")))


def _entries(levels: Iterable[Any]) -> tuple[Detail, ...]:
    """The entries of a list that differ; an entry that is removed at one index and added at another has moved."""
    removed: dict[str, list[int]] = {}
    added: list[tuple[int, str]] = []
    for level in levels:
        if isinstance(level.t1, str):
            removed.setdefault(level.t1, []).append(_index(level))
        if isinstance(level.t2, str):
            added.append((_index(level, use_t2=True), level.t2))
    details = []
    for index, text in sorted(added):
        earlier = removed.get(text)
        details.append(Detail(text, min(earlier) if earlier else None, index))
        if earlier:
            earlier.remove(min(earlier))
    removals = [Detail(text, index) for text, indexes in removed.items() for index in indexes]
    return (*sorted(removals, key=lambda detail: detail.before or 0), *details)


def _index(level: Any, **options: bool) -> int:
    """The index of an entry of a list, from 1."""
    return int(level.path(output_format="list", **options)[-1]) + 1


def _lines(diff: list[str]) -> Iterator[Detail]:
    """The lines of a text that differ, from a unified diff, whose first two lines name its files."""
    before = after = 0
    for line in diff[2:]:
        if hunk := _HUNK.fullmatch(line):
            before, after = (
                int(start) + (count == "0")  # an empty range names the line before it
                for start, count in ((hunk[1], hunk[2]), (hunk[3], hunk[4]))
            )
        elif line.startswith("-"):
            yield Detail(line[1:], before, None)
            before += 1
        elif line.startswith("+"):
            yield Detail(line[1:], None, after)
            after += 1
        else:
            before, after = before + 1, after + 1


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


def _by_kind(
    change: NumbersChange,
    before: Numbers,
    after: Numbers,
    base: Numbers | None,
    recorded: RecordedCampaign | None,
) -> Iterator[NumbersChange]:
    """One change for each kind among the numbers, with the numbers as they are written."""
    if base is None:
        kind = kind_of_field(NUMBERS_FIELD, after, before, None, recorded)
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
        return kind_of_difference(
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
