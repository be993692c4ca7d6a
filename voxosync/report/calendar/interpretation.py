"""Interprets a schedule for drawing: when it dials, and which of its values cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from voxosync.model.dialing.calls_outside import CALLING_HOURS
from voxosync.model.dialing.clock import WHOLE_DAY, Bands, moment_of, without
from voxosync.model.dialing.schedule import Dialing, Schedule, dialing_of, unclear_fields
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from voxosync.model.dialing.forecast import Forecast

OUTSIDE_CALLING_HOURS: Bands = without(WHOLE_DAY, CALLING_HOURS)
"""The minutes of a day before 08:00 and after 21:00, during which people should not be called."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """When a schedule dials.

    Attributes:
        dialing: None if the schedule cannot be drawn.
        doubts: the values that cannot be used, and the consequences.
    """

    dialing: Dialing | None
    doubts: tuple[str, ...] = ()


def interpret(schedule: Schedule) -> Interpretation:
    """When a schedule dials; invalid values are reported, never guessed."""
    zone = zone_of(schedule.timezone or "")
    doubts = {name: _doubt(schedule, name) for name in unclear_fields(schedule)}
    blockers = tuple(doubt for doubt in doubts.values() if doubt.endswith("not drawn"))
    if zone is None or blockers:
        return Interpretation(None, blockers)
    dialing = dialing_of(schedule, zone)
    never = ["its end is not after its start: it never dials"] if dialing.never else []
    return Interpretation(dialing, (*doubts.values(), *never))


def exhausted_after(interpretation: Interpretation, forecast: Forecast | None) -> int | None:
    """The minute in UTC after the last call of a forecast; None where a forecast has none."""
    if interpretation.dialing is None or forecast is None or forecast.last_call is None:
        return None
    last = datetime.fromisoformat(forecast.last_call)
    return moment_of(last.date(), last.time(), interpretation.dialing.zone) + 1


def _doubt(schedule: Schedule, name: str) -> str:
    text = getattr(schedule, name)
    if name == "timezone":
        return (
            f"timezone {text} is not an IANA time zone: not drawn"
            if text
            else "no time zone: not drawn"
        )
    if name.startswith("date"):
        return f"{name} {text} is not a date: not drawn"
    return f"{name} {text} is not a time: ignored"
