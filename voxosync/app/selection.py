"""The definitions that an operation works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions.load import LoadedDefinitions
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.app.options import PlanOptions
    from voxosync.app.project import Project
    from voxosync.model.campaign import Definition
    from voxosync.model.problem import AllowedProblem


@dataclass(frozen=True, slots=True)
class Selection:
    """The definitions that an operation works on.

    Attributes:
        ids: the ids of all definitions that were read, selected or not.
        new: those of campaigns that are not created yet; they belong to no `only`, and to the first shard.
        allowed: findings of policies in the selected definitions that a comment allows.
        unselected: the definitions that were read and not selected.
        loaded: all that was read.
    """

    definitions: Sequence[Definition] = ()
    ids: frozenset[int] = frozenset()
    allowed: tuple[AllowedProblem, ...] = ()
    unselected: Sequence[Definition] = ()
    loaded: LoadedDefinitions = field(default_factory=LoadedDefinitions)
    new: tuple[Definition, ...] = ()

    @property
    def do_not_call(self) -> Mapping[str, str]:
        """The phones that may not be called, each with the file that lists it."""
        return self.loaded.checks.do_not_call if self.loaded.checks is not None else {}


def select(project: Project, options: PlanOptions, *, sends: bool = True) -> Selection:
    """The definitions that the options name; the project's listener hears warnings about them.

    Warnings of checks are not among them: a plan lists them, since checks look at live values, too.

    Args:
        project: the project.
        options: which definitions are selected.
        sends: whether the operation may lead to sending, so that an error of a check matters too.

    Raises:
        DefinitionsError: one has an error.
        UsageError: `only` names a campaign without a definition.
    """
    loaded = project.definitions(options.paths)
    own = loaded.own_problems
    failed = loaded.failed if sends else any(problem.is_error for problem in own)
    if failed:
        raise DefinitionsError(loaded.problems)
    project.listener.problems([*own, *loaded.elsewhere] if sends else own)
    project.listener.allowed(loaded.allowed_by_policies)
    new = tuple(definition for _, definition in loaded.new)
    if not loaded.definitions and not new:
        raise UsageError(f"no definition here has an id for the environment {project.environment}")
    ids = frozenset(definition.id for definition in loaded.definitions)
    only, shard = options.only, options.shard
    for campaign_id in only:
        if campaign_id not in ids:
            location = f" in {', '.join(map(str, options.paths))}" if options.paths else ""
            raise UsageError(f"--only {campaign_id}: no definition{location} has this id")
    if not only and shard is None:
        return Selection(
            loaded.definitions, ids, tuple(loaded.allowed_by_policies), loaded=loaded, new=new
        )
    selected = [
        definition
        for definition in loaded.definitions
        if (not only or definition.id in only) and (shard is None or shard.holds(definition.id))
    ]
    if only or (shard is not None and shard.index > 1):
        new = ()
    files = {definition.position.file for definition in (*selected, *new)}
    allowed = tuple(
        finding for finding in loaded.allowed_by_policies if finding.position.file in files
    )
    chosen = {id(definition) for definition in selected}
    unselected = [definition for definition in loaded.definitions if id(definition) not in chosen]
    return Selection(selected, ids, allowed, unselected, loaded, new)
