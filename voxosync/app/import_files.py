"""The files that `import` is about to write: which campaign goes where, and what is in the way."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voxosync.app.file_writer import content_of
from voxosync.definitions.file_reader import is_inside, read_file
from voxosync.definitions.load import folder_defaults, load
from voxosync.definitions.nodes import MappingNode, as_text
from voxosync.definitions.project_layout import files_to_read
from voxosync.definitions.value_sources import overrides_of
from voxosync.definitions.writing.emit import EmitOptions, emit, slug
from voxosync.definitions.yaml_reader import read_documents
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.definitions.writing.emit import DefinitionText
    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.problem import Problem

_SCHEMA = Path("schemas/campaign.schema.json")


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """A campaign that was read, with VOXO's answer unchanged."""

    campaign: LiveCampaign
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition that is not yet written.

    Attributes:
        path: its file.
        contacts: where its CSV file is, if it has one.
        old: the content of the file now; None: it does not exist.
    """

    live: LiveCampaign
    path: Path
    contacts: Path
    emitted: DefinitionText
    old: bytes | None


@dataclass(frozen=True, slots=True)
class _Old:
    """A file that is to be rewritten: its path, its bytes, and its settings below `voxosync:`.

    Attributes:
        environment: the only one that its id names; None: the id is for all.
    """

    path: Path
    content: bytes
    settings: Mapping[str, Any]
    environment: str | None


def existing_definitions(project: ProjectLayout, now: datetime) -> dict[int, Definition]:
    """The existing definitions, by id.

    Raises:
        DefinitionsError: they have errors, so that it is unknown which campaigns they define.
    """
    problems: list[Problem] = []
    if not any(files_to_read(project, [], problems)) and all(
        problem.rule in ("empty", "missing") for problem in problems
    ):
        return {}
    loaded = load(project, [], now)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    return {definition.id: definition for definition in loaded.definitions}


class DraftMaker:
    """Makes drafts for one project.

    Attributes:
        into: the folder of new definitions: the campaigns folder, or one below it.
        inline: the most numbers that a definition itself holds.
        environment: the environment that ids are written for; None: all.
        existing: the existing definitions, by id; those that are drafted are rewritten.
    """

    def __init__(
        self,
        project: ProjectLayout,
        into: Path,
        existing: Mapping[int, Definition],
        now: datetime,
        *,
        inline: int,
        environment: str | None,
    ) -> None:
        self.project, self.into, self.existing, self.now = project, into, existing, now
        self.inline, self.environment = inline, environment
        self.defaults = cache(partial(folder_defaults, project, now=now))

    def draft(self, live: LiveAnswer) -> Draft:
        """The definition of a live campaign.

        Raises:
            ValueError: the campaign cannot be written as a definition; the message says why.
            UsageError: the existing one cannot be rewritten, or the defaults of its folder are wrong.
        """
        campaign = live.campaign
        name = campaign.values.get("name")
        stem = slug(name if isinstance(name, str) else None, campaign.id)
        definition = self.existing.get(campaign.id)
        old = self._old(definition) if definition else None
        path = old.path if old else self.into / f"{stem}.yaml"
        defaults = self.defaults(path.parent)
        if campaign.tenant_id is None and "tenantId" in defaults.values:
            raise ValueError("VOXO names no tenant, and _defaults.yaml guards one")
        schema = self.project.folder / _SCHEMA
        options = EmitOptions(
            schema=_relative(schema, path.parent) if schema.is_file() else None,
            inline=self.inline,
            contacts=f"contacts/{stem}.csv",
            defaults=frozenset(defaults.values),
            settings=old.settings if old else {},
            inherited=defaults.values.get("voxosync", {}),
            overridden=defaults.overridden,
            overrides_for=self.project.environment,
            environment=self.environment or (old.environment if old else None),
            fields=definition.number_fields if definition else {},
        )
        emitted = emit(campaign, live.raw, options, self.now)
        contacts = path.parent / options.contacts
        return Draft(campaign, path, contacts, emitted, old.content if old else None)

    def _old(self, definition: Definition) -> _Old:
        file = definition.position.file
        path = self.project.folder / file
        documents, _ = read_documents(path, file, root=self.project.limit)
        root = documents[0]
        assert isinstance(root, MappingNode)  # noqa: S101  # it was loaded without errors
        instead = "voxosync pull writes VOXO's values into it"
        if overrides_of(root) is not None:
            raise UsageError(f"{file} has overrides, so it is not rewritten: {instead}")
        if len(documents) > 1:
            raise UsageError(f"{file} holds several campaigns, so it is not rewritten: {instead}")
        names = (
            [*root.values["id"].values] if isinstance(root.values["id"], MappingNode) else [None]
        )
        if len(names) > 1:
            raise UsageError(
                f"{file} is shared by several environments, so it is not rewritten: {instead}"
            )
        return _Old(
            path, read_file(path, self.project.limit), as_text(root).get("voxosync", {}), names[0]
        )


def contents(
    project: ProjectLayout, drafts: list[Draft], *, overwrite: bool
) -> tuple[dict[Path, bytes], dict[Path, bytes | None]]:
    """The files to write, by path with links resolved, and their present content; a CSV file before its definition.

    Raises:
        UsageError: a file is in the way; the message names all such files.
    """
    new: dict[Path, bytes] = {}
    before: dict[Path, bytes | None] = {}
    obstacles: list[str] = []
    for draft in drafts:
        files = [(draft.path, draft.emitted.text, draft.old is not None)]
        if draft.emitted.csv is not None:
            files.insert(0, (draft.contacts, draft.emitted.csv, overwrite))
        for path, text, may_replace in files:
            real = Path(os.path.realpath(path))
            content = text.encode()
            obstacle = _obstacle(project, path, content, may_replace=may_replace)
            if obstacle is not None:
                obstacles.append(obstacle)
            else:
                new[real] = content
                before[real] = content_of(real, project.folder)
    if obstacles:
        raise UsageError(
            "\n".join(["nothing was written, because files are in the way", *obstacles])
        )
    return new, before


def _obstacle(
    project: ProjectLayout, path: Path, content: bytes, *, may_replace: bool
) -> str | None:
    """Why a file cannot be written; None if it can, or if it has this content already."""
    path_text = project.display_path(path)
    if not is_inside(path, project.folder):
        return f"{path_text}: a link leads out of the project folder"
    above = next(folder for folder in path.parents if os.path.lexists(folder))
    if not above.is_dir():
        return f"{path_text}: {project.display_path(above)} is not a folder"
    if not os.path.lexists(path) or may_replace:
        return None
    if path.is_file() and content_of(path, project.folder) == content:
        return None
    return f"{path_text}: already exists; move it away"


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
