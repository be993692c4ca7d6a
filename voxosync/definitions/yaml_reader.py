"""Reads YAML text into trees of nodes, in one pass over libyaml's events.

Types are not resolved here, so that `18:30`, `yes` and `010` remain as written; the field to which a scalar belongs
decides its type later.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from voxosync.definitions.file_reader import LINE_END, position_after, read_text
from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode, position
from voxosync.definitions.syntax_errors import explain
from voxosync.model.phone import masked_in, quoted
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_DEPTH = 20
"""More levels than any definition has; deeper nesting is refused before it takes time."""
MAX_EXPANSION = 100_000
"""How many values all aliases of one file together may stand for."""
PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# These end a line in YAML 1.1, which libyaml implements, but not in an editor: line numbers would differ.
_DOUBTFUL = re.compile("[\x85\u2028\u2029]")


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Reads without collection: nodes form no cycles, and searching a million of them takes longer than reading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_documents(
    path: Path, file: str, content: str = "a campaign", root: Path | None = None
) -> tuple[list[Node], list[Problem]]:
    """The documents of a YAML file, and what is wrong with it as YAML.

    If reading stops at a problem, the documents before it are still returned.

    Args:
        path: the file.
        file: its name in messages.
        content: what the file should hold, for the message that it is empty.
        root: the folder that it must be in, links resolved; None: the caller has checked that.
    """
    text, problem = read_text(path, file, root)
    if problem:
        return [], [problem]
    documents, problems, _ = documents_in(text, file, content)
    return documents, problems


class YamlContent(NamedTuple):
    """What a YAML text holds.

    Attributes:
        documents: those that could be read.
        problems: what is wrong with the text as YAML.
        flaws: for each of the documents, the first of the problems that is in it.
    """

    documents: list[Node]
    problems: list[Problem]
    flaws: list[Problem | None]


def documents_in(text: str, file: str, content: str = "a campaign") -> YamlContent:
    """Like `read_documents`, for a text that has already been read."""
    builder = _Builder(file)
    if not text.isascii() and (doubtful := _DOUBTFUL.search(text)):
        builder.problems.append(_not_allowed(file, text, doubtful.group()))
        text = _DOUBTFUL.sub(" ", text)
    try:
        builder.read(PARSER(text).get_event)
    except _ReadingStopped:
        pass
    except yaml.MarkedYAMLError as failure:
        line, column, message = explain(failure, LINE_END.split(text))
        # libyaml reports the end of a file a line too late.
        end = position_after(text.rstrip(), file)
        start = min(Position(file, line + 1, column + 1), end)
        builder.problems.append(error(start, "yaml", f"not YAML: {message}"))
    except yaml.reader.ReaderError as failure:
        builder.problems.append(_not_allowed(file, text, chr(failure.character)))
    if not builder.documents and not builder.problems:
        message = f"the file is empty: write {content}, or remove the file"
        builder.problems.append(error(Position(file), "empty", message))
    return YamlContent(builder.documents, builder.problems, builder.flaws)


def _not_allowed(file: str, text: str, character: str) -> Problem:
    start = position_after(text[: text.find(character)], file)
    message = f"not YAML: the character U+{ord(character):04X} is not allowed: remove it"
    return error(start, "yaml", message)


def _event_node(event: Any) -> Scalar:
    """An empty node where an event begins, for the position of a problem."""
    return Scalar("", plain=False, line=event.start_mark.line, column=event.start_mark.column)


class _ReadingStopped(Exception):  # control flow: it is not an error by itself
    """The rest of a file cannot be read; the problem is already noted."""


class _Builder:
    """Builds the documents of one file from events. Continues after a problem where it can."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.documents: list[Node] = []
        self.problems: list[Problem] = []
        self.flaws: list[Problem | None] = []
        self.expanded = 0
        self.depth = 0
        self.anchors: dict[str, Node | None] = {}  # None: its node has not ended yet

    def read(self, next_event: Callable[[], Any]) -> None:
        """Reads libyaml's events, whose types the stubs do not give."""
        self.next = next_event
        for event in iter(next_event, None):
            if type(event) is DocumentStartEvent:
                self.anchors = {}
                start: Any = event.start_mark
                before = len(self.problems)
                node = self._node(next_event())
                if (
                    type(node) is Scalar and not node.text
                ):  # libyaml places it at the end of the document
                    node.line, node.column = start.line, start.column
                self.documents.append(node)
                self.flaws.append(next(iter(self.problems[before:]), None))

    def _node(self, event: Any) -> Node:
        """The node that begins with an event."""
        mark = event.start_mark
        kind = type(event)
        if kind is ScalarEvent:
            scalar = Scalar(event.value, not event.style, mark.line, mark.column)
            if event.tag is not None:
                self._refuse_tag(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = scalar
            return scalar
        if kind is AliasEvent:
            return self._alias(event)
        is_mapping = kind is MappingStartEvent
        node: Node = (MappingNode if is_mapping else SequenceNode)(mark.line, mark.column)
        if event.tag is not None:
            self._refuse_tag(event)
        if self.depth >= MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels: check the brackets"
            self._fail(node, "nesting", message)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.depth += 1
        (self._fill_mapping if is_mapping else self._fill_sequence)(node)  # type: ignore[arg-type]  # it fills a node of this kind
        self.depth -= 1
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _fill_sequence(self, node: SequenceNode) -> None:
        next_event, items = self.next, node.items
        while type(event := next_event()) is not SequenceEndEvent:
            item = self._node(event)
            items.append(item)
            node.size += item.size

    def _fill_mapping(self, node: MappingNode) -> None:
        next_event, keys, values = self.next, node.keys, node.values
        while type(event := next_event()) is not MappingEndEvent:
            key = self._node(event)
            if type(key) is not Scalar:
                message = "a key must be a word, not a list or a mapping: write one"
                self._note(_event_node(event), "yaml", message)
                self._node(next_event())
                continue
            value = self._node(next_event())
            if (text := key.text) in keys:
                line = keys[text].line + 1
                message = f"the key {quoted(text)} is already on line {line}: keep one of them"
                self._note(key, "duplicate-key", message)
            else:
                keys[text] = key
                values[text] = value
                node.size += value.size
        if "<<" in keys:
            self._merge(node)

    def _alias(self, event: Any) -> Node:
        start = _event_node(event)
        if event.anchor not in self.anchors:
            self._fail(
                start,
                "alias",
                f"*{event.anchor} has no &{event.anchor} before it: write out the value, "
                "or put the text in quotes",
            )
        node = self.anchors[event.anchor]
        if node is None:
            self._fail(
                start,
                "alias",
                f"*{event.anchor} is inside the value that it refers to: write out the value",
            )
        self._expand(node, start)
        return node

    def _expand(self, node: Node, start: Node) -> None:
        """Counts what an alias stands for, so that a few lines cannot become a billion values."""
        self.expanded += node.size
        if self.expanded > MAX_EXPANSION:
            message = f"aliases stand for more than {MAX_EXPANSION} values: write them out"
            self._fail(start, "alias", message)

    def _merge(self, node: MappingNode) -> None:
        """Resolves `<<: *anchor` and `<<: [*one, *other]`; earlier mappings take precedence over later ones."""
        key = node.keys["<<"]
        if not key.plain:
            return
        del node.keys["<<"]
        merged = node.values.pop("<<")
        for source in merged.items if isinstance(merged, SequenceNode) else [merged]:
            if not isinstance(source, MappingNode):
                self._note(key, "merge", "<< takes a mapping, or a list of mappings: write one")
                continue
            self._expand(source, key)
            for name, value in source.values.items():
                if name not in node.values:
                    node.keys[name] = source.keys[name]
                    node.values[name] = value
                    node.size += value.size

    def _refuse_tag(self, event: Any) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")  # as it is written
        message = f"the YAML tag {tag} is not accepted: remove it, or put the text in quotes"
        self._note(_event_node(event), "tag", message)

    def _note(self, node: Node, rule: str, message: str) -> None:
        self.problems.append(error(position(self.file, node), rule, masked_in(message)))

    def _fail(self, node: Node, rule: str, message: str) -> NoReturn:
        self._note(node, rule, message)
        raise _ReadingStopped
