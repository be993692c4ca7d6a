"""Reads a folder of definitions, and finds all problems of all files in one run."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from voxosync.definitions.allow_comments import Allowances
from voxosync.definitions.definition_builder import BuildContext
from voxosync.definitions.definition_ids import same_id_twice
from voxosync.definitions.definition_reader import (
    DefinitionReader,
    FolderDefaults,
    ReadDefinitions,
    UnreadDefinition,
)
from voxosync.definitions.do_not_call_lists import read_lists
from voxosync.definitions.project_layout import ProjectLayout, files_to_read
from voxosync.definitions.yaml_reader import no_garbage_collection
from voxosync.errors import DefinitionsError
from voxosync.model.checks.check import CheckedCampaign
from voxosync.model.checks.do_not_call import NAME as DO_NOT_CALL
from voxosync.model.checks.do_not_call import drops
from voxosync.model.checks.registry import CHECKS, findings, may_refuse, settings_of
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


@dataclass
class LoadedDefinitions:
    """The result of reading: the well-formed campaigns and all problems, both in file order.

    Attributes:
        own_problems: what is wrong with the definitions, before checks run.
        allowed_by_policies: the findings of policies that comments allow.
        allowances: those comments.
        checks: the settings of checks, with the phones that may not be called; None: no checks are run.
        now: the moment of reading, aware; None: nothing was read.
        files: how many files of definitions there are.
        new: the definitions without an id, each with the index of its document in the file; if campaigns are to be
            created, also those without one for the chosen environment.
        judged: the complete definitions, in each environment that has values of its own.
        elsewhere: a remark on each definition that has ids for other environments only.
        unread: the definitions, files and folders with an error.
        files_in_order: every file that was read or looked for, by its name in messages.
    """

    definitions: list[Definition] = field(default_factory=list)
    own_problems: list[Problem] = field(default_factory=list)
    allowed_by_policies: list[AllowedProblem] = field(default_factory=list)
    allowances: Allowances = field(default_factory=Allowances)
    checks: Checks | None = None
    now: datetime | None = None
    files: int = 0
    new: list[tuple[int, Definition]] = field(default_factory=list)
    judged: Sequence[Definition] = ()
    elsewhere: Sequence[Problem] = ()
    unread: list[UnreadDefinition] = field(default_factory=list)
    files_in_order: Sequence[str] = ()

    @cached_property
    def _findings(self) -> tuple[list[Problem], list[AllowedProblem]]:
        """What checks find in the definitions alone, and what of that comments allow.

        Checks run only where this is needed: a plan runs them with the values of VOXO.
        """
        if self.checks is None or self.now is None:
            return [], []
        pairs = _checked_campaigns(self.definitions, self.new, self.judged)
        campaigns = [campaign for _, campaign in pairs]
        return self.allowances.separate(findings(campaigns, self.checks, self.now))

    @cached_property
    def problems(self) -> list[Problem]:
        """All problems, those that checks find in the definitions alone included."""
        return _in_file_order([*self.own_problems, *self._findings[0]], self.files_in_order)

    @property
    def allowed(self) -> list[AllowedProblem]:
        """The findings of policies and checks that comments allow."""
        return _in_file_order([*self.allowed_by_policies, *self._findings[1]], self.files_in_order)

    @property
    def inputs(self) -> Iterable[str]:
        """Every file that the definitions depend on, by its name in messages."""
        lists = self.checks.lists if self.checks is not None else ()
        return dict.fromkeys((*self.files_in_order, *(path for _, path in lists)))

    def with_remarks(self) -> list[Problem]:
        """All problems in file order, with a remark on each campaign that is not created yet in the environment."""
        problems = self.problems
        remarks = [
            Problem(definition.position, Severity.REMARK, "new", _NEW) for _, definition in self.new
        ]
        remarks += self.elsewhere
        if not remarks:
            return problems
        files = [problem.position.file for problem in (*problems, *remarks)]
        return _in_file_order([*problems, *remarks], files)

    @property
    def failed(self) -> bool:
        """Whether there is an error, which prevents planning."""
        is_judged = self.checks is not None and may_refuse(self.checks)
        problems = self.problems if is_judged else self.own_problems
        return any(problem.is_error for problem in problems)

    def new_errors(self, before: LoadedDefinitions) -> Iterator[Problem]:
        """The errors that an earlier reading did not find. One that only moved within its file is not new."""
        earlier = {(p.position.file, p.rule, p.message) for p in before.problems}
        for problem in self.problems:
            key = problem.position.file, problem.rule, problem.message
            if problem.is_error and key not in earlier:
                yield problem


def load(  # noqa: PLR0913  # each is one input of reading
    project: ProjectLayout,
    paths: Sequence[Path],
    now: datetime,
    *,
    needs_ids: bool = True,
    creating: bool = False,
    policies: Path | None = None,
    checks: Checks | None = None,
) -> LoadedDefinitions:
    """Reads and checks definitions.

    Args:
        project: the project's folders.
        paths: files or folders to read; none: the whole campaigns folder.
        now: the present moment, aware, for rules such as "its end is past".
        needs_ids: whether it is an error if ids differ by environment and no environment is chosen.
        creating: whether campaigns are to be created, so that definitions need no id.
        policies: the folder of the policies, which need not exist; None: none judge the definitions.
        checks: the settings of checks; None: no checks are run, and no phones are left out.

    Raises:
        UsageError: one of `paths` does not exist.
    """
    policies = policies if policies is not None and os.path.lexists(policies) else None
    with no_garbage_collection():
        problems: list[Problem] = []
        files = list(files_to_read(project, paths, problems))
        unread = _unread_folders(problems, project)
        context = BuildContext(project, now, needs_ids=needs_ids, creating=creating)
        if checks is not None and checks.lists:
            checks, context, list_problems = _read_do_not_call(checks, context)
            problems += list_problems
        silenced = None if policies is not None else () if checks is None else tuple(CHECKS)
        reader = DefinitionReader(context, silenced=silenced)
        for path in files:
            reader.read(path)
        read, notes = reader.result, reader.notes
        notes.problems[:0] = problems
        notes.problems.extend(same_id_twice(notes.identities))
        allowances = Allowances(read.allowances)
        allowed = (
            [] if policies is None else _judged_by_policies(read, allowances, policies, context)
        )
        return LoadedDefinitions(
            definitions=read.definitions,
            own_problems=_in_file_order(notes.problems, notes.files),
            allowed_by_policies=allowed,
            allowances=allowances,
            checks=checks,
            now=now,
            files=len(files),
            new=read.new,
            judged=notes.judged,
            elsewhere=[_elsewhere(start, project) for start in notes.elsewhere],
            unread=[*unread, *read.unread],
            files_in_order=notes.files,
        )


def _unread_folders(problems: Sequence[Problem], project: ProjectLayout) -> list[UnreadDefinition]:
    """The folders that cannot be searched, from the problems of the search for files."""
    return [
        UnreadDefinition(project.folder / problem.position.file, frozenset(), problem)
        for problem in problems
        if problem.is_error
    ]


def _read_do_not_call(
    checks: Checks, context: BuildContext
) -> tuple[Checks, BuildContext, list[Problem]]:
    """Reads the do-not-call lists: both arguments with the phones of the lists, and the problems of these files."""
    phones, problems = read_lists(checks.lists, context.project)
    drops_phones = drops(settings_of(checks, DO_NOT_CALL))
    context = replace(context, do_not_call=phones.keys(), drops=drops_phones)
    return replace(checks, do_not_call=phones), context, problems


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


def _judged_by_policies(
    read: ReadDefinitions, allowances: Allowances, folder: Path, context: BuildContext
) -> list[AllowedProblem]:
    """Adds the problems that policies find; returns the allowed ones."""
    from voxosync.definitions.policies.judge_policies import judge_policies  # noqa: PLC0415  # only projects with policies need it
    from voxosync.definitions.policies.policy_files import read_policies  # noqa: PLC0415  # only projects with policies need it

    policies = read_policies(folder, context.project)
    pairs = _checked_campaigns(read.definitions, read.new, read.notes.judged)
    counts = shared_counts([campaign for _, campaign in pairs], context.now)
    shared = {id(pairs[index][0]): count for index, count in counts.items()}
    verdict = judge_policies(policies, read.notes.judged, allowances, context.now, shared)
    read.notes.files[:0] = policies.files
    read.notes.problems += verdict.problems
    return _in_file_order(verdict.allowed, read.notes.files)


def _checked_campaigns(
    definitions: Sequence[Definition],
    new: Sequence[tuple[int, Definition]],
    judged: Sequence[Definition],
) -> list[tuple[Definition, CheckedCampaign]]:
    """What checks look at: the definitions, and their variants in other environments."""
    complete = {id(definition) for definition in judged}
    drafts = [definition for _, definition in new]
    present = {id(definition) for definition in (*definitions, *drafts)}
    pairs = [
        (
            definition,
            CheckedCampaign.of(definition, is_new=is_new, is_reported=id(definition) in complete),
        )
        for is_new, members in ((False, definitions), (True, drafts))
        for definition in members
    ]
    pairs += [
        (definition, CheckedCampaign.of(definition, is_compared=False))
        for definition in judged
        if id(definition) not in present
    ]
    return pairs


def _in_file_order(entries: Iterable[_Positioned], files: Iterable[str]) -> list[_Positioned]:
    """Each problem once: files in the order in which they were read, then lines, then columns."""
    once: list[_Positioned] = list(dict.fromkeys(entries))
    names = dict.fromkeys([*files, *(entry.position.file for entry in once)])
    rank = {name: index for index, name in enumerate(names)}
    return sorted(once, key=lambda entry: (rank[entry.position.file], entry.position))
