"""The applied record and what is pending, as text or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voxosync.report.escape import terminal
from voxosync.report.formatting import count, format_commit, format_moment

if TYPE_CHECKING:
    from voxosync.model.applied_record import Commit, RecordStatus


def render_text(status: RecordStatus) -> str:
    """The recorded commit, then a line for each pending one, newest first."""
    lines = [f"Applied: {_line(status.commit)}", f"  {status.ref} in {status.remote}"]
    if not status.follows:
        head = format_commit(status.head)
        lines.append(
            f"HEAD ({head}) does not descend from it: apply --base @applied would refuse to run here"
        )
    elif status.pending:
        lines.append(f"Pending: {count(len(status.pending), 'commit')}")
        lines += [f"  {_line(commit)}" for commit in status.pending]
    else:
        lines.append("Pending: nothing")
    return "\n".join(map(terminal, lines)) + "\n"


def describe_move(before: str | None, after: str) -> str:
    """The commit that is recorded now, and the one that was recorded before."""
    earlier = f" (before: {format_commit(before)})" if before else ""
    return f"Recorded: {format_commit(after)} is applied{earlier}."


def render_json(status: RecordStatus) -> str:
    """The same for programs, as one document."""
    document = {
        "ref": status.ref,
        "remote": status.remote,
        "commit": _document(status.commit),
        "head": status.head,
        "follows": status.follows,
        "pending": [_document(commit) for commit in status.pending],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _line(commit: Commit) -> str:
    return f"{format_commit(commit.id)}  {format_moment(commit.time)}  {commit.subject}"


def _document(commit: Commit) -> dict[str, Any]:
    return {"id": commit.id, "time": commit.time.isoformat(), "subject": commit.subject}
