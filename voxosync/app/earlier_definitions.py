"""Definitions of earlier commits, which show who changed what: those of the merge base and of the applied record."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.app.options import APPLIED
from voxosync.definitions.git.merge_base import load_base, load_commit
from voxosync.errors import DefinitionsError, UsageError
from voxosync.model.change_kind import ChangeKind
from voxosync.model.guard import RemovedDefinitions
from voxosync.model.problem import error
from voxosync.sync.base import Base, unreadable_base
from voxosync.sync.removed_definitions import PAUSE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project
    from voxosync.definitions.git.merge_base import BaseDefinitions
    from voxosync.model.campaign import Definition


def base_definitions(
    project: Project,
    options: PlanOptions,
    definitions: Sequence[Definition],
    kinds: Collection[ChangeKind],
) -> Base:
    """The definitions at the merge base, limited as the plan is, and what the applied record says.

    Args:
        project: the project.
        options: name the base, and what the plan is limited to.
        definitions: those that the plan compares.
        kinds: the kinds of differences that are sent.

    Raises:
        UsageError: the base cannot be found.
        RecordError: the base is the applied record, and it cannot be read.
        DefinitionsError: not all kinds are sent, and a definition cannot be read at the base.
    """
    assert options.base is not None  # noqa: S101  # the caller asks for it
    files = {definition.id: definition.position.file for definition in definitions}
    step, ref = None, options.base
    if ref == APPLIED:
        step = replace(project.record.step, is_partial=not options.is_complete)
        ref = step.before
    before = load_base(project.layout, ref, project.now, files)
    if before.unreadable and set(kinds) != set(ChangeKind):
        raise DefinitionsError(
            [
                error(
                    definition.position,
                    "base",
                    f"--kind cannot tell who changed what: {unreadable_base(before.commit, reason)}",
                )
                for definition in definitions
                if (reason := before.unreadable.get(definition.id))
            ]
        )

    def included(definitions: Mapping[int, Definition]) -> dict[int, Definition]:
        return {
            campaign_id: definition
            for campaign_id, definition in definitions.items()
            if campaign_id in files or options.covers(campaign_id)
        }

    definitions_at_base = included(before.definitions)
    if step is None:
        recorded = recorded_definitions(project, before, files)
        return Base(before.commit, definitions_at_base, before.unreadable, recorded=recorded)
    passed = passed_definitions(project, files, definitions_at_base)
    return Base(
        before.commit,
        definitions_at_base,
        before.unreadable,
        step,
        committed=_committed_definitions(project, files),
        passed=[included(definitions) for definitions in passed],
    )


def passed_definitions(
    project: Project, files: Mapping[int, str], before: Mapping[int, Definition]
) -> list[Mapping[int, Definition]]:
    """The definitions of the commits between the record and HEAD, newest first.

    A job that applied its commit in part leaves values in VOXO that are neither the record's nor, once a later
    commit changes them again, those of HEAD: no one changed them by hand. Where `guards.removed` says pause, a
    commit that removes a definition counts as one that defines the state PAUSED, and nothing else.

    Args:
        project: the project.
        files: the ids to look up, each with its file.
        before: the definitions of the record.
    """
    passed: list[Mapping[int, Definition]] = []
    pauses = project.target.guards.removed_definitions is RemovedDefinitions.PAUSE
    for commit in project.record.passed():
        with suppress(UsageError):  # what cannot be read explains nothing
            at_commit = load_commit(project.layout, commit, project.now, files)
            absent = before.keys() - at_commit.definitions.keys() - at_commit.unreadable.keys()
            paused = {id_: replace(before[id_], values=PAUSE) for id_ in absent if pauses}
            passed.append({**at_commit.definitions, **paused})
    return passed


def _committed_definitions(
    project: Project, files: Mapping[int, str]
) -> Mapping[int, Definition] | None:
    """The definitions of HEAD; None if the present ones are committed."""
    if not project.record.checkout.uncommitted:
        return None
    return load_commit(project.layout, project.record.head, project.now, files).definitions


def recorded_definitions(
    project: Project, base: BaseDefinitions | None, files: Mapping[int, str]
) -> Mapping[int, Definition] | None:
    """The definitions of the applied record, if this repository has a copy of it; asks no remote.

    Args:
        project: the project.
        base: a commit that has been read, which may be the recorded one.
        files: the ids to look up, each with its file.
    """
    commit = project.record.copy
    if commit is None:
        return None
    if base is not None and commit == base.commit:
        return base.definitions
    try:
        return load_commit(project.layout, commit, project.now, files).definitions
    except UsageError:
        return None
