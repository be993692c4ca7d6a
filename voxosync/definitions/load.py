"""A folder of definitions becomes campaigns, or every problem of every file in one go."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.definitions import contacts, rules
from voxosync.definitions.check import checker
from voxosync.definitions.contacts import Contacts
from voxosync.definitions.nodes import Mapping, Node, Scalar, position, read_documents
from voxosync.definitions.nodes import Sequence as SequenceNode
from voxosync.errors import UsageError
from voxosync.model.campaign import Definition
from voxosync.model.fields import FIELDS, WRITABLE, Kind
from voxosync.model.problem import Position, Problem, error
from voxosync.model.values import Destination, Value, from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

DEFAULTS = "_defaults.yaml"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project's files are.

    Attributes:
        folder: the project folder; files are shown relative to it, and nothing outside of it is read.
        campaigns: the folder of the definitions.
    """

    folder: Path
    campaigns: Path

    def shown(self, path: Path) -> str:
        """A path as problems and plans call it, the same on every system."""
        return Path(os.path.relpath(path, self.folder)).as_posix()


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
    """One mapping of values and where it stands: a definition, or a `_defaults.yaml`."""

    values: dict[str, Node]
    folder: Path
    shown: str


def load(project: Project, paths: Sequence[Path], now: datetime) -> Loaded:
    """Reads and checks definitions.

    Args:
        project: the project's folders.
        paths: files or folders to read; none: the whole campaigns folder.
        now: the present moment, aware, for rules such as "its end is past".

    Raises:
        UsageError: one of `paths` is not there.
    """
    with _no_garbage_collection():
        loader = _Loader(project, now)
        for path in _files(project, paths, loader.loaded):
            loader.read(path)
        loader.loaded.problems.extend(_same_id_twice(loader.loaded.definitions))
        loader.loaded.problems = list(dict.fromkeys(loader.loaded.problems))
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


def _files(project: Project, paths: Sequence[Path], loaded: Loaded) -> Iterator[Path]:
    """The files to read, each once, those of a folder in the order of their names."""
    seen: set[Path] = set()
    for path in paths or [project.campaigns]:
        if path.is_dir() or path.name == DEFAULTS:
            found = list(_files_below(path if path.is_dir() else path.parent))
            if not found:
                what = "there are no definitions in this folder: add one, or name another folder"
                loaded.problems.append(error(Position(project.shown(path)), "empty", what))
        elif path.exists():
            found = [path]
        elif paths:
            raise UsageError(f"there is no file or folder {project.shown(path)!r}")
        else:
            found = []
            what = "there is no such folder: run voxosync in the project folder, or name it with -C"
            loaded.problems.append(error(Position(project.shown(path)), "missing", what))
        for file in found:
            if file not in seen:
                seen.add(file)
                yield file


def _files_below(folder: Path) -> Iterator[Path]:
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(_SUFFIXES) and not name.startswith(".") and name != DEFAULTS:
                yield Path(current, name)


def _same_id_twice(definitions: Iterable[Definition]) -> Iterator[Problem]:
    first: dict[int, Position] = {}
    for definition in definitions:
        if definition.id in first:
            what = f"the campaign {definition.id} is already defined at {first[definition.id]}"
            yield error(definition.position, "duplicate-id", f"{what}: keep one of the two")
        first.setdefault(definition.id, definition.position)


