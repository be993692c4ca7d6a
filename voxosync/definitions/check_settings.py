"""`checks:` of `voxosync.yaml`: turns settings that the schema accepted into those of checks; further problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.definitions.nodes import (
    MappingNode,
    Node,
    Scalar,
    as_text,
    items_of,
    node_at,
    position,
)
from voxosync.model.checks.called_hours import NAME as CALLED_HOURS
from voxosync.model.checks.called_hours import between_of
from voxosync.model.checks.check import Checks, CheckSettings
from voxosync.model.checks.do_not_call import NAME as DO_NOT_CALL
from voxosync.model.checks.registry import CHECKS
from voxosync.model.problem import Position, Problem, Severity, error

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFF = "off"


def read_checks(node: Node | None, file: str) -> tuple[Checks, list[Problem]]:
    """The settings of checks, as far as the file gives them, and their problems that a schema cannot find.

    Args:
        node: the value of `checks:`, which the schema accepted; None: there is none.
        file: the name of its file in messages.
    """
    if not isinstance(node, MappingNode):
        return Checks(), []
    settings = {name: _settings(name, value, file) for name, value in node.values.items()}
    do_not_call = settings.get(DO_NOT_CALL)
    lists = _lists(node.values[DO_NOT_CALL], file) if do_not_call and do_not_call.severity else ()
    return Checks(settings, tuple(lists)), list(_between_problems(node, file))


def _between_problems(node: MappingNode, file: str) -> Iterator[Problem]:
    """A problem if the hours in which people may be called end before they begin."""
    between = node_at(node, CALLED_HOURS, "between")
    if isinstance(between, Scalar):
        ((first, after),) = between_of(between.text)
        if after <= first:
            message = f"{between.text} ends before it begins: write the earlier time first"
            yield error(position(file, between), "end-before-start", message)


def _lists(node: Node, file: str) -> Iterator[tuple[Position, str]]:
    """The files that the settings of `doNotCall` name."""
    for item in items_of(node_at(node, "lists")):
        if isinstance(item, Scalar):
            yield position(file, item), item.text


def _settings(name: str, node: Node, file: str) -> CheckSettings:
    options: dict[str, Any] = as_text(node)
    severity = options.pop("severity", CHECKS[name].severity)
    return CheckSettings(
        None if severity == _OFF else Severity(severity), options, position(file, node)
    )
