"""Edits lists in the text of a YAML file. Entries that do not change keep their comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

from voxosync.definitions.writing.edit_values import is_typed
from voxosync.definitions.writing.spans import Alias, Items, Pairs, Span, Text, target_of
from voxosync.definitions.writing.spelling import spell
from voxosync.definitions.writing.splices import NotEditable
from voxosync.model.numbers import Numbers
from voxosync.model.phone import phone

if TYPE_CHECKING:
    from collections.abc import Collection

    from voxosync.definitions.writing.edit_values import Values
    from voxosync.model.values import Destination

_MOST_PAIRS = 250_000
"""How many pairs of entries of two lists are compared at most, which takes a tenth of a second."""
_COLON = re.compile(r"[ \t]*:")
_ANCHOR = re.compile(r"&[\w-]+")
_AFTER_ENTRY = re.compile(r"[ \t]*(?:(?P<comma>,)[ \t]*)?(?:#[^\r\n]*)?(?P<end>\r\n?|\n|\Z)")

Entry: TypeAlias = Mapping[str, str]
"""An entry of a list: texts by key, in the order in which they are written."""
ListValue: TypeAlias = "Numbers | tuple[Destination, ...]"


class Lists:
    """The changes to lists of one file."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.splices = values.splices

    def change(self, yaml_list: Items, name: Text, value: ListValue, *, block_root: bool) -> None:
        """Changes a list so that it has a value.

        Args:
            yaml_list: the list.
            name: its key.
            value: in canonical form.
            block_root: whether its definition is written in lines, not in braces.

        Raises:
            NotEditable: the list is written in a way that cannot be changed in place.
        """
        if not yaml_list.items:
            self.replace(yaml_list, name, entries_of(value, {}), block_root=block_root)
            return
        if isinstance(value, Numbers):
            removed_indexes, new_entries = self._change_numbers(yaml_list, value)
        else:
            removed_indexes, new_entries = self._change_places(yaml_list, value)
        if len(removed_indexes) == len(yaml_list.items) and not new_entries:
            self._empty(yaml_list, name)
        elif yaml_list.flow:
            self._edit_flow(yaml_list, removed_indexes, new_entries)
        else:
            self._edit_block(yaml_list, removed_indexes, new_entries)

    def replace(
        self, span: Items | Alias, name: Text, entries: Collection[Entry], *, block_root: bool
    ) -> None:
        """Replaces `[]` or an alias with a list."""
        texts = [self.entry_text(entry, None) for entry in entries]
        if not texts or not block_root:
            self.splices.replace(span.start, span.end, f"[{', '.join(texts)}]")
            return
        before = self.splices.text[name.start : span.start].rstrip(" \t")
        self.splices.replace(name.start + len(before), span.end, "")
        margin = " " * (name.start - self.splices.line_start(name.start) + 2)
        after = self.splices.next_line(span.end)
        self.splices.insert_lines(after, (f"- {entry}" for entry in texts), margin)

    def entry_text(self, entry: Entry, like: Pairs | None, column: int = 0) -> str:
        """An entry in the style of a neighbor: in braces, or with a line for each key that begins at `column`."""
        flow = like is None or like.flow
        texts = []
        for key, text in entry.items():
            pair = like.pair(key) if like else None
            near = pair[1] if pair else like.pairs[0][1] if like else None
            quotes = near.style if isinstance(near, Text) and near.style in ("'", '"') else None
            new = spell(text, like=quotes, typed=is_typed(key, text), flow=flow)
            texts.append(f"{key}: {new}")
        if not flow:
            return f"{self.splices.eol}{' ' * column}".join(texts)
        pad = " " if like and self.splices.text[like.start + 1] == " " else ""
        return f"{{{pad}{', '.join(texts)}{pad}}}"

    # What changes

    def _change_numbers(
        self, yaml_list: Items, value: Numbers
    ) -> tuple[set[int], dict[int, list[Entry]]]:
        """Changes descriptions in place. Returns the indexes to remove, and by index, the entries to add after them."""
        removed_indexes: set[int] = set()
        present_phones: set[str] = set()
        for index, item in enumerate(yaml_list.items):
            entry = target_of(item)
            key = phone(_text_of(entry, "number"))
            present_phones.add(key)
            if key not in value:
                removed_indexes.add(index)
            elif (described := value[key]) != _text_of(entry, "description"):
                if not isinstance(item, Pairs):
                    raise NotEditable("an entry of the list is an alias: write it by hand")
                pair = item.pair("number")
                like = pair[1].style if pair and isinstance(pair[1], Text) else None
                self.values.set_key(item, "description", described, like=like)
        added_entries = entries_of(
            value.only(key for key in value if key not in present_phones), {}
        )
        remaining_indexes = [
            index for index in range(len(yaml_list.items)) if index not in removed_indexes
        ]
        last_index = (remaining_indexes or [len(yaml_list.items) - 1])[-1]
        return removed_indexes, {last_index: added_entries} if added_entries else {}

    def _change_places(
        self, yaml_list: Items, value: tuple[Destination, ...]
    ) -> tuple[set[int], dict[int, list[Entry]]]:
        """Like `_change_numbers`, for destinations, whose order matters."""
        old = [
            (_text_of(entry, "type"), int(float(_text_of(entry, "id"))))
            for entry in map(target_of, yaml_list.items)
        ]
        desired = [(destination.type, destination.id) for destination in value]
        new = entries_of(value, {})
        removed_indexes: set[int] = set()
        new_entries: dict[int, list[Entry]] = {}
        for operation, start, end, first, last in _opcodes(old, desired):
            if operation == "equal":
                continue
            common_count = min(end - start, last - first)
            for step in range(common_count):
                self._change_place(
                    yaml_list.items[start + step], new[first + step], old[start + step]
                )
            removed_indexes.update(range(start + common_count, end))
            if extra_entries := new[first + common_count : last]:
                new_entries[start + common_count - 1] = extra_entries
        return removed_indexes, new_entries

    def _change_place(self, item: Span, entry: Entry, old: tuple[str, int]) -> None:
        if not isinstance(item, Pairs):
            self.splices.replace(item.start, item.end, self.entry_text(entry, None))
            return
        for key, was in zip(("type", "id"), old, strict=True):
            if str(was) != entry[key]:
                self.values.set_key(item, key, entry[key])

    # Where it is written

    def _empty(self, yaml_list: Items, name: Text) -> None:
        text = self.splices.text
        if yaml_list.flow:
            self.splices.replace(yaml_list.start + 1, yaml_list.end - 1, "")
            return
        anchored = yaml_list.outer != yaml_list.start
        behind = _ANCHOR.match(text, yaml_list.outer) if anchored else _COLON.match(text, name.end)
        if behind is None:
            raise NotEditable("the key is written in an unusual way: write it by hand")
        self.splices.insert(behind.end(), " []")
        for item in yaml_list.items:
            self.splices.replace(self._dash(yaml_list, item), self.splices.next_line(item.end), "")

    def _edit_block(
        self,
        yaml_list: Items,
        removed_indexes: Collection[int],
        new_entries: Mapping[int, list[Entry]],
    ) -> None:
        like = _last_pairs(yaml_list)
        head = "- "
        if like is not None:
            ahead = self.splices.text[self._dash(yaml_list, like) + yaml_list.column : like.outer]
            head = ahead if ahead.strip() == "-" and not set(ahead) & {"\n", "\r"} else head
        for index, entries in new_entries.items():
            at = self._dash(yaml_list, yaml_list.items[0])
            if index >= 0:
                at = self.splices.next_line(yaml_list.items[index].end)
            column = yaml_list.column + len(head)
            lines = [head + self.entry_text(entry, like, column) for entry in entries]
            self.splices.insert_lines(at, lines, " " * yaml_list.column)
        for index in removed_indexes:
            item = yaml_list.items[index]
            self.splices.replace(self._dash(yaml_list, item), self.splices.next_line(item.end), "")

    def _dash(self, yaml_list: Items, item: Span) -> int:
        """The start of the line with the dash of an entry."""
        line = self.splices.line_start(item.start)
        while self.splices.text[line + yaml_list.column] != "-" and line > 0:
            line = self.splices.line_start(line - 1)
        return line

    def _edit_flow(
        self,
        yaml_list: Items,
        removed_indexes: Collection[int],
        new_entries: Mapping[int, list[Entry]],
    ) -> None:
        items, text = yaml_list.items, self.splices.text
        like = _last_pairs(yaml_list)
        if len(removed_indexes) == len(items):
            new = [
                self.entry_text(entry, like)
                for entries in new_entries.values()
                for entry in entries
            ]
            self.splices.replace(items[0].start, items[-1].end, ", ".join(new))
            return
        for index, entries in new_entries.items():
            self._insert_flow(yaml_list, index, [self.entry_text(entry, like) for entry in entries])
        for index in removed_indexes:
            item = items[index]
            line, after = self.splices.line_start(item.start), _AFTER_ENTRY.match(text, item.end)
            if after and not text[line : item.start].strip():
                self.splices.replace(line, after.end(), "")
            elif index + 1 < len(items):
                self.splices.replace(item.start, items[index + 1].start, "")
            else:
                self.splices.replace(items[index - 1].end, item.end, "")

    def _insert_flow(self, yaml_list: Items, index: int, entries: list[str]) -> None:
        """Adds entries inside brackets, each on a line of its own if the existing entries are."""
        if index < 0:
            self.splices.insert(
                yaml_list.items[0].start, "".join(f"{entry}, " for entry in entries)
            )
            return
        item = yaml_list.items[index]
        margin = self.splices.text[self.splices.line_start(item.start) : item.start]
        after = _AFTER_ENTRY.match(self.splices.text, item.end)
        if margin.strip() or after is None:
            self.splices.insert(item.end, "".join(f", {entry}" for entry in entries))
            return
        comma = "," if after["comma"] else ""
        self.splices.insert(item.end, "" if comma else ",")
        lines = [*(f"{entry}," for entry in entries[:-1]), f"{entries[-1]}{comma}"]
        self.splices.insert_lines(after.end(), lines, margin)


def entries_of(value: ListValue, write_only_fields: Mapping[str, Entry]) -> list[Entry]:
    """The entries of a list as they are written.

    Args:
        value: numbers or destinations.
        write_only_fields: `field1` … `field9` by phone.
    """
    if isinstance(value, tuple):
        return [{"type": destination.type, "id": str(destination.id)} for destination in value]
    return [
        {
            "number": value.spelling(key),
            **({"description": description} if description else {}),
            **write_only_fields.get(key, {}),
        }
        for key, description in value.items()
    ]


def _text_of(entry: Span, key: str) -> str:
    value = entry.find(key) if isinstance(entry, Pairs) else None
    return value.text if isinstance(value, Text) else ""


def _last_pairs(yaml_list: Items) -> Pairs | None:
    return next((item for item in reversed(yaml_list.items) if isinstance(item, Pairs)), None)


def _opcodes(
    old: list[tuple[str, int]], new: list[tuple[str, int]]
) -> list[tuple[str, int, int, int, int]]:
    """The operations that turn one list into the other; if they are too long to compare, one replaces everything."""
    if len(old) * len(new) > _MOST_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
