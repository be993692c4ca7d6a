"""Makes one plan, for reports, of the documents that several runs left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.errors import UsageError
from voxosync.sync.merge import merge
from voxosync.sync.saved_plans import read_report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.model.plan import Plan


def merge_files(files: Sequence[Path]) -> tuple[str, Plan]:
    """The command that made the documents, `plan` or `drift`, and one plan with all that they say.

    Raises:
        UsageError: they do not belong together, or a shard is missing.
        PlanFileError: a document cannot be used.
    """
    documents = [(str(path), *read_report(path)) for path in files]
    commands = {command for _, command, _ in documents}
    if len(commands) > 1:
        raise UsageError("these documents are of plan and of drift: merge each by itself")
    return commands.pop(), merge([(path, plan) for path, _, plan in documents])
