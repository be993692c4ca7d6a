"""Moves values that all definitions below a folder share into its `_defaults.yaml`, from text to text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.definitions.project_layout import DEFAULTS
from voxosync.definitions.writing.edit import YamlText, new_text
from voxosync.definitions.writing.spans import Items, Pairs, Span, Text
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.values import Destination

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voxosync.model.values import Value

OWN = ("name", "state", NUMBERS_FIELD)
"""Fields that stay in each definition: without them, a file would have the name or phones of another one, or dial."""
_HOISTABLE = tuple(name for name in WRITABLE if name not in OWN)
_FEWEST = 2
"""How many definitions must share a value at least."""


@dataclass(frozen=True, slots=True)
class Hoist:
    """A value that moves into a `_defaults.yaml`, or is removed because it repeats the one there.

    Attributes:
        folder: the folder whose `_defaults.yaml` gives it afterwards.
        key: the field.
        value: the value in the definitions.
        documents: the definitions: file, and index of the document in it.
    """

    folder: Path
    key: str
    value: Value
    documents: Sequence[tuple[Path, int]]


def hoists(texts: Mapping[Path, str], roots: Sequence[Path]) -> list[Hoist]:
    """The values that can move, each to the outermost folder possible.

    Args:
        texts: the text of every definition file below `roots`, and of every `_defaults.yaml` there.
        roots: folders to tidy; nothing moves out of them.
    """
    return [hoist for root in roots for hoist in _below(texts, root)]


def move_values(texts: Mapping[Path, str], moves: Sequence[Hoist]) -> dict[Path, str]:
    """The new texts of all files that change, including new `_defaults.yaml` files.

    Args:
        texts: as for `hoists`.
        moves: what moves.
    """
    edited: dict[Path, YamlText] = {}
    new: dict[Path, dict[str, Value]] = {}
    for hoist in moves:
        for path, index in hoist.documents:
            edited.setdefault(path, YamlText(texts[path])).remove(index, hoist.key)
        defaults = hoist.folder / DEFAULTS
        if defaults not in texts:
            new.setdefault(defaults, {})[hoist.key] = hoist.value
            continue
        text = edited.setdefault(defaults, YamlText(texts[defaults]))
        if text.value(0, hoist.key) is None:
            text.change(0, hoist.key, hoist.value)
    return {
        **{path: text.result() for path, text in edited.items()},
        **{path: new_text(values) for path, values in new.items()},
    }


def _below(texts: Mapping[Path, str], root: Path) -> Iterator[Hoist]:
    yaml = {path: YamlText(text) for path, text in texts.items() if path.is_relative_to(root)}
    documents = [
        (path, index)
        for path, text in yaml.items()
        if path.name != DEFAULTS
        for index in range(text.count)
    ]
    folders = {folder for path, _ in documents for folder in path.parents}
    moved: set[tuple[Path, int, str]] = set()
    for folder in sorted(folders, key=lambda path: path.parts):
        below = [document for document in documents if document[0].is_relative_to(folder)]
        if not folder.is_relative_to(root) or len(below) < _FEWEST:
            continue
        defaults = yaml.get(folder / DEFAULTS)
        for key in _HOISTABLE:
            if any((*document, key) in moved for document in below):
                continue
            values = {_value(yaml[path].removable(index, key)) for path, index in below}
            value = values.pop()
            if value is None or values or (defaults and _gives_another(defaults, key, value)):
                continue
            moved.update((*document, key) for document in below)
            yield Hoist(folder, key, value, below)


def _value(span: Span | None) -> Value:
    """A value as it is written; None: it cannot be moved."""
    if isinstance(span, Text):
        return span.text
    if isinstance(span, Items):
        entries = [_destination(item) for item in span.items]
        return tuple(entry for entry in entries if entry) if all(entries) else None
    return None


def _destination(item: Span) -> Destination | None:
    texts = {
        key.text: value.text
        for key, value in (item.pairs if isinstance(item, Pairs) else ())
        if isinstance(key, Text) and isinstance(value, Text)
    }
    if texts.keys() != {"type", "id"} or not texts["id"].isdigit():
        return None
    return Destination(texts["type"], int(texts["id"]))


def _gives_another(defaults: YamlText, key: str, value: Value) -> bool:
    current = defaults.value(0, key)
    return current is not None and _value(current) != value