class _Loader:
    """Reads files one by one; `_defaults.yaml` files are read once each, when first needed."""

    def __init__(self, project: Project, now: datetime) -> None:
        self.project = project
        self.now = now
        self.loaded = Loaded()
        self.defaults: dict[Path, tuple[_Source, ...]] = {}

    def read(self, path: Path) -> None:
        """Adds the definitions of one file, or what is wrong with it."""
        self.loaded.files += 1
        shown = self.project.shown(path)
        documents, problems = read_documents(path, shown)
        self.loaded.problems.extend(problems)
        defaults = self._defaults_for(path.parent)
        for node in documents:
            if isinstance(node, Scalar) and node.is_null:
                what = "the document is empty: write a campaign, or remove the line ---"
                self.loaded.problems.append(error(position(shown, node), "empty", what))
                continue
            found = checker("campaign.schema.json").problems(node, shown)
            self.loaded.problems.extend(found)
            if not found and isinstance(node, Mapping):
                self._build(node, _Source(node.values, path.parent, shown), defaults)

    def _defaults_for(self, folder: Path) -> tuple[_Source, ...]:
        """The defaults that hold in a folder, the nearest first, from the campaigns folder down."""
        if folder not in self.defaults:
            root = self.project.campaigns
            inside = folder != root and folder.is_relative_to(root)
            outer = self._defaults_for(folder.parent) if inside else ()
            self.defaults[folder] = (*self._read_defaults(folder / DEFAULTS), *outer)
        return self.defaults[folder]

    def _read_defaults(self, path: Path) -> Iterator[_Source]:
        if not path.is_file():
            return
        shown = self.project.shown(path)
        documents, problems = read_documents(path, shown)
        for extra in documents[1:]:
            what = "a _defaults.yaml holds one document: join them"
            problems.append(error(position(shown, extra), "defaults", what))
        for node in documents[:1]:
            problems.extend(checker("defaults.schema.json").problems(node, shown))
            if not problems and isinstance(node, Mapping):
                yield _Source(node.values, path.parent, shown)
        self.loaded.problems.extend(problems)

    def _build(self, node: Mapping, own: _Source, defaults: tuple[_Source, ...]) -> None:
        effective: dict[str, tuple[Node, _Source]] = {}
        for source in (own, *defaults):
            for key, value in source.values.items():
                effective.setdefault(key, (value, source))
        for name in _words(effective, "unmanaged"):
            effective.pop(name, None)
        definition = self._definition(node, own, effective)
        if definition is not None:
            self.loaded.definitions.append(definition)
            self.loaded.problems.extend(rules.check(definition, self.now))

    def _definition(
        self, node: Mapping, own: _Source, effective: dict[str, tuple[Node, _Source]]
    ) -> Definition | None:
        """The canonical form; None where a value has none, which is then a problem."""
        values: dict[str, Value] = {}
        listed = Contacts()
        try:
            for name in WRITABLE:
                if name not in effective:
                    continue
                value, source = effective[name]
                if FIELDS[name].kind is Kind.NUMBERS:
                    listed = self._contacts(value, source)
                    values[name] = listed.descriptions
                else:
                    values[name] = _canonical(name, value)
            identity, tenant = (
                _canonical(key, effective[key][0]) if key in effective else None
                for key in ("id", "tenantId")
            )
        except ValueError as failure:
            what = f"{name}: {failure}"
            self.loaded.problems.append(error(position(source.shown, value), "value", what))
            return None
        self.loaded.problems.extend(listed.problems)
        return Definition(
            id=identity,  # type: ignore[arg-type]  # the schema wants a whole number
            position=position(own.shown, node.values["id"]),
            values=values,
            positions={
                name: position(effective[name][1].shown, effective[name][0]) for name in values
            },
            number_fields=listed.fields,
            tenant_id=tenant,  # type: ignore[arg-type]  # as id
            add_numbers=_words(effective, "manageNumbers") == ("add",),
            ignore=frozenset(_words(effective, "ignore")),
        )

    def _contacts(self, value: Node, source: _Source) -> Contacts:
        written = contacts.file_of(value)
        if written is None:
            assert isinstance(value, SequenceNode)  # noqa: S101  # the schema: a list or {file: …}
            return contacts.from_yaml(value, source.shown)
        path, problems = contacts.resolve(written, source.folder, self.project.folder, source.shown)
        if path is None:
            return Contacts(problems=problems)
        return contacts.from_csv(path, self.project.shown(path))


def _canonical(name: str, node: Node) -> Value:
    if isinstance(node, SequenceNode):
        return tuple(_destination(item) for item in node.items)
    assert isinstance(node, Scalar)  # noqa: S101  # the schema: everything else is one value
    return from_text(FIELDS["tenantId" if name == "id" else name], node.text)


def _destination(item: Node) -> Destination:
    assert isinstance(item, Mapping)  # noqa: S101  # the schema: a mapping of type and id
    kind, identity = item.values["type"], item.values["id"]
    return Destination(kind.text, int(float(identity.text)))  # type: ignore[union-attr]  # of scalars


def _words(effective: dict[str, tuple[Node, _Source]], setting: str) -> tuple[str, ...]:
    """The words of one setting under `voxosync:`, whether it is a list or a single one."""
    settings = effective["voxosync"][0] if "voxosync" in effective else None
    node = settings.values.get(setting) if isinstance(settings, Mapping) else None
    if isinstance(node, SequenceNode):
        return tuple(item.text for item in node.items if isinstance(item, Scalar))
    return (node.text,) if isinstance(node, Scalar) else ()
