"""Policies against definitions: what is wrong, what of that a comment allows, and which comments allow nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from voxosync.definitions.policies.facts import document
from voxosync.model.problem import Allowed, Position, Problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voxosync.definitions.policies.allow import Allowance
    from voxosync.definitions.policies.rules import Policies
    from voxosync.model.campaign import Definition


@dataclass(slots=True)
class Verdict:
    """What policies have against definitions, and what of that is allowed."""

    problems: list[Problem] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)


def judge(
    policies: Policies, definitions: Iterable[Definition], allowances: Sequence[Allowance]
) -> Verdict:
    """Judges whole definitions.

    Args:
        policies: the rules.
        definitions: those that are well-formed.
        allowances: what comments in any of the files allow.
    """
    silenced = {(given.rule, place): given for given in allowances for place in given.values}
    whole = {(given.rule, place): given for given in allowances for place in given.definition}
    used: set[Position] = set()
    judged: set[Position] = set()
    verdict = Verdict(problems=list(policies.problems))
    for definition in definitions:
        judged.add(definition.position)
        for rule, problem in _problems(policies, definition):
            given = silenced.get((rule, problem.position)) or whole.get((rule, definition.position))
            if given is None:
                verdict.problems.append(problem)
            else:
                used.add(given.position)
                verdict.allowed.append(Allowed(problem, given.reason))
    if not policies.problems:  # a rule that could not be read may be the one that is meant
        unused = (given for given in allowances if given.position not in used)
        verdict.problems += (
            found for given in unused for found in _unused(given, policies, judged)
        )
    return verdict


def _problems(policies: Policies, definition: Definition) -> Iterator[tuple[str, Problem]]:
    judged = document(definition)
    for rule in policies.rules.values():
        if rule.is_about(judged, definition.position.file):
            for problem in rule.problems(judged, definition):
                yield rule.name, problem


def _unused(given: Allowance, policies: Policies, judged: set[Position]) -> Iterator[Problem]:
    """Why a comment allowed nothing; one in a file that cannot be judged yet may do so later."""
    if given.rule not in policies.rules:
        close = get_close_matches(given.rule, policies.rules, n=1)
        hint = f"did you mean {close[0]}?" if close else "remove it"
        why = f"there is no policy rule {given.rule!r}: {hint}"
    elif not given.values:
        why = "no value stands there: write it on a value's line, or right above"
    elif given.owner & judged:
        why = f"nothing here is against the policy {given.rule}: remove it"
    else:
        return
    yield warning(given.position, "allow", f"allows nothing: {why}")
