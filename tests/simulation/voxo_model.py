"""VOXO as `api.md` describes it, in virtual time: campaigns, their calls and the results of these.

It shares no code with voxosync: it has its own rules for the times of dialing, the effect of a PATCH and phones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.documented_fields import DESTINATIONS, SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.simulation.scheduler import Scheduler

BEGIN = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
"""The moment at which a history begins: Monday, 10:00 in Chicago."""
TENANT = 7

DIALING = frozenset({"READY", "RUNNING"})
_RETRIED_RESULTS = ("BUSY", "NO ANSWER")

_HOURS_OF_INTEREST = [BEGIN + timedelta(minutes=30, hours=hours) for hours in range(160)]
"""The times at which the effect of a write is examined: half past each hour of the following week."""


@dataclass
class Campaign:
    """A stored campaign: values as they are sent, and numbers with their call results."""

    id: int
    scalars: dict[str, Any]
    numbers: list[dict[str, Any]]
    destinations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tenant_id: int = TENANT
    dials_in: frozenset[Any] = DIALING

    def holds(self, name: str) -> Any:
        """A field in a form in which `==` compares as VOXO does: of numbers only the descriptions by phone."""
        if name == "numbers":
            return {
                phone(entry["number"]): entry.get("description") or "" for entry in self.numbers
            }
        if name in DESTINATIONS:
            return [(entry["type"], entry["id"]) for entry in self.destinations.get(name, [])]
        return self.scalars.get(name)

    def results(self) -> dict[str, str]:
        """The call results by phone."""
        return {
            phone(entry["number"]): entry["disposition"]
            for entry in self.numbers
            if entry.get("disposition")
        }

    def dials_at(self, moment: datetime) -> bool:
        """Whether the campaign calls people at a moment."""
        return self.scalars.get("state") in self.dials_in and _is_within(
            _frame(self.scalars), moment
        )

    def hours(self) -> int:
        """The hours of interest at which the campaign calls people, as a set of bits."""
        return _hours(_frame(self.scalars)) if self.scalars.get("state") in self.dials_in else 0

    def answer(self) -> dict[str, Any]:
        """The complete campaign as a response, which must be encoded immediately."""
        scalars = self.scalars
        flag = scalars.get("enableVMDetect")
        return {
            "id": self.id,
            "tenantId": self.tenant_id,
            "type": "SCHEDULED",
            **{name: scalars.get(name) for name in SCALARS},
            "enableVMDetect": None if flag is None else int(flag),
            "numbers": self.numbers,
            **{
                name: [
                    {"typeSrc": "X", "destType": entry["type"], "id": entry["id"], "order": order}
                    for order, entry in enumerate(self.destinations.get(name, []), start=1)
                ]
                for name in DESTINATIONS
            },
            "callDelay": None,
            "dialtimeout": None,
            "lastrun": None,
        }

    def take(self, body: Mapping[str, Any]) -> None:
        """Store what a PATCH sends; each array is replaced, so a result that is not sent is lost."""
        for name, value in body.items():
            if name == "numbers":
                self.numbers = [
                    {
                        "number": entry["number"],
                        "description": entry.get("description"),
                        "disposition": entry.get("disposition"),
                    }
                    for entry in value
                ]
            elif name in DESTINATIONS:
                self.destinations[name] = [dict(entry) for entry in value]
            else:
                self.scalars[name] = value


@dataclass(frozen=True)
class Call:
    """A phone that rang."""

    moment: float
    campaign: int
    phone: str


class Voxo:
    """The campaigns, and the calls that they make in the course of time."""

    def __init__(self, scheduler: Scheduler, random: Random) -> None:
        self.campaigns: dict[int, Campaign] = {}
        self.calls: list[Call] = []
        self.ended: list[Callable[[int, str, str], None]] = []
        """Called with the result of each call: campaign, phone, result."""
        self.runs: set[int] = set()
        """The campaigns whose state becomes RUNNING once they dial."""
        self.retries: set[int] = set()
        """The campaigns that call a phone again if it was busy or did not answer."""
        self._scheduler = scheduler
        self._random = random
        self._ringing: set[tuple[int, str]] = set()

    def add(self, campaign: Campaign) -> None:
        """Add a campaign, which dials by itself from now on."""
        self.campaigns[campaign.id] = campaign
        self._scheduler.at(
            self._scheduler.now + self._random.random() * 5, lambda: self._dial(campaign)
        )

    def now(self) -> datetime:
        """The present time."""
        return BEGIN + timedelta(seconds=self._scheduler.now)

    def _dial(self, campaign: Campaign) -> None:
        every = campaign.scalars.get("callFrequency") or 30
        self._scheduler.at(self._scheduler.now + float(every), lambda: self._dial(campaign))
        if self.campaigns.get(campaign.id) is not campaign or not campaign.dials_at(self.now()):
            return
        if campaign.id in self.runs and campaign.scalars["state"] == "READY":
            campaign.scalars["state"] = "RUNNING"
            self._scheduler.note(f"campaign {campaign.id} is RUNNING")
        called = campaign.results()
        phones = [phone(entry["number"]) for entry in campaign.numbers]
        to_call = [number for number in phones if number not in called]
        if campaign.id in self.retries:
            to_call += [number for number in phones if called.get(number) in _RETRIED_RESULTS]
        for number in to_call:
            if (campaign.id, number) not in self._ringing:
                self._call(campaign, number)
                return

    def _call(self, campaign: Campaign, number: str) -> None:
        self.calls.append(Call(self._scheduler.now, campaign.id, number))
        self._scheduler.note(f"campaign {campaign.id} calls {number}")
        self._ringing.add((campaign.id, number))
        length = 1 + self._random.random() * 8
        self._scheduler.at(self._scheduler.now + length, lambda: self._hang_up(campaign, number))

    def _hang_up(self, campaign: Campaign, number: str) -> None:
        self._ringing.discard((campaign.id, number))
        result = self._random.choice(("ANSWERED", *_RETRIED_RESULTS))
        entries = [entry for entry in campaign.numbers if phone(entry["number"]) == number]
        for entry in entries[:1]:
            entry["disposition"] = result
            self._scheduler.note(f"campaign {campaign.id}: {number} {result}")
            for listener in self.ended:
                listener(campaign.id, number, result)


def phone(number: Any) -> str:
    """The phone of a number, whatever its spelling."""
    digits = "".join(character for character in str(number) if character.isdigit())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def same(name: str, left: Any, right: Any) -> bool:
    """Whether two values of a field mean the same."""
    if name == "state":
        return ("READY" if left == "RUNNING" else left) == (
            "READY" if right == "RUNNING" else right
        )
    if name == "enableVMDetect" and left is not None and right is not None:
        return str(int(left)) == str(int(right))
    return (left or None) == (right or None)


def copy(campaign: Campaign) -> Campaign:
    """A copy of a campaign in its present state."""
    return Campaign(
        campaign.id,
        dict(campaign.scalars),
        [dict(entry) for entry in campaign.numbers],
        {name: list(destinations) for name, destinations in campaign.destinations.items()},
        campaign.tenant_id,
        campaign.dials_in,
    )


def encoded(value: Any) -> bytes:
    """The body of a response."""
    return json.dumps(value, separators=(",", ":")).encode()


def _frame(scalars: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        scalars.get(name)
        for name in (
            "dateStart",
            "timeStart",
            "dateEnd",
            "timeEnd",
            "callHoursStart",
            "callHoursEnd",
            "timezone",
        )
    )


@lru_cache(maxsize=10_000)
def _hours(frame: tuple[Any, ...]) -> int:
    return sum(
        1 << bit for bit, moment in enumerate(_HOURS_OF_INTEREST) if _is_within(frame, moment)
    )


def _is_within(frame: tuple[Any, ...], moment: datetime) -> bool:
    """Whether a moment is between start and end and within the daily hours; missing values do not limit it."""
    first, begin, last, finish, opens, closes, zone = frame
    local = moment.astimezone(_zone(zone or "UTC"))
    day, minute = local.date().isoformat(), local.hour * 60 + local.minute
    if first and (day, minute) < (first, _minute(begin) or 0):
        return False
    if last and (day, minute) >= (last, _minute(finish) if finish else 24 * 60):
        return False
    opening, closing = _minute(opens) or 0, _minute(closes) if closes else 24 * 60
    if opening < closing:
        return opening <= minute < closing
    return minute >= opening or minute < closing


@lru_cache(maxsize=20)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=200)
def _minute(clock: str | None) -> int:
    """The minute of a time of day in any format that VOXO accepts."""
    if not clock:
        return 0
    text, _, half = clock.strip().partition(" ")
    hours, minutes, *_ = text.split(":")
    hour = int(hours) % 12 + (12 if half.upper() == "PM" else 0) if half else int(hours)
    return hour * 60 + int(minutes)
