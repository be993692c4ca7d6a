"""One change as lines: both sides, then what differs inside. Nothing here is escaped: that is done where it lands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from voxosync.model.fields import FIELDS
from voxosync.model.kinds.scalars import TEXT
from voxosync.model.phone import masked_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.change import Change, Description, Detail
    from voxosync.report.view import View

_SAMPLE = 5


def describe_change(change: Change, view: View) -> str:
    """`callHoursEnd: 21:30 → 18:30`; in drift, which has no direction, `callHoursEnd: VOXO 21:30, Git 18:30`."""
    return change.in_columns if view.command == "drift" else str(change)


def summarize_change(change: Change, view: View) -> str:
    """The same, or `message:` alone where `inner_lines` has the differing lines of a text."""
    is_text = change.details and FIELDS[change.field].kind is TEXT
    return f"{change.field}:" if is_text else describe_change(change, view)


def describe_briefly(change: Change, view: View, limit: int) -> str:
    """The same as `describe_change`, or the field alone where that is longer than `limit` characters."""
    text = describe_change(change, view)
    return text if len(text) <= limit else change.field


def inner_lines(change: Change, view: View, limit: int | None = None) -> list[tuple[str, str]]:
    """(mark, text) of what differs inside a change: numbers, entries of a list, lines of a text; may be empty.

    The mark is `+` for what only the definition has, `-` for what only VOXO has, and `~` for what both have.

    Args:
        change: the change.
        view: how it is displayed; it masks phones.
        limit: how many numbers of each mark, or pairs of lines, there are at most; the others are counted.
            None: a few, or with `-v` all of them.
    """
    if limit is None:
        limit = sys.maxsize if view.verbose else _SAMPLE
    return [*_number_lines(change, view, limit), *_detail_lines(change, view, limit)]


def _number_lines(change: Change, view: View, limit: int) -> Iterator[tuple[str, str]]:
    is_drift = view.command == "drift"
    for mark, numbers, label in (
        ("+", change.added, "only in Git: " if is_drift else ""),
        ("-", change.removed, "only in VOXO: " if is_drift else ""),
    ):
        for number in numbers[:limit]:
            yield mark, f"{label}{view.number(number)}"
        yield from _left_out(mark, len(numbers) - limit)
    if change.descriptions:
        yield from (("~", _description(entry, view)) for entry in change.descriptions[:limit])
    else:
        yield from (("~", view.number(number)) for number in change.changed[:limit])
    yield from _left_out("~", len(change.changed) - limit)


def _description(entry: Description, view: View) -> str:
    before, after = (
        TEXT.describe(text if view.show_numbers else masked_in(text))
        for text in (entry.before, entry.after)
    )
    sides = f"VOXO {before}, Git {after}" if view.command == "drift" else f"{before} → {after}"
    return f"{view.number(entry.number)}: {sides}"


def _detail_lines(change: Change, view: View, limit: int) -> Iterator[tuple[str, str]]:
    is_drift = view.command == "drift"
    is_text = FIELDS[change.field].kind is TEXT
    describe = _describe_line if is_text else _describe_entry
    for detail in change.details[: 2 * limit]:
        mark = "+" if detail.before is None else "-" if detail.after is None else "~"
        yield mark, describe(detail, is_drift=is_drift)
    yield from _left_out("~", len(change.details) - 2 * limit)


def _describe_line(detail: Detail, *, is_drift: bool) -> str:
    side = "Git " if detail.before is None else "VOXO "
    return f"{side if is_drift else ''}line {detail.before or detail.after}: {detail.text}"


def _describe_entry(detail: Detail, *, is_drift: bool) -> str:
    text, before, after = detail
    if before is None:
        return (
            f"{text}: only in Git, at place {after}"
            if is_drift
            else f"{text} added at place {after}"
        )
    if after is None:
        if is_drift:
            return f"{text}: only in VOXO, at place {before}"
        return f"{text} removed from place {before}"
    if is_drift:
        return f"{text}: VOXO place {before}, Git place {after}"
    return f"{text} moved from place {before} to {after}"


def _left_out(mark: str, number: int) -> Iterator[tuple[str, str]]:
    """How many were left out, if any."""
    if number > 0:
        yield mark, f"… {number} more"
