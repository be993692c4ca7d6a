"""What gives a definition its values: its document and the `_defaults.yaml` files above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode, position
from voxosync.model.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TypeAlias

    from voxosync.definitions.overrides import Overrides
    from voxosync.model.problem import Position

    Sources: TypeAlias = "tuple[Source, ...]"
    """What gives a definition its values: itself first, then the defaults, the nearest first."""
    Effective: TypeAlias = "dict[str, tuple[Node, Source]]"
    """The value of each key that holds for a campaign, and who gives it."""


@dataclass(slots=True)
class Source:
    """One mapping of values and where it stands: a definition, or a `_defaults.yaml`.

    Attributes:
        values: None: there is a value, but the schema refused it.
        folder: where its paths are relative to.
        file: how problems call its file.
        start: where it begins.
        failure: of a `_defaults.yaml`, what is wrong with it.
        overrides: the values that hold in one environment.
    """

    values: dict[str, Node | None]
    folder: Path
    file: str
    start: Position
    failure: Problem | None = None
    overrides: Overrides = field(default_factory=dict)


def nearest_values(
    sources: Sources, environment: str | None
) -> dict[str, tuple[Node | None, Source]]:
    """The value of each key in an environment: those written for it, then those for all, each from the nearest."""
    values: dict[str, tuple[Node | None, Source]] = {}
    for source in sources:
        for key, value in source.overrides.get(environment or "", {}).items():
            values.setdefault(key, (value, source))
    for source in sources:
        for key, value in source.values.items():
            values.setdefault(key, (value, source))
    return values


def effective_values(sources: Sources, environment: str | None) -> Effective:
    """The values that hold in an environment, without those that are refused or no longer managed."""
    values = nearest_values(sources, environment).items()
    effective = {key: (value, source) for key, (value, source) in values if value is not None}
    for name in words_of(effective, "unmanaged"):
        effective.pop(name, None)
    return effective


def words_of(effective: Effective, setting: str) -> tuple[str, ...]:
    """The words of one setting under `voxosync:`, whether it is a list or a single one."""
    settings = effective["voxosync"][0] if "voxosync" in effective else None
    node = settings.values.get(setting) if isinstance(settings, MappingNode) else None
    if isinstance(node, SequenceNode):
        return tuple(item.text for item in node.items if isinstance(item, Scalar))
    return (node.text,) if isinstance(node, Scalar) else ()


def neither_id_nor_name(sources: Sources) -> Iterator[Problem]:
    """A definition that is of no campaign in VOXO, and of no new one, which needs a name."""
    own = sources[0]
    named = (values for source in sources for values in (source.values, *source.overrides.values()))
    if "id" not in own.values and not any("name" in values for values in named):
        message = "a campaign that VOXO has needs its id, and a new one needs a name"
        yield error(own.start, "missing-key", f"{message}: write id: …, or name: …")


def starting_default(
    sources: Sources, effective: Effective, environment: str | None
) -> Iterator[Problem]:
    """A default that would start, in one environment, a campaign whose definition says PAUSED."""
    own = sources[0]
    chosen, giver = effective.get("state", (None, own))
    mine = own.values.get("state")
    if giver is own or not isinstance(chosen, Scalar) or not isinstance(mine, Scalar):
        return
    if (mine.text, chosen.text) == ("PAUSED", "READY"):
        override = f"{{overrides: {{{environment}: {{state: READY}}}}}}"
        message = (
            f"state: PAUSED here, and READY in {environment} at {position(giver.file, chosen)}: a default starts "
            f"no campaign that is paused: write voxosync: {override} here, or remove one of the two"
        )
        yield error(position(own.file, mine), "override", message)
