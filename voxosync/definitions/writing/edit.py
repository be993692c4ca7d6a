"""Changes to the text of a YAML file, value by value: what is not changed stays as it is, byte for byte.

Nothing is dumped: the parser gives the positions of values, and new text is spliced in. The caller must check with
the loader that the result means what was intended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from voxosync.definitions.writing.edit_lists import Entry, Lists, entries_of
from voxosync.definitions.writing.edit_values import Values, is_typed
from voxosync.definitions.writing.spans import Alias, Items, Pairs, Span, Text, documents
from voxosync.definitions.writing.spelling import spell
from voxosync.definitions.writing.splices import NotEditable, Splices
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import NUMBERS_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.values import Value

__all__ = ["NotEditable", "YamlText", "new_text", "number_spans", "set_value"]

_COMMENT = re.compile(r"(?:^|\s)#", re.MULTILINE)
_ORDER = ("id", "tenantId", *WRITABLE, "voxosync")


def set_value(text: str, document: int, key: str, value: Value) -> str:
    """A YAML text with one value changed, or added where the document has no such key.

    Args:
        text: the file's text, without a byte order mark.
        document: the index of the document.
        key: a key of a definition; a new `id` becomes the first one.
        value: in canonical form.

    Raises:
        NotEditable: it cannot be written there.
    """
    edited = YamlText(text)
    edited.change(document, key, value)
    return edited.result()


@dataclass(frozen=True, slots=True)
class Addition:
    """A key to add, its value, and the `field1` … `field9` of its numbers by phone."""

    key: str
    value: Value
    write_only_fields: Mapping[str, Entry]


def new_text(values: Mapping[str, Value]) -> str:
    """The text of a YAML file with these keys, in their usual order.

    Args:
        values: by key of a definition, in canonical form.
    """
    blank = YamlText("")
    lines = [
        line
        for key in sorted(values, key=_ORDER.index)
        for line in blank.key_lines(key, values[key], {}, flow=False)
    ]
    return "\n".join([*lines, ""])


class YamlText:
    """The text of one YAML file without errors: collects changes, and gives the text with all of them."""

    def __init__(self, text: str) -> None:
        self._splices = Splices(text)
        self._values = Values(self._splices)
        self._lists = Lists(self._values)
        self._new_overrides: dict[tuple[int, str], list[Addition]] = {}
        try:
            self._documents = documents(self._splices.text)
        except (yaml.YAMLError, KeyError) as failure:  # changed since the loader read it
            raise NotEditable(
                "the file is no longer valid YAML: run voxosync validate"
            ) from failure

    def document_at(self, line: int) -> int:
        """The index of the document that contains a line; lines count from 1."""
        candidates = (
            index for index, document in enumerate(self._documents) if document.line <= line
        )
        return max(candidates, default=0)

    def value(self, document: int, key: str, environment: str | None = None) -> Span | None:
        """The value of a key in a document, or in its overrides for an environment; aliases and `<<` are resolved."""
        span: Span | None = self._root(document)
        for step in (*_overrides(environment), key):
            span = span.find(step) if isinstance(span, Pairs) else None
        return span

    def change(
        self,
        document: int,
        key: str,
        value: Value,
        write_only_fields: Mapping[str, Entry] | None = None,
        environment: str | None = None,
    ) -> None:
        """Changes a value, or adds a key at its position in the usual order.

        Args:
            document: the index of the document.
            key: a key of a definition.
            value: in canonical form.
            write_only_fields: `field1` … `field9` by phone, for a list of numbers that replaces an alias or is added.
            environment: the environment whose overrides have the value; None: it is for all environments.

        Raises:
            NotEditable: it cannot be written there.
        """
        root = self._root(document)
        for step in _overrides(environment):
            inner = root.pair(step)
            if inner is None and root.find(step) is None:
                entry = Addition(key, value, write_only_fields or {})
                self._new_overrides.setdefault((document, environment or ""), []).append(entry)
                return
            if inner is None or not isinstance(inner[1], Pairs):
                raise NotEditable("the overrides come from elsewhere in the file: write it by hand")
            root = inner[1]
        pair = root.pair(key)
        if pair is None:
            self._add(root, key, value, write_only_fields or {})
            return
        name, current = pair
        if not isinstance(value, Mapping | tuple):
            self._values.change(current, str(value), key, flow=root.flow, indent=root.column)
        elif isinstance(current, Items):
            self._lists.change(current, name, value, block_root=not root.flow)
        elif isinstance(current, Alias):
            entries = entries_of(value, write_only_fields or {})
            self._lists.replace(current, name, entries, block_root=not root.flow)
        else:
            raise NotEditable("the value is not a list: write it by hand")

    @property
    def count(self) -> int:
        """How many documents the file has."""
        return len(self._documents)

    def removable(self, document: int, key: str) -> Span | None:
        """The value of a key that can be removed with its lines.

        None: there is no such key, or its lines also have something else, such as a comment or an anchor.
        """
        root = self._root(document)
        pair = root.pair(key)
        if pair is None or root.flow or len(root.pairs) == 1:
            return None
        name, value = pair
        start, end = self._lines(name, value)
        lines = self._splices.text[start:end]
        above = self._splices.text[self._splices.line_start(start - 1) : start] if start else ""
        is_alone = not (lines[: name.start - start].strip() or lines[value.end - start :].strip())
        has_comment = _COMMENT.search(lines) or above.lstrip().startswith("#")
        has_anchor = isinstance(value, Alias) or "&" in lines
        return value if is_alone and not has_comment and not has_anchor else None

    def remove(self, document: int, key: str) -> None:
        """Removes a key with its lines.

        Raises:
            NotEditable: it is not `removable`.
        """
        pair = self._root(document).pair(key)
        if pair is None or self.removable(document, key) is None:
            raise NotEditable(f"{key} cannot be removed: remove it by hand")
        self._splices.replace(*self._lines(*pair), "")

    def _lines(self, name: Span, value: Span) -> tuple[int, int]:
        """From the first line of a key to the line after its value."""
        return self._splices.line_start(name.start), self._splices.next_line(value.end)

    def result(self) -> str:
        """The text with every change."""
        self._values.settle_aliases()
        for (document, environment), entries in self._new_overrides.items():
            self._add_overrides(document, environment, entries)
        self._new_overrides.clear()
        return self._splices.result()

    def _root(self, document: int) -> Pairs:
        root = self._documents[document].root if document < len(self._documents) else None
        if not isinstance(root, Pairs):
            raise NotEditable("the document is not a mapping: write it by hand")
        return root

    def _add(
        self, root: Pairs, key: str, value: Value, write_only_fields: Mapping[str, Entry]
    ) -> None:
        """Adds a key after those that usually come before it."""
        earlier = _ORDER[: _ORDER.index(key)]
        ends = [
            span.end for name, span in root.pairs if isinstance(name, Text) and name.text in earlier
        ]
        self._insert(root, ends, self.key_lines(key, value, write_only_fields, flow=root.flow))

    def _add_overrides(self, document: int, environment: str, entries: Sequence[Addition]) -> None:
        """Adds values to the overrides of an environment, with the mappings around them that the document lacks."""
        root = self._root(document)
        steps = [*_overrides(environment)]
        while (pair := root.pair(steps[0])) is not None and isinstance(pair[1], Pairs):
            root = pair[1]
            del steps[0]
        names = [spell(step, like=None, typed=False, flow=root.flow) for step in steps]
        keys = [
            self.key_lines(entry.key, entry.value, entry.write_only_fields, flow=root.flow)
            for entry in sorted(entries, key=lambda entry: _ORDER.index(entry.key))
        ]
        if root.flow:
            inner = ", ".join(line for lines in keys for line in lines)
            lines = [f"{': {'.join(names)}: {{{inner}}}" + "}" * (len(names) - 1)]
        else:
            lines = [f"{'  ' * depth}{name}:" for depth, name in enumerate(names)]
            margin = "  " * len(names)
            lines += [f"{margin}{line}" for key_lines in keys for line in key_lines]
        self._insert(root, [span.end for _, span in root.pairs], lines)

    def _insert(self, root: Pairs, ends: Sequence[int], entry_lines: Sequence[str]) -> None:
        """Inserts the lines of a key after the last of its predecessors, which end at `ends`."""
        if root.flow and ends:
            self._splices.insert(max(ends), f", {entry_lines[0]}")
        elif root.flow:
            self._splices.insert(root.start + 1, f"{entry_lines[0]}{', ' if root.pairs else ''}")
        elif ends:
            after = self._splices.next_line(max(ends))
            self._splices.insert_lines(after, entry_lines, " " * root.column)
        else:
            line = f"{self._splices.eol}{' ' * root.column}"
            self._splices.insert(root.start, line.join([*entry_lines, ""]))

    def key_lines(
        self, key: str, value: Value, write_only_fields: Mapping[str, Entry], *, flow: bool
    ) -> list[str]:
        """The lines of a key and its value."""
        if not isinstance(value, Mapping | tuple):
            text = str(value)
            return [f"{key}: {spell(text, like=None, typed=is_typed(key, text), flow=flow)}"]
        entries = [
            self._lists.entry_text(entry, None) for entry in entries_of(value, write_only_fields)
        ]
        if flow or not entries:
            return [f"{key}: [{', '.join(entries)}]"]
        return [f"{key}:", *(f"  - {entry}" for entry in entries)]


def _overrides(environment: str | None) -> tuple[str, ...]:
    """The keys that lead to the values of an environment."""
    return () if environment is None else ("voxosync", "overrides", environment)


def _campaigns(root: Span) -> Iterator[Pairs]:
    """The mappings of a document that have values of a campaign: itself, and the overrides of each environment."""
    if isinstance(root, Pairs):
        yield root
        settings = root.pair("voxosync")
        overrides = (
            settings[1].pair("overrides") if settings and isinstance(settings[1], Pairs) else None
        )
        if overrides and isinstance(overrides[1], Pairs):
            yield from (values for _, values in overrides[1].pairs if isinstance(values, Pairs))


def number_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """The numbers that are called in a YAML text: start, end, and the number."""
    for values in (values for document in documents(text) for values in _campaigns(document.root)):
        numbers = values.pair(NUMBERS_FIELD)
        for item in numbers[1].items if numbers and isinstance(numbers[1], Items) else ():
            pair = item.pair("number") if isinstance(item, Pairs) else None
            if pair and isinstance(pair[1], Text):
                yield pair[1].start, pair[1].end, pair[1].text
