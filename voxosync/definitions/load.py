"""A folder of definitions becomes campaigns, or every problem of every file in one go."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

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
from voxosync.definitions.nodes import Mapping, Node, Scalar, documents_in, position, read_text
from voxosync.definitions.nodes import Sequence as SequenceNode
from voxosync.definitions.policies import allow
from voxosync.definitions.readings import as_text
from voxosync.definitions.sound import sound_values
from voxosync.model.campaign import Definition
from voxosync.model.fields import FIELDS, WRITABLE, Kind
from voxosync.model.problem import Allowed, Position, Problem, error
from voxosync.model.values import Destination, Value, from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_Found = TypeVar("_Found", Problem, Allowed)


@dataclass(slots=True)
class Loaded:
    """What reading gave: in file order, the campaigns that are well-formed, and all problems.

    Attributes:
        allowed: what policies have against definitions whose comments allow it.
        new: of `load_new`, the definitions without an id, each with its place among the file's documents.
    """

    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)
    files: int = 0
    new: list[tuple[int, Definition]] = field(default_factory=list)

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
        start: where it begins.
    """

    values: dict[str, Node | None]
    folder: Path
    shown: str
    start: Position


def load(
    project: Project,
    paths: Sequence[Path],
    now: datetime,
    *,
    needs_ids: bool = True,
    policies: Path | None = None,
) -> Loaded:
    """Reads and checks definitions.

    Args:
        project: the project's folders.
        paths: files or folders to read; none: the whole campaigns folder.
        now: the present moment, aware, for rules such as "its end is past".
        needs_ids: whether an id for each environment is an error where no environment is chosen.
        policies: the folder of the policies that judge them, if it is there.

    Raises:
        UsageError: one of `paths` is not there.
    """
    return _load(_Loader(project, now, needs_ids=needs_ids), paths, policies)


def load_new(project: Project, path: Path, now: datetime, policies: Path) -> Loaded:
    """Reads and checks a file of which some definitions have no id yet, in the environment of the call.

    Arguments and errors as `load` has them.
    """
    return _load(_Loader(project, now, needs_ids=True, creating=True), [path], policies)


def _load(loader: _Loader, paths: Sequence[Path], policies: Path | None) -> Loaded:
    with _no_garbage_collection():
        if policies is not None and os.path.lexists(policies):
            loader.allowances = []
        for path in files_to_read(loader.project, paths, loader.loaded.problems):
            loader.read(path)
        loader.loaded.problems.extend(same_id_twice(loader.identities))
        if policies is not None and loader.allowances is not None:
            _judge(loader, policies, loader.allowances)
        loader.loaded.problems = _in_file_order(loader.loaded.problems, loader.files)
        loader.loaded.allowed = _in_file_order(loader.loaded.allowed, loader.files)
        return loader.loaded


def default_values(
    project: Project, folder: Path, now: datetime
) -> tuple[dict[str, Any], list[Problem]]:
    """What `_defaults.yaml` files give to the definitions in a folder, as text, and what is wrong with them."""
    loader = _Loader(project, now, needs_ids=False)
    return loader.default_values(folder), loader.loaded.problems


def _judge(loader: _Loader, folder: Path, allowances: Sequence[allow.Allowance]) -> None:
    """Adds what the policies of a folder have against the definitions."""
    from voxosync.definitions.policies.judge import judge  # noqa: PLC0415  # only a project that has some pays
    from voxosync.definitions.policies.rules import read_policies  # noqa: PLC0415  # as above

    policies = read_policies(folder, loader.project)
    found = [*loader.loaded.definitions, *(definition for _, definition in loader.loaded.new)]
    verdict = judge(policies, found, allowances)
    loader.files[:0] = policies.files
    loader.loaded.problems += verdict.problems
    loader.loaded.allowed = verdict.allowed


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


def _in_file_order(found: Iterable[_Found], files: Iterable[str]) -> list[_Found]:
    """Each problem once: files in the order in which they were read, then lines, then columns."""
    once: list[_Found] = list(dict.fromkeys(found))
    names = dict.fromkeys([*files, *(each.position.file for each in once)])
    rank = {name: place for place, name in enumerate(names)}
    return sorted(once, key=lambda each: (rank[each.position.file], each.position))


