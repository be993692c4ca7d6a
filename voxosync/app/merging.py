"""Merges the documents of several runs into one plan, for reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.app.project import now
from voxosync.errors import UsageError
from voxosync.model.drift import Observation
from voxosync.sync.merge import merge
from voxosync.sync.saved_plans import read_report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.app.drift_scope import DriftScope
    from voxosync.app.listener import Listener
    from voxosync.model.plan import Plan


def merge_files(files: Sequence[Path]) -> tuple[str, Plan]:
    """The command that made the documents, `plan` or `drift`, and one plan with their content.

    Raises:
        UsageError: they do not belong together, or a shard is missing.
        PlanFileError: a document cannot be used.
    """
    documents = [(str(path), *read_report(path)) for path in files]
    commands = {command for _, command, _ in documents}
    if len(commands) > 1:
        raise UsageError("these documents are from plan and from drift: merge them separately")
    return commands.pop(), merge([(path, plan) for path, _, plan in documents])


def with_history(plan: Plan, scope: DriftScope, listener: Listener) -> Plan:
    """Records a merged plan in the history, as one run; returns it with what the history knows about its differences.

    It is a copy: the history counts all parts together as one run, so the plan must be merged first.

    Args:
        plan: as `merge_files` returns it.
        scope: names the history.
        listener: hears warnings.

    Raises:
        UsageError: the history cannot be used.
    """
    observation = Observation(
        plan.base_url, None, plan.created_at, plan.campaigns, is_complete=True
    )
    campaigns, history = scope.remember(observation, now(), listener)
    return replace(plan, campaigns=campaigns, history=history)
