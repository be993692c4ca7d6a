"""Warns of unquoted texts that YAML cuts at ` #`: `name: Press #1` means `Press`, which is easy to overlook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode, position
from voxosync.model.fields import NUMBER_FIELDS
from voxosync.model.phone import masked_in
from voxosync.model.problem import Problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE_TEXT = frozenset(("name", "message", "description", *NUMBER_FIELDS, "reason", "owner"))
"""The keys whose values may be any text. After every other value, ` #` can only begin a comment."""

_CUT = re.compile(r"[ \t]+#")
_COMMENT = re.compile(r"(?:[ \t]{2,}|\t)#+(?:[ \t]|\Z)|[ \t]+#+[ \t]*voxosync:")
"""What is certainly meant as a comment: two spaces before the `#` and one after it, or a comment for voxosync."""

_ANCHOR = re.compile(r"\A&\S+[ \t]*")
_LONGEST = 60
"""How many characters of a text or a comment are shown: as many as a line of a terminal."""


def cut_texts(text: str, file: str, documents: list[Node]) -> Iterator[Problem]:
    """A warning for each text that is cut, at its position.

    Args:
        text: the whole file.
        file: its name in messages.
        documents: what was read from it.
    """
    if " #" not in text and "\t#" not in text:  # as in most files
        return
    lines = LINE_END.split(text)
    visited_nodes: set[int] = set()  # an alias is the same node as its anchor
    for key, node in (pair for document in documents for pair in _texts(document)):
        if id(node) not in visited_nodes and (cut := _cut(node, lines)) is not None:
            visited_nodes.add(id(node))
            # Texts are masked before they are shortened: a part of a phone would not be masked.
            value, comment = masked_in(node.text)[-_LONGEST:], masked_in(cut)
            if len(comment) > _LONGEST:
                comment = f"{comment[: _LONGEST - 1]}…"
            message = f"{key} is {value!r}, because YAML reads {comment!r} as a comment"
            hint = "put the text in quotes, or two spaces before a comment"
            yield warning(position(file, node), "cut-text", f"{message}: {hint}")


def _texts(node: Node) -> Iterator[tuple[str, Scalar]]:
    """The keys of `_FREE_TEXT` and their unquoted values, at any depth."""
    if isinstance(node, MappingNode):
        for key, value in node.values.items():
            if isinstance(value, Scalar):
                if key in _FREE_TEXT and value.plain:
                    yield key, value
            else:
                yield from _texts(value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _texts(item)


def _cut(node: Scalar, lines: list[str]) -> str | None:
    """What YAML left out after a text, from the `#` on; None: nothing, or certainly a comment."""
    words, at = node.text, 0  # positions instead of copies: a text may be as long as its file
    for number in range(node.line, len(lines)):
        line = lines[number]
        if number == node.line:
            line = _ANCHOR.sub("", line[node.column :], count=1)
        content = line.lstrip(" \t")
        if len(words) - at <= len(content) and content.startswith(words[at:]):
            behind = content[len(words) - at :]
            if _CUT.match(behind) and not _COMMENT.match(behind):
                return behind.lstrip(" \t").rstrip()
            return None
        content = content.rstrip(" \t")
        if not words.startswith(content, at):  # not as it was read, because of a tag, for example
            return None
        at += len(content)
        while words[at : at + 1] in {" ", "\t", "\n"}:
            at += 1
    return None
