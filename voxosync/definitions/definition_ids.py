"""A definition's `id`: one number, or one for each environment of `voxosync.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from voxosync.definitions.did_you_mean import suggestion
from voxosync.definitions.nodes import MappingNode, Node, Scalar, position
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.definitions.value_sources import Source


class Identity(NamedTuple):  # made for each definition; three times as fast as a dataclass
    """One id and its position; environment None: it applies to all environments."""

    environment: str | None
    id: int
    position: Position


class Identities(NamedTuple):  # made for each definition; three times as fast as a dataclass
    """The ids that one definition gives.

    Attributes:
        position: the position of the definition in messages.
        chosen: the id in the chosen environment; None: there is none, or no environment is chosen.
        is_here: whether it applies to the chosen environment, instead of to others only.
        all: the ids in the chosen environment, or in all environments if none is chosen.
        problems: what is wrong with them.
    """

    position: Position
    chosen: int | None = None
    is_here: bool = True
    all: tuple[Identity, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def environments(self) -> set[str]:
        """The environments that have an id of their own."""
        return {identity.environment for identity in self.all if identity.environment is not None}


def identities(source: Source, project: ProjectLayout, *, needed: bool) -> Identities:
    """The ids of a definition.

    Args:
        source: the definition.
        project: the environments, and the chosen one.
        needed: whether it is an error if ids differ by environment and no environment is chosen.
    """
    node, file = source.values.get("id"), source.file
    if node is None:
        return Identities(source.start)
    start = position(file, node)
    if not isinstance(node, MappingNode):
        number = whole_number(node)
        return Identities(start, number, all=(Identity(None, number, start),))
    problems = tuple(unknown_environments("id", node, file, project.environments))
    ids = tuple(
        Identity(name, whole_number(value), position(file, value))
        for name, value in node.values.items()
        if project.environment in (None, name)
    )
    if project.environment is not None:
        first = ids[0].position if ids else start
        chosen = ids[0].id if ids else None
        return Identities(first, chosen, is_here=bool(ids), all=ids, problems=problems)
    if needed and not problems:
        names = " or ".join(f"--env {name}" for name in node.values)
        message = f"this campaign has an id for each environment: choose one with {names}"
        problems = (error(start, "environment", message),)
    return Identities(start, all=ids, problems=problems)


def same_id_twice(ids: Iterable[Identity]) -> Iterator[Problem]:
    """A problem for each id that an earlier definition has in the same environment."""
    first: dict[int, list[Identity]] = {}
    for identity in ids:
        same_ids = first.setdefault(identity.id, [])
        for earlier in same_ids:
            if None in (identity.environment, earlier.environment) or (
                identity.environment == earlier.environment
            ):
                message = f"the campaign {identity.id} is already defined at {earlier.position}"
                hint = "keep one of the two, or remove the id of a copy and run voxosync create"
                yield error(identity.position, "duplicate-id", f"{message}: {hint}")
                break
        same_ids.append(identity)


def whole_number(node: Node) -> int:
    """An id as a number; the schema has ensured that it is decimal, and at most 2^53 - 1."""
    assert isinstance(node, Scalar)  # noqa: S101  # the schema: one value
    return int(float(node.text))


def unknown_environments(
    label: str, node: MappingNode, file: str, environments: tuple[str, ...]
) -> Iterator[Problem]:
    """A problem for each environment that `voxosync.yaml` does not name: what is written for it would not be used.

    Args:
        label: the key, such as `overrides`.
        node: its value, by environment.
        file: the name of its file in messages.
        environments: those that `voxosync.yaml` names.
    """
    for name, key in node.keys.items():
        if name not in environments:
            hint = "name it there below environments:"
            if environments:
                hint = suggestion(name, environments)
            message = f"{label}: voxosync.yaml names no environment {name!r}: {hint}"
            yield error(position(file, key), "environment", message)
