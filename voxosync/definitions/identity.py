"""A definition's `id`: one number, or one for each environment of `voxosync.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from voxosync.definitions.nodes import MappingNode, Node, Scalar, position
from voxosync.definitions.suggestion import suggestion
from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voxosync.definitions.project_layout import ProjectLayout


class Identity(NamedTuple):  # made for each definition; three times as fast as a dataclass
    """One id, and where it stands; without an environment, it is the campaign's in all of them."""

    environment: str | None
    id: int
    position: Position


class Identities(NamedTuple):  # made for each definition; three times as fast as a dataclass
    """The ids that one definition gives.

    Attributes:
        position: where the definition stands, for people.
        chosen: the id that this call is about; None: there is none, or none was chosen.
        is_here: whether this call is about the definition at all; else it is of other environments.
        all: every id that it gives and this call can meet.
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


def identities(node: Node | None, file: str, project: ProjectLayout, *, needed: bool) -> Identities:
    """The ids of a definition.

    Args:
        node: the value of `id`, where there is one that the schema accepts.
        file: how its file is called.
        project: which environments there are, and which one was chosen.
        needed: whether it is an error that none was chosen where the ids differ.
    """
    if node is None:
        return Identities(Position(file))
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
    """The definitions that are of a campaign which another one is of already, in some environment."""
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
    """An id as a number; the schema has made sure that it is a decimal one, up to 2^53 - 1."""
    assert isinstance(node, Scalar)  # noqa: S101  # the schema: one value
    return int(float(node.text))


def unknown_environments(
    label: str, node: MappingNode, file: str, environments: tuple[str, ...]
) -> Iterator[Problem]:
    """The environments that `voxosync.yaml` does not name: misspelled, a campaign or a value would not be used.

    Args:
        label: what gives something for each environment.
        node: it, by environment.
        file: how its file is called.
        environments: those that the settings name.
    """
    for name, key in node.keys.items():
        if name not in environments:
            hint = "name it there below environments:"
            if environments:
                hint = suggestion(name, environments)
            message = f"{label}: voxosync.yaml names no environment {name!r}: {hint}"
            yield error(position(file, key), "environment", message)
