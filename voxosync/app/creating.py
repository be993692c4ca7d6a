"""Creates the campaigns of definitions without an id, one by one, and writes the new ids into the files."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.app.actor import actor
from voxosync.app.definition_files import DefinitionFiles
from voxosync.app.guard_overrides import refused
from voxosync.definitions.load import Loaded, load_new
from voxosync.definitions.project_layout import DEFAULTS
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import CampaignError, DefinitionsError, JournalError, RunEnded, UsageError
from voxosync.model.outcome import Outcome
from voxosync.model.plan import Plan
from voxosync.sync.create import Account, creations, dialing_of_creations, summary_of
from voxosync.sync.create_campaign import Creator
from voxosync.sync.exclusive_lock import exclusive_lock
from voxosync.sync.guards import refusals
from voxosync.sync.journal import Journal, read_runs
from voxosync.sync.unmanaged import unmanaged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from threading import Event

    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.project import Project
    from voxosync.model.dialing.dialing_effect import DialingEffect
    from voxosync.model.guard import Refusal
    from voxosync.model.journal import New
    from voxosync.model.outcome import Result
    from voxosync.sync.create import Creation


@dataclass(frozen=True, slots=True)
class CreationPlan:
    """Which campaigns are to be created.

    Attributes:
        creations: one for each definition without an id; empty: every definition has one.
        dialing: what they dial; those that are created PAUSED are left out.
        base_url: the VOXO where they are created.
        refusals: the guards that creating them would run into.
        files: the definitions' files as they were read.
        loaded: the definitions as they were read.
        again: whether campaigns are created although earlier runs created them, or may have.
    """

    creations: Sequence[Creation]
    dialing: Mapping[New, DialingEffect]
    base_url: str
    refusals: Sequence[Refusal]
    files: DefinitionFiles
    loaded: Loaded
    again: bool


class CreationListener:
    """Ignores what it hears about the creation of each campaign; override what you need."""

    def created(self, new: New, campaign: int) -> None:
        """A campaign exists, and its definition has its id."""

    def failed(self, text: str) -> None:
        """Something went wrong; the text may repeat words of VOXO, and so hold phone numbers."""

    def skipped(self, new: New) -> None:
        """A campaign is not created, because the run ended before it."""

    def not_written(self, new: New, campaign: int, reason: str) -> None:
        """A campaign exists, and its id could not be written into the definition."""


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
            raise UsageError(f"{path} holds values for other definitions: name the file of one")
    files = DefinitionFiles(project, [project.folder / path for path in paths])
    loaded = _load(project, [project.folder / path for path in paths])
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    project.listener.problems(loaded.problems)
    project.listener.allowed(loaded.allowed)
    if not loaded.new:
        return CreationPlan((), {}, target.base_url, (), files, loaded, again)
    return _planned(project, files, loaded, again=again, overrides=overrides)


def plan_listed_creation(
    project: Project, plan: Plan, *, overrides: GuardOverrides
) -> CreationPlan:
    """Plans the creation of what a plan lists; arguments and errors as `Project.plan_listed_creation` has them."""
    listed = {(campaign.file, campaign.line) for campaign in plan.campaigns if campaign.is_new}
    paths = [project.folder / file for file in dict.fromkeys(file for file, _ in sorted(listed))]
    files = DefinitionFiles(project, paths)
    loaded = _load(project, paths)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    new = [entry for entry in loaded.new if entry[1].position[:2] in listed]
    if len(new) != len(listed):
        raise UsageError("a definition was changed meanwhile: nothing was sent; run it again")
    planned = _planned(project, files, replace(loaded, new=new), again=False, overrides=overrides)
    _check_namesakes(project, planned.creations)
    return planned


def _check_namesakes(project: Project, planned: Sequence[Creation]) -> None:
    """Refuses to create a campaign whose name VOXO has already, in a campaign that no definition manages.

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
        for definition in load_new(layout, [], project.now, project.policies).definitions
    }
    refusals: list[str] = []
    for tenant in sorted({creation.tenant_id for creation in new}):
        try:
            listed = project.voxo.campaigns(tenant)
        except CampaignError as failure:
            raise UsageError(
                f"cannot tell whether VOXO has the new campaigns already: {failure}; nothing was created"
            ) from failure
        namesakes = {campaign.name: campaign.id for campaign in unmanaged(listed, managed, tenant)}
        refusals += [
            f"{creation.definition.position}: VOXO has a campaign {creation.new.name!r} already, {namesake}, "
            f"which no definition manages: if it is this one, write id: {namesake} into the definition; if "
            "not, use another name"
            for creation in new
            if creation.tenant_id == tenant
            and (namesake := namesakes.get(creation.new.name)) is not None
        ]
    if refusals:
        raise UsageError("\n".join(refusals))


def _planned(
    project: Project,
    files: DefinitionFiles,
    loaded: Loaded,
    *,
    again: bool,
    overrides: GuardOverrides,
) -> CreationPlan:
    base_url, definitions = project.voxo.base_url, _Definitions(project, loaded)
    with exclusive_lock(project.journal):  # a run that still sends would look like one cut off
        planned = _creations(project, loaded, base_url, definitions, again=again)
    files.check(planned)
    dialing = dialing_of_creations(planned, project.now)
    summary, guards = summary_of(planned, dialing), overrides.over(project.target.guards)
    refused_by = refusals(summary, guards, project.now)
    return CreationPlan(planned, dialing, base_url, refused_by, files, loaded, again)


