"""The changes that a pull writes, as unified diffs, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.phone import masked_in
from voxosync.report.escape import terminal
from voxosync.report.formatting import count, format_moment, verb
from voxosync.report.phrases import campaign_title
from voxosync.report.unified_diff import hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.pull import FileEdit, Pull, Remark
    from voxosync.report.view import View

_COLORS = {"+": "green", "-": "red"}
_NO_NEWLINE = "\\ No newline at end of file"


def render_text(pull: Pull, view: View) -> str:
    """One diff per file, the remarks, then a summary line."""
    lines = [line for edit in pull.edits for line in _diff(edit, view)]
    for label, color, remarks in (
        ("note:", "yellow", pull.notes),
        ("left alone:", "red", pull.remaining),
        ("failed:", "red", pull.failed),
    ):
        lines += [f"{view.paint(label, color)} {_remark(remark, view)}" for remark in remarks]
    return "\n".join([*lines, _summary(pull)]) + "\n"


def _summary(pull: Pull) -> str:
    as_of = f" (VOXO as of {format_moment(pull.live_as_of)})" if pull.live_as_of else ""
    unwritten = [
        f"{len(remarks)} {label}"
        for remarks, label in ((pull.remaining, "left alone"), (pull.failed, "failed"))
        if remarks
    ]
    if not pull.edits and not unwritten:
        in_sync, left_alone = pull.campaigns - pull.left_alone, pull.left_alone
        parts = []
        if in_sync or not left_alone:
            parts.append(f"{count(in_sync, 'campaign')} {verb(in_sync, 'agree')} with VOXO")
        if left_alone:
            subject = f"{count(left_alone, 'campaign')} {verb(left_alone, 'differ')}"
            parts.append(f"{subject} only in ignored or acknowledged fields")
        return f"Nothing to pull: {', '.join(parts)}{as_of}."
    pulled = "nothing"
    if pull.edits:
        campaigns = len({campaign for campaign, _ in pull.pulled})
        pulled = f"{count(len(pull.pulled), 'value')} of {count(campaigns, 'campaign')}"
        pulled += f" into {count(len(pull.edits), 'file')}"
    return f"Pull: {', '.join([pulled, *unwritten])}{as_of}."


def _remark(remark: Remark, view: View) -> str:
    title = campaign_title(remark.id, remark.name)
    field = f"{remark.field}: " if remark.field is not None else ""
    text = remark.text if view.show_numbers else masked_in(remark.text)
    return f"{terminal(title)}  {terminal(remark.file)}: {field}{terminal(text)}"


def _diff(edit: FileEdit, view: View) -> Iterator[str]:
    """A unified diff. Lines are compared in full, and displayed masked."""
    displayed: list[str] = []
    line_numbers: dict[str, int] = {}

    def numbered(lines: Sequence[str], masked_lines: Sequence[str]) -> list[int]:
        for line, masked in zip(lines, masked_lines, strict=True):
            if line not in line_numbers:
                line_numbers[line] = len(displayed)
                displayed.append(line if view.show_numbers else masked)
        return [line_numbers[line] for line in lines]

    before = numbered(edit.before, edit.before_masked)
    after = numbered(edit.after, edit.after_masked)
    for mark in ("---", "+++"):
        yield view.bold(f"{mark} {terminal(edit.file)}")
    for hunk in hunks(before, after):
        yield view.paint(hunk.header, "cyan")
        for mark, line in hunk.lines:
            yield from _line(mark, displayed[line], view)


def _line(mark: str, line: str, view: View) -> Iterator[str]:
    content = line.rstrip("\r\n")
    text = f"{mark}{terminal(content)}"
    yield view.paint(text, _COLORS[mark]) if mark in _COLORS else text
    if content == line:
        yield _NO_NEWLINE
