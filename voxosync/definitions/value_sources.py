"""What gives a definition its values: its own document, and the `_defaults.yaml` files of its folder and those above.

Each can also give values for one environment, below `voxosync: overrides:`. Those take precedence over all values for
every environment, wherever they are written (ADR 15).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions.campaign_settings import words_of
from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode, node_at, position
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from voxosync.definitions.schema_check import Path as NodePath
    from voxosync.model.problem import Position

    Values: TypeAlias = "Mapping[str, Node | None]"
    """The values of a mapping by key; None: there is a value, but the schema refused it."""
    Sources: TypeAlias = "tuple[Source, ...]"
    """What gives a definition its values: itself first, then the defaults, the nearest first."""
    Effective: TypeAlias = "dict[str, tuple[Node, Source]]"
    """The value of each key that applies to a campaign, and what gives it."""

_OVERRIDES = ("voxosync", "overrides")
"""The path of the overrides in a document."""


@dataclass(slots=True)
class Source:
    """One mapping of values and its position: a definition, or a `_defaults.yaml`.

    Attributes:
        values: those for every environment.
        folder: the folder to which its paths are relative.
        file: the name of its file in messages.
        start: where it begins.
        failure: of a `_defaults.yaml`, the first error in it.
        overrides: by environment, the values for that one.
    """

    values: Values
    folder: Path
    file: str
    start: Position
    failure: Problem | None = None
    overrides: Mapping[str, Values] = field(default_factory=dict)

    @classmethod
    def of(
        cls, document: Node, folder: Path, file: str, refused_paths: Collection[NodePath]
    ) -> Source:
        """The values of a document that the schema accepted, so that the rules can check them in the same run.

        Args:
            document: the document.
            folder: the folder of its file.
            file: the name of its file in messages.
            refused_paths: where the schema refused it.
        """
        start = position(file, document)
        if not isinstance(document, MappingNode):
            return cls({}, folder, file, start)
        by_environment = overrides_of(document)
        overrides: dict[str, Values] = {}
        for name, values in by_environment.values.items() if by_environment else ():
            if isinstance(values, MappingNode):
                below = {path[3:] for path in refused_paths if path[:3] == (*_OVERRIDES, name)}
                overrides[name] = _accepted_values(values, below)
        return cls(
            _accepted_values(document, refused_paths), folder, file, start, overrides=overrides
        )


def overrides_of(document: Node) -> MappingNode | None:
    """The overrides of a document by environment; None: it has none that can be read."""
    node = node_at(document, *_OVERRIDES)
    return node if isinstance(node, MappingNode) else None


def nearest_values(
    sources: Sources, environment: str | None
) -> dict[str, tuple[Node | None, Source]]:
    """The value of each key in an environment: from the nearest override, or else from the nearest source."""
    values: dict[str, tuple[Node | None, Source]] = {}
    for source in sources:
        for key, value in source.overrides.get(environment or "", {}).items():
            values.setdefault(key, (value, source))
    for source in sources:
        for key, value in source.values.items():
            values.setdefault(key, (value, source))
    return values


def effective_values(sources: Sources, environment: str | None) -> Effective:
    """The values that apply in an environment, except those that were refused or are unmanaged."""
    values = nearest_values(sources, environment).items()
    effective = {key: (value, source) for key, (value, source) in values if value is not None}
    if "voxosync" in effective:
        for name in words_of(effective["voxosync"][0], "unmanaged"):
            effective.pop(name, None)
    return effective


def neither_id_nor_name(sources: Sources) -> Iterator[Problem]:
    """A problem if a definition has neither the id of a campaign in VOXO nor the name that a new one needs."""
    definition = sources[0]
    all_values = (
        values for source in sources for values in (source.values, *source.overrides.values())
    )
    if "id" not in definition.values and not any("name" in values for values in all_values):
        message = "a campaign that VOXO has needs its id, and a new one needs a name"
        yield error(definition.start, "missing-key", f"{message}: write id: …, or name: …")


def starting_default(
    sources: Sources, effective: Effective, environment: str | None
) -> Iterator[Problem]:
    """A problem if a default would start, in one environment, a campaign whose definition says PAUSED."""
    definition = sources[0]
    chosen, giver = effective.get("state", (None, definition))
    own_state = definition.values.get("state")
    if giver is definition or not isinstance(chosen, Scalar) or not isinstance(own_state, Scalar):
        return
    if (own_state.text, chosen.text) == ("PAUSED", "READY"):
        override = f"{{overrides: {{{environment}: {{state: READY}}}}}}"
        message = (
            f"state: PAUSED here, and READY in {environment} at {position(giver.file, chosen)}: a default starts "
            f"no campaign that is paused: write voxosync: {override} here, or remove one of the two"
        )
        yield error(position(definition.file, own_state), "override", message)


def _accepted_values(document: MappingNode, refused_paths: Collection[NodePath]) -> Values:
    """The values of a mapping. Of a list of numbers, the entries that were accepted remain, however many there are."""
    values: dict[str, Node | None] = {**document.values}
    for path in refused_paths:
        if path and path[0] in values and not _is_separate(path, document):
            values[str(path[0])] = None
    numbers = values.get(NUMBERS_FIELD)
    if isinstance(numbers, SequenceNode) and refused_paths:
        values[NUMBERS_FIELD] = _accepted_entries(numbers, refused_paths)
    return values


def _is_separate(path: NodePath, document: MappingNode) -> bool:
    """Whether the rest of a key is usable without the refused part: an entry of numbers, or a value of an override."""
    if path[:2] == _OVERRIDES and len(path) > 3:  # noqa: PLR2004  # the environment's name, and a key
        return True
    numbers = document.values.get(NUMBERS_FIELD)
    return path[0] == NUMBERS_FIELD and len(path) > 1 and isinstance(numbers, SequenceNode)


def _accepted_entries(numbers: SequenceNode, refused_paths: Collection[NodePath]) -> SequenceNode:
    """The entries whose number was accepted, with their other values that are text."""
    accepted = SequenceNode(numbers.line, numbers.column)
    unusable = {path[1:] for path in refused_paths if path[0:1] == (NUMBERS_FIELD,)}
    for index, item in enumerate(numbers.items):
        if not isinstance(item, MappingNode) or (index, "number") in unusable:
            continue
        entry = MappingNode(item.line, item.column)
        entry.values = {key: node for key, node in item.values.items() if isinstance(node, Scalar)}
        if "number" in entry.values:
            accepted.items.append(entry)
    return accepted
