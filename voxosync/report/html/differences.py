"""The rows of a campaign's table of differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from voxosync.model.problem import Position
from voxosync.report import phrases
from voxosync.report.change_lines import inner_lines
from voxosync.report.html.text_comparison import TextPiece, compare_texts, plain_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from voxosync.model.change import Change
    from voxosync.report.view import View

_LONG = 40
"""Texts longer than this are displayed one above the other."""

DifferenceSide: TypeAlias = tuple[TextPiece, ...]
"""The live value or that of the definition; empty for null."""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One row of a campaign's table of differences.

    Attributes:
        location: where the definition sets the value, if known; without the file name if it is the campaign's own file.
        href: the URL of that line.
        is_long: whether the sides are long texts, compared word by word.
        lines: what differs inside a list: a mark and a text each; a text is compared word by word instead.
        kind: who made the difference, for a plan with three sides.
        provenance: who gave Git its value, and when voxosync last sent the field, where known.
    """

    field: str
    location: str | None
    href: str | None
    live: DifferenceSide
    definition: DifferenceSide
    is_long: bool
    lines: Sequence[tuple[str, str]]
    since: datetime | None
    kind: str
    provenance: Sequence[str] = ()


def difference_row(
    change: Change, file: str, view: View, provenance: Sequence[str] = ()
) -> DifferenceRow:
    """The row of a change of the campaign in `file`."""
    live, definition, is_long = _sides(change)
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
        lines=() if is_long else inner_lines(change, view),
        since=change.since,
        kind=phrases.describe_kind(change),
        provenance=provenance,
    )


def safe_link(view: View, file: str, line: int) -> str | None:
    """The URL of a line, if it is an HTTP(S) one: a `javascript:` URL would run in the page."""
    base = (view.link_base or "").lower()
    if not base.startswith(("https://", "http://")):
        return None
    return view.link(Position(file, line))


def _sides(change: Change) -> tuple[DifferenceSide, DifferenceSide, bool]:
    if change.texts is not None and _is_long(*change.texts):
        return *compare_texts(*change.texts), True
    live, definition = (() if text is None else plain_pieces(text) for text in change.sides)
    return live, definition, False


def _is_long(before: str, after: str) -> bool:
    return max(len(before), len(after)) > _LONG or "\n" in before + after
