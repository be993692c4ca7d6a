"""The effect of a difference on dialing, in the words of reports: starts, more, stops, or without approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from voxosync.model.dialing.clock import minute_of
from voxosync.model.dialing.dials_more import DIALING_FIELDS, Reach, schedule_of
from voxosync.model.dialing.forecast import forecast
from voxosync.model.dialing.schedule import Dialing, Schedule, certain_dialing, dials
from voxosync.model.numbers import NUMBERS_FIELD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.dialing.dials_more import Widening
    from voxosync.model.dialing.forecast import Forecast
    from voxosync.model.values import Value

_NOTHING: Mapping[str, Value] = MappingProxyType({})


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
        effect: None where the campaign keeps dialing, but certainly calls no one new, and at no new time.
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


def matters(sent: Collection[str]) -> bool:
    """Whether an update with these fields can change anything about dialing."""
    return not DIALING_FIELDS.isdisjoint(sent)


def reach_after(live: LiveCampaign, sent: Mapping[str, Value]) -> Reach:
    """How far a campaign may dial once these canonical values are sent; with none, as it is."""
    values = {**live.values, **sent}
    return Reach.of(values, live.unreadable.keys() - values.keys())


def effect_of_update(
    live: LiveCampaign,
    sent: Mapping[str, Value],
    now: datetime,
    desired: Mapping[str, Value] = _NOTHING,
) -> DialingEffect | None:
    """What an update means for the people who are called, or None where nothing about dialing changes.

    Args:
        live: the campaign as it is; one that a quiesce has paused counts as READY, which it will be again.
        sent: the canonical values that the update sends.
        now: the present moment.
        desired: canonical values that the definition also has and that are not sent; a campaign that then dials against
            them is `DIALING WITHOUT APPROVAL`.
    """
    if not matters(sent) and not matters(desired):
        return None
    before = _Side.of(live.before_quiesce(), {}, now)
    after = _Side.of(live, sent, now)
    if matters(sent):
        if wider := after.reach.beyond(before.reach):
            starts = not before.could_dial or any("state" in entry.fields for entry in wider)
            word = Effect.STARTS if starts else Effect.MORE
            return after.effect(word, _reasons(wider, before.reach), before)
        if before.could_dial and not after.could_dial:
            reason = after.why_silent.replace("PAUSED", "becomes PAUSED")
            return after.effect(Effect.STOPS, (reason,), before)
    if matters(desired) and after.could_dial:
        approved = reach_after(live, {**sent, **desired})
        if beyond := after.reach.beyond(approved):
            return after.effect(Effect.UNAPPROVED, _reasons(beyond, approved, by_hand=True), None)
    return after.effect(None, (), before) if matters(sent) and after.could_dial else None


def effect_of_drift(
    live: LiveCampaign, desired: Mapping[str, Value], now: datetime
) -> DialingEffect | None:
    """How the dialing of a live campaign departs from its definition, or None where it does not.

    Args:
        live: the campaign as it is.
        desired: what the definition has, of the fields that differ because VOXO was changed by hand; canonical.
        now: the present moment.
    """
    if not matters(desired):
        return None
    live = live.before_quiesce()
    present, approved = _Side.of(live, {}, now), _Side.of(live, desired, now)
    beyond = present.reach.beyond(approved.reach)
    if beyond and present.could_dial:
        reasons = _reasons(beyond, approved.reach, by_hand=True)
        return present.effect(Effect.UNAPPROVED, reasons, None)
    if approved.could_dial and not present.could_dial:
        return present.effect(Effect.STOPPED_BY_HAND, (f"{present.why_silent} in VOXO",), None)
    return None


def effect_without_definition(live: LiveCampaign, now: datetime) -> DialingEffect | None:
    """The dialing of a campaign whose definition was removed; None where it surely calls no one anymore."""
    present = _Side.of(live, {}, now)  # nothing ends a quiesce of a campaign without a definition
    if not present.could_dial:
        return None
    return present.effect(Effect.UNAPPROVED, ("its definition was removed",), None)


def forecast_of(live: LiveCampaign, now: datetime) -> Forecast | None:
    """How long a live list lasts; None where the campaign does not dial, or that is unknown."""
    return _Side.of(live, {}, now).forecast


def effect_of_creation(values: Mapping[str, Value], now: datetime) -> DialingEffect | None:
    """The effect of creating a campaign with these canonical values; None where it is created PAUSED."""
    side = _Side.new(values, now)
    state = side.reach.values["state"]
    if dials(state) is False:
        return None
    return side.effect(Effect.STARTS, (f"is created {state or 'without a state'}",), None)


@dataclass(frozen=True, slots=True)
class _Side:
    """A campaign as it is, or as it will be, at a moment."""

    reach: Reach
    phones: int | None
    open: int | None
    minute: int

    @classmethod
    def of(cls, live: LiveCampaign, sent: Mapping[str, Value], now: datetime) -> _Side:
        """A live campaign once these values are sent."""
        numbers = sent.get(NUMBERS_FIELD, live.values.get(NUMBERS_FIELD))
        phones, called = None, 0
        if isinstance(numbers, Mapping):
            phones = len(numbers)
            called = sum(bool(text) and key in numbers for key, text in live.dispositions.items())
        return cls(reach_after(live, sent), phones, phones and phones - called, minute_of(now))

    @classmethod
    def new(cls, values: Mapping[str, Value], now: datetime) -> _Side:
        """A campaign that is created."""
        numbers = values.get(NUMBERS_FIELD)
        phones = len(numbers) if isinstance(numbers, Mapping) else 0
        return cls(Reach.of(values), phones, phones, minute_of(now))

    @property
    def could_dial(self) -> bool:
        """Whether it may call anyone from now on; what cannot be read counts as yes."""
        if dials(self.reach.values["state"]) is False or self.phones == 0:
            return False
        return not self._has_ended

    @property
    def why_silent(self) -> str:
        """Why it calls no one, where it surely does not."""
        if dials(self.reach.values["state"]) is False:
            return "PAUSED"
        return "no phones" if self.phones == 0 else f"ended {self._schedule.dateEnd}"

    def effect(
        self, word: Effect | None, reasons: Sequence[str], before: _Side | None
    ) -> DialingEffect:
        """An effect that results in this side."""
        day, clock, zone = (
            str(text) if (text := self.reach.values[name]) else None
            for name in ("dateStart", "timeStart", "timezone")
        )
        return DialingEffect(
            effect=word,
            reasons=tuple(dict.fromkeys(reasons)),
            phones=self.phones,
            open=self.open,
            start=f"{day} {clock}" if day and clock else day,
            timezone=zone,
            already_dialing=(before or self).is_dialing,
            forecast=self.forecast,
            forecast_before=before.forecast if before else None,
        )

    @property
    def is_dialing(self) -> bool:
        """Whether it is in a state that dials, and the moment is inside its dates; hours do not count."""
        if dials(self.reach.values["state"]) is not True:
            return False
        start = self._dialing.start if self._dialing else None
        return not self._has_ended and (start is None or start <= self.minute)

    @property
    def forecast(self) -> Forecast | None:
        """How long its list lasts; None where it does not dial, or that is unknown."""
        if not self.could_dial or self.open is None:
            return None
        return forecast(self._schedule, self.reach.values["callFrequency"], self.open, self.minute)

    @property
    def _has_ended(self) -> bool:
        end = self._dialing.end if self._dialing else None
        return end is not None and end <= self.minute

    @property
    def _schedule(self) -> Schedule:
        return schedule_of(self.reach)

    @property
    def _dialing(self) -> Dialing | None:
        """When it dials; None where a field cannot be read."""
        return certain_dialing(self._schedule)


def _reasons(wider: Iterable[Widening], from_reach: Reach, *, by_hand: bool = False) -> list[str]:
    """What is wider, in words; a state other than READY is named, because it makes the rest uncertain."""
    state = from_reach.values["state"]
    while_it = "its state cannot be read" if state is False else state or "its state is empty"
    remark = "" if by_hand or state == "READY" else f" while {while_it}"
    return [
        _state_by_hand(widening, state) if by_hand and "state" in widening.fields
        else widening.words if "state" in widening.fields
        else f"{widening.words}{remark}"
        for widening in wider
    ]  # fmt: skip


def _state_by_hand(widening: Widening, approved: object) -> str:
    return f"{widening.words.removeprefix('becomes ')} instead of {approved}"
