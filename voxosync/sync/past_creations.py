"""What the journals say about a definition without an id: whether an earlier run created its campaign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from voxosync.model.creation import PastCreation
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.journal import CreationRecord, NewDefinition, Run


class ProjectDefinitions(Protocol):
    """The definitions of a project, which are read only where an earlier creation requires it."""

    def has_id(self, campaign: int, file: str) -> bool:
        """Whether a definition of the project, or of this file, has the id of a campaign."""

    def has_new(self, file: str, name: str) -> bool:
        """Whether a file holds a definition of this name without an id.

        Raises:
            DefinitionsError: the file has errors, so the answer is unknown.
        """


def past_creation(
    runs: Iterable[Run],
    base_url: str,
    tenant_id: int,
    definition: NewDefinition,
    definitions: ProjectDefinitions,
) -> PastCreation | None:
    """An earlier creation of a definition's campaign, whose id is in no definition.

    Args:
        runs: every run that has a journal, oldest first.
        base_url: the VOXO that this call is about.
        tenant_id: the tenant of the campaign: environments may share a file and a VOXO.
        definition: recognized by its file and name, because other documents of the file may have been added or removed.
        definitions: the project's, to find out whether a definition was moved from another file.

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
    """A creation replaces those before it; one that VOXO refused only ends a doubt."""
    file = past.created.definition.file
    if past.created.outcome != "refused":
        latest[file] = past
    elif file in latest and latest[file].campaign is None:
        del latest[file]


def _settle(latest: dict[str, PastCreation], later: CreationRecord) -> None:
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
    """Whether the definition is no longer in its file, so that one of that name elsewhere may be the same."""
    definition = past.created.definition
    return not definitions.has_new(definition.file, definition.name) and not _is_defined(
        past, definitions
    )
