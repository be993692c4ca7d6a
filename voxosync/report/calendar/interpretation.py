"""What a schedule's values came to, for a picture: when it dials, and in words what could not be taken as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import DAY, Bands
from voxosync.model.dialing.times import Dialing, dialing_of, unclear_fields
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from voxosync.model.schedule import Schedule

OUTSIDE_CALLING_HOURS: Bands = ((0, 8 * 60), (21 * 60, DAY))
"""The minutes of a day outside of 08:00 to 21:00, the hours at which people may be called."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a schedule's values came to.

    Attributes:
        dialing: None where the schedule cannot be placed.
        doubts: what could not be taken as it is, and what was done instead.
    """

    dialing: Dialing | None
    doubts: tuple[str, ...] = ()


def interpret(schedule: Schedule) -> Interpretation:
    """When a schedule dials, as far as its values say so; values that are none are named, never guessed."""
    zone = zone_of(schedule.timezone or "")
    doubts = {name: _doubt(schedule, name) for name in unclear_fields(schedule)}
    wrong = tuple(text for text in doubts.values() if text.endswith("not drawn"))
    if zone is None or wrong:
        return Interpretation(None, wrong)
    dialing = dialing_of(schedule, zone)
    never = ["it does not end after it starts: it never dials"] if dialing.never else []
    return Interpretation(dialing, (*doubts.values(), *never))


def _doubt(schedule: Schedule, name: str) -> str:
    text = getattr(schedule, name)
    if name == "timezone":
        return (
            f"timezone {text} is no IANA time zone: not drawn"
            if text
            else "no time zone: not drawn"
        )
    if name.startswith("date"):
        return f"{name} {text} is no date: not drawn"
    return f"{name} {text} is no time: taken as not set"
