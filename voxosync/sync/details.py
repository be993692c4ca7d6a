"""The differences within a field, from deepdiff's report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from voxosync.model.change import Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voxosync.model.values import Value

_LIMIT = 200
"""The longest list that is compared entry by entry; two lists of that length take up to 0.2 s."""

_HUNK = re.compile(r"@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@")


def comparable(value: Value) -> Any:
    """A value in a form that deepdiff can compare in detail: the entries of a list as texts, which it pairs."""
    if not isinstance(value, tuple) or len(value) > _LIMIT:
        return value
    return [*map(str, value)]


def details_of(levels: Iterable[Any], before: Value, after: Value) -> tuple[Detail, ...]:
    """The differences within one field; empty where one side is, or where deepdiff reports none.

    Args:
        levels: deepdiff's levels of that field.
        before: the live value.
        after: the definition's value.
    """
    if not before or not after:
        return ()
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _entries(levels) if max(len(before), len(after)) <= _LIMIT else ()
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
