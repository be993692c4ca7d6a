"""Writes acknowledgements into the text of a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.definitions.writing.spans import Items, Pairs, Span, Text, document_root
from voxosync.definitions.writing.spelling import spell
from voxosync.definitions.writing.splices import NotEditable, Splices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.drift import Acknowledgement

_BY_HAND = "is written in a way that takes no further entry: write it by hand"


def acknowledge(text: str, document: int, entries: Sequence[Acknowledgement]) -> str:
    """A YAML text in which a definition acknowledges fields. An earlier entry for a field is replaced.

    Args:
        text: the file's text, without a byte order mark.
        document: the index of the document.
        entries: at most one for each field.

    Raises:
        NotEditable: they cannot be written there.
    """
    splices = Splices(text)
    root = document_root(splices.text, document)
    if not isinstance(root, Pairs) or not root.pairs:
        raise NotEditable("the document is not a mapping: write it by hand")
    _Editor(splices, root).write(entries)
    return splices.result()


class _Editor:
    def __init__(self, splices: Splices, root: Pairs) -> None:
        self._splices, self._root = splices, root

    def write(self, entries: Sequence[Acknowledgement]) -> None:
        settings = self._root.pair("voxosync")
        if settings is None:
            return self._add_settings(entries)
        if not isinstance(settings[1], Pairs) or not settings[1].pairs:
            raise NotEditable(f"voxosync {_BY_HAND}")
        entry_list = settings[1].pair("acknowledge")
        if entry_list is None:
            return self._add_list(settings[1], entries)
        if not isinstance(entry_list[1], Items):
            raise NotEditable(f"acknowledge {_BY_HAND}")
        return self._add_entries(entry_list[1], entries)

    def _add_settings(self, entries: Sequence[Acknowledgement]) -> None:
        root = self._root
        if root.flow:
            last = root.pairs[-1][1].end
            self._splices.insert(last, f", voxosync: {{acknowledge: [{_flow(entries)}]}}")
            return
        lines = ["voxosync:", "  acknowledge:", *(f"    - {_entry(entry)}" for entry in entries)]
        self._splices.insert_lines(self._after(root), lines, " " * root.column)

    def _add_list(self, settings: Pairs, entries: Sequence[Acknowledgement]) -> None:
        if settings.flow:
            last = settings.pairs[-1][1].end
            self._splices.insert(last, f", acknowledge: [{_flow(entries)}]")
            return
        lines = ["acknowledge:", *(f"  - {_entry(entry)}" for entry in entries)]
        self._splices.insert_lines(self._after(settings), lines, " " * settings.column)

    def _add_entries(self, entry_list: Items, entries: Sequence[Acknowledgement]) -> None:
        added: list[Acknowledgement] = []
        for entry in entries:
            current = next((item for item in entry_list.items if _is_of(item, entry.field)), None)
            if current is None:
                added.append(entry)
            else:
                self._splices.replace(current.start, current.end, _entry(entry))
        if not added:
            return
        if entry_list.flow:
            before = ", " if entry_list.items else ""
            at = entry_list.items[-1].end if entry_list.items else entry_list.start + 1
            self._splices.insert(at, f"{before}{_flow(added)}")
        else:
            lines = [f"- {_entry(entry)}" for entry in added]
            self._splices.insert_lines(self._after(entry_list), lines, " " * entry_list.column)

    def _after(self, block: Pairs | Items) -> int:
        return self._splices.next_line(block.end)


def _is_of(item: Span, field: str) -> bool:
    pair = item.pair("field") if isinstance(item, Pairs) else None
    return pair is not None and isinstance(pair[1], Text) and pair[1].text == field


def _flow(entries: Sequence[Acknowledgement]) -> str:
    return ", ".join(map(_entry, entries))


def _entry(entry: Acknowledgement) -> str:
    texts = {"field": entry.field, "until": entry.until.isoformat(), "reason": entry.reason}
    if entry.owner is not None:
        texts["owner"] = entry.owner
    pairs = (
        f"{key}: {spell(text, like=None, typed=key == 'until', flow=True)}"
        for key, text in texts.items()
    )
    return f"{{{', '.join(pairs)}}}"
