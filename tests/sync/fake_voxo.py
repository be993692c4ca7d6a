"""VOXO as `api.md` describes it, in memory and without HTTP: the part of the client that `voxosync.sync` uses.

It uses nothing of the code under test: it checks bodies and compares values by its own rules.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, TypeAlias

from jsonschema_rs import Draft202012Validator

from tests.documented_fields import DESTINATIONS, RULES, SCALARS
from voxosync.errors import Interrupted, NotFound

BASE_URL = "https://voxo.test"
ENTRY_KEYS = {"number", "description", "disposition", *(f"field{n}" for n in range(1, 10))}

Body: TypeAlias = Mapping[str, Any]
Action: TypeAlias = Callable[[], None]
Reply: TypeAlias = Callable[[int, Body], dict[str, Any]]


@dataclass(frozen=True)
class Spelling:
    """How this VOXO spells its responses; every spelling means the same."""

    time_part: bool = False
    seconds: bool = False
    swapped: bool = False  # numbers become text, and text of digits becomes a number
    unordered: bool = True
    extra_keys: bool = False
    runs: bool = False  # a READY campaign says RUNNING


@dataclass
class Campaign:
    """A stored campaign."""

    id: int
    tenant_id: int | None = 7
    values: dict[str, Any] = field(default_factory=dict)  # scalars
    numbers: dict[str, dict[str, str]] = field(default_factory=dict)  # other keys, by number
    destinations: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # by field

    def holds(self, name: str) -> Any:
        """A field in a form in which `==` compares as VOXO does: of numbers only the descriptions, without an order."""
        if name == "numbers":
            return {
                phone_of(number): fields.get("description", "")
                for number, fields in self.numbers.items()
            }
        return self.destinations.get(name, []) if name in DESTINATIONS else self.values.get(name)

    def everything(self) -> dict[str, Any]:
        """Every field that a definition can manage."""
        return {name: self.holds(name) for name in (*SCALARS, "numbers", *DESTINATIONS)}


class FakeVoxo:
    """The campaigns of one VOXO.

    `before_read` and `replies` are queues by campaign: events that happen before a read, and
        replies that replace an update.
    """

    base_url = BASE_URL

    def __init__(
        self, campaigns: Iterable[Campaign] = (), spelling: Spelling | None = None
    ) -> None:
        self.campaigns = {campaign.id: campaign for campaign in campaigns}
        self.spelling = spelling or Spelling()
        self.patches: list[tuple[int, dict[str, Any]]] = []
        self.pauses: list[int] = []
        self.before_read: dict[int, deque[Action]] = defaultdict(deque)
        self.replies: dict[int, deque[Reply]] = defaultdict(deque)
        self._lock = Lock()

    def campaign(self, campaign_id: int) -> dict[str, Any]:
        if self.before_read[campaign_id]:
            self.before_read[campaign_id].popleft()()
        with self._lock:
            if campaign_id not in self.campaigns:
                raise NotFound(f"GET {campaign_id}: VOXO answered 404")
            return self.answer(campaign_id)

    def writer(self, campaign_id: int, stop: Event) -> FakeWriter:
        return FakeWriter(self, campaign_id, stop)

    def update(self, campaign_id: int, body: Body) -> dict[str, Any]:
        with self._lock:
            self.patches.append((campaign_id, deepcopy(dict(body))))
        if self.replies[campaign_id]:
            return self.replies[campaign_id].popleft()(campaign_id, body)
        return self.take(campaign_id, body)

    def back_off(self, failures: int) -> None:
        self.pauses.append(failures)

    def take(self, campaign_id: int, body: Body) -> dict[str, Any]:
        """Store what a PATCH sends."""
        with self._lock:
            stored = self.campaigns[campaign_id]
            for name, value in body.items():
                if name in SCALARS:
                    _check_scalar(name, value)
                    stored.values[name] = value
                elif name == "numbers":
                    stored.numbers = _stored_numbers(value)
                elif name in DESTINATIONS:
                    assert all(set(destination) == {"id", "type"} for destination in value)
                    stored.destinations[name] = [
                        (destination["type"], destination["id"]) for destination in value
                    ]
                else:
                    raise AssertionError(f"{name} is not a key of the PATCH body")
            return self.answer(campaign_id)

    def answer(self, campaign_id: int) -> dict[str, Any]:
        """The complete campaign, as VOXO spells it."""
        stored, spelling = self.campaigns[campaign_id], self.spelling
        raw = {name: self._scalar(name, stored.values.get(name)) for name in SCALARS}
        raw |= {"id": stored.id, "tenantId": stored.tenant_id, "type": "SCHEDULED", "lastrun": None}
        raw["numbers"] = [self._entry(number, fields) for number, fields in stored.numbers.items()]
        for name in DESTINATIONS:
            raw[name] = [
                {
                    "typeSrc": "X",
                    "destType": kind,
                    "id": str(at) if spelling.swapped else at,
                    "order": order,
                }
                for order, (kind, at) in enumerate(stored.destinations.get(name, ()), start=1)
            ]
            if spelling.unordered:
                raw[name].reverse()
        if spelling.unordered:
            raw["numbers"].reverse()
        if spelling.extra_keys:
            raw["createdBy"] = {"id": 1}
        return raw

    def _scalar(self, name: str, value: Any) -> Any:
        spelling = self.spelling
        if value is None:
            return None
        if name in ("enableVMDetect", "callerId"):
            return int(value) if spelling.swapped is (name == "callerId") else value
        if name == "callFrequency" and spelling.swapped:
            return str(value)
        if name.startswith("date") and spelling.time_part:
            return f"{value}T00:00:00.000Z"
        if name.endswith(("Start", "End")) and not name.startswith("date") and spelling.seconds:
            return f"{value}:00"
        return "RUNNING" if (name, value, spelling.runs) == ("state", "READY", True) else value

    def _entry(self, number: str, fields: Mapping[str, str]) -> dict[str, Any]:
        spelled: Any = number
        if self.spelling.swapped and number.isdecimal() and str(int(number)) == number:
            spelled = int(number)
        entry = {
            "number": spelled,
            "description": fields.get("description") or None,
            "disposition": fields.get("disposition"),
        }
        return entry | ({"attempts": 3} if self.spelling.extra_keys else {})


@dataclass
class FakeWriter:
    """A reader and writer of one campaign, like `CampaignWriter`."""

    voxo: FakeVoxo
    campaign_id: int
    stop: Event

    def read(self) -> dict[str, Any]:
        return self.voxo.campaign(self.campaign_id)

    def update(self, body: Body) -> dict[str, Any]:
        if self.stop.is_set():
            raise Interrupted("the run was interrupted")
        return self.voxo.update(self.campaign_id, body)

    def looks(self, failures: int, *, late: bool) -> Iterator[None]:
        self.voxo.pauses.append(failures)
        yield from [None] * late


def phone_of(number: str) -> str:
    """The phone of a number: its digits, without the leading 1 if there are eleven."""
    digits = "".join(filter(str.isdigit, number))
    return digits[1:] if len(digits) == len("16015550100") and digits[0] == "1" else digits


def _check_scalar(name: str, value: Any) -> None:
    _RULES[name].validate(value)


_RULES = {name: Draft202012Validator(RULES[name]) for name in SCALARS}


def _stored_numbers(entries: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """The array replaces the complete list: whatever is not sent is lost."""
    stored = {}
    for entry in entries:
        assert set(entry) <= ENTRY_KEYS
        assert all(isinstance(text, str) for text in entry.values())
        fields = dict(entry)
        number = fields.pop("number")
        assert number not in stored
        stored[number] = fields
    return stored
