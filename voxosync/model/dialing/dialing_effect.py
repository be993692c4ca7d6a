"""What reports say about a campaign's dialing: an effect, its reasons in numbers, whom it calls and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.dialing.forecast import Forecast


class Effect(StrEnum):
    """What happens to the dialing of a campaign, riskiest first; the values are what people read.

    A plan shows what applying does. A drift report shows what VOXO does now, and alone has `STOPPED_BY_HAND`.
    """

    UNAPPROVED = "DIALING WITHOUT APPROVAL"
    STARTS = "STARTS DIALING"
    MORE = "DIALS MORE"
    STOPPED_BY_HAND = "STOPPED BY HAND"
    STOPS = "STOPS DIALING"

    @property
    def rings(self) -> bool:
        """Whether phones ring, or may ring, because of it."""
        return self in (Effect.UNAPPROVED, Effect.STARTS, Effect.MORE)


@dataclass(frozen=True, slots=True)
class DialingEffect:
    """What a difference in fields that matter to dialing means for the people who are called.

    Attributes:
        effect: None where the campaign keeps dialing, but surely no one new and at no new time.
        reasons: what the effect comes from, in words and numbers.
        phones: how many phones the campaign then holds; None: its list cannot be read.
        open: how many of them have no call result yet.
        start: from when it dials, as `YYYY-MM-DD`, with ` HH:MM` where known; None: unknown.
        timezone: in which time zone.
        already_dialing: whether it dials now: it is not PAUSED, and the present moment is inside its dates.
        forecast: how long its list lasts then; None where it does not dial, or nothing can be said.
        forecast_before: the same without the difference.
    """

    effect: Effect | None
    reasons: Sequence[str] = ()
    phones: int | None = None
    open: int | None = None
    start: str | None = None
    timezone: str | None = None
    already_dialing: bool = False
    forecast: Forecast | None = None
    forecast_before: Forecast | None = None

    @property
    def dials_more(self) -> bool:
        """Whether applying lets it call people, or call at times, that it does not call now; guards act on this."""
        return self.effect in (Effect.STARTS, Effect.MORE)
