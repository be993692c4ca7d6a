"""The rows of a campaign's table of differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.problem import Position
from voxosync.report import phrases
from voxosync.report.html.text_comparison import TextPiece, compare_texts, plain_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from voxosync.model.change import Change
    from voxosync.report.view import View

_SAMPLES = 5
_LONG = 40
"""Texts longer than this are displayed one above the other."""


@dataclass(frozen=True, slots=True)
class DifferenceSide:
    """One side of a difference, live or definition.

    Attributes:
        pieces: the value; empty for null.
        remarks: additional lines.
    """

    pieces: tuple[TextPiece, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One row of a campaign's table of differences.

    Attributes:
        location: where the definition sets the value, if known; without the file name if it is the campaign's own file.
        href: the URL of that line.
        is_long: whether the sides are long texts, compared word by word.
        kind: who made the difference, for a plan with three sides.
    """

    field: str
    location: str | None
    href: str | None
    live: DifferenceSide
    definition: DifferenceSide
    is_long: bool
    since: datetime | None
    kind: str


def difference_row(change: Change, file: str, view: View) -> DifferenceRow:
    """The row of a change of the campaign in `file`."""
    live, definition, is_long = _sides(change, view)
    position = change.position
    location = None
    if position is not None:
        line = position.line
        location = f"line {line}" if position.file == file else f"{position.file}:{line}"
    return DifferenceRow(
        field=change.field,
        location=location,
        href=None if position is None else safe_link(view, position.file, position.line),
        live=live,
        definition=definition,
        is_long=is_long,
        since=change.since,
        kind=phrases.describe_kind(change),
    )


def safe_link(view: View, file: str, line: int) -> str | None:
    """The URL of a line, if it is an HTTP(S) one: a `javascript:` URL would run in the page."""
    base = (view.link_base or "").lower()
    if not base.startswith(("https://", "http://")):
        return None
    return view.link(Position(file, line))


def _sides(change: Change, view: View) -> tuple[DifferenceSide, DifferenceSide, bool]:
    before, after = change.before, change.after
    if isinstance(before, str) and isinstance(after, str) and _is_long(before, after):
        live, definition = compare_texts(before, after)
        return DifferenceSide(live), DifferenceSide(definition), True
    return (
        _short(None if before is None else change.before_text, _only_live(change, view)),
        _short(None if after is None else change.after_text, _only_defined(change, view)),
        False,
    )


def _is_long(before: str, after: str) -> bool:
    return max(len(before), len(after)) > _LONG or "\n" in before + after


def _short(text: str | None, remarks: Iterable[str]) -> DifferenceSide:
    return DifferenceSide(() if text is None else plain_pieces(text), tuple(remarks))


def _only_live(change: Change, view: View) -> Iterator[str]:
    if change.removed:
        yield f"{len(change.removed)} only here: {_samples(change.removed, view)}"


def _only_defined(change: Change, view: View) -> Iterator[str]:
    if change.added:
        yield f"{len(change.added)} only here: {_samples(change.added, view)}"
    if change.changed:
        yield f"{len(change.changed)} described differently: {_samples(change.changed, view)}"


def _samples(numbers: tuple[str, ...], view: View) -> str:
    samples = ", ".join(view.number(number) for number in numbers[:_SAMPLES])
    more = len(numbers) - _SAMPLES
    return f"{samples} and {more} more" if more > 0 else samples
