"""The fields that say whether and when a campaign dials; the calendar of the page is drawn from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.dialing.forecast import Forecast
    from voxosync.model.values import Value


def dials(state: object) -> bool | None:
    """Whether a campaign in this state calls people, now or when its time comes; None: unknown.

    A word that the reference does not list (RUNNING, say) counts as dialing. A state that is empty or not a text is
    unknown.
    """
    if not isinstance(state, str) or not state:
        return None
    return state != "PAUSED"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The fields that say whether and when a campaign dials, and from which number; None: VOXO has no value.

    It dials from `dateStart` `timeStart` to `dateEnd` `timeEnd`, two moments in its time zone, on each
    day within its calling hours where they are set, else all day. Source: *Update Campaign*, body.
    """

    state: str | None = None
    dateStart: str | None = None  # noqa: N815  # VOXO's names
    dateEnd: str | None = None  # noqa: N815  # named like the field
    timeStart: str | None = None  # noqa: N815  # named like the field
    timeEnd: str | None = None  # noqa: N815  # named like the field
    callHoursStart: str | None = None  # noqa: N815  # named like the field
    callHoursEnd: str | None = None  # noqa: N815  # named like the field
    timezone: str | None = None
    callerId: str | None = None  # noqa: N815  # named like the field

    @classmethod
    def of(cls, values: Mapping[str, Value]) -> Schedule:
        """The schedule within a campaign's canonical values."""
        texts = ((name, values.get(name)) for name in SCHEDULE_FIELDS)
        return cls(**{name: text for name, text in texts if isinstance(text, str)})

    @property
    def dials(self) -> bool:
        """Whether it is known to call people when its time comes."""
        return dials(self.state) is True


SCHEDULE_FIELDS = tuple(field.name for field in fields(Schedule))


@dataclass(frozen=True, slots=True)
class Schedules:
    """A campaign's schedule on both sides.

    Attributes:
        definition: as it will be once the definition is applied: fields that are not managed are live. In a plan,
            what applying leaves alone is live too.
        live: as VOXO has it.
        forecast: how long its live list lasts, where VOXO dials it and that can be said.
        definition_phones: the phones of the definition's list by the time zones of the people; none: unknown.
        live_phones: those of the live list.
    """

    definition: Schedule
    live: Schedule
    forecast: Forecast | None = None
    definition_phones: PhonesByZones = ()
    live_phones: PhonesByZones = ()
