"""Reads definitions file by file, with the defaults that apply to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from voxosync.definitions import allow_comments
from voxosync.definitions.cut_texts import cut_texts
from voxosync.definitions.definition_builder import Builder, Notes
from voxosync.definitions.definition_ids import unknown_environments
from voxosync.definitions.empty_values import EmptyValues
from voxosync.definitions.file_reader import exists, read_text
from voxosync.definitions.nodes import Node, Scalar, as_text, position
from voxosync.definitions.project_layout import DEFAULTS
from voxosync.definitions.schema_check import checker
from voxosync.definitions.value_sources import Source, nearest_values, overrides_of
from voxosync.definitions.yaml_reader import documents_in
from voxosync.model.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from voxosync.definitions.allow_comments import Allowance
    from voxosync.definitions.definition_builder import BuildContext
    from voxosync.model.campaign import Definition


@dataclass(frozen=True, slots=True)
class UnreadDefinition:
    """A definition, or a whole file or folder, that could not be read without an error.

    Attributes:
        path: the file or folder; also a `_defaults.yaml`, which may hold an id that definitions should have.
        ids: the ids of the definition; empty: they are unknown.
        problem: the first error.
    """

    path: Path
    ids: frozenset[int]
    problem: Problem


@dataclass(slots=True)
class ReadDefinitions:
    """The result of reading files, in their order.

    Attributes:
        allowances: the comments that allow findings of policies and checks.
        new: the definitions without an id, each with the index of its document in the file.
        unread: the definitions, files and folders with an error.
    """

    definitions: list[Definition] = field(default_factory=list)
    new: list[tuple[int, Definition]] = field(default_factory=list)
    allowances: list[Allowance] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    unread: list[UnreadDefinition] = field(default_factory=list)


class FolderDefaults(NamedTuple):
    """What the `_defaults.yaml` files give to the definitions in a folder, in the chosen environment.

    Attributes:
        values: by key, as text.
        overridden: the keys whose values come from overrides.
    """

    values: Mapping[str, Any]
    overridden: frozenset[str]


class DefinitionReader:
    """Reads files one by one, and each `_defaults.yaml` once, when it is first needed."""

    def __init__(self, context: BuildContext, *, silenced: Collection[str] | None = ()) -> None:
        """Reads nothing yet.

        Args:
            context: what is the same for every definition.
            silenced: the rules and checks whose findings comments may allow; None: any.
        """
        self.project = context.project
        self.creating = context.creating
        self.silenced = silenced
        self.result = ReadDefinitions()
        self.notes = self.result.notes
        self.builder = Builder(context, self.notes)
        self.defaults: dict[Path, tuple[Source, ...]] = {}

    def read(self, path: Path) -> None:
        """Adds the definitions of one file to the result, and notes what is wrong with them."""
        folder = path.parent
        defaults = self._defaults_for(folder)
        file = self.project.display_path(path)
        self.notes.files.append(file)
        before = len(self.notes.problems)
        empty_values, documents, flaws = self._documents(path, file)
        if problem := self._first_error(before):
            self.result.unread.append(UnreadDefinition(path, frozenset(), problem))
        for index, (node, flaw) in enumerate(zip(documents, flaws, strict=True)):
            if isinstance(node, Scalar) and node.is_null:
                message = "the document is empty: write a campaign, or remove the line ---"
                self.notes.problems.append(error(position(file, node), "empty", message))
                continue
            before, id_count = len(self.notes.problems), len(self.notes.identities)
            source, complete = self._source(
                node, empty_values, folder, file, "campaign.schema.json"
            )
            definition = self.builder.build(source, defaults, complete=complete)
            failures = (default.failure for default in defaults if default.failure)
            if problem := flaw or self._first_error(before) or next(failures, None):
                ids = frozenset(identity.id for identity in self.notes.identities[id_count:])
                self.result.unread.append(UnreadDefinition(path, ids, problem))
            if definition is None:
                continue
            # `create` also makes a campaign that has ids for other environments only.
            if definition.id or ("id" in source.values and not self.creating):
                self.result.definitions.append(definition)
            else:
                self.result.new.append((index, definition))

    def _first_error(self, before: int) -> Problem | None:
        """The first error among the problems noted after the first `before` ones."""
        problems = self.notes.problems
        return next((problem for problem in problems[before:] if problem.is_error), None)

    def _documents(
        self, path: Path, file: str, content: str = "a campaign"
    ) -> tuple[EmptyValues, list[Node], list[Problem | None]]:
        """The empty values of a file, its documents, and the first problem in each of them as YAML.

        Notes what is wrong with the YAML, and what its comments allow.
        """
        text, problem = read_text(path, file, self.project.limit)
        if problem is not None:
            self.notes.problems.append(problem)
            return EmptyValues(text), [], []
        documents, problems, flaws = documents_in(text, file, content)
        problems = [*problems, *cut_texts(text, file, documents)]
        if self.silenced != () and allow_comments.MARK in text:
            allowances, wrong = allow_comments.allowances(text, file, documents, self.silenced)
            self.result.allowances += allowances
            problems += wrong
        self.notes.problems.extend(problems)
        return EmptyValues(text), documents, flaws

    def _source(
        self, node: Node, empty_values: EmptyValues, folder: Path, file: str, schema: str
    ) -> tuple[Source, bool]:
        """What a document gives, and whether the schema accepts all of it. Notes what is wrong."""
        check = checker(schema)
        problems = check.problems(node, file)
        refused_paths = check.refused_paths(node) if problems else set()
        self.notes.problems += empty_values.explain(problems)
        if overrides := overrides_of(node):
            environments = self.project.environments
            self.notes.problems += unknown_environments("overrides", overrides, file, environments)
        return Source.of(node, folder, file, refused_paths), not problems

    def folder_defaults(self, folder: Path) -> FolderDefaults:
        """What the `_defaults.yaml` files give to the definitions in a folder; notes what is wrong with them."""
        sources, environment = self._defaults_for(folder), self.project.environment
        return FolderDefaults(
            {
                key: None if node is None else as_text(node)
                for key, (node, _) in nearest_values(sources, environment).items()
            },
            frozenset(
                key for source in sources for key in source.overrides.get(environment or "", ())
            ),
        )

    def _defaults_for(self, folder: Path) -> tuple[Source, ...]:
        """The defaults that apply in a folder, the nearest first, up to those of the campaigns folder."""
        if folder not in self.defaults:
            root = self.project.campaigns
            inside = folder != root and folder.is_relative_to(root)
            outer = self._defaults_for(folder.parent) if inside else ()
            self.defaults[folder] = (*self._read_defaults(folder / DEFAULTS), *outer)
        return self.defaults[folder]

    def _read_defaults(self, path: Path) -> Iterator[Source]:
        if not exists(path):
            return
        file = self.project.display_path(path)
        self.notes.files.append(file)
        before = len(self.notes.problems)
        empty_values, documents, _ = self._documents(path, file, "values")
        for extra in documents[1:]:
            message = "a _defaults.yaml holds one document: join them"
            self.notes.problems.append(error(position(file, extra), "defaults", message))
        for node in documents[:1]:
            source, _ = self._source(node, empty_values, path.parent, file, "defaults.schema.json")
            source.failure = self._first_error(before)
            yield source
        if failure := self._first_error(before):
            self.result.unread.append(UnreadDefinition(path, frozenset(), failure))
            if not documents:
                yield Source({}, path.parent, file, failure.position, failure)
