"""Lists in the text of a YAML file: entries go, come and change, and the others stay with their comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

from voxosync.definitions.writing.edit_values import is_typed
from voxosync.definitions.writing.spans import Alias, Items, Pairs, Span, Text, resolved
from voxosync.definitions.writing.spelling import spelled
from voxosync.definitions.writing.splices import NotEditable
from voxosync.model.numbers import Numbers
from voxosync.model.phone import phone

if TYPE_CHECKING:
    from collections.abc import Collection

    from voxosync.definitions.writing.edit_values import Values
    from voxosync.model.values import Destination

_MOST_PAIRS = 250_000
"""Entries of one list times entries of the other, up to which they are compared: a tenth of a second."""
_COLON = re.compile(r"[ \t]*:")
_ANCHOR = re.compile(r"&[\w-]+")
_AFTER_ENTRY = re.compile(r"[ \t]*(?:(?P<comma>,)[ \t]*)?(?:#[^\r\n]*)?(?P<end>\r\n?|\n|\Z)")

Entry: TypeAlias = Mapping[str, str]
"""An entry of a list as texts by key, in the order in which they are written."""
Many: TypeAlias = "Numbers | tuple[Destination, ...]"


class Lists:
    """The changes to lists of one file."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.splices = values.splices

    def change(self, found: Items, name: Text, value: Many, *, block_root: bool) -> None:
        """Makes a list hold a value.

        Args:
            found: the list.
            name: its key.
            value: in canonical form.
            block_root: whether its definition is written in lines, not in braces.

        Raises:
            NotEditable: it is written in a way that cannot be changed in place.
        """
        if not found.items:
            self.replace(found, name, entries_of(value, {}), block_root=block_root)
            return
        if isinstance(value, Numbers):
            removed, inserted = self._change_numbers(found, value)
        else:
            removed, inserted = self._change_places(found, value)
        if len(removed) == len(found.items) and not inserted:
            self._empty(found, name)
        elif found.flow:
            self._edit_flow(found, removed, inserted)
        else:
            self._edit_block(found, removed, inserted)

    def replace(
        self, found: Items | Alias, name: Text, entries: Collection[Entry], *, block_root: bool
    ) -> None:
        """Puts a list in place of `[]` or of an alias."""
        written = [self.written(entry, None) for entry in entries]
        if not written or not block_root:
            self.splices.put(found.start, found.end, f"[{', '.join(written)}]")
            return
        before = self.splices.text[name.start : found.start].rstrip(" \t")
        self.splices.put(name.start + len(before), found.end, "")
        margin = " " * (name.start - self.splices.line_start(name.start) + 2)
        after = self.splices.next_line(found.end)
        self.splices.insert_lines(after, (f"- {entry}" for entry in written), margin)

    def written(self, entry: Entry, like: Pairs | None, column: int = 0) -> str:
        """An entry, written as its neighbour is; in lines that begin at `column`, where that one is."""
        flow = like is None or like.flow
        pairs = []
        for key, text in entry.items():
            own = like.own(key) if like else None
            near = own[1] if own else like.pairs[0][1] if like else None
            quotes = near.style if isinstance(near, Text) and near.style in ("'", '"') else None
            new = spelled(text, like=quotes, typed=is_typed(key, text), flow=flow)
            pairs.append(f"{key}: {new}")
        if not flow:
            return f"{self.splices.eol}{' ' * column}".join(pairs)
        pad = " " if like and self.splices.text[like.start + 1] == " " else ""
        return f"{{{pad}{', '.join(pairs)}{pad}}}"

    # What changes

    def _change_numbers(
        self, found: Items, value: Numbers
    ) -> tuple[set[int], dict[int, list[Entry]]]:
        """Rewords entries in place; the places of those to remove, and what to add behind which."""
        removed: set[int] = set()
        known: set[str] = set()
        for place, item in enumerate(found.items):
            entry = resolved(item)
            key = phone(_text_of(entry, "number"))
            known.add(key)
            if key not in value:
                removed.add(place)
            elif (described := value[key]) != _text_of(entry, "description"):
                if not isinstance(item, Pairs):
                    raise NotEditable("an entry of the list is an alias: write it by hand")
                own = item.own("number")
                like = own[1].style if own and isinstance(own[1], Text) else None
                self.values.put(item, "description", described, like=like)
        added = entries_of(value.only(key for key in value if key not in known), {})
        kept = [place for place in range(len(found.items)) if place not in removed]
        return removed, {(kept or [len(found.items) - 1])[-1]: added} if added else {}

    def _change_places(
        self, found: Items, value: tuple[Destination, ...]
    ) -> tuple[set[int], dict[int, list[Entry]]]:
        """The same for destinations, whose order counts."""
        old = [
            (_text_of(entry, "type"), int(float(_text_of(entry, "id"))))
            for entry in map(resolved, found.items)
        ]
        wanted = [(place.type, place.id) for place in value]
        new = entries_of(value, {})
        removed: set[int] = set()
        inserted: dict[int, list[Entry]] = {}
        for what, start, end, first, last in _opcodes(old, wanted):
            if what == "equal":
                continue
            both = min(end - start, last - first)
            for step in range(both):
                self._change_place(found.items[start + step], new[first + step], old[start + step])
            removed.update(range(start + both, end))
            if rest := new[first + both : last]:
                inserted[start + both - 1] = rest
        return removed, inserted

    def _change_place(self, item: Span, entry: Entry, old: tuple[str, int]) -> None:
        if not isinstance(item, Pairs):
            self.splices.put(item.start, item.end, self.written(entry, None))
            return
        for key, was in zip(("type", "id"), old, strict=True):
            if str(was) != entry[key]:
                self.values.put(item, key, entry[key])

    # Where it is written

    def _empty(self, found: Items, name: Text) -> None:
        text = self.splices.text
        if found.flow:
            self.splices.put(found.start + 1, found.end - 1, "")
            return
        anchored = found.outer != found.start
        behind = _ANCHOR.match(text, found.outer) if anchored else _COLON.match(text, name.end)
        if behind is None:
            raise NotEditable("the key is written in an unusual way: write it by hand")
        self.splices.insert(behind.end(), " []")
        for item in found.items:
            self.splices.put(self._dash(found, item), self.splices.next_line(item.end), "")

    def _edit_block(
        self, found: Items, removed: Collection[int], inserted: Mapping[int, list[Entry]]
    ) -> None:
        like = _last_pairs(found)
        head = "- "
        if like is not None:
            ahead = self.splices.text[self._dash(found, like) + found.column : like.outer]
            head = ahead if ahead.strip() == "-" and not set(ahead) & {"\n", "\r"} else head
        for place, entries in inserted.items():
            at = self._dash(found, found.items[0])
            if place >= 0:
                at = self.splices.next_line(found.items[place].end)
            column = found.column + len(head)
            lines = [head + self.written(entry, like, column) for entry in entries]
            self.splices.insert_lines(at, lines, " " * found.column)
        for place in removed:
            item = found.items[place]
            self.splices.put(self._dash(found, item), self.splices.next_line(item.end), "")

    def _dash(self, found: Items, item: Span) -> int:
        """Where the line with the dash of an entry begins."""
        line = self.splices.line_start(item.start)
        while self.splices.text[line + found.column] != "-" and line > 0:
            line = self.splices.line_start(line - 1)
        return line

    def _edit_flow(
        self, found: Items, removed: Collection[int], inserted: Mapping[int, list[Entry]]
    ) -> None:
        items, text = found.items, self.splices.text
        like = _last_pairs(found)
        if len(removed) == len(items):
            new = [self.written(each, like) for entries in inserted.values() for each in entries]
            self.splices.put(items[0].start, items[-1].end, ", ".join(new))
            return
        for place, entries in inserted.items():
            self._insert_flow(found, place, [self.written(entry, like) for entry in entries])
        for place in removed:
            item = items[place]
            line, after = self.splices.line_start(item.start), _AFTER_ENTRY.match(text, item.end)
            if after and not text[line : item.start].strip():
                self.splices.put(line, after.end(), "")
            elif place + 1 < len(items):
                self.splices.put(item.start, items[place + 1].start, "")
            else:
                self.splices.put(items[place - 1].end, item.end, "")

    def _insert_flow(self, found: Items, place: int, written: list[str]) -> None:
        """Adds entries inside of brackets, each on a line of its own where that is how they stand."""
        if place < 0:
            self.splices.insert(found.items[0].start, "".join(f"{entry}, " for entry in written))
            return
        item = found.items[place]
        margin = self.splices.text[self.splices.line_start(item.start) : item.start]
        after = _AFTER_ENTRY.match(self.splices.text, item.end)
        if margin.strip() or after is None:
            self.splices.insert(item.end, "".join(f", {entry}" for entry in written))
            return
        comma = "," if after["comma"] else ""
        self.splices.insert(item.end, "" if comma else ",")
        lines = [*(f"{entry}," for entry in written[:-1]), f"{written[-1]}{comma}"]
        self.splices.insert_lines(after.end(), lines, margin)


def entries_of(value: Many, riders: Mapping[str, Entry]) -> list[Entry]:
    """The entries of a list, as they are written.

    Args:
        value: numbers or destinations.
        riders: `field1` … `field9` by phone.
    """
    if isinstance(value, tuple):
        return [{"type": place.type, "id": str(place.id)} for place in value]
    return [
        {
            "number": value.spelling(key),
            **({"description": description} if description else {}),
            **riders.get(key, {}),
        }
        for key, description in value.items()
    ]


def _text_of(entry: Span, key: str) -> str:
    found = entry.find(key) if isinstance(entry, Pairs) else None
    return found.text if isinstance(found, Text) else ""


def _last_pairs(found: Items) -> Pairs | None:
    return next((item for item in reversed(found.items) if isinstance(item, Pairs)), None)


def _opcodes(
    old: list[tuple[str, int]], new: list[tuple[str, int]]
) -> list[tuple[str, int, int, int, int]]:
    """What makes one list the other; of two that are too long to compare, everything."""
    if len(old) * len(new) > _MOST_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
