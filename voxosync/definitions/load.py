"""Reads a folder of definitions, and finds all problems of all files in one run."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from voxosync.definitions.allow_comments import Allowances
from voxosync.definitions.build import BuildContext
from voxosync.definitions.checks.do_not_call_lists import read_lists
from voxosync.definitions.checks.run_checks import run_checks
from voxosync.definitions.definition_reader import (
    DefinitionReader,
    FolderDefaults,
    ReadDefinitions,
    UnreadDefinition,
)
from voxosync.definitions.identity import same_id_twice
from voxosync.definitions.project_layout import ProjectLayout, files_to_read
from voxosync.definitions.yaml_reader import no_garbage_collection
from voxosync.errors import DefinitionsError
from voxosync.model.checks.check import CheckedCampaign
from voxosync.model.checks.registry import CHECKS
from voxosync.model.checks.shared_phones import shared_counts
from voxosync.model.problem import AllowedProblem, Position, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from voxosync.model.campaign import Definition
    from voxosync.model.checks.check import Checks

_NEW = "this campaign has no id: voxosync create makes it in VOXO, and writes its id here"

_Positioned = TypeVar("_Positioned", Problem, AllowedProblem)


@dataclass(slots=True)
class LoadedDefinitions:
    """The result of reading: the well-formed campaigns and all problems, both in file order.

    Attributes:
        allowed: the findings of policies and checks that comments allow.
        allowances: those comments.
        checks: the settings of checks, with the phones that may not be called; None: no checks were run.
        files: how many files of definitions there are.
        new: the definitions without an id, each with the index of its document in the file; from `load_new`, also
            those without one for the chosen environment.
        elsewhere: a remark on each definition that has ids for other environments only.
        unread: the definitions, files and folders with an error.
        inputs: every file that was read or looked for, by its name in messages.
    """

    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    allowed: list[AllowedProblem] = field(default_factory=list)
    allowances: Allowances = field(default_factory=Allowances)
    checks: Checks | None = None
    files: int = 0
    new: list[tuple[int, Definition]] = field(default_factory=list)
    elsewhere: Sequence[Problem] = ()
    unread: list[UnreadDefinition] = field(default_factory=list)
    inputs: tuple[str, ...] = ()

    def with_remarks(self) -> list[Problem]:
        """All problems in file order, with a remark on each campaign that is not created yet in the environment."""
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
        """Whether there is an error, which prevents planning."""
        return any(problem.is_error for problem in self.problems)

    def new_errors(self, before: LoadedDefinitions) -> Iterator[Problem]:
        """The errors that an earlier reading did not find. One that only moved within its file is not new."""
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
) -> LoadedDefinitions:
    """Reads and checks definitions.

    Args:
        project: the project's folders.
        paths: files or folders to read; none: the whole campaigns folder.
        now: the present moment, aware, for rules such as "its end is past".
        needs_ids: whether it is an error if ids differ by environment and no environment is chosen.
        policies: the folder of the policies, which need not exist; None: none judge the definitions.
        checks: the settings of checks; None: no checks are run, and no phones are left out.

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
) -> LoadedDefinitions:
    """Reads and checks definitions, some of which have no id for the chosen environment yet.

    The other arguments, and the errors, are those of `load`.
    """
    context = BuildContext(project, now, needs_ids=True, creating=True, checks=checks)
    return _load(context, paths, policies)


def _load(context: BuildContext, paths: Sequence[Path], policies: Path | None) -> LoadedDefinitions:
    policies = policies if policies is not None and os.path.lexists(policies) else None
    with no_garbage_collection():
        problems: list[Problem] = []
        files = list(files_to_read(context.project, paths, problems))
        unread = [
            UnreadDefinition(context.project.folder / problem.position.file, frozenset(), problem)
            for problem in problems
            if problem.is_error
        ]
        checks = context.checks
        if checks is not None and checks.lists:
            phones, list_problems = read_lists(checks.lists, context.project)
            problems += list_problems
            checks = replace(checks, do_not_call=phones)
            context = replace(context, checks=checks)
        silenced = None if policies is not None else () if checks is None else tuple(CHECKS)
        reader = DefinitionReader(context, silenced=silenced)
        for path in files:
            reader.read(path)
        read, notes = reader.result, reader.notes
        notes.problems[:0] = problems
        notes.problems.extend(same_id_twice(notes.identities))
        allowances = Allowances(read.allowances)
        allowed = _judged(read, allowances, policies, context)
        list_files = () if checks is None else (path for _, path in checks.lists)
        return LoadedDefinitions(
            definitions=read.definitions,
            problems=_in_file_order(notes.problems, notes.files),
            allowed=_in_file_order(allowed, notes.files),
            allowances=allowances,
            checks=checks,
            files=len(files),
            new=read.new,
            elsewhere=[_elsewhere(start, context.project) for start in notes.elsewhere],
            unread=[*unread, *read.unread],
            inputs=tuple(dict.fromkeys((*notes.files, *list_files))),
        )