def create(
    project: Project,
    planned: CreationPlan,
    listener: CreationListener,
    *,
    overrides: GuardOverrides,
    stop: Event,
) -> int:
    """Creates the planned campaigns; arguments, result and errors as `Project.create` has them."""
    project.check_protection()
    if planned.refusals:
        raise refused(planned.refusals)
    base_url = project.voxo.base_url
    with exclusive_lock(project.journal):
        changed = planned.files.changed(planned.creations)
        definitions = _Definitions(project, planned.loaded)
        still = _creations(project, planned.loaded, base_url, definitions, again=planned.again)
        if changed is not None or still != planned.creations:
            raise UsageError(
                f"{changed or 'another run'} came between: nothing was sent; run it again"
            )
        if stop.is_set():
            raise UsageError("interrupted: nothing was sent")
        with Journal(project.journal, project.clock()) as journal:
            flags = overrides.flags() | ({"--again": "yes"} if planned.again else {})
            header = Plan(project.now, base_url, ())
            journal.begin(
                "create", header, actor(project.folder), flags, environment=project.environment
            )
            creator = Creator(project.voxo, journal, stop, definitions.ids())
            run = _CreationRun(planned.files, creator, journal, listener)
            status = run.create_all(planned.creations, stop)
            try:
                journal.end(run.deviations, status)
            except JournalError as failure:
                listener.failed(f"error: {failure}")
                status = 3
    return status


def _load(project: Project, paths: Sequence[Path]) -> Loaded:
    return load_new(project.layout, paths, project.now, project.policies, project.settings.checks)


def _creations(
    project: Project, loaded: Loaded, base_url: str, definitions: _Definitions, *, again: bool
) -> list[Creation]:
    account = Account(base_url, project.target.tenant_id, project.environment)
    return creations(loaded.new, account, read_runs(project.journal), definitions, again=again)


class _Definitions:
    """The definitions of the call, and those of the project, read when first asked about."""

    def __init__(self, project: Project, loaded: Loaded) -> None:
        self._project = project
        self._loaded = loaded

    def ids(self) -> set[int]:
        """The ids that the definitions of the call and of the project have."""
        return {
            definition.id
            for loaded in (self._loaded, self._campaigns_folder)
            for definition in loaded.definitions
        }

    def has_id(self, campaign: int, file: str) -> bool:
        """Whether a definition of the project, of this file or of the call has the id of a campaign."""
        outside = self._outside(file).definitions
        return campaign in self.ids() or any(definition.id == campaign for definition in outside)

    def has_new(self, file: str, name: str) -> bool:
        """Whether a file holds a definition of this name without an id.

        Raises:
            DefinitionsError: the file has errors, so that this is unknown.
        """
        for loaded in (self._campaigns_folder, self._outside(file)):
            if any(
                problem.is_error and problem.position.file == file for problem in loaded.problems
            ):
                raise DefinitionsError(loaded.problems)
            if any(new.name == name and new.position.file == file for _, new in loaded.new):
                return True
        return False

    @cached_property
    def _campaigns_folder(self) -> Loaded:
        folder = self._project.layout.campaigns
        return _load(self._project, [folder]) if folder.is_dir() else Loaded()

    def _outside(self, file: str) -> Loaded:
        """A file that is not below the campaigns folder, if it exists."""
        path, folder = self._project.folder / file, self._project.layout.campaigns
        is_inside = Path(os.path.abspath(path)).is_relative_to(folder)  # noqa: PTH100  # resolve() follows links
        return _load(self._project, [path]) if path.is_file() and not is_inside else Loaded()


@dataclass(frozen=True, slots=True)
class _CreationRun:
    """Creates campaigns one by one, and reports each.

    Attributes:
        deviations: the campaigns that exist and are not as requested, for the journal.
    """

    files: DefinitionFiles
    creator: Creator
    journal: Journal
    listener: CreationListener
    deviations: list[Result] = field(default_factory=list)

    def create_all(self, planned: Sequence[Creation], stop: Event) -> int:
        """Creates all, until the run is interrupted or nothing more can be sent; returns the exit status."""
        status = 0
        for index, creation in enumerate(planned):
            try:
                if not stop.is_set():
                    status = max(status, self._create(creation))
                    continue
            except (RunEnded, JournalError) as failure:
                self.listener.failed(f"error: {failure}")
            for remaining in planned[index:]:
                self.listener.skipped(remaining.new)
            return 3
        return status

    def _create(self, creation: Creation) -> int:
        """Creates one campaign, and writes its id into the file; returns the exit status."""
        new = creation.new
        try:
            result = self.creator.create(creation)
        except CampaignError as failure:
            self.listener.failed(f"error: {new.name}: {failure}")
            return 3
        status = 0
        if not result.outcome.is_good:
            status = 3
            self.deviations.append(result)
            self.listener.failed(
                f"error: {result.id} {new.name}: {result.outcome}: {result.detail}"
            )
        if result.outcome is Outcome.FAILED:
            return status
        return max(status, self._write(creation, result.id))

    def _write(self, creation: Creation, campaign: int) -> int:
        new = creation.new
        try:
            self.files.write(new, campaign)
        except (NotEditable, UsageError) as failure:
            self.listener.not_written(new, campaign, str(failure))
            return 3
        self.listener.created(new, campaign)
        try:
            self.journal.id_written(new, campaign)
        except JournalError as failure:
            self.listener.failed(f"error: {failure}")
            return 3
        return 0
