"""`voxosync: acknowledge:` in a definition: differences that are accepted until a date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from voxosync.definitions.nodes import MappingNode, Node, Scalar, items_of, node_at, position
from voxosync.model.drift import Acknowledgement
from voxosync.model.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator


def acknowledgements(
    settings: Node | None, file: str
) -> tuple[tuple[Acknowledgement, ...], list[Problem]]:
    """What a definition acknowledges, and problems of this that a schema cannot find.

    Args:
        settings: the value of `voxosync`, without what the schema refused; None: there is none.
        file: the name of its file in messages.
    """
    by_field: dict[str, Acknowledgement] = {}
    problems: list[Problem] = []
    for entry in _entries(settings):
        texts = {key: node.text for key, node in entry.values.items() if isinstance(node, Scalar)}
        field, start = texts["field"], position(file, entry.values["field"])
        try:
            until = date.fromisoformat(texts["until"])
        except ValueError:
            message = f"until: {texts['until']} is not a calendar date: write a date that exists"
            problems.append(error(position(file, entry.values["until"]), "date", message))
            continue
        if field in by_field:
            message = f"{field} is already acknowledged on line {by_field[field].position.line}: keep one of them"
            problems.append(error(start, "acknowledge", message))
            continue
        by_field[field] = Acknowledgement(field, until, texts["reason"], texts.get("owner"), start)
    return tuple(by_field.values()), problems


def _entries(settings: Node | None) -> Iterator[MappingNode]:
    """The complete entries; the schema reports the others."""
    for entry in items_of(node_at(settings, "acknowledge")):
        required_keys = ("field", "until", "reason")
        if isinstance(entry, MappingNode) and all(
            isinstance(entry.values.get(key), Scalar) for key in required_keys
        ):
            yield entry
