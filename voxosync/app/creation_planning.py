"""Plans the creation of the campaigns of definitions without an id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.app.new_definitions import DefinitionFiles, DefinitionLookup, load_with_new
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.project_layout import DEFAULTS
from voxosync.errors import CampaignError, DefinitionsError, UsageError
from voxosync.sync.create import Account, creations, dialing_of_creations
from voxosync.sync.exclusive_lock import exclusive_lock
from voxosync.sync.guards import refusals, summary_of_creations
from voxosync.sync.journal_reader import read_runs
from voxosync.sync.unmanaged import unmanaged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.project import Project
    from voxosync.model.creation import Creation
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.guard import Refusal
    from voxosync.model.journal import NewDefinition
    from voxosync.model.plan import Plan


@dataclass(frozen=True, slots=True)
class CreationPlan:
    """Which campaigns are to be created.

    Attributes:
        creations: one for each definition without an id; empty: every definition has one.
        dialing: their effects on dialing; those that are created PAUSED are left out.
        base_url: the VOXO where they are created.
        refusals: the guards that refuse to create them.
        files: the definitions' files as they were read.
        loaded: the definitions as they were read.
        again: whether campaigns are created although earlier runs created them, or may have.
    """

    creations: Sequence[Creation]
    dialing: Mapping[NewDefinition, DialingEffect]
    base_url: str
    refusals: Sequence[Refusal]
    files: DefinitionFiles
    loaded: LoadedDefinitions
    again: bool


def plan_creation(
    project: Project,
    paths: Sequence[Path],
    *,
    again: bool,
    overrides: GuardOverrides,
) -> CreationPlan:
    """Plans the creation of campaigns; arguments and errors as `Project.plan_creation` has them."""
    target = project.target
    for path in paths:
        if path.name == DEFAULTS:
            raise UsageError(
                f"{path} holds defaults, and not a definition: pass the file of a definition"
            )
    files = DefinitionFiles(project, [project.folder / path for path in paths])
    loaded = load_with_new(project, [project.folder / path for path in paths])
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    project.listener.problems(loaded.problems)
    project.listener.allowed(loaded.allowed)
    if not loaded.new:
        return CreationPlan((), {}, target.base_url, (), files, loaded, again)
    return _plan_creations(project, files, loaded, again=again, overrides=overrides)


def plan_listed_creation(
    project: Project, plan: Plan, *, overrides: GuardOverrides
) -> CreationPlan:
    """Plans the creation of what a plan lists; arguments and errors as `Project.plan_listed_creation` has them."""
    listed = {(campaign.file, campaign.line) for campaign in plan.campaigns if campaign.is_new}
    paths = [project.folder / file for file in dict.fromkeys(file for file, _ in sorted(listed))]
    files = DefinitionFiles(project, paths)
    loaded = load_with_new(project, paths)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    new = [entry for entry in loaded.new if entry[1].position[:2] in listed]
    if len(new) != len(listed):
        raise UsageError("a definition was changed in the meantime: nothing was sent; run it again")
    planned = _plan_creations(
        project, files, replace(loaded, new=new), again=False, overrides=overrides
    )
    _check_namesakes(project, planned.creations)
    return planned


def _plan_creations(
    project: Project,
    files: DefinitionFiles,
    loaded: LoadedDefinitions,
    *,
    again: bool,
    overrides: GuardOverrides,
) -> CreationPlan:
    base_url, definitions = project.voxo.base_url, DefinitionLookup(project, loaded)
    with exclusive_lock(
        project.journal
    ):  # a run that is still sending would look like an interrupted one
        planned = creations_of(project, loaded, base_url, definitions, again=again)
    files.check(planned)
    dialing = dialing_of_creations(planned, project.now)
    summary, guards = (
        summary_of_creations(planned, dialing),
        overrides.apply_to(project.target.guards),
    )
    refused_by = refusals(summary, guards, project.now)
    return CreationPlan(planned, dialing, base_url, refused_by, files, loaded, again)


def creations_of(
    project: Project,
    loaded: LoadedDefinitions,
    base_url: str,
    definitions: DefinitionLookup,
    *,
    again: bool,
) -> list[Creation]:
    """What is to be created of some definitions, by what the journals say about earlier runs.

    Args:
        project: the project.
        loaded: the definitions.
        base_url: the VOXO where campaigns are created.
        definitions: tell which campaigns of earlier runs have a definition.
        again: whether to create campaigns although earlier runs created them, or may have.

    Raises:
        UsageError: a campaign cannot be created, or an earlier run may have created it.
    """
    account = Account(base_url, project.target.tenant_id, project.environment)
    return creations(loaded.new, account, read_runs(project.journal), definitions, again=again)


def _check_namesakes(project: Project, planned: Sequence[Creation]) -> None:
    """Refuses to create a campaign if VOXO already has one of that name that no definition manages.

    A job in a fresh checkout has no journal: without this, the same commit run twice would create two campaigns,
    which may both dial.

    Raises:
        UsageError: names each definition, or says why VOXO could not be asked.
    """
    new = [creation for creation in planned if creation.past is None]
    if not new:
        return
    managed = {
        definition.id
        for layout in project.layouts
        if layout.campaigns.is_dir()
        for definition in load(
            layout, [], project.now, creating=True, policies=project.policies
        ).definitions
    }
    messages: list[str] = []
    for tenant in sorted({creation.tenant_id for creation in new}):
        try:
            listed = project.voxo.campaigns(tenant)
        except CampaignError as failure:
            raise UsageError(
                f"cannot tell whether VOXO has the new campaigns already: {failure}; nothing was created"
            ) from failure
        namesakes = {campaign.name: campaign.id for campaign in unmanaged(listed, managed, tenant)}
        messages += [
            f"{creation.definition.position}: VOXO already has a campaign {creation.new.name!r}, {namesake}, "
            f"which no definition manages: if it is this one, write id: {namesake} into the definition; if "
            "not, choose another name"
            for creation in new
            if creation.tenant_id == tenant
            and (namesake := namesakes.get(creation.new.name)) is not None
        ]
    if messages:
        raise UsageError("\n".join(messages))
