"""Changes to the text of a YAML file, value by value: what is not changed stays as it is, byte for byte.

Nothing is dumped: the places of values come from the parser, and new text is spliced in. Whether the outcome
reads as what was wanted, whoever edits has to find out with the loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import yaml

from voxosync.definitions.writing.edit_lists import Entry, Lists, entries_of
from voxosync.definitions.writing.edit_values import Values, is_typed
from voxosync.definitions.writing.spans import Alias, Items, Pairs, Span, Text, documents
from voxosync.definitions.writing.spelling import spelled
from voxosync.definitions.writing.splices import NotEditable, Splices
from voxosync.model.fields import WRITABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.values import Value

__all__ = ["NotEditable", "YamlText", "number_places", "set_value"]

_ORDER = ("id", "tenantId", *WRITABLE, "voxosync")


def set_value(text: str, document: int, key: str, value: Value) -> str:
    """A YAML text with one value changed, or added where the document has no such key.

    Args:
        text: the file's text, without a byte order mark.
        document: which of its documents, from 0.
        key: a key of a definition; a new `id` becomes the first one.
        value: in canonical form.

    Raises:
        NotEditable: it cannot be written there.
    """
    edited = YamlText(text)
    edited.change(document, key, value)
    return edited.result()


class YamlText:
    """The text of one YAML file that has no errors: takes changes, and gives the text with all of them."""

    def __init__(self, text: str) -> None:
        self._splices = Splices(text)
        self._values = Values(self._splices)
        self._lists = Lists(self._values)
        try:
            self._documents = documents(self._splices.text)
        except (yaml.YAMLError, KeyError) as failure:  # changed since the loader read it
            raise NotEditable(
                "the file is no longer valid YAML: run voxosync validate"
            ) from failure

    def document_at(self, line: int) -> int:
        """The document that holds a line, counted from 1."""
        candidates = (
            index for index, document in enumerate(self._documents) if document.line <= line
        )
        return max(candidates, default=0)

    def value(self, document: int, key: str) -> Span | None:
        """The value of a key in a document, with aliases and `<<` resolved."""
        return self._root(document).find(key)

    def change(
        self,
        document: int,
        key: str,
        value: Value,
        write_only_fields: Mapping[str, Entry] | None = None,
    ) -> None:
        """Changes a value, or adds a key at its position in the usual order.

        Args:
            document: which document, from 0.
            key: a key of a definition.
            value: in canonical form.
            write_only_fields: `field1` … `field9` by phone, for a list of numbers that replaces an alias or is added.

        Raises:
            NotEditable: it cannot be written there.
        """
        root = self._root(document)
        own = root.own(key)
        if own is None:
            self._add(root, key, value, write_only_fields or {})
            return
        name, current = own
        if not isinstance(value, Mapping | tuple):
            self._values.change(current, str(value), key, flow=root.flow, indent=root.column)
        elif isinstance(current, Items):
            self._lists.change(current, name, value, block_root=not root.flow)
        elif isinstance(current, Alias):
            entries = entries_of(value, write_only_fields or {})
            self._lists.replace(current, name, entries, block_root=not root.flow)
        else:
            raise NotEditable("the value is not a list: write it by hand")

    def result(self) -> str:
        """The text with every change."""
        self._values.settle_aliases()
        return self._splices.result()

    def _root(self, document: int) -> Pairs:
        root = self._documents[document].root if document < len(self._documents) else None
        if not isinstance(root, Pairs):
            raise NotEditable("the document is not a mapping: write it by hand")
        return root

    def _add(
        self, root: Pairs, key: str, value: Value, write_only_fields: Mapping[str, Entry]
    ) -> None:
        """Adds a key behind those that usually stand before it."""
        earlier = _ORDER[: _ORDER.index(key)]
        ends = [
            span.end for name, span in root.pairs if isinstance(name, Text) and name.text in earlier
        ]
        entry_lines = self._key_lines(key, value, write_only_fields, flow=root.flow)
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

    def _key_lines(
        self, key: str, value: Value, write_only_fields: Mapping[str, Entry], *, flow: bool
    ) -> list[str]:
        """The lines of a key and its value."""
        if not isinstance(value, Mapping | tuple):
            text = str(value)
            return [f"{key}: {spelled(text, like=None, typed=is_typed(key, text), flow=flow)}"]
        entries = [
            self._lists.entry_text(entry, None) for entry in entries_of(value, write_only_fields)
        ]
        if flow or not entries:
            return [f"{key}: [{', '.join(entries)}]"]
        return [f"{key}:", *(f"  - {entry}" for entry in entries)]


def number_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the numbers that are called stand in a YAML text: start, end, and the number."""
    for document in documents(text):
        numbers = document.root.own("numbers") if isinstance(document.root, Pairs) else None
        for item in numbers[1].items if numbers and isinstance(numbers[1], Items) else ():
            own = item.own("number") if isinstance(item, Pairs) else None
            if own and isinstance(own[1], Text):
                yield own[1].start, own[1].end, own[1].text
