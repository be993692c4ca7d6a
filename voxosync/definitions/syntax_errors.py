"""Explains what is wrong in a text that is not YAML, in words that its author understands.

libyaml reports the state of its scanner ("mapping values are not allowed in this context"). This module says what to
change in the line instead. Its table covers the messages of libyaml and of PyYAML's own parser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from voxosync.model.phone import masked_in

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

_CONFLICT_MARKER = re.compile(r"(?:<{7}|>{7}) ")
_KEY_AND_VALUE = re.compile(r"\s*(?:- +)*[^\s:'\"][^:]*:\s")
_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- +)*(\w+):\S")
_INVISIBLE = re.compile("[\xa0\u200b\u2060\ufeff]")
INVISIBLE_INDENTATION = re.compile(rf"[ \t]*{_INVISIBLE.pattern}")

_FALLBACK = "check the quotes, brackets and indentation here and in the line above"


def explain(failure: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int, int, str]:
    """The line and column of a failure, counted from 0, and what to change there.

    Args:
        failure: what the parser raised.
        lines: the text that it read.
    """
    for number, line in enumerate(lines):
        if _CONFLICT_MARKER.match(line):
            return number, 0, "Git left a conflict marker here: resolve the merge conflict"
    mark, begin = failure.problem_mark, failure.context_mark
    position: Any = mark or begin
    if position is None:
        return 0, 0, _FALLBACK
    if begin is not None and "could not find expected ':'" in (failure.problem or ""):
        return begin.line, begin.column, _no_key(lines[begin.line])
    line = lines[position.line] if position.line < len(lines) else ""
    message = _message(failure, line, position.column)
    if begin is not None and "{begin}" in message:
        start = f" that begins at line {begin.line + 1}, column {begin.column + 1}"
        message = message.replace("{begin}", start if begin.line != position.line else "")
    return position.line, position.column, message


def _message(failure: yaml.MarkedYAMLError, line: str, column: int) -> str:
    words = f"{failure.context or ''}: {failure.problem or ''}"
    for pattern, message in _MESSAGES:
        if re.search(pattern, words):
            if isinstance(message, str):
                return message
            is_indented = INVISIBLE_INDENTATION.match(line)
            return _no_key(line) if is_indented else message(line, column)
    return _FALLBACK


def _no_key(line: str) -> str:
    """For a line that should be `key: value` but has no key."""
    invisible = _INVISIBLE.search(line)
    if invisible:
        code = f"U+{ord(invisible.group()):04X}"
        return f"the line contains the invisible character {code}: replace it with a space"
    if "\uff1a" in line:
        return "the line contains a full-width colon (U+FF1A): write ': '"
    key = _KEY_WITHOUT_SPACE.match(line)
    if key:
        return f"a space is missing after '{masked_in(key[1])}:'"
    return (
        "this line is not 'key: value': write ': ' after the key, or indent a text that continues"
    )


def _colon(line: str, column: int) -> str:
    if _KEY_AND_VALUE.match(line[:column]):
        return "a value contains ': ': put it in quotes"
    return (
        "this line is indented more than the key above it, which has a value already: align the two"
    )


def _first_character(line: str, column: int) -> str:
    character = line[column : column + 1]
    if "\t" in (character, *line[:column]):
        return "a tab indents this line: use spaces"
    return f"a value cannot begin with '{character}': put it in quotes"


def _in_brackets(line: str, column: int) -> str:
    """For what cannot follow inside of brackets."""
    if line[column:].strip():
        return _unexpected(line, column)
    return (
        "a '{' or '[' above is not closed: add '}' or ']'; if the line has ' #', which begins a comment, "
        "put the text in quotes"
    )


def _unexpected(line: str, column: int) -> str:
    """For a token that cannot follow what is above or before it."""
    before, character = line[:column].rstrip(), line[column : column + 1]
    if character and character in "]},":
        return f"'{character}' is not expected here: remove it, or put the value in quotes"
    if before.endswith("'"):
        return (
            "there is text after the closing quote: write '' for an apostrophe inside single quotes"
        )
    if before.endswith('"'):
        return 'there is text after the closing quote: write \\" for a quote inside double quotes'
    if before:
        return _FALLBACK
    return "this line does not line up with the lines above: indent it as its siblings are"


_MESSAGES: tuple[tuple[str, str | Callable[[str, int], str]], ...] = (
    (r"quoted scalar: found unexpected", "a quote{begin} is not closed: add the closing quote"),
    (
        r"expected ',' or '}'",
        "a '{'{begin} is not closed: add '}', or the ',' that is missing between two entries",
    ),
    (
        r"expected ',' or '\]'",
        "a '['{begin} is not closed: add ']', or the ',' that is missing between two entries",
    ),
    (r"mapping values are not allowed", _colon),
    (r"cannot start any token|tab character", _first_character),
    (
        r"expected (?:a )?(?:comment|chomping) or",
        "nothing may follow | or > on its line: begin the text on the next line, or put it in quotes",
    ),
    (
        r"(?:sequence entries|mapping keys) are not allowed",
        "a value cannot begin with '- ' or '? ': put it in quotes, or begin the list on the next line",
    ),
    (
        r"escape",
        r"a backslash in double quotes begins an escape: write \\ for a backslash, or use single quotes",
    ),
    (r"directive|incompatible YAML", "a line that begins with % is a YAML directive: remove it"),
    (
        r"scanning an? (?:alias|anchor)",
        "a value that begins with * or & refers to another value: put the text in quotes",
    ),
    (r"\btag\b", "a value that begins with ! is a YAML tag: put the text in quotes"),
    (r"nesting depth", "nested too deeply: check the brackets"),
    (
        r"<document start>",
        "this does not belong to the document above: begin a new one with a line ---, or remove it",
    ),
    (r"flow node", _in_brackets),
    (r"did not find expected|expected <block end>|expected the node content", _unexpected),
)
"""What libyaml and PyYAML say, and what to change; the first pattern that matches counts."""