def _elsewhere(start: Position, project: ProjectLayout) -> Problem:
    name = project.environment
    message = (
        f"this campaign has no id for the environment {name}, so it is left out there: "
        f"voxosync --env {name} create makes it, and writes its id here"
    )
    return Problem(start, Severity.REMARK, "elsewhere", message)


def folder_defaults(project: ProjectLayout, folder: Path, now: datetime) -> FolderDefaults:
    """What the `_defaults.yaml` files give to the definitions in a folder.

    Raises:
        DefinitionsError: the files have errors.
    """
    reader = DefinitionReader(BuildContext(project, now, needs_ids=False))
    defaults = reader.folder_defaults(folder)
    if any(problem.is_error for problem in reader.notes.problems):
        raise DefinitionsError(reader.notes.problems)
    return defaults


def _judged(
    read: ReadDefinitions, allowances: Allowances, policies: Path | None, context: BuildContext
) -> list[AllowedProblem]:
    """Adds the problems that policies and checks find; returns the allowed ones."""
    if policies is None and context.checks is None:
        return []
    allowed: list[AllowedProblem] = []
    pairs = _checked_campaigns(read)
    if policies is not None:
        allowed += _judged_by_policies(read, pairs, allowances, policies, context)
    if context.checks is not None:
        campaigns = [campaign for _, campaign in pairs]
        problems, allowed_findings = run_checks(campaigns, context.checks, allowances, context.now)
        read.notes.problems += problems
        allowed += allowed_findings
    return allowed


def _judged_by_policies(
    read: ReadDefinitions,
    pairs: Sequence[tuple[Definition, CheckedCampaign]],
    allowances: Allowances,
    folder: Path,
    context: BuildContext,
) -> list[AllowedProblem]:
    from voxosync.definitions.policies.judge_policies import judge_policies  # noqa: PLC0415  # only projects with policies need it
    from voxosync.definitions.policies.policy_files import read_policies  # noqa: PLC0415  # only projects with policies need it

    policies = read_policies(folder, context.project)
    shared = _shared_phones(pairs, context.now)
    verdict = judge_policies(policies, read.notes.judged, allowances, context.now, shared)
    read.notes.files[:0] = policies.files
    read.notes.problems += verdict.problems
    return verdict.allowed


def _checked_campaigns(read: ReadDefinitions) -> list[tuple[Definition, CheckedCampaign]]:
    """What checks look at: the definitions, and their variants in other environments."""
    judged = {id(definition) for definition in read.notes.judged}
    new = [definition for _, definition in read.new]
    present = {id(definition) for definition in (*read.definitions, *new)}
    pairs = [
        (
            definition,
            CheckedCampaign.of(definition, is_new=is_new, is_reported=id(definition) in judged),
        )
        for is_new, definitions in ((False, read.definitions), (True, new))
        for definition in definitions
    ]
    pairs += [
        (definition, CheckedCampaign.of(definition, is_compared=False))
        for definition in read.notes.judged
        if id(definition) not in present
    ]
    return pairs


def _shared_phones(
    pairs: Sequence[tuple[Definition, CheckedCampaign]], now: datetime
) -> dict[int, int]:
    """By the `id()` of a definition, how many of its phones others call on the same days."""
    counts = shared_counts([campaign for _, campaign in pairs], now)
    return {id(pairs[index][0]): count for index, count in counts.items()}


def _in_file_order(entries: Iterable[_Positioned], files: Iterable[str]) -> list[_Positioned]:
    """Each problem once: files in the order in which they were read, then lines, then columns."""
    once: list[_Positioned] = list(dict.fromkeys(entries))
    names = dict.fromkeys([*files, *(entry.position.file for entry in once)])
    rank = {name: index for index, name in enumerate(names)}
    return sorted(once, key=lambda entry: (rank[entry.position.file], entry.position))
