"""Creations of campaigns: the definitions that ask for them, and their outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report import definition
from voxosync.report.dialing import headline
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from voxosync.model.creation import Creation
    from voxosync.model.dialing.effect import DialingEffect
    from voxosync.model.journal import NewDefinition
    from voxosync.report.view import View


def render_creations(
    creations: Iterable[Creation], dialing: Mapping[NewDefinition, DialingEffect], view: View
) -> str:
    """Each definition with its defaults, then the effects on dialing."""
    lines = [line for creation in creations for line in (*_creation(creation, view), "\n")]
    effects = [f"{new.name} {headline(effect)}" for new, effect in dialing.items()]
    return "".join([*lines, *(f"! {terminal(effect)}\n" for effect in effects)])


def _creation(creation: Creation, view: View) -> list[str]:
    if creation.past is not None:
        name, campaign = terminal(creation.new.name), creation.past.campaign
        return [f"{name}: an earlier run created campaign {campaign}; its id is missing here\n"]
    lines = [definition.render_text(creation.desired, view)]
    if creation.is_paused_by_default:
        lines.append("It is created PAUSED, because the definition has no state.\n")
    if creation.second_to is not None:
        lines.append(f"It is a second campaign: {creation.second_to} was created before.\n")
    return lines


def describe_nothing_to_create(paths: Iterable[Path]) -> str:
    """That every definition in these files and folders has an id."""
    names = terminal(", ".join(map(str, paths)))
    return f"Every definition in {names} has an id: nothing to create.\n"


def describe_created(new: NewDefinition, campaign: int) -> str:
    """The id of a new campaign, in a line."""
    return f"{campaign} {terminal(new.name)}: created; {terminal(new.file)} now has its id\n"


def describe_not_written(new: NewDefinition, campaign: int, reason: str) -> str:
    """How to get the id of a new campaign into its definition."""
    return (
        f"error: {new.name} was created as campaign {campaign}, and its id could not be written: "
        f"{reason}\nrun voxosync create again: it writes the id, and creates nothing twice"
    )
