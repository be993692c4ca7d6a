"""Checks definitions against policies: the problems, those that a comment allows, and comments that allow nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voxosync.definitions.did_you_mean import suggestion
from voxosync.definitions.policies.facts import document
from voxosync.model.checks.registry import CHECKS
from voxosync.model.problem import AllowedProblem, Position, Problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from voxosync.definitions.allow_comments import Allowance, Allowances
    from voxosync.definitions.policies.policy_files import Policies
    from voxosync.model.campaign import Definition


@dataclass(slots=True)
class Verdict:
    """The problems that policies find in definitions, and those that are allowed."""

    problems: list[Problem] = field(default_factory=list)
    allowed: list[AllowedProblem] = field(default_factory=list)


def judge_policies(
    policies: Policies,
    definitions: Iterable[Definition],
    allowances: Allowances,
    now: datetime,
    shared_phones: Mapping[int, int] = MappingProxyType({}),
) -> Verdict:
    """Judges complete definitions.

    Args:
        policies: the rules.
        definitions: those that are well-formed.
        allowances: what comments in any of the files allow.
        now: the present moment, aware.
        shared_phones: by the `id()` of a definition, how many of its phones others call on the same days.
    """
    used_comments: set[Position] = set()
    judged: set[Position] = set()
    verdict = Verdict(problems=list(policies.problems))
    noted_problems: set[Problem] = set()  # a campaign may appear once for each environment
    for definition in definitions:
        judged.add(definition.position)
        policy_document = document(definition, now, shared_phones.get(id(definition), 0))
        for rule, problem in _problems(policies, definition, policy_document):
            if problem in noted_problems:
                continue
            noted_problems.add(problem)
            allowance = allowances.find(rule, [problem.position], definition.position)
            if allowance is None:
                verdict.problems.append(problem)
            else:
                used_comments.add(allowance.position)
                verdict.allowed.append(AllowedProblem(problem, allowance.reason))
    if not policies.problems:  # a comment may refer to a rule that could not be read
        unused = (
            allowance
            for allowance in allowances.comments
            if allowance.position not in used_comments
        )
        verdict.problems += (
            unused_warning
            for allowance in unused
            for unused_warning in _unused_warnings(allowance, policies, judged)
        )
    return verdict


def _problems(
    policies: Policies, definition: Definition, policy_document: dict[str, Any]
) -> Iterator[tuple[str, Problem]]:
    for rule in policies.rules.values():
        if rule.is_about(policy_document, definition.position.file):
            for problem in rule.problems(policy_document, definition):
                yield rule.name, problem


def _unused_warnings(
    allowance: Allowance, policies: Policies, judged: set[Position]
) -> Iterator[Problem]:
    """A warning about a comment that allowed nothing, unless its definition could not be judged yet."""
    if allowance.rule in CHECKS:  # what it finds may depend on VOXO, or on files that are not read
        return
    if allowance.rule not in policies.rules:
        hint = suggestion(allowance.rule, [*policies.rules, *CHECKS], "remove it")
        message = f"unknown policy rule or check {allowance.rule!r}: {hint}"
    elif not allowance.values:
        message = (
            "there is no value here: write the comment on the line of a value, or right above it"
        )
    elif allowance.owner & judged:
        message = f"nothing here is against the policy {allowance.rule}: remove it"
    else:
        return
    yield warning(allowance.position, "allow", f"allows nothing: {message}")
