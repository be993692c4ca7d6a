"""What the journals know of a definition without an id: whether an earlier run created its campaign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.journal import Created, New, Run


class ProjectDefinitions(Protocol):
    """The definitions of a project, which are only read where an earlier creation makes them matter."""

    def has_id(self, campaign: int, file: str) -> bool:
        """Whether a definition of the project, or of this file, has the id of a campaign."""

    def has_new(self, file: str, name: str) -> bool:
        """Whether a file holds a definition of this name without an id.

        Raises:
            DefinitionsError: the file has errors, so the answer is unknown.
        """


@dataclass(frozen=True, slots=True)
class PastCreation:
    """A POST of an earlier run that created the campaign of a definition, or may have."""

    run_id: str
    created: Created

    @property
    def campaign(self) -> int | None:
        """The id that VOXO gave, where the run came to know it."""
        return self.created.campaign


def past_creation(
    runs: Iterable[Run],
    base_url: str,
    tenant_id: int,
    definition: New,
    definitions: ProjectDefinitions,
) -> PastCreation | None:
    """An earlier creation of a definition's campaign, whose id is in no definition.

    Args:
        runs: every run that there is a journal of, oldest first.
        base_url: the VOXO that this call is about.
        tenant_id: whose campaign it would be: environments may share a file and a VOXO.
        definition: known again by its file and name: other documents of the file may have come and gone.
        definitions: the project's, to tell whether a definition was moved from another file.

    Raises:
        DefinitionsError: a file from which the definition may have been moved has errors.
    """
    latest: dict[str, PastCreation] = {}  # by the file that the definition was in
    for run in runs:
        for created in run.created if same_voxo(run.base_url, base_url) else ():
            if created.definition.name != definition.name:
                continue
            if not created.was_sent:
                _settle(latest, created)
            elif created.tenant_id == tenant_id:
                _note(latest, PastCreation(run.id, created))
    same_file = latest.pop(definition.file, None)
    if same_file is not None and not _is_defined(same_file, definitions):
        return same_file
    return next((past for past in latest.values() if _has_moved(past, definitions)), None)


def _note(latest: dict[str, PastCreation], past: PastCreation) -> None:
    """A creation counts instead of those before it; one that VOXO refused ends a doubt, and nothing else."""
    file = past.created.definition.file
    if past.created.outcome != "refused":
        latest[file] = past
    elif file in latest and latest[file].campaign is None:
        del latest[file]


def _settle(latest: dict[str, PastCreation], later: Created) -> None:
    """What a later run did about a campaign that an earlier one had created."""
    for file, past in list(latest.items()):
        if past.campaign == later.campaign:
            del latest[file]
            settled = replace(
                past.created,
                definition=later.definition,
                is_written=later.is_written,
                is_abandoned=later.is_abandoned,
                detail=later.detail or past.created.detail,
            )
            latest[later.definition.file] = PastCreation(past.run_id, settled)


def _is_defined(past: PastCreation, definitions: ProjectDefinitions) -> bool:
    campaign = past.campaign
    return campaign is not None and definitions.has_id(campaign, past.created.definition.file)


def _has_moved(past: PastCreation, definitions: ProjectDefinitions) -> bool:
    """Whether the definition has left its file, so that one of its name elsewhere may be it."""
    was = past.created.definition
    return not definitions.has_new(was.file, was.name) and not _is_defined(past, definitions)
