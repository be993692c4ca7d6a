"""Creates campaigns as planned, one by one, and writes the new ids into the definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.app.actor import actor
from voxosync.app.creation_planning import creations_of
from voxosync.app.guard_overrides import guard_error
from voxosync.app.new_definitions import DefinitionLookup
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import CampaignError, JournalError, RunEnded, UsageError
from voxosync.model.outcome import Outcome
from voxosync.model.plan import Plan
from voxosync.sync.create_campaign import Creator
from voxosync.sync.exclusive_lock import exclusive_lock
from voxosync.sync.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from voxosync.app.creation_planning import CreationPlan
    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.listener import Listener
    from voxosync.app.new_definitions import DefinitionFiles
    from voxosync.app.project import Project
    from voxosync.model.creation import Creation
    from voxosync.model.outcome import Result


_EARLIER_FAILURE = "nothing was created, because an earlier step failed; to proceed anyway, pass --continue-go-live"


def create(
    project: Project,
    planned: CreationPlan,
    *,
    overrides: GuardOverrides,
    stop: Event,
    earlier_status: int,
) -> int:
    """Creates the planned campaigns; arguments, result and errors as `Project.create` has them."""
    project.check_protection()
    if earlier_status and not overrides.continue_go_live:
        for creation in planned.creations:
            project.listener.not_created(creation.new)
        project.listener.error(_EARLIER_FAILURE)
        return earlier_status
    if planned.refusals:
        raise guard_error(planned.refusals)
    base_url = project.voxo.base_url
    with exclusive_lock(project.journal):
        changed = planned.files.changed(planned.creations)
        definitions = DefinitionLookup(project, planned.loaded)
        current = creations_of(project, planned.loaded, base_url, definitions, again=planned.again)
        if changed is not None or current != planned.creations:
            cause = f"{changed} was changed" if changed else "another run created campaigns"
            raise UsageError(f"{cause} in the meantime: nothing was sent; run it again")
        if stop.is_set():
            raise UsageError("interrupted: nothing was sent")
        with Journal(project.journal, project.clock()) as journal:
            flags = overrides.flags() | ({"--again": "yes"} if planned.again else {})
            header = Plan(project.now, base_url, ())
            journal.begin(
                "create", header, actor(project.folder), flags, environment=project.environment
            )
            creator = Creator(project.voxo, journal, stop, definitions.ids())
            run = _CreationRun(planned.files, creator, journal, project.listener)
            status = run.create_all(planned.creations, stop)
            try:
                journal.end(run.deviations, status)
            except JournalError as failure:
                project.listener.error(str(failure))
                status = 3
    return max(status, earlier_status)


@dataclass(frozen=True, slots=True)
class _CreationRun:
    """Creates campaigns one by one, and reports each.

    Attributes:
        deviations: the campaigns that exist and are not as requested, for the journal.
    """

    files: DefinitionFiles
    creator: Creator
    journal: Journal
    listener: Listener
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
                self.listener.error(str(failure))
            for remaining in planned[index:]:
                self.listener.not_created(remaining.new)
            return 3
        return status

    def _create(self, creation: Creation) -> int:
        """Creates one campaign, and writes its id into the file; returns the exit status."""
        new = creation.new
        try:
            result = self.creator.create(creation)
        except CampaignError as failure:
            self.listener.error(f"{new.name}: {failure}")
            return 3
        status = 0
        if not result.outcome.is_good:
            status = 3
            self.deviations.append(result)
            self.listener.error(f"{result.id} {new.name}: {result.outcome}: {result.detail}")
        if result.outcome is Outcome.FAILED:
            return status
        return max(status, self._write(creation, result.id))

    def _write(self, creation: Creation, campaign: int) -> int:
        new = creation.new
        try:
            self.files.write(new, campaign)
        except (NotEditable, UsageError) as failure:
            self.listener.id_not_written(new, campaign, str(failure))
            return 3
        self.listener.created(new, campaign)
        try:
            self.journal.id_written(new, campaign)
        except JournalError as failure:
            self.listener.error(str(failure))
            return 3
        return 0
