"""Explains why a value is empty although something is written there, which YAML does not read as a value."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.syntax_errors import INVISIBLE_INDENTATION
from voxosync.model.phone import masked_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.problem import Problem

_ANCHOR = re.compile(r"(&[^\s,\]}]+)")
_BLANK = re.compile(r"[ \t]*\Z")
_COMMENT = re.compile(r"[ \t]*(#[^\s#].*)")
_LONGEST = 60
"""How many characters of a comment are shown."""


class EmptyValues:
    """The empty values of one file, whose lines are split once however many documents have some."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _lines(self) -> Sequence[str]:
        return LINE_END.split(self._text)

    def explain(self, problems: Sequence[Problem]) -> Iterator[Problem]:
        """The problems of a document: those of empty values say what to change, unless another problem says it.

        Args:
            problems: what the schema does not accept.
        """
        if all(problem.rule != "null" for problem in problems):
            yield from problems
            return
        wrong_lines = {problem.position.line for problem in problems if problem.rule != "null"}
        for problem in problems:
            is_empty = problem.rule == "null"
            explained = _explain(problem, self._lines, wrong_lines) if is_empty else problem
            if explained is not None:
                yield explained


def _explain(problem: Problem, lines: Sequence[str], wrong_lines: set[int]) -> Problem | None:
    """The problem of an empty value, with what to change if something is there; None: another problem says it."""
    number, at = problem.position.line - 1, problem.position.column - 1
    line = lines[number] if number < len(lines) else ""
    if line.startswith("!", at):  # refused as a tag
        return None
    if anchor := _ANCHOR.match(line, at):
        message = (
            f"YAML reads {masked_in(anchor[1])!r} as a name for a value, and no value follows: "
            "put the text in quotes, or write the value after the name"
        )
        return replace(problem, message=message)
    if comment := _COMMENT.match(line, at):
        beginning = masked_in(comment[1])[:_LONGEST]  # a part of a phone would not be masked
        message = (
            f"YAML reads {beginning!r} as a comment, so that there is no value: "
            "put the text in quotes"
        )
        return replace(problem, message=message)
    if _BLANK.match(line, at) and _is_wrongly_indented(number + 1, lines, wrong_lines):
        return None
    return problem


def _is_wrongly_indented(start: int, lines: Sequence[str], wrong_lines: set[int]) -> bool:
    """Whether the next line with content has a problem because of an invisible character in its indentation."""
    for number in range(start, len(lines)):
        if not _BLANK.match(lines[number]):
            return number + 1 in wrong_lines and bool(INVISIBLE_INDENTATION.match(lines[number]))
    return False
