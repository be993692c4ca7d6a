"""The settings of one campaign, below `voxosync:` in its definition: which differences of it count."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from voxosync.definitions.nodes import MappingNode, Node, Scalar, items_of, node_at, position
from voxosync.model.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.drift import Acknowledgement


class CampaignSettings(NamedTuple):
    """Settings in the form that `Definition` has them, whose attributes have the same names."""

    add_numbers: bool = False
    ignore: frozenset[str] = frozenset()
    acknowledge: tuple[Acknowledgement, ...] = ()


def read_campaign_settings(settings: Node, file: str) -> tuple[CampaignSettings, list[Problem]]:
    """The settings of a campaign, and problems of them that a schema cannot find.

    Args:
        settings: the value of `voxosync`, without what the schema refused.
        file: the name of its file in messages.
    """
    acknowledged, problems = _acknowledgements(settings, file)
    add_numbers = words_of(settings, "manageNumbers") == ("add",)
    ignore = frozenset(words_of(settings, "ignore"))
    return CampaignSettings(add_numbers, ignore, acknowledged), problems


def words_of(settings: Node, name: str) -> tuple[str, ...]:
    """The words of one setting below `voxosync:`, which may be a list or a single word."""
    node = node_at(settings, name)
    words = [node] if isinstance(node, Scalar) else items_of(node)
    return tuple(word.text for word in words if isinstance(word, Scalar))


def _acknowledgements(
    settings: Node, file: str
) -> tuple[tuple[Acknowledgement, ...], list[Problem]]:
    """The differences that a definition accepts until a date, and problems of this."""
    from voxosync.model.drift import Acknowledgement  # noqa: PLC0415  # few definitions need it

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


def _entries(settings: Node) -> Iterator[MappingNode]:
    """The complete entries; the schema reports the others."""
    for entry in items_of(node_at(settings, "acknowledge")):
        required_keys = ("field", "until", "reason")
        if isinstance(entry, MappingNode) and all(
            isinstance(entry.values.get(key), Scalar) for key in required_keys
        ):
            yield entry
