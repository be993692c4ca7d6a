"""The files that `import` is about to write: which campaign goes where, and what is in the way."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voxosync.cli.files import content_of
from voxosync.definitions.files import is_inside, read_file
from voxosync.definitions.find import files_to_read
from voxosync.definitions.load import default_values, load
from voxosync.definitions.nodes import Mapping as MappingNode
from voxosync.definitions.nodes import read_documents
from voxosync.definitions.readings import as_text
from voxosync.definitions.writing.emit import Manner, emit, slug
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from voxosync.definitions.find import ProjectLayout
    from voxosync.definitions.writing.emit import Emitted
    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.problem import Problem

_SCHEMA = Path("schemas/campaign.schema.json")


@dataclass(frozen=True, slots=True)
class Live:
    """A campaign that was read.

    Attributes:
        raw: as VOXO answered it.
    """

    campaign: LiveCampaign
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition that is not yet written.

    Attributes:
        path: its file.
        contacts: where its CSV file is, if it has one.
        old: what is in the file now; None: nothing.
    """

    live: LiveCampaign
    path: Path
    contacts: Path
    emitted: Emitted
    old: bytes | None


@dataclass(frozen=True, slots=True)
class _Old:
    """A file that is to be rewritten: its path, its bytes, and its settings below `voxosync:`.

    Attributes:
        environment: the only one that its id names; None: the id is of all.
    """

    path: Path
    content: bytes
    settings: Mapping[str, Any]
    environment: str | None


def defined(project: ProjectLayout, now: datetime) -> dict[int, Definition]:
    """The definitions that there are, by id.

    Raises:
        DefinitionsError: they have errors, so that nobody can tell which campaigns they are of.
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


class Drafting:
    """Makes drafts for one project.

    Attributes:
        into: the folder of new definitions: the campaigns folder, or one below it.
        inline: the most numbers that a definition itself holds.
        environment: the one to which ids belong; None: to all.
        existing: the definitions that there are, by id; those that are drafted are rewritten.
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
        self.defaults = cache(self._defaults)

    def draft(self, live: Live) -> Draft:
        """The definition of a live campaign.

        Raises:
            ValueError: there can be none of it; the message says why.
            UsageError: it cannot be rewritten where it is, or the defaults that hold there are wrong.
        """
        campaign = live.campaign
        name = campaign.values.get("name")
        called = slug(name if isinstance(name, str) else None, campaign.id)
        definition = self.existing.get(campaign.id)
        old = self._old(definition) if definition else None
        path = old.path if old else self.into / f"{called}.yaml"
        defaults = self.defaults(path.parent)
        if campaign.tenant_id is None and "tenantId" in defaults:
            raise ValueError("VOXO names no tenant, and _defaults.yaml guards one")
        schema = self.project.folder / _SCHEMA
        manner = Manner(
            schema=_relative(schema, path.parent) if schema.is_file() else None,
            inline=self.inline,
            contacts=f"contacts/{called}.csv",
            defaults=frozenset(defaults),
            settings=old.settings if old else {},
            inherited=defaults.get("voxosync", {}),
            environment=self.environment or (old.environment if old else None),
            fields=definition.number_fields if definition else {},
        )
        emitted = emit(campaign, live.raw, manner, self.now)
        contacts = path.parent / manner.contacts
        return Draft(campaign, path, contacts, emitted, old.content if old else None)

    def _defaults(self, folder: Path) -> dict[str, Any]:
        values, problems = default_values(self.project, folder, self.now)
        if any(problem.is_error for problem in problems):
            raise DefinitionsError(problems)
        return values

    def _old(self, definition: Definition) -> _Old:
        file = definition.position.file
        path = self.project.folder / file
        documents, _ = read_documents(path, file, root=self.project.limit)
        root = documents[0]
        assert isinstance(root, MappingNode)  # noqa: S101  # it has been loaded
        instead = "voxosync pull brings VOXO's values into it"
        if len(documents) > 1:
            raise UsageError(f"{file} holds several campaigns, so it is not rewritten: {instead}")
        of = [*root.values["id"].values] if isinstance(root.values["id"], MappingNode) else [None]
        if len(of) > 1:
            raise UsageError(
                f"{file} is of several environments, so it is not rewritten: {instead}"
            )
        return _Old(
            path, read_file(path, self.project.limit), as_text(root).get("voxosync", {}), of[0]
        )


def contents(
    project: ProjectLayout, drafts: list[Draft], *, overwrite: bool
) -> tuple[dict[Path, bytes], dict[Path, bytes | None]]:
    """What to write, by path with links resolved, and what is there now; a CSV file before its definition.

    Raises:
        UsageError: a file is in the way; the message names all of them.
    """
    new: dict[Path, bytes] = {}
    before: dict[Path, bytes | None] = {}
    in_the_way: list[str] = []
    for draft in drafts:
        files = [(draft.path, draft.emitted.text, draft.old is not None)]
        if draft.emitted.csv is not None:
            files.insert(0, (draft.contacts, draft.emitted.csv, overwrite))
        for path, text, may_replace in files:
            real = Path(os.path.realpath(path))
            content = text.encode()
            obstacle = _obstacle(project, path, content, may_replace=may_replace)
            if obstacle is not None:
                in_the_way.append(obstacle)
            else:
                new[real] = content
                before[real] = content_of(real, project.folder)
    if in_the_way:
        raise UsageError(
            "\n".join(["nothing was written, because of what is in the way", *in_the_way])
        )
    return new, before


def _obstacle(
    project: ProjectLayout, path: Path, content: bytes, *, may_replace: bool
) -> str | None:
    """Why a file may not be written; one that holds this already may."""
    shown = project.shown(path)
    if not is_inside(path, project.folder):
        return f"{shown}: a link leads out of the project folder"
    above = next(folder for folder in path.parents if os.path.lexists(folder))
    if not above.is_dir():
        return f"{shown}: {project.shown(above)} is no folder"
    if not os.path.lexists(path) or may_replace:
        return None
    if path.is_file() and content_of(path, project.folder) == content:
        return None
    return f"{shown}: is there already; move it away"


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
