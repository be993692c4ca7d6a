"""A folder of definitions becomes campaigns, or every problem of every file in one go."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from voxosync.definitions import allow_comments
from voxosync.definitions.accepted_values import sound_values
from voxosync.definitions.allow_comments import Allowances
from voxosync.definitions.build import BuildContext, Builder, Notes, Source
from voxosync.definitions.checks.judge import judge as judge_checks
from voxosync.definitions.checks.lists import read_lists
from voxosync.definitions.cut_texts import cut_texts, may_cut
from voxosync.definitions.file_reader import exists
from voxosync.definitions.identity import same_id_twice
from voxosync.definitions.nodes import MappingNode, Node, Scalar, documents_in, position, read_text
from voxosync.definitions.overrides import overrides_of, problems_of
from voxosync.definitions.project_layout import DEFAULTS, ProjectLayout, files_to_read
from voxosync.definitions.schema_check import checker
from voxosync.definitions.schema_views import as_text
from voxosync.model.checks.check import Subject
from voxosync.model.checks.registry import CHECKS
from voxosync.model.checks.shared_phones import shared_counts
from voxosync.model.problem import Allowed, Position, Problem, Severity, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from voxosync.definitions.allow_comments import Allowance
    from voxosync.definitions.overrides import Overrides
    from voxosync.model.campaign import Definition
    from voxosync.model.checks.settings import Checks

_NEW = "this campaign has no id: voxosync create makes it in VOXO, and writes its id here"

_Positioned = TypeVar("_Positioned", Problem, Allowed)


@dataclass(frozen=True, slots=True)
class Unread:
    """A definition, or a whole file or folder, that could not be read without an error.

    Attributes:
        path: the file or folder.
        ids: those of the definition; empty: whose it is is not known.
        problem: the first thing that is wrong.
    """

    path: Path
    ids: frozenset[int]
    problem: Problem


@dataclass(slots=True)
class Loaded:
    """What reading gave: in file order, the campaigns that are well-formed, and all problems.

    Attributes:
        allowed: what policies and checks have against definitions whose comments allow it.
        allowances: those comments.
        checks: the settings of checks, with the phones that may not be called; None: nothing was checked.
        new: the definitions without an id, each with its place among the file's documents; of `load_new`, also
            those without one for the environment of the call.
        elsewhere: a remark on each definition that has ids of other environments only.
        unread: what is wrong or missing among the definitions, because of an error.
        inputs: every file that was read or looked for, as problems call it.
    """

    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)
    allowances: Allowances = field(default_factory=Allowances)
    checks: Checks | None = None
    files: int = 0
    new: list[tuple[int, Definition]] = field(default_factory=list)
    elsewhere: Sequence[Problem] = ()
    unread: list[Unread] = field(default_factory=list)
    inputs: tuple[str, ...] = ()

    def with_remarks(self) -> list[Problem]:
        """All problems, and a remark on each campaign that is not created yet, or not here, in file order."""
        remarks = [
            Problem(definition.position, Severity.REMARK, "new", _NEW) for _, definition in self.new
        ]
        remarks += self.elsewhere
        if not remarks:
            return self.problems
        files = [problem.position.file for problem in (*self.problems, *remarks)]
        return _in_file_order([*self.problems, *remarks], files)

    @property
    def failed(self) -> bool:
        """Whether there is an error, which forbids planning."""
        return any(problem.is_error for problem in self.problems)

    def new_errors(self, before: Loaded) -> Iterator[Problem]:
        """The errors that are not in an earlier reading; one that only moved within its file is in both."""
        earlier = {(p.position.file, p.rule, p.message) for p in before.problems}
        for problem in self.problems:
            key = problem.position.file, problem.rule, problem.message
            if problem.is_error and key not in earlier:
                yield problem


def load(
    project: ProjectLayout,
    paths: Sequence[Path],
    now: datetime,
    *,
    needs_ids: bool = True,
    policies: Path | None = None,
    checks: Checks | None = None,
) -> Loaded:
    """Reads and checks definitions.

    Args:
        project: the project's folders.
        paths: files or folders to read; none: the whole campaigns folder.
        now: the present moment, aware, for rules such as "its end is past".
        needs_ids: whether an id for each environment is an error where no environment is chosen.
        policies: the folder of the policies that judge them, if it is there.
        checks: the settings of checks; None: nothing is checked, and no phone is left out.

    Raises:
        UsageError: one of `paths` does not exist.
    """
    return _load(BuildContext(project, now, needs_ids=needs_ids, checks=checks), paths, policies)


def load_new(
    project: ProjectLayout,
    paths: Sequence[Path],
    now: datetime,
    policies: Path,
    checks: Checks | None = None,
) -> Loaded:
    """Reads and checks definitions of which some have no id yet, in the environment of the call.

    Arguments and errors as `load` has them.
    """
    terms = BuildContext(project, now, needs_ids=True, creating=True, checks=checks)
    return _load(terms, paths, policies)


def _load(terms: BuildContext, paths: Sequence[Path], policies: Path | None) -> Loaded:
    policies = policies if policies is not None and os.path.lexists(policies) else None

    with _no_garbage_collection():
        problems: list[Problem] = []
        files = list(files_to_read(terms.project, paths, problems))
        folders = [
            Unread(terms.project.folder / problem.position.file, frozenset(), problem)
            for problem in problems
            if problem.is_error
        ]
        if terms.checks is not None and terms.checks.lists:
            phones, wrong = read_lists(terms.checks.lists, terms.project)
            problems += wrong
            terms = replace(terms, checks=replace(terms.checks, do_not_call=phones))
        lists = () if terms.checks is None else (path for _, path in terms.checks.lists)
        names = () if terms.checks is None else tuple(CHECKS)
        loader = _Loader(terms, silenced=names if policies is None else None)
        for path in files:
            loader.read(path)
        read = loader.result
        read.notes.problems[:0] = problems
        problems = read.notes.problems
        problems.extend(same_id_twice(read.notes.identities))
        allowances = Allowances(read.allowances)
        pairs = _subjects(read) if terms.checks is not None or policies is not None else []
        allowed = _judged(read, pairs, allowances, policies, terms)
        if terms.checks is not None:
            subjects = [subject for _, subject in pairs]
            allowed += _checked(subjects, read, allowances, terms.checks, terms.now)
        return Loaded(
            read.definitions,
            _in_file_order(problems, read.notes.files),
            _in_file_order(allowed, read.notes.files),
            allowances,
            terms.checks,
            len(files),
            read.new,
            [_elsewhere(start, terms.project) for start in read.notes.elsewhere],
            [*folders, *read.unread],
            tuple(dict.fromkeys((*read.notes.files, *lists))),
        )


def _elsewhere(start: Position, project: ProjectLayout) -> Problem:
    name = project.environment
    message = (
        f"this campaign has no id for the environment {name}, so it is left out there: "
        f"voxosync --env {name} create makes it, and writes its id here"
    )
    return Problem(start, Severity.REMARK, "elsewhere", message)


def default_values(
    project: ProjectLayout, folder: Path, now: datetime
) -> tuple[dict[str, Any], list[Problem]]:
    """What `_defaults.yaml` files give to the definitions in a folder, as text, and what is wrong with them."""
    loader = _Loader(BuildContext(project, now, needs_ids=False))
    return loader.default_values(folder), loader.notes.problems


def overridden_keys(project: ProjectLayout, folder: Path, now: datetime) -> frozenset[str]:
    """The keys of which the `_defaults.yaml` files of a folder override the value for the chosen environment."""
    loader = _Loader(BuildContext(project, now, needs_ids=False))
    return loader.overridden_keys(folder)


def _judged(
    read: _Read,
    pairs: Sequence[tuple[Definition, Subject]],
    allowances: Allowances,
    folder: Path | None,
    terms: BuildContext,
) -> list[Allowed]:
    """Adds the problems that the policies of a folder find; returns the allowed ones."""
    if folder is None:
        return []
    from voxosync.definitions.policies.judge import judge  # noqa: PLC0415  # only a project that has some pays
    from voxosync.definitions.policies.rules import read_policies  # noqa: PLC0415  # only a project that has policies pays

    policies = read_policies(folder, terms.project)
    shared = _shared_phones(pairs, terms.now)
    verdict = judge(policies, read.notes.judged, allowances, terms.now, shared)
    read.notes.files[:0] = policies.files
    read.notes.problems += verdict.problems
    return verdict.allowed


def _checked(
    subjects: Sequence[Subject],
    read: _Read,
    allowances: Allowances,
    checks: Checks,
    now: datetime,
) -> list[Allowed]:
    """Adds the problems that checks find by definitions alone; returns the allowed ones."""
    problems, allowed = judge_checks(subjects, checks, allowances, now)
    read.notes.problems += problems
    return allowed


def _subjects(read: _Read) -> list[tuple[Definition, Subject]]:
    """What checks look at: the definitions, and as what other environments have them."""
    judged = {id(definition) for definition in read.notes.judged}
    new = [definition for _, definition in read.new]
    present = {id(definition) for definition in (*read.definitions, *new)}
    pairs = [
        (definition, Subject.of(definition, is_new=is_new, is_reported=id(definition) in judged))
        for is_new, definitions in ((False, read.definitions), (True, new))
        for definition in definitions
    ]
    pairs += [
        (definition, Subject.of(definition, is_compared=False))
        for definition in read.notes.judged
        if id(definition) not in present
    ]
    return pairs


def _shared_phones(pairs: Sequence[tuple[Definition, Subject]], now: datetime) -> dict[int, int]:
    """By the identity of a definition, how many of its phones others call on the same days."""
    counts = shared_counts([subject for _, subject in pairs], now)
    return {id(pairs[index][0]): count for index, count in counts.items()}


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Node trees hold no cycles; a search for cycles in a million nodes takes longer than reading them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _in_file_order(entries: Iterable[_Positioned], files: Iterable[str]) -> list[_Positioned]:
    """Each problem once: files in the order in which they were read, then lines, then columns."""
    once: list[_Positioned] = list(dict.fromkeys(entries))
    names = dict.fromkeys([*files, *(entry.position.file for entry in once)])
    rank = {name: index for index, name in enumerate(names)}
    return sorted(once, key=lambda entry: (rank[entry.position.file], entry.position))


@dataclass(slots=True)
class _Read:
    """The result of reading files, in their order.

    Attributes:
        allowances: what comments allow policies and checks to find.
        unread: as `Loaded` has it.
    """

    definitions: list[Definition] = field(default_factory=list)
    new: list[tuple[int, Definition]] = field(default_factory=list)
    allowances: list[Allowance] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    unread: list[Unread] = field(default_factory=list)


class _Loader:
    """Reads files one by one; `_defaults.yaml` files are read once each, when first needed."""

    def __init__(self, terms: BuildContext, *, silenced: Collection[str] | None = ()) -> None:
        """Reads as `terms` say.

        Args:
            terms: what is the same for every definition.
            silenced: the rules and checks whose findings comments may allow; None: any.
        """
        self.project = terms.project
        self.creating = terms.creating
        self.silenced = silenced
        self.result = _Read()
        self.notes = self.result.notes
        self.builder = Builder(terms, self.notes)
        self.defaults: dict[Path, tuple[Source, ...]] = {}

    def read(self, path: Path) -> None:
        """Adds the definitions of one file, or what is wrong with it."""
        folder = path.parent
        defaults = self._defaults_for(folder)
        file = self.project.shown(path)
        self.notes.files.append(file)
        before = len(self.notes.problems)
        documents = self._documents(path, file)
        if problem := self._first_error(before):
            self.result.unread.append(Unread(path, frozenset(), problem))
        for index, node in enumerate(documents):
            if isinstance(node, Scalar) and node.is_null:
                message = "the document is empty: write a campaign, or remove the line ---"
                self.notes.problems.append(error(position(file, node), "empty", message))
                continue
            before, id_count = len(self.notes.problems), len(self.notes.identities)
            complete, values, overrides = self._checked(node, file, "campaign.schema.json")
            start = position(file, node)
            source = Source(values, folder, file, start, overrides=overrides)
            definition = self.builder.build(source, defaults, complete=complete)
            failures = (default.failure for default in defaults if default.failure)
            if problem := self._first_error(before) or next(failures, None):
                ids = frozenset(identity.id for identity in self.notes.identities[id_count:])
                self.result.unread.append(Unread(path, ids, problem))
            if definition is not None and self._is_new(definition, values):
                self.result.new.append((index, definition))
            elif definition is not None:
                self.result.definitions.append(definition)

    def _is_new(self, definition: Definition, values: Mapping[str, Node | None]) -> bool:
        """Whether a campaign is not created yet: it has no id or, for `create`, none for the chosen environment."""
        return not definition.id and (self.creating or "id" not in values)

    def _first_error(self, before: int) -> Problem | None:
        """The first error among the problems noted after the first `before` ones."""
        problems = self.notes.problems
        return next((problem for problem in problems[before:] if problem.is_error), None)

    def _documents(self, path: Path, file: str, content: str = "a campaign") -> list[Node]:
        """The documents of a file; what is wrong with it as YAML, and what it allows, is noted."""
        text, problem = read_text(path, file, self.project.limit)
        if problem is not None:
            self.notes.problems.append(problem)
            return []
        documents, problems = documents_in(text, file, content)
        if may_cut(text):
            problems += cut_texts(text, file, documents)
        if self.silenced != () and allow_comments.MARK in text:
            allowances, wrong = allow_comments.allowances(text, file, documents, self.silenced)
            self.result.allowances += allowances
            problems += wrong
        self.notes.problems.extend(problems)
        return documents

    def _checked(
        self, node: Node, file: str, schema: str
    ) -> tuple[bool, dict[str, Node | None], Overrides]:
        """Whether the schema accepts a document, and the values and overrides that can be checked further."""
        check = checker(schema)
        problems = check.problems(node, file)
        self.notes.problems.extend(problems)
        if not isinstance(node, MappingNode):
            return not problems, {}, {}
        self.notes.problems.extend(problems_of(node, file, self.project.environments))
        refused = check.refused(node) if problems else set()
        return not problems, sound_values(node, refused), overrides_of(node, refused)

    def default_values(self, folder: Path) -> dict[str, Any]:
        """The values that hold in a folder where a definition says nothing."""
        nearest: dict[str, Any] = {}
        for source in self._defaults_for(folder):
            for key, node in source.overrides.get(self.project.environment or "", {}).items():
                nearest.setdefault(key, None if node is None else as_text(node))
        for source in self._defaults_for(folder):
            for key, node in source.values.items():
                nearest.setdefault(key, None if node is None else as_text(node))
        return nearest

    def overridden_keys(self, folder: Path) -> frozenset[str]:
        """The keys that have an override for the chosen environment."""
        name = self.project.environment or ""
        return frozenset(
            key for source in self._defaults_for(folder) for key in source.overrides.get(name, ())
        )

    def _defaults_for(self, folder: Path) -> tuple[Source, ...]:
        """The defaults that hold in a folder, the nearest first, from the campaigns folder down."""
        if folder not in self.defaults:
            root = self.project.campaigns
            inside = folder != root and folder.is_relative_to(root)
            outer = self._defaults_for(folder.parent) if inside else ()
            self.defaults[folder] = (*self._read_defaults(folder / DEFAULTS), *outer)
        return self.defaults[folder]

    def _read_defaults(self, path: Path) -> Iterator[Source]:
        if not exists(path):
            return
        file = self.project.shown(path)
        self.notes.files.append(file)
        before = len(self.notes.problems)
        documents = self._documents(path, file, "values")
        for extra in documents[1:]:
            message = "a _defaults.yaml holds one document: join them"
            self.notes.problems.append(error(position(file, extra), "defaults", message))
        for node in documents[:1]:
            _, values, overrides = self._checked(node, file, "defaults.schema.json")
            start = position(file, node)
            failure = self._first_error(before)
            yield Source(values, path.parent, file, start, failure, overrides)
        if not documents and (failure := self._first_error(before)):
            yield Source({}, path.parent, file, failure.position, failure)
