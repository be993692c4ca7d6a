"""`# voxosync: allow RULE reason` in a definition: a policy rule that somebody silences there, and why.

libyaml's events hold no comments. So a text that has the words at all, and only such a one, is read a second
time: a `#` inside of a quoted or a block scalar begins no comment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import ScalarEvent

from voxosync.definitions.nodes import LINE_END, PARSER, Mapping, Node, position
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARK = "voxosync: allow"
"""What a text holds if it allows anything."""

_ALLOW = re.compile(r"#+[ \t]*voxosync: allow(?![^ \t])[ \t]*(\S*)[ \t]*(.*?)[ \t]*")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")
_NOTHING_ELSE = re.compile(r"[ \t]*(?:#.*)?")

Spot = tuple[int, int]
"""A line and a column, both from 0."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One such comment.

    Attributes:
        rule: the rule that it silences.
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


def allowances(
    text: str, file: str, documents: Sequence[Node]
) -> tuple[list[Allowance], list[Problem]]:
    """What the comments of a file allow, and which of them do not say enough.

    Args:
        text: the whole file, which holds `MARK`.
        file: how it is called.
        documents: what was read from it.
    """
    found: list[Allowance] = []
    problems: list[Problem] = []
    lines = LINE_END.split(text)
    for (line, column), comment in _comments(lines, _Quoted(text)):
        match = _ALLOW.fullmatch(comment)
        if match is None:
            continue
        place = Position(file, line + 1, column + 1)
        rule, reason = match.groups()
        if not reason:
            what = f"allow {rule} gives no reason" if rule else "allow names no rule"
            example = f"# {MARK} {rule or 'calling-hours'} agreed with legal"
            problems.append(error(place, "allow", f"{what}: write {example}"))
            continue
        alone = not lines[line][:column].strip()
        target = _line_below(lines, line) if alone else line
        found.append(_allowance(rule, reason, place, _Target(target, alone), documents))
    return found, problems


@dataclass(frozen=True, slots=True)
class _Target:
    """The line that a comment is about, and whether the comment stands alone above it."""

    line: int
    above: bool


def _allowance(
    rule: str, reason: str, place: Position, target: _Target, documents: Sequence[Node]
) -> Allowance:
    nothing = frozenset[Position]()
    for node in documents:
        values = nothing.union(
            *(places for line, places in _lines(node, place.file) if line == target.line)
        )
        if values and isinstance(node, Mapping):
            owner = _places(node.values.get("id", node), place.file)
            whole = target.above and target.line == node.line
            return Allowance(rule, reason, place, values, owner if whole else nothing, owner)
    return Allowance(rule, reason, place, nothing, nothing, nothing)


def _lines(node: Node, file: str) -> Iterator[tuple[int, frozenset[Position]]]:
    """For each line on which a key or its value begins, the values that are meant there."""
    for name, value in node.values.items() if isinstance(node, Mapping) else ():
        places = _places(value, file) if name == "id" else frozenset([position(file, value)])
        for line in {node.keys[name].line, value.line}:  # type: ignore[union-attr]  # a mapping, as above
            yield line, places


def _places(node: Node, file: str) -> frozenset[Position]:
    """Where an id stands, or each of those by environment: a definition is told by one of them."""
    inside = node.values.values() if isinstance(node, Mapping) else ()
    return frozenset(position(file, each) for each in (node, *inside))


def _line_below(lines: Sequence[str], line: int) -> int:
    """The next line that holds more than a comment."""
    below = range(line + 1, len(lines))
    return next((n for n in below if not _NOTHING_ELSE.fullmatch(lines[n])), line)


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
        with suppress(yaml.YAMLError):  # told where the file is read
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
