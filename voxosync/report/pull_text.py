"""The changes that a pull writes, as unified diffs, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.phone import masked_in
from voxosync.report.escape import terminal
from voxosync.report.file_edits import diff_lines
from voxosync.report.formatting import count, format_moment, verb
from voxosync.report.phrases import campaign_title

if TYPE_CHECKING:
    from voxosync.model.pull import Pull, Remark
    from voxosync.report.view import View


def render_text(pull: Pull, view: View, *, longest: int | None = None) -> str:
    """One diff per file, the remarks, then a summary line.

    Args:
        pull: what to show.
        view: how.
        longest: the maximum number of lines of each file's diff; None: all of them.
    """
    lines = diff_lines(pull.edits, view, longest=longest)
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
