"""The files that a command writes, as unified diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.escape import terminal
from voxosync.report.formatting import count
from voxosync.report.unified_diff import hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.pull import FileEdit
    from voxosync.report.view import View

SCREEN = 40
"""The maximum number of lines of a file's diff that are shown, unless the user asks for all of them."""
_COLORS = {"+": "green", "-": "red"}
_NO_NEWLINE = "\\ No newline at end of file"


def render_edits(
    edits: Sequence[FileEdit], summary: str, view: View, *, longest: int | None = SCREEN
) -> str:
    """The diff of each file, as `diff_lines` returns them, then a summary."""
    return "\n".join([*diff_lines(edits, view, longest=longest), f"{summary}\n"])


def diff_lines(edits: Sequence[FileEdit], view: View, *, longest: int | None = None) -> list[str]:
    """One diff per file.

    Args:
        edits: the files.
        view: how to show them; phones are masked unless it shows numbers.
        longest: the maximum number of lines of each file's diff; None: all of them.
    """
    lines: list[str] = []
    for edit in edits:
        diff = list(_diff(edit, view))
        limit = len(diff) if longest is None else longest
        lines += diff[:limit]
        if remaining := max(0, len(diff) - limit):
            lines.append(view.bold(f"… {count(remaining, 'more line')}; show them with --full"))
    return lines


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
