"""`guards:` of `voxosync.yaml`: turns settings that the schema accepted into guards, and finds further problems."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from voxosync.definitions.nodes import MappingNode, Node, Scalar, items_of, node_at, position
from voxosync.model.dialing.clock import WEEKDAYS
from voxosync.model.guard import Freeze, GoLive, Guards, Limit, RemovedDefinitions
from voxosync.model.problem import Problem, error
from voxosync.model.zone import is_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIDNIGHT = "24:00"


def read_guards(node: Node | None, file: str) -> tuple[Guards, list[Problem]]:
    """The guards in a node, with defaults for absent keys, and the problems.

    Args:
        node: the value of `guards:`, which the schema accepted; None: there is none.
        file: the name of its file in messages.
    """
    if not isinstance(node, MappingNode):
        return Guards(), []
    values, usual = node.values, Guards()
    freeze, problems = None, list[Problem]()
    if isinstance(frozen := values.get("frozen"), MappingNode):
        problems = list(_freeze_problems(frozen, file)) or list(_never_frozen(frozen, file))
        freeze = None if problems else _freeze(frozen)
    guards = Guards(
        max_campaigns=_limit(values.get("maxCampaigns")) or usual.max_campaigns,
        max_numbers_removed=_limit(values.get("maxNumbersRemoved")) or usual.max_numbers_removed,
        go_live=GoLive(_text(values["goLive"])) if "goLive" in values else usual.go_live,
        removed_definitions=(
            RemovedDefinitions(_text(values["removed"]))
            if "removed" in values
            else usual.removed_definitions
        ),
        freeze=freeze,
    )
    return guards, problems


def _limit(node: Node | None) -> Limit | None:
    return None if node is None else Limit.from_text(_text(node))


def _freeze_problems(node: MappingNode, file: str) -> Iterator[Problem]:
    zone = node.values["timezone"]
    if not is_zone(_text(zone)):
        message = f"{_text(zone)!r} is not an IANA time zone: write one such as America/Chicago"
        yield error(position(file, zone), "timezone", message)
    for item in items_of(node_at(node, "dates")):
        try:
            first, last = _days(item)
        except ValueError:
            message = f"{_text(item)} is not a calendar date"
            yield error(position(file, item), "date", message)
        else:
            if last < first:
                message = f"{_text(item)} ends before it begins"
                yield error(position(file, item), "end-before-start", message)
    for hours in _weekdays(node).values():
        if any(end is not None and end <= start for start, end in _hours(hours)):
            message = f"{_text(hours)} ends before it begins: split it at midnight"
            yield error(position(file, hours), "end-before-start", message)


def _never_frozen(node: MappingNode, file: str) -> Iterator[Problem]:
    if not items_of(node_at(node, "dates")) and not _weekdays(node):
        message = "frozen has no times: add dates: [2026-12-24..2027-01-02], or weekdays: {fri: 15:00-24:00}"
        yield error(position(file, node), "value", message)


def _freeze(node: MappingNode) -> Freeze:
    return Freeze(
        timezone=_text(node.values["timezone"]),
        dates=tuple(_days(item) for item in items_of(node_at(node, "dates"))),
        weekdays={WEEKDAYS.index(day): _hours(hours) for day, hours in _weekdays(node).items()},
    )


def _days(node: Node) -> tuple[date, date]:
    first, _, last = _text(node).partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def _hours(node: Node) -> tuple[tuple[time, time | None], ...]:
    """Each (from, until) of `00:00-08:00, 18:00-24:00`; until None: to the end of the day."""
    ranges = (part.strip().partition("-") for part in _text(node).split(","))
    return tuple(
        (time.fromisoformat(start), None if end == _MIDNIGHT else time.fromisoformat(end))
        for start, _, end in ranges
    )


def _weekdays(node: MappingNode) -> dict[str, Node]:
    weekdays = node_at(node, "weekdays")
    return weekdays.values if isinstance(weekdays, MappingNode) else {}


def _text(node: Node) -> str:
    assert isinstance(node, Scalar)  # noqa: S101  # the schema: one value
    return node.text
