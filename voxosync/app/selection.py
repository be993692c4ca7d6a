"""The definitions that an operation works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project
    from voxosync.model.campaign import Definition
    from voxosync.model.problem import Allowed


@dataclass(frozen=True, slots=True)
class Selection:
    """The definitions that an operation works on.

    Attributes:
        ids: the ids of all definitions that were read, selected or not.
        allowed: what policies have against the selected ones although a comment allows it.
    """

    definitions: Sequence[Definition] = ()
    ids: frozenset[int] = frozenset()
    allowed: tuple[Allowed, ...] = ()


def select(project: Project, options: PlanOptions) -> Selection:
    """The definitions that the options name; the project's listener hears warnings about them.

    Raises:
        DefinitionsError: one has an error.
        UsageError: `only` names a campaign without a definition.
    """
    loaded = project.definitions(options.paths)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    project.listener.problems(loaded.problems)
    project.listener.allowed(loaded.allowed)
    if not loaded.definitions:
        raise UsageError(f"no definition here has an id for the environment {project.environment}")
    ids = frozenset(definition.id for definition in loaded.definitions)
    only, shard = options.only, options.shard
    for campaign_id in only:
        if campaign_id not in ids:
            raise UsageError(f"--only {campaign_id}: no definition has this id")
    if not only and shard is None:
        return Selection(loaded.definitions, ids, tuple(loaded.allowed))
    selected = [
        definition
        for definition in loaded.definitions
        if (not only or definition.id in only) and (shard is None or shard.holds(definition.id))
    ]
    files = {definition.position.file for definition in selected}
    allowed = tuple(finding for finding in loaded.allowed if finding.position.file in files)
    return Selection(selected, ids, allowed)
