"""`voxosync: overrides:` of a definition or a `_defaults.yaml`: values that hold in one environment.

What is written for an environment comes before what is written for all of them, wherever it stands (ADR 15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.definitions.accepted_values import sound_values
from voxosync.definitions.identity import unknown_environments
from voxosync.definitions.nodes import MappingNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import TypeAlias

    from voxosync.definitions.nodes import Node
    from voxosync.definitions.schema_check import Path
    from voxosync.model.problem import Problem

    Overrides: TypeAlias = "Mapping[str, Mapping[str, Node | None]]"
    """By environment, the values that hold there; None: there is a value, but the schema refused it."""

PATH = ("voxosync", "overrides")
"""Where they stand in a document."""


def mapping_of(document: Node) -> MappingNode | None:
    """The overrides of a document, by environment; None: it has none that could be read."""
    node: Node | None = document
    for step in PATH:
        node = node.values.get(step) if isinstance(node, MappingNode) else None
    return node if isinstance(node, MappingNode) else None


def overrides_of(document: MappingNode, refused: Collection[Path]) -> Overrides:
    """The values of each environment, as far as a schema accepted them."""
    node = mapping_of(document)
    by_environment: dict[str, Mapping[str, Node | None]] = {}
    for name, values in node.values.items() if node else ():
        if isinstance(values, MappingNode):
            below = {path[3:] for path in refused if path[:3] == (*PATH, name)}
            by_environment[name] = sound_values(values, below)
    return by_environment


def problems_of(document: Node, file: str, environments: tuple[str, ...]) -> Iterator[Problem]:
    """What a schema cannot find wrong with overrides: environments that the settings do not name."""
    node = mapping_of(document)
    if node is not None:
        yield from unknown_environments("overrides", node, file, environments)
