"""The parts of a refused document that can still be checked, so that one run reports every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode
from voxosync.model.numbers import NUMBERS_FIELD

if TYPE_CHECKING:
    from collections.abc import Collection

    from voxosync.definitions.schema_check import Path


def sound_values(document: MappingNode, refused: Collection[Path]) -> dict[str, Node | None]:
    """The values of a document that a schema accepted; None for those that it refused.

    Of a list of numbers, whatever its length, the entries that were accepted remain.
    """
    values: dict[str, Node | None] = {**document.values}
    for path in refused:
        if path and path[0] in values and not _is_separate(path, document):
            values[str(path[0])] = None
    numbers = values.get(NUMBERS_FIELD)
    if isinstance(numbers, SequenceNode) and refused:
        values[NUMBERS_FIELD] = _sound_entries(numbers, refused)
    return values


def _is_separate(path: Path, document: MappingNode) -> bool:
    """Whether what is refused leaves the rest of its key usable: an entry of numbers, or a value of one environment."""
    if path[:2] == ("voxosync", "overrides") and len(path) > 3:  # noqa: PLR2004  # the environment's name, and a key
        return True
    numbers = document.values.get(NUMBERS_FIELD)
    return path[0] == NUMBERS_FIELD and len(path) > 1 and isinstance(numbers, SequenceNode)


def _sound_entries(numbers: SequenceNode, refused: Collection[Path]) -> SequenceNode:
    """The entries whose number is usable, with their other values that are text."""
    sound = SequenceNode(numbers.line, numbers.column)
    unusable = {path[1:] for path in refused if path[0:1] == (NUMBERS_FIELD,)}
    for index, item in enumerate(numbers.items):
        if not isinstance(item, MappingNode) or (index, "number") in unusable:
            continue
        entry = MappingNode(item.line, item.column)
        entry.values = {key: node for key, node in item.values.items() if isinstance(node, Scalar)}
        if "number" in entry.values:
            sound.items.append(entry)
    return sound
