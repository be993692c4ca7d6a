"""`# voxosync: allow RULE reason` in a definition: an exception to a policy rule or a check, with its reason.

libyaml's events do not include comments, and a `#` in a quoted or block scalar does not begin one. So a text with
such a comment is parsed a second time, to find these scalars.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import ScalarEvent

from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.nodes import MappingNode, Node, position
from voxosync.definitions.value_sources import overrides_of
from voxosync.definitions.yaml_reader import PARSER
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.problem import AllowedProblem, Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from voxosync.model.checks.check import CheckFinding

MARK = "voxosync: allow"
"""What every text with such a comment contains."""

_BLANKS = " \t"
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")

Spot = tuple[int, int]
"""A line and a column, both from 0."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One such comment.

    Attributes:
        rule: the policy rule, or the check, that it silences.
        reason: why.
        position: where the comment begins.
        values: the positions of the values on its line; if it is alone on its line, on the next one with values.
        definition: the definition that it silences as a whole, by the positions of its ids, or of its beginning if it
            has none; empty: it silences single values.
        owner: the definition that contains it, likewise; empty: there is no value at the comment.
    """

    rule: str
    reason: str
    position: Position
    values: frozenset[Position]
    definition: frozenset[Position]
    owner: frozenset[Position]


class Allowances:
    """The comments of all files that allow findings."""

    def __init__(self, comments: Iterable[Allowance] = ()) -> None:
        """Indexes comments. If two allow the same, the later one counts."""
        self.comments = tuple(comments)
        self._by_value = {
            (allowance.rule, position): allowance
            for allowance in self.comments
            for position in allowance.values
        }
        self._by_definition = {
            (allowance.rule, position): allowance
            for allowance in self.comments
            for position in allowance.definition
        }

    def find(self, rule: str, values: Iterable[Position], definition: Position) -> Allowance | None:
        """The comment that allows a finding of a rule, if one does.

        Args:
            rule: the policy rule or the check.
            values: the positions of the value that the finding is about, and of those that contain it.
            definition: the position of the definition that the finding is about.
        """
        hits = (self._by_value.get((rule, position)) for position in values)
        return next(filter(None, hits), self._by_definition.get((rule, definition)))

    def separate(
        self, findings: Iterable[CheckFinding]
    ) -> tuple[list[Problem], list[AllowedProblem]]:
        """The problems that checks found, and those of their findings that comments allow.

        A comment allows a finding if it is about the value, the list of numbers that contains it, or the definition.
        """
        problems: list[Problem] = []
        allowed: list[AllowedProblem] = []
        for finding in findings:
            problem, campaign = finding.problem, finding.campaign
            positions = [problem.position]
            if problem.phones is not None:
                positions.append(campaign.position_of(NUMBERS_FIELD))
            comment = self.find(problem.rule, positions, campaign.position)
            if comment is None:
                problems.append(problem)
            else:
                allowed.append(AllowedProblem(problem, comment.reason))
        return problems, allowed


def allowances(
    text: str, file: str, documents: Sequence[Node], rules: Collection[str] | None = None
) -> tuple[list[Allowance], list[Problem]]:
    """The comments of a file that allow findings, and what is wrong with others.

    Args:
        text: the whole file, which contains `MARK`.
        file: its name in messages.
        documents: what was read from it.
        rules: the rules that exist, so that comments about others are ignored; None: any rule.
    """
    result: list[Allowance] = []
    problems: list[Problem] = []
    lines = LINE_END.split(text)
    below = _lines_below(lines)
    targets = _targets(documents, file)
    for (line, column), comment in _comments(lines, _Quoted(text)):
        words = _words(comment)
        if words is None:
            continue
        start = Position(file, line + 1, column + 1)
        rule, reason = words
        if rules is not None and rule not in rules:
            continue
        if not reason:
            message = f"allow {rule} gives no reason" if rule else "allow names no rule"
            example = f"# {MARK} {rule or 'calling-hours'} agreed with legal"
            problems.append(error(start, "allow", f"{message}: write {example}"))
            continue
        alone = not lines[line][:column].strip()
        number = below[line] if alone else line
        target = targets.get(number, _Target())
        definition_positions = (
            target.owner if alone and number == target.start else frozenset[Position]()
        )
        result.append(
            Allowance(rule, reason, start, target.values, definition_positions, target.owner)
        )
    return result, problems


def _words(comment: str) -> tuple[str, str] | None:
    """The rule and the reason of a comment that allows findings; None: it is another comment."""
    text = comment.lstrip("#").strip(_BLANKS)
    remaining = text.removeprefix(MARK)
    if remaining == text or (remaining and remaining[0] not in _BLANKS):
        return None
    remaining = remaining.lstrip(_BLANKS)
    rule = remaining.split(None, 1)[0] if remaining else ""
    return rule, remaining.removeprefix(rule).strip(_BLANKS)


@dataclass(frozen=True, slots=True)
class _Target:
    """What a comment on a line is about: the values there, their definition, and the line on which that begins."""

    values: frozenset[Position] = frozenset()
    owner: frozenset[Position] = frozenset()
    start: int = -1


def _targets(documents: Sequence[Node], file: str) -> dict[int, _Target]:
    """For each line with values, what a comment there is about; if it has several definitions, the first."""
    targets: dict[int, _Target] = {}
    for node in documents:
        if not isinstance(node, MappingNode):
            continue
        owner = _id_positions(node.values.get("id", node), file)
        positions: dict[int, set[Position]] = {}
        for line, line_positions in _lines(node, file):
            positions.setdefault(line, set()).update(line_positions)
        for line, values in positions.items():
            targets.setdefault(line, _Target(frozenset(values), owner, node.line))
    return targets


def _lines(node: MappingNode, file: str) -> Iterator[tuple[int, frozenset[Position]]]:
    """For each line on which a key or its value begins, the positions of the values that a comment there is about."""
    for name, value in node.values.items():
        positions = (
            _id_positions(value, file) if name == "id" else frozenset([position(file, value)])
        )
        for line in {node.keys[name].line, value.line}:
            yield line, positions
    overrides = overrides_of(node)
    for values in overrides.values.values() if overrides else ():
        if isinstance(values, MappingNode):
            yield from _lines(values, file)


def _id_positions(node: Node, file: str) -> frozenset[Position]:
    """The positions of an id, and of each id by environment: any of them identifies the definition."""
    inside = node.values.values() if isinstance(node, MappingNode) else ()
    return frozenset(position(file, part) for part in (node, *inside))


def _lines_below(lines: Sequence[str]) -> list[int]:
    """For each line, the next one that has more than a comment; if there is none, the line itself."""
    below = list(range(len(lines)))
    following: int | None = None
    for number in reversed(range(len(lines))):
        if following is not None:
            below[number] = following
        text = lines[number].lstrip(_BLANKS)
        if text and not text.startswith("#"):
            following = number
    return below


def _comments(lines: Sequence[str], quoted: _Quoted) -> Iterator[tuple[Spot, str]]:
    """The comments that may allow findings: where each begins, and the rest of its line."""
    for number, line in enumerate(lines):
        if MARK not in line:
            continue
        for sign in _COMMENT.finditer(line):
            spot = (number, sign.start())
            if spot not in quoted:
                yield spot, line[sign.start() :]
                break


class _Quoted:
    """The parts of a text that are quoted or block scalars. Elsewhere, ` #` always begins a comment."""

    def __init__(self, text: str) -> None:
        self._starts: list[Spot] = []
        self._ends: list[Spot] = []
        with suppress(yaml.YAMLError):  # reported where the file is read
            for event in yaml.parse(text, Loader=PARSER):
                if type(event) is ScalarEvent and event.style:
                    self._add(event.start_mark, event.end_mark, block=event.style in "|>")

    def _add(self, start: Any, end: Any, *, block: bool) -> None:
        # A comment can follow the `|` of a block.
        first = (start.line + 1, 0) if block else (start.line, start.column)
        self._starts.append(first)
        self._ends.append((end.line, end.column))

    def __contains__(self, spot: Spot) -> bool:
        before = bisect_right(self._starts, spot) - 1
        return before >= 0 and spot < self._ends[before]
