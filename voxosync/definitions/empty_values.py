"""Explains why a value is empty although something is written there, which YAML does not read as a value."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.syntax_errors import INVISIBLE_INDENTATION
from voxosync.model.phone import masked_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.problem import Problem

_ANCHOR = re.compile(r"(&[^\s,\]}]+)")
_TAG = re.compile(r"!")
_BLANK = re.compile(r"[ \t]*\Z")
_COMMENT = re.compile(r"[ \t]*(#[^\s#].{0,59})")


def explain_empty_values(problems: Sequence[Problem], text: str) -> Iterator[Problem]:
    """The problems of a file: those of empty values say what to change, unless another problem says it.

    Args:
        problems: what the schema does not accept.
        text: the whole file.
    """
    if all(problem.rule != "null" for problem in problems):
        yield from problems
        return
    lines = LINE_END.split(text)
    wrong_lines = {problem.position.line for problem in problems if problem.rule != "null"}
    for problem in problems:
        if problem.rule != "null" or (message := _explanation(problem, lines, wrong_lines)) is None:
            yield problem
        elif message:
            yield replace(problem, message=message)


def _explanation(problem: Problem, lines: Sequence[str], wrong_lines: set[int]) -> str | None:
    """What to change; empty: another problem says it; None: nothing else is written there."""
    number, at = problem.position.line - 1, problem.position.column - 1
    line = lines[number] if number < len(lines) else ""
    if _TAG.match(line, at):  # refused as a tag
        return ""
    if anchor := _ANCHOR.match(line, at):
        return (
            f"YAML reads {masked_in(anchor[1])!r} as a name for a value, and no value follows: "
            "put the text in quotes, or write the value after the name"
        )
    if comment := _COMMENT.match(line, at):
        return (
            f"YAML reads {masked_in(comment[1])!r} as a comment, so that there is no value: "
            "put the text in quotes"
        )
    if not _BLANK.match(line, at):
        return None
    next_lines = (n for n in range(number + 1, len(lines)) if not _BLANK.match(lines[n]))
    after = next(next_lines, None)
    if after is None or after + 1 not in wrong_lines:
        return None
    return "" if INVISIBLE_INDENTATION.match(lines[after]) else None
