"""`# voxosync: allow RULE reason` in a definition: an exception to a policy rule or a check, with its reason.

libyaml's events hold no comments. So a text that contains the words is read a second time, because a `#` inside
a quoted or a block scalar does not begin a comment.
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
from voxosync.definitions.sources import overrides_of
from voxosync.definitions.yaml_reader import PARSER
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

MARK = "voxosync: allow"
"""What a text holds if it allows anything."""

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
        position: where the comment stands.
        values: the values on its line, or on the line below where it has one of its own.
        definition: the definition that it silences as a whole, by the places of its ids, or where it begins.
        owner: the definition in which it stands, likewise; empty: no value stands there.
    """

    rule: str
    reason: str
    position: Position
    values: frozenset[Position]
    definition: frozenset[Position]
    owner: frozenset[Position]


class Allowances:
    """What the comments of all files allow."""

    def __init__(self, comments: Iterable[Allowance] = ()) -> None:
        """Of comments, the later of which count where two say the same."""
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

    def allowing(
        self, rule: str, values: Iterable[Position], definition: Position
    ) -> Allowance | None:
        """The comment that allows a finding of a rule, if one does.

        Args:
            rule: the policy rule or the check.
            values: where the value stands that it is about, and those that hold it.
            definition: where the definition stands that it is about.
        """
        hits = (self._by_value.get((rule, position)) for position in values)
        return next(filter(None, hits), self._by_definition.get((rule, definition)))


def allowances(
    text: str, file: str, documents: Sequence[Node], rules: Collection[str] | None = None
) -> tuple[list[Allowance], list[Problem]]:
    """What the comments of a file allow, and which of them do not say enough.

    Args:
        text: the whole file, which holds `MARK`.
        file: how it is called.
        documents: what was read from it.
        rules: those that there are; a comment about another means nothing. None: any.
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
    """The rule and the reason of a comment that allows something; None: it does not."""
    text = comment.lstrip("#").strip(_BLANKS)
    remaining = text.removeprefix(MARK)
    if remaining == text or (remaining and remaining[0] not in _BLANKS):
        return None
    remaining = remaining.lstrip(_BLANKS)
    rule = remaining.split(None, 1)[0] if remaining else ""
    return rule, remaining.removeprefix(rule).strip(_BLANKS)


@dataclass(frozen=True, slots=True)
class _Target:
    """What a comment on a line is about: the values there, their definition, and on which line that begins."""

    values: frozenset[Position] = frozenset()
    owner: frozenset[Position] = frozenset()
    start: int = -1


def _targets(documents: Sequence[Node], file: str) -> dict[int, _Target]:
    """For each line on which values stand, what is meant there; of several definitions on it, the first."""
    targets: dict[int, _Target] = {}
    for node in documents:
        if not isinstance(node, MappingNode):
            continue
        owner = _places(node.values.get("id", node), file)
        positions: dict[int, set[Position]] = {}
        for line, places in _lines(node, file):
            positions.setdefault(line, set()).update(places)
        for line, values in positions.items():
            targets.setdefault(line, _Target(frozenset(values), owner, node.line))
    return targets


def _lines(node: MappingNode, file: str) -> Iterator[tuple[int, frozenset[Position]]]:
    """For each line on which a key or its value begins, the values that are meant there."""
    for name, value in node.values.items():
        places = _places(value, file) if name == "id" else frozenset([position(file, value)])
        for line in {node.keys[name].line, value.line}:
            yield line, places
    overrides = overrides_of(node)
    for values in overrides.values.values() if overrides else ():
        if isinstance(values, MappingNode):
            yield from _lines(values, file)


def _places(node: Node, file: str) -> frozenset[Position]:
    """Where an id stands, or each of those by environment: one of them identifies a definition."""
    inside = node.values.values() if isinstance(node, MappingNode) else ()
    return frozenset(position(file, part) for part in (node, *inside))


def _lines_below(lines: Sequence[str]) -> list[int]:
    """For each line, the next one that holds more than a comment; itself, where none does."""
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
    """Where the comments that may allow something begin, and the rest of their lines."""
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
        first = (
            (start.line + 1, 0) if block else (start.line, start.column)
        )  # `|` may have a comment
        self._starts.append(first)
        self._ends.append((end.line, end.column))

    def __contains__(self, spot: Spot) -> bool:
        before = bisect_right(self._starts, spot) - 1
        return before >= 0 and spot < self._ends[before]
