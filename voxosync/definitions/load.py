"""A folder of definitions becomes campaigns, or every problem of every file in one go."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions import contacts, rules
from voxosync.definitions.acknowledge import acknowledgements
from voxosync.definitions.check import checker
from voxosync.definitions.contacts import Contacts
from voxosync.definitions.find import DEFAULTS, Project, files_to_read
from voxosync.definitions.identity import (
    Identities,
    Identity,
    identities,
    same_id_twice,
    whole_number,
)
from voxosync.definitions.nodes import Mapping, Node, Scalar, position, read_documents
from voxosync.definitions.nodes import Sequence as SequenceNode
from voxosync.definitions.sound import sound_values
from voxosync.model.campaign import Definition
from voxosync.model.fields import FIELDS, WRITABLE, Kind
from voxosync.model.problem import Problem, error
from voxosync.model.values import Destination, Value, from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path


@dataclass(slots=True)
class Loaded:
    """What reading gave: in file order, the campaigns that are well-formed, and all problems."""

    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0

    @property
    def failed(self) -> bool:
        """Whether there is an error, which forbids planning."""
        return any(problem.is_error for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Source:
    """One mapping of values and where it stands: a definition, or a `_defaults.yaml`.

    Attributes:
        values: None: there is a value, but the schema refused it.
        folder: where its paths are relative to.
        shown: how its file is called.
    """

    values: dict[str, Node | None]
    folder: Path
    shown: str


def load(
    project: Project, paths: Sequence[Path], now: datetime, *, needs_ids: bool = True
) -> Loaded:
    """Reads and checks definitions.

    Args:
        project: the project's folders.
        paths: files or folders to read; none: the whole campaigns folder.
        now: the present moment, aware, for rules such as "its end is past".
        needs_ids: whether an id for each environment is an error where no environment is chosen.

    Raises:
        UsageError: one of `paths` is not there.
    """
    with _no_garbage_collection():
        loader = _Loader(project, now, needs_ids=needs_ids)
        for path in files_to_read(project, paths, loader.loaded.problems):
            loader.read(path)
        loader.loaded.problems.extend(same_id_twice(loader.identities))
        loader.loaded.problems = _in_file_order(loader.loaded.problems, loader.files)
        return loader.loaded


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Node trees hold no cycles; looking for some in a million nodes takes longer than reading them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _in_file_order(problems: Iterable[Problem], files: Iterable[str]) -> list[Problem]:
    """Each problem once: files in the order in which they were read, then lines, then columns."""
    once = list(dict.fromkeys(problems))
    names = dict.fromkeys([*files, *(problem.position.file for problem in once)])
    rank = {name: place for place, name in enumerate(names)}
    return sorted(once, key=lambda found: (rank[found.position.file], found.position))


class _Loader:
    """Reads files one by one; `_defaults.yaml` files are read once each, when first needed."""

    def __init__(self, project: Project, now: datetime, *, needs_ids: bool) -> None:
        self.project = project
        self.now = now
        self.needs_ids = needs_ids
        self.loaded = Loaded()
        self.files: list[str] = []
        self.identities: list[Identity] = []
        self.defaults: dict[Path, tuple[_Source, ...]] = {}

    def read(self, path: Path) -> None:
        """Adds the definitions of one file, or what is wrong with it."""
        self.loaded.files += 1
        defaults = self._defaults_for(path.parent)
        shown = self.project.shown(path)
        self.files.append(shown)
        documents, problems = read_documents(path, shown)
        self.loaded.problems.extend(problems)
        for node in documents:
            if isinstance(node, Scalar) and node.is_null:
                what = "the document is empty: write a campaign, or remove the line ---"
                self.loaded.problems.append(error(position(shown, node), "empty", what))
                continue
            whole, values = self._checked(node, shown, "campaign.schema.json")
            self._build(_Source(values, path.parent, shown), defaults, whole=whole)

    def _checked(self, node: Node, shown: str, schema: str) -> tuple[bool, dict[str, Node | None]]:
        """Whether the schema accepts a document, and the values that can be checked further."""
        found = checker(schema).problems(node, shown)
        self.loaded.problems.extend(found)
        refused = checker(schema).refused(node) if found else set()
        return not found, sound_values(node, refused) if isinstance(node, Mapping) else {}

    def _defaults_for(self, folder: Path) -> tuple[_Source, ...]:
        """The defaults that hold in a folder, the nearest first, from the campaigns folder down."""
        if folder not in self.defaults:
            root = self.project.campaigns
            inside = folder != root and folder.is_relative_to(root)
            outer = self._defaults_for(folder.parent) if inside else ()
            self.defaults[folder] = (*self._read_defaults(folder / DEFAULTS), *outer)
        return self.defaults[folder]

    def _read_defaults(self, path: Path) -> Iterator[_Source]:
        if not os.path.lexists(path):
            return
        shown = self.project.shown(path)
        self.files.append(shown)
        documents, problems = read_documents(path, shown, "values")
        for extra in documents[1:]:
            what = "a _defaults.yaml holds one document: join them"
            problems.append(error(position(shown, extra), "defaults", what))
        self.loaded.problems.extend(problems)
        for node in documents[:1]:
            _, values = self._checked(node, shown, "defaults.schema.json")
            yield _Source(values, path.parent, shown)

    def _build(self, own: _Source, defaults: tuple[_Source, ...], *, whole: bool) -> None:
        """Takes a campaign in; of one that is not whole, only what else is wrong with it."""
        chosen: dict[str, tuple[Node | None, _Source]] = {}
        for source in (own, *defaults):
            for key, value in source.values.items():
                chosen.setdefault(key, (value, source))
        effective = {
            key: (value, source) for key, (value, source) in chosen.items() if value is not None
        }
        for name in _words(effective, "unmanaged"):
            effective.pop(name, None)
        found_ids = self._identities(own, effective)
        definition = self._definition(own, effective, found_ids)
        found = rules.check(definition, self.now)
        if whole and not found_ids.is_here:
            self.loaded.problems.extend(found)
        elif whole and all(name in definition.values for name in WRITABLE if name in effective):
            self.loaded.definitions.append(definition)
            self.loaded.problems.extend(found)
        else:  # a doubt may only be due to what is missing
            self.loaded.problems.extend(problem for problem in found if problem.is_error)

    def _identities(self, own: _Source, effective: dict[str, tuple[Node, _Source]]) -> Identities:
        node = effective["id"][0] if "id" in effective else None
        found = identities(node, own.shown, self.project, needed=self.needs_ids)
        self.loaded.problems.extend(found.problems)
        self.identities.extend(found.all)
        return found

    def _definition(
        self, own: _Source, effective: dict[str, tuple[Node, _Source]], found_ids: Identities
    ) -> Definition:
        """The canonical form, as far as there is one; what has none is a problem, and left out."""
        values: dict[str, Value] = {}
        listed = Contacts()
        for name in WRITABLE:
            if name not in effective:
                continue
            value, source = effective[name]
            if FIELDS[name].kind is Kind.NUMBERS:
                listed = self._contacts(value, source)
                values[name] = listed.descriptions
                continue
            try:
                values[name] = _canonical(name, value)
            except ValueError as failure:
                what = f"{name}: {failure}"
                self.loaded.problems.append(error(position(source.shown, value), "value", what))
        self.loaded.problems.extend(listed.problems)
        tenant = whole_number(effective["tenantId"][0]) if "tenantId" in effective else None
        settings, source = effective.get("voxosync", (None, own))
        acknowledged, problems = acknowledgements(settings, source.shown)
        self.loaded.problems.extend(problems)
        return Definition(
            id=found_ids.chosen or 0,
            position=found_ids.position,
            values=values,
            positions={
                name: position(effective[name][1].shown, effective[name][0]) for name in values
            },
            number_fields=listed.fields,
            tenant_id=tenant,
            add_numbers=_words(effective, "manageNumbers") == ("add",),
            ignore=frozenset(_words(effective, "ignore")),
            acknowledge=acknowledged,
        )

    def _contacts(self, value: Node, source: _Source) -> Contacts:
        written = contacts.file_of(value)
        if written is None:
            assert isinstance(value, SequenceNode)  # noqa: S101  # the schema: a list or {file: …}
            return contacts.from_yaml(value, source.shown)
        path, problems = contacts.resolve(written, source.folder, self.project.folder, source.shown)
        if path is None:
            return Contacts(problems=problems)
        shown = self.project.shown(path)
        self.files.append(shown)
        return contacts.from_csv(path, shown)


def _canonical(name: str, node: Node) -> Value:
    if isinstance(node, SequenceNode):
        return tuple(_destination(item) for item in node.items)
    assert isinstance(node, Scalar)  # noqa: S101  # the schema: everything else is one value
    return from_text(FIELDS[name], node.text)


def _destination(item: Node) -> Destination:
    assert isinstance(item, Mapping)  # noqa: S101  # the schema: a mapping of type and id
    kind = item.values["type"]
    assert isinstance(kind, Scalar)  # noqa: S101  # as above
    return Destination(kind.text, whole_number(item.values["id"]))


def _words(effective: dict[str, tuple[Node, _Source]], setting: str) -> tuple[str, ...]:
    """The words of one setting under `voxosync:`, whether it is a list or a single one."""
    settings = effective["voxosync"][0] if "voxosync" in effective else None
    node = settings.values.get(setting) if isinstance(settings, Mapping) else None
    if isinstance(node, SequenceNode):
        return tuple(item.text for item in node.items if isinstance(item, Scalar))
    return (node.text,) if isinstance(node, Scalar) else ()