class _Loader:
    """Reads files one by one; `_defaults.yaml` files are read once each, when first needed.

    Attributes:
        allowances: what comments allow policies to find; None: there are no policies.
    """

    def __init__(
        self, project: Project, now: datetime, *, needs_ids: bool, creating: bool = False
    ) -> None:
        self.project = project
        self.now = now
        self.needs_ids = needs_ids
        self.creating = creating
        self.loaded = Loaded()
        self.files: list[str] = []
        self.identities: list[Identity] = []
        self.defaults: dict[Path, tuple[_Source, ...]] = {}
        self.allowances: list[allow.Allowance] | None = None

    def read(self, path: Path) -> None:
        """Adds the definitions of one file, or what is wrong with it."""
        self.loaded.files += 1
        defaults = self._defaults_for(path.parent)
        shown = self.project.shown(path)
        self.files.append(shown)
        for place, node in enumerate(self._documents(path, shown)):
            if isinstance(node, Scalar) and node.is_null:
                what = "the document is empty: write a campaign, or remove the line ---"
                self.loaded.problems.append(error(position(shown, node), "empty", what))
                continue
            whole, values = self._checked(node, shown, "campaign.schema.json")
            source = _Source(values, path.parent, shown, position(shown, node))
            definition = self._build(source, defaults, whole=whole)
            if definition is not None and self.creating and not definition.id:
                self.loaded.new.append((place, definition))
            elif definition is not None:
                self.loaded.definitions.append(definition)

    def _documents(self, path: Path, shown: str, content: str = "a campaign") -> list[Node]:
        """The documents of a file; what is wrong with it as YAML, and what it allows, is noted."""
        text, problem = read_text(path, shown)
        if problem is not None:
            self.loaded.problems.append(problem)
            return []
        documents, problems = documents_in(text, shown, content)
        if self.allowances is not None and allow.MARK in text:
            found, wrong = allow.allowances(text, shown, documents)
            self.allowances += found
            problems += wrong
        self.loaded.problems.extend(problems)
        return documents

    def _checked(self, node: Node, shown: str, schema: str) -> tuple[bool, dict[str, Node | None]]:
        """Whether the schema accepts a document, and the values that can be checked further."""
        check = checker(schema, optional=("id",) if self.creating else ())
        found = check.problems(node, shown)
        self.loaded.problems.extend(found)
        refused = check.refused(node) if found else set()
        return not found, sound_values(node, refused) if isinstance(node, Mapping) else {}

    def default_values(self, folder: Path) -> dict[str, Any]:
        """The values that hold in a folder where a definition says nothing."""
        nearest: dict[str, Any] = {}
        for source in self._defaults_for(folder):
            for key, node in source.values.items():
                nearest.setdefault(key, None if node is None else as_text(node))
        return nearest

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
        documents = self._documents(path, shown, "values")
        for extra in documents[1:]:
            what = "a _defaults.yaml holds one document: join them"
            self.loaded.problems.append(error(position(shown, extra), "defaults", what))
        for node in documents[:1]:
            _, values = self._checked(node, shown, "defaults.schema.json")
            yield _Source(values, path.parent, shown, position(shown, node))

    def _build(
        self, own: _Source, defaults: tuple[_Source, ...], *, whole: bool
    ) -> Definition | None:
        """A campaign; of one that is not whole, only what else is wrong with it is noted."""
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
        if whole and all(name in definition.values for name in WRITABLE if name in effective):
            self.loaded.problems.extend(found)
            return definition if found_ids.is_here or self.creating else None
        # a doubt may only be due to what is missing
        self.loaded.problems.extend(problem for problem in found if problem.is_error)
        return None

    def _identities(self, own: _Source, effective: dict[str, tuple[Node, _Source]]) -> Identities:
        node = effective["id"][0] if "id" in effective else None
        found = identities(node, own.shown, self.project, needed=self.needs_ids)
        if node is None:  # several documents of a file may have no id yet: each has its own place
            found = replace(found, position=own.start)
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
