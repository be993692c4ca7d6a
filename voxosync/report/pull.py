"""What a pull would write, as unified diffs, and what it leaves alone."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from voxosync.model.phone import masked_in
from voxosync.report import formatting
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.model.pull import FileEdit, Pull, Remark
    from voxosync.report.view import View

_COLORS = {"+": "green", "-": "red"}
Opcode: TypeAlias = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]

_NO_END = "\\ No newline at end of file"


def render_text(pull: Pull, view: View) -> str:
    """A diff a file, what is left alone, then a line that sums up."""
    lines = [line for edit in pull.edits for line in _diff(edit, view)]
    for label, color, remarks in (
        ("note:", "yellow", pull.notes),
        ("left alone:", "red", pull.left),
        ("failed:", "red", pull.failed),
    ):
        lines += [_remark(found, label, color, view) for found in remarks]
    return "\n".join([*lines, _summary(pull)]) + "\n"


def _summary(pull: Pull) -> str:
    as_of = f" (VOXO as of {pull.live_as_of:%Y-%m-%d %H:%M} UTC)" if pull.live_as_of else ""
    left = [
        f"{len(found)} {what}"
        for found, what in ((pull.left, "left alone"), (pull.failed, "failed"))
        if found
    ]
    if not pull.edits and not left:
        agreeing = pull.campaigns - pull.left_alone
        parts = []
        if agreeing or not pull.left_alone:
            verb = "agrees" if agreeing == 1 else "agree"
            parts.append(f"{formatting.count(agreeing, 'campaign')} {verb} with VOXO")
        if pull.left_alone:
            verb = "differs" if pull.left_alone == 1 else "differ"
            what = formatting.count(pull.left_alone, "campaign")
            parts.append(f"{what} {verb} only in what is ignored or acknowledged")
        return f"Nothing to pull: {', '.join(parts)}{as_of}."
    campaigns = len({campaign for campaign, _ in pull.pulled})
    told = "nothing"
    if pull.edits:
        told = f"{formatting.count(len(pull.pulled), 'value')} of {formatting.count(campaigns, 'campaign')}"
        told += f" into {formatting.count(len(pull.edits), 'file')}"
    return f"Pull: {', '.join([told, *left])}{as_of}."


def _remark(found: Remark, label: str, color: str, view: View) -> str:
    name = f" {terminal(found.name)}" if found.name is not None else ""
    field = f"{found.field}: " if found.field is not None else ""
    said = found.text if view.show_numbers else masked_in(found.text)
    return f"{_paint(label, color, view)} {found.id}{name}  {terminal(found.file)}: {field}{terminal(said)}"


def _diff(edit: FileEdit, view: View) -> Iterator[str]:
    """A unified diff. Lines are compared as they are, and shown as they may be seen."""
    shown: list[str] = []
    places: dict[str, int] = {}

    def tokens(lines: Sequence[str], as_seen: Sequence[str]) -> list[int]:
        for line, seen in zip(lines, as_seen, strict=True):
            if line not in places:
                places[line] = len(shown)
                shown.append(line if view.show_numbers else seen)
        return [places[line] for line in lines]

    before = tokens(edit.before, edit.before_masked)
    after = tokens(edit.after, edit.after_masked)
    for mark in ("---", "+++"):
        yield _bold(f"{mark} {terminal(edit.file)}", view)
    for group in _Lines(before, after).get_grouped_opcodes():
        _, i1, _, j1, _ = group[0]
        _, _, i2, _, j2 = group[-1]
        yield _paint(f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@", "cyan", view)
        for what, a, b, c, d in group:
            sides = (
                [(" ", before[a:b])] if what == "equal" else [("-", before[a:b]), ("+", after[c:d])]
            )
            for mark, found in sides:
                for place in found:
                    yield from _line(mark, shown[place], view)


class _Lines(SequenceMatcher[int]):
    """Groups what `_opcodes` finds."""

    def __init__(self, before: Sequence[int], after: Sequence[int]) -> None:
        super().__init__(None, (), ())
        self._found = list(_joined(_opcodes(before, after)))

    def get_opcodes(self) -> list[Opcode]:
        """What differs."""
        return self._found


def _opcodes(before: Sequence[int], after: Sequence[int]) -> list[Opcode]:
    """What SequenceMatcher finds, in linear time where lines only come and go: for 100,000 it takes minutes."""
    here, there = set(before), set(after)
    found: list[Opcode] = []
    i = j = 0
    while i < len(before) or j < len(after):
        a, b = i, j
        while i < len(before) and j < len(after) and before[i] == after[j]:
            i, j = i + 1, j + 1
        if i > a:
            found.append(("equal", a, i, b, j))
            a, b = i, j
        while i < len(before) and (before[i] not in there or j == len(after)):
            i += 1
        while j < len(after) and (after[j] not in here or i == len(before)):
            j += 1
        if (i, j) != (a, b):
            found.append(("replace", a, i, b, j))
        elif i < len(before) and j < len(after):
            rest = SequenceMatcher(None, before[i:], after[j:]).get_opcodes()
            return found + [(what, a + i, b + i, c + j, d + j) for what, a, b, c, d in rest]
    return found


def _joined(found: Iterable[Opcode]) -> Iterator[Opcode]:
    """What goes and what comes at one place as one change, so that what goes is shown first."""
    for equal, group in groupby(found, key=lambda code: code[0] == "equal"):
        codes = list(group)
        _, a, _, b, _ = codes[0]
        _, _, i, _, j = codes[-1]
        yield "equal" if equal else "replace", a, i, b, j


def _range(start: int, end: int) -> str:
    """A range of lines as unified diffs have it; an empty one names the line before it."""
    size = end - start
    return str(start + 1) if size == 1 else f"{start + 1 if size else start},{size}"


def _line(mark: str, line: str, view: View) -> Iterator[str]:
    content = line.rstrip("\r\n")
    text = f"{mark}{terminal(content)}"
    yield _paint(text, _COLORS[mark], view) if mark in _COLORS else text
    if content == line:
        yield _NO_END


def _paint(text: str, color: str, view: View) -> str:
    return click.style(text, fg=color) if view.color else text


def _bold(text: str, view: View) -> str:
    return click.style(text, bold=True) if view.color else text
