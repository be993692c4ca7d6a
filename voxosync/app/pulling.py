"""Writes live values into the definitions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from voxosync.app.earlier_definitions import passed_definitions, recorded_definitions
from voxosync.app.file_changes import FileChanges
from voxosync.app.live_campaigns import fetch_live, open_snapshot
from voxosync.app.selection import select
from voxosync.errors import RecordError, UsageError
from voxosync.model.pull import Pull
from voxosync.sync.pull import compare_for_pull
from voxosync.sync.pull_edits import Rewriter, RewrittenFiles

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project


@dataclass(frozen=True, slots=True)
class PullPlan:
    """What a pull would write.

    Attributes:
        pull: for reports.
        changes: the new contents of the files.
    """

    pull: Pull
    changes: FileChanges


def plan_pull(project: Project, options: PlanOptions, *, live: Path | None) -> PullPlan:
    """What would be written; arguments and errors as `Project.pull` has them."""
    target = project.target
    snapshot = None if live is None else open_snapshot(project, live)
    definitions = select(project, options, sends=False).definitions
    if snapshot is None:
        campaigns = fetch_live(project, [definition.id for definition in definitions])
    else:
        campaigns = snapshot.live(definition.id for definition in definitions)
    files = {definition.id: definition.position.file for definition in definitions}
    if snapshot is None:
        project.record.refresh(project.listener)
    recorded = recorded_definitions(project, None, files)
    compare = partial(
        compare_for_pull,
        definitions,
        campaigns,
        today=project.now.date(),
        tenant_id=target.tenant_id,
        recorded=recorded,
    )
    result = compare()
    with suppress(RecordError, UsageError):  # then only the copy of the record explains differences
        pulled = {wish.definition.id: files[wish.definition.id] for wish in result.wishes}
        if pulled and snapshot is None:
            result = compare(passed=passed_definitions(project, pulled, recorded or {}))
    rewritten = (
        _rewriter(project, options).rewrite(result.wishes) if result.wishes else RewrittenFiles()
    )
    changes = FileChanges(
        rewritten.contents, rewritten.before, rewritten.names, project.folder, rewritten.csv
    )
    pull = Pull(
        campaigns=len(definitions),
        edits=changes.edits(),
        pulled=[(wish.definition.id, wish.field) for wish in rewritten.pulled],
        notes=rewritten.notes,
        remaining=[*result.remaining, *rewritten.remaining],
        failed=result.failed,
        left_alone=result.left_alone,
        live_as_of=None if snapshot is None else snapshot.created_at,
    )
    return PullPlan(pull, changes)


def _rewriter(project: Project, options: PlanOptions) -> Rewriter:
    paths = [project.folder / path for path in options.paths]
    return Rewriter(project.layouts, paths, project.now)
