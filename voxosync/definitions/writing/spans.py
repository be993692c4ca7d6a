"""YAML text as a tree of spans: where each value, key and entry begins and ends in the text.

`yaml_reader` reads what a definition means; this module reads where it is, so that one value can be replaced while
every other character of the file stays as it is. Both use libyaml's events. Positions count characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from voxosync.definitions.file_reader import LINE_END
from voxosync.definitions.writing.splices import NotEditable
from voxosync.definitions.yaml_reader import PARSER, no_garbage_collection

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANCHOR = re.compile(r"&[\w-]+")
_GAP = re.compile(r"(?:[ \t\r\n]+(?:#[^\r\n]*)?)*")


@dataclass(slots=True, eq=False)
class Text:
    """A scalar from its first to its last character, with its quotes, without its anchor.

    Attributes:
        style: None if it is plain, or else `'`, `"`, `|` or `>`.
    """

    start: int
    end: int
    text: str
    style: str | None


@dataclass(slots=True, eq=False)
class Alias:
    """`*name`, and what it refers to."""

    start: int
    end: int
    target: Span


@dataclass(slots=True, eq=False)
class Items:
    """A list: `[…]`, or lines that begin with a dash.

    Attributes:
        outer: where it begins, including its anchor.
        column: of its first character.
    """

    start: int
    end: int
    outer: int
    column: int
    flow: bool
    items: list[Span] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pairs:
    """A mapping, `{…}` or lines; `<<` is a key like any other."""

    start: int
    end: int
    outer: int
    column: int
    flow: bool
    pairs: list[tuple[Span, Span]] = field(default_factory=list)

    def pair(self, key: str) -> tuple[Text, Span] | None:
        """A key that is written here, not merged by `<<`, and its value."""
        for name, value in self.pairs:
            if isinstance(name, Text) and name.text == key:
                return name, value
        return None

    def find(self, key: str) -> Span | None:
        """The value of a key, own or merged, aliases resolved."""
        if pair := self.pair(key):
            return target_of(pair[1])
        merged = self.pair("<<")
        sources = target_of(merged[1]) if merged else None
        for source in sources.items if isinstance(sources, Items) else [sources]:
            mapping = target_of(source) if source is not None else None
            if isinstance(mapping, Pairs) and (value := mapping.find(key)) is not None:
                return value
        return None


Span: TypeAlias = Text | Alias | Items | Pairs


def target_of(span: Span) -> Span:
    """What an alias refers to; any other span itself."""
    return span.target if isinstance(span, Alias) else span


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: the line on which it begins, from 1, and its root."""

    line: int
    root: Span


def document_root(text: str, document: int) -> Span:
    """The root of one document of a YAML text in which the loader found no error.

    Raises:
        NotEditable: the text has changed since.
    """
    try:
        return documents(text)[document].root
    except (yaml.YAMLError, KeyError, IndexError) as failure:
        raise NotEditable("the file was changed meanwhile: run voxosync validate") from failure


@lru_cache(maxsize=1024)
def documents(text: str) -> tuple[Document, ...]:
    """The documents of a YAML text in which the loader found no error. They must not be changed.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    with no_garbage_collection():
        return tuple(_Reader(text).read())


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.anchors: dict[str, Span] = {}

    def read(self) -> Iterator[Document]:
        """Reads libyaml's events, whose types the stubs do not give."""
        stack: list[tuple[Items | Pairs, Span | None]] = []
        line = 0
        for event in iter(PARSER(self.text).get_event, None):
            kind = type(event)
            if kind is DocumentStartEvent:
                self.anchors, line = {}, event.start_mark.line + 1
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((self._open(event), None))
            elif (finished := self._finish(event, stack)) is not None:
                if stack:
                    stack[-1] = _attach(*stack[-1], finished)
                else:
                    yield Document(line, finished)

    def _finish(self, event: Any, stack: list[tuple[Items | Pairs, Span | None]]) -> Span | None:
        """The span that ends with an event, if one does."""
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            target = self.anchors[event.anchor]
            return Alias(event.start_mark.index, event.end_mark.index, target)
        if kind is MappingEndEvent or kind is SequenceEndEvent:
            closed, _ = stack.pop()
            self._close(closed, event)
            return closed
        return None

    def _content(self, event: Any) -> int:
        """Where an event's content begins: after its anchor."""
        start: int = event.start_mark.index
        if event.anchor is not None and (anchor := _ANCHOR.match(self.text, start)):
            gap = _GAP.match(self.text, anchor.end())
            start = gap.end() if gap else anchor.end()
        return start

    def _scalar(self, event: Any) -> Text:
        start, end = self._content(event), event.end_mark.index
        if event.style in ("|", ">"):  # the blank lines after it belong to the file
            end = start + len(self.text[start:end].rstrip("\r\n \t"))
        text_span = Text(min(start, end), end, event.value, event.style or None)
        if event.anchor is not None:
            self.anchors[event.anchor] = text_span
        return text_span

    def _open(self, event: Any) -> Items | Pairs:
        outer, start, column = event.start_mark.index, self._content(event), event.start_mark.column
        if start != outer:  # its anchor may be on another line
            column = len(LINE_END.split(self.text[outer - column : start])[-1])
        kind = Pairs if type(event) is MappingStartEvent else Items
        span = kind(start, start, outer, column, bool(event.flow_style))
        if event.anchor is not None:
            self.anchors[event.anchor] = span
        return span

    def _close(self, span: Items | Pairs, event: Any) -> None:
        """Ends a block with its last entry; libyaml ends it where the next token begins."""
        inside = [value for _, value in span.pairs] if isinstance(span, Pairs) else span.items
        if span.flow:
            span.end = event.end_mark.index
        elif inside:
            span.end = inside[-1].end


def _attach(
    parent: Items | Pairs, key: Span | None, node: Span
) -> tuple[Items | Pairs, Span | None]:
    """Adds a finished span to its parent. Returns the parent, and the key that waits for its value, if any."""
    if isinstance(parent, Items):
        parent.items.append(node)
        return parent, None
    if key is None:
        return parent, node
    parent.pairs.append((key, node))
    return parent, None
