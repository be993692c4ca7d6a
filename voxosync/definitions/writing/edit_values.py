"""Changes single values in the text of a YAML file in place, and keeps the style of their spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voxosync.definitions.writing.spans import Alias, Pairs, Span, Text
from voxosync.definitions.writing.spelling import block, quote_with_comment, spell
from voxosync.definitions.writing.splices import NotEditable
from voxosync.model.fields import FIELDS

if TYPE_CHECKING:
    from voxosync.definitions.writing.splices import Splices

_TYPED_TEXT = ("callerId", "recording")


class Values:
    """The changes to single values of one file."""

    def __init__(self, splices: Splices) -> None:
        self.splices = splices
        self._changed: dict[int, str] = {}  # new texts of scalars, by the `id()` of their spans
        self._aliases: list[tuple[Alias, str, str]] = []

    def change(self, value: Span, text: str, key: str, *, flow: bool, indent: int) -> None:
        """Replaces a scalar or an alias with a text.

        Args:
            value: the current scalar or alias.
            text: the new value.
            key: the key of the value.
            flow: whether the value is inside brackets.
            indent: the indentation of the key.

        Raises:
            NotEditable: the value is a list or a mapping.
        """
        if isinstance(value, Alias):
            new = spell(text, like=None, typed=is_typed(key, text), flow=flow)
            self._aliases.append((value, text, new))
            return
        if not isinstance(value, Text):
            raise NotEditable("the value is a list or a mapping: write it by hand")
        if text == self._changed.get(id(value), value.text):
            return
        self._changed[id(value)] = text
        if value.style in ("|", ">"):
            self._change_block(value, text, indent)
            return
        new = spell(text, like=value.style, old=value.text, typed=is_typed(key, text), flow=flow)
        self.splices.replace(value.start, value.end, new)

    def _change_block(self, value: Text, text: str, indent: int) -> None:
        splices = self.splices
        source = splices.text[value.start : value.end]
        last = splices.unended and value.end >= len(splices.text) - len(splices.eol)
        new = None if last else block(text, source, indent=indent, eol=splices.eol)
        splices.replace(value.start, value.end, new or quote_with_comment(text, source))

    def set_key(self, entry: Pairs, key: str, text: str, *, like: str | None = None) -> None:
        """Changes a key of a mapping in a list, or adds it as the last one.

        Args:
            entry: the mapping.
            key: its key.
            text: the new value.
            like: for a new key, the style of its neighbors.

        Raises:
            NotEditable: the value is a list or a mapping.
        """
        pair = entry.pair(key)
        if pair is not None:
            self.change(pair[1], text, key, flow=entry.flow, indent=entry.column)
            return
        new = f"{key}: {spell(text, like=like, typed=is_typed(key, text), flow=entry.flow)}"
        if entry.flow:
            self.splices.insert(entry.pairs[-1][1].end, f", {new}")
        else:
            after = self.splices.next_line(entry.end)
            self.splices.insert_lines(after, [new], " " * entry.column)

    def settle_aliases(self) -> None:
        """Replaces the aliases whose new value differs from that of their anchor."""
        for alias, text, new in self._aliases:
            if self._changed.get(id(alias.target)) != text:
                self.splices.replace(alias.start, alias.end, new)
        self._aliases.clear()


def is_typed(key: str, text: str) -> bool:
    """Whether the field alone determines how a value is read, so that it is usually written without quotes."""
    if key in ("id", "number"):
        return re.fullmatch(r"[1-9][0-9]*", text) is not None
    return key in _TYPED_TEXT or (key in FIELDS and FIELDS[key].kind.is_plain)
