"""Histories from a seed: campaigns, definitions, runs, manual changes and faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.engine import Invocation, Wish
from tests.simulation.network import FINE, Fault
from tests.simulation.voxo_model import DIALING, Campaign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from tests.simulation.network import Request


@dataclass(frozen=True)
class Start:
    """A process that a person starts."""

    at: float
    invocation: Invocation
    dies_at: int | None = None
    stops_at: float | None = None


@dataclass(frozen=True)
class Edit:
    """A change of a field by hand."""

    campaign: int
    description: str
    field: str
    apply: Callable[[Campaign], None]


@dataclass
class History:
    """All that is decided before a history begins."""

    campaigns: list[Campaign]
    wishes: list[Wish]
    starts: list[Start]
    edits: list[tuple[float, Edit]]
    faults: Callable[[Request], Fault]
    new: list[Wish] = field(default_factory=list)
    refusal: float = 0.0
    edits_in_waits: list[Edit] = field(default_factory=list)
    runs: frozenset[int] = frozenset()
    retries: frozenset[int] = frozenset()


PHONES = tuple(f"60155501{number:02d}" for number in range(100))
_RESULTS = ("ANSWERED", "BUSY", "NO ANSWER")


def history(random: Random) -> History:
    """The history of a seed."""
    phones = iter(PHONES)
    campaigns = [
        _campaign(random, 11 + index, phones) for index in range(random.choice((1, 2, 2, 3)))
    ]
    wishes = _wishes(random, campaigns, phones)
    edits = _edits(random, campaigns, phones)
    waiting = [edit for edit in edits if random.random() < 0.5]
    timed = [(random.random() * 25, edit) for edit in edits if edit not in waiting]
    return History(
        campaigns,
        wishes,
        _starts(random),
        timed,
        _faults(random),
        new=[_new(random, index, phones) for index in range(random.choice((1, 1, 2)))],
        refusal=random.choice((0, 0, 0, 0.1, 0.3)),
        edits_in_waits=waiting,
        runs=frozenset(campaign.id for campaign in campaigns if random.random() < 0.4),
        retries=frozenset(campaign.id for campaign in campaigns if random.random() < 0.4),
    )


def _campaign(random: Random, campaign_id: int, phones: Any) -> Campaign:
    numbers: list[dict[str, Any]] = [
        {
            "number": next(phones),
            "description": random.choice(("", "A", None)),
            "disposition": random.choice(_RESULTS) if random.random() < 0.35 else None,
        }
        for _ in range(random.choice((1, 2, 3, 4)))
    ]
    if random.random() < 0.05:  # VOXO has a phone twice
        numbers.append({**numbers[0], "disposition": random.choice(("", None))})
    scalars: dict[str, Any] = {
        "name": f"Campaign {campaign_id}",
        "tech": "VOICE",
        "state": random.choice(("READY", "READY", "RUNNING", "PAUSED")),
        "dateStart": "2026-03-01",
        "timeStart": "09:00",
        "dateEnd": random.choice(("2026-03-03", "2026-03-05", "2026-03-05", None, "2026-03-01")),
        "timeEnd": "18:00",
        "callHoursStart": random.choice(("08:00", "09:00", None)),
        "callHoursEnd": random.choice(("12:00", "18:00", None)),
        "timezone": "America/Chicago",
        "callerId": "6015550190",
        "callFrequency": random.choice((10, 12, 30)),
        "recording": "yes",
        "enableVMDetect": "0",
        "message": "Hello",
    }
    chance = random.random()
    dials_in: frozenset[Any] = DIALING
    if chance < 0.03:
        scalars["state"] = random.choice(("", None, "FINISHED"))
        if random.random() < 0.5:
            dials_in = DIALING | {scalars["state"]}
    elif chance < 0.06:
        scalars["callHoursStart"], scalars["callHoursEnd"] = random.choice(
            (("9:30", "18:00"), ("09:00", "5:00 PM"), ("9:00", "12:00"))
        )
    destinations = {"destinations": [{"type": "QUEUE", "id": 12}]}
    return Campaign(campaign_id, scalars, numbers, destinations, dials_in=dials_in)


def _new(random: Random, index: int, phones: Any) -> Wish:
    """A definition without an id."""
    fields = {
        "name": f"New {index}",
        "dateStart": "2026-03-01",
        "timeStart": "09:00",
        "dateEnd": "2026-03-05",
        "timeEnd": "18:00",
        "timezone": "America/Chicago",
        "callFrequency": 10,
        "numbers": [{"number": next(phones), "description": "new"}],
    }
    state = random.choice((None, None, "PAUSED", "READY"))
    return Wish(0, fields if state is None else {**fields, "state": state})


def _wishes(random: Random, campaigns: Sequence[Campaign], phones: Any) -> list[Wish]:
    fields: dict[int, dict[str, Any]] = {}
    for campaign in campaigns:
        desired: dict[str, Any] = {}
        for change in random.sample(_CHANGES, random.choice((1, 1, 2, 3))):
            change(random, campaign, desired, phones)
        for name in ("message", "callHoursEnd", "name", "recording"):
            value = campaign.scalars[name]
            if value is not None and ":" not in str(value) and random.random() < 0.3:
                desired.setdefault(name, value)
        fields[campaign.id] = desired
    if len(campaigns) > 1 and random.random() < 0.4:
        _relate(random, campaigns, fields)
    return [Wish(campaign_id, desired) for campaign_id, desired in fields.items()]


def _relate(
    random: Random, campaigns: Sequence[Campaign], fields: dict[int, dict[str, Any]]
) -> None:
    """Make a campaign the successor of another, or move a phone from one to the other."""
    old, new = random.sample(list(campaigns), 2)
    if random.random() < 0.5:
        fields[old.id]["state"], fields[new.id]["state"] = "PAUSED", "READY"
        return
    moved_entry = old.numbers[-1]
    fields[old.id]["numbers"] = [
        {"number": entry["number"], "description": entry["description"] or ""}
        for entry in _list(old, fields[old.id])
        if entry["number"] != moved_entry["number"]
    ]
    fields[new.id]["numbers"] = [
        *_list(new, fields[new.id]),
        {"number": moved_entry["number"], "description": "moved"},
    ]


def _list(campaign: Campaign, desired: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers of a definition, which are initially those of the campaign."""
    if "numbers" not in desired:
        entries = {entry["number"]: entry["description"] or "" for entry in campaign.numbers}
        desired["numbers"] = [{"number": n, "description": text} for n, text in entries.items()]
    numbers: list[dict[str, Any]] = desired["numbers"]
    return numbers


def _to_message(random: Random, _: Campaign, desired: dict[str, Any], __: Any) -> None:
    desired["message"] = random.choice(("Good morning", "Good evening"))


def _to_state(random: Random, campaign: Campaign, desired: dict[str, Any], _: Any) -> None:
    dials = campaign.scalars["state"] in DIALING
    desired["state"] = random.choice(
        ("PAUSED", "PAUSED", "READY") if dials else ("READY", "READY", "PAUSED")
    )


def _to_hours(random: Random, _: Campaign, desired: dict[str, Any], __: Any) -> None:
    if random.random() < 0.5:
        desired["callHoursEnd"] = random.choice(("11:00", "17:00", "21:00"))
    else:
        desired["callHoursStart"] = random.choice(("08:30", "10:00", "07:00"))


def _to_end(random: Random, _: Campaign, desired: dict[str, Any], __: Any) -> None:
    desired["dateEnd"] = random.choice(("2026-03-04", "2026-03-06"))


def _to_frequency(random: Random, _: Campaign, desired: dict[str, Any], __: Any) -> None:
    desired["callFrequency"] = random.choice((10, 20, 60))


def _to_more(_: Random, campaign: Campaign, desired: dict[str, Any], phones: Any) -> None:
    _list(campaign, desired).append({"number": next(phones), "description": "new"})


def _to_fewer(random: Random, campaign: Campaign, desired: dict[str, Any], _: Any) -> None:
    entries = _list(campaign, desired)
    if len(entries) > 1:
        entries.pop(random.randrange(len(entries)))


def _to_wording(random: Random, campaign: Campaign, desired: dict[str, Any], _: Any) -> None:
    random.choice(_list(campaign, desired))["description"] = "reworded"


def _to_destinations(_: Random, __: Campaign, desired: dict[str, Any], ___: Any) -> None:
    desired["destinations"] = [{"type": "EXTENSION", "id": 101}, {"type": "QUEUE", "id": 12}]


_CHANGES = (
    _to_message, _to_state, _to_state, _to_hours, _to_end, _to_frequency, _to_more, _to_more, _to_fewer,
    _to_wording, _to_wording, _to_destinations,
)  # fmt: skip


def _edits(random: Random, campaigns: Sequence[Campaign], phones: Any) -> list[Edit]:
    return [
        _edit(random, random.choice(campaigns).id, phones)
        for _ in range(random.choice((0, 0, 1, 1, 2, 3)))
    ]


def _edit(random: Random, campaign_id: int, phones: Any) -> Edit:
    kind = random.choice(
        ("message", "state", "state", "hours", "more", "more", "fewer", "wording", "end")
    )
    if kind == "more":
        new = [next(phones) for _ in range(random.choice((1, 3)))]

        def add(campaign: Campaign) -> None:
            campaign.numbers += [
                {"number": number, "description": "by hand", "disposition": None} for number in new
            ]

        return Edit(campaign_id, f"adds {' '.join(new)}", "numbers", add)
    if kind == "fewer":

        def remove(campaign: Campaign) -> None:
            campaign.numbers = campaign.numbers[1:] or campaign.numbers

        return Edit(campaign_id, "removes the first number", "numbers", remove)
    if kind == "wording":

        def reword(campaign: Campaign) -> None:
            for entry in campaign.numbers[-1:]:
                entry["description"] = "worded by hand"

        return Edit(campaign_id, "rewords the last number", "numbers", reword)
    name, value = {
        "message": ("message", "By hand"),
        "state": ("state", random.choice(("READY", "PAUSED"))),
        "hours": random.choice((("callHoursEnd", "23:00"), ("callHoursStart", "06:00"), ("callHoursEnd", "10:30"))),
        "end": ("dateEnd", "2026-03-07"),
    }[kind]  # fmt: skip

    def set_value(campaign: Campaign) -> None:
        campaign.scalars[name] = value

    return Edit(campaign_id, f"sets {name} to {value}", name, set_value)


def _starts(random: Random) -> list[Start]:
    starts = [_start(random, random.random() * 3)]
    if random.random() < 0.35:
        starts.append(_start(random, random.random() * 12))
    if random.random() < 0.25:
        starts.append(_start(random, 20 + random.random() * 60, "rollback"))
    if random.random() < 0.15:
        begin = random.random() * 10
        starts += [
            _start(random, begin + index * random.choice((0.2, 30)), "create") for index in range(2)
        ]
    return starts


def _start(random: Random, at: float, command: str = "apply") -> Start:
    invocation = Invocation(
        command,
        workers=random.choice((1, 2, 3)),
        quiesce=random.random() < 0.25,
        review=random.choice((0.0, 5.0, 40.0))
        if command == "apply" and random.random() < 0.35
        else None,
        allows=random.random() < 0.7,
        rate=random.choice((None, None, None, 0.5, 2.0)),
    )
    dies_at = 1 + int(random.random() ** 2 * 150) if random.random() < 0.2 else None
    stops_at = random.random() * 15 if random.random() < 0.15 else None
    return Start(at, invocation, dies_at, stops_at)


def _faults(random: Random) -> Callable[[Request], Fault]:
    """Random faults; their probability and their kinds depend on the history."""
    probability = random.choice((0.0, 0.1, 0.2, 0.4))
    kinds = random.sample(_KINDS, random.choice((1, 2, 4)))
    remaining = random.choice((1, 2, 3, 6))

    def fault_of(request: Request) -> Fault:
        nonlocal remaining
        if remaining and random.random() < probability:
            kind = random.choice(kinds)
            fault = kind(random, request.method)
            remaining -= fault != FINE
            return fault
        return FINE

    return fault_of


def _limited(random: Random, _: str) -> Fault:
    return Fault(429, happens=False, wait=random.choice((1, 3, 8, None)))


def _busy(random: Random, _: str) -> Fault:
    return Fault(random.choice((502, 503)), happens=False, wait=random.choice((None, 2, 8)))


def _unknown_outcome(random: Random, method: str) -> Fault:
    if method == "GET":
        return Fault(504, happens=False)
    status = random.choice((504, 504, 500, 408, None))
    fate, delay = random.random(), random.choice((0.0, random.random() * 15))
    if fate < 0.4:
        return Fault(status, happens=False, delay=delay)
    if fate < 0.6:
        return Fault(status, delay=delay)
    return Fault(status, lands=0.5 + random.random() * 5, happens=False, delay=delay)


def _slow(random: Random, _: str) -> Fault:
    return Fault(delay=1 + random.random() * 9)


def _refused(random: Random, method: str) -> Fault:
    return Fault(random.choice((400, 422)), happens=False) if method != "GET" else FINE


def _spoiled(random: Random, method: str) -> Fault:
    if method == "GET":
        return Fault(spoils=random.choice(("text", "other", "cut")))
    if method == "POST":
        return Fault(spoils=random.choice(("text", "other", "cut", "ignored", "ignored", "tenant")))
    return Fault(spoils=random.choice(("text", "other", "cut", "old", "lag", "ignored")))


_KINDS = (_limited, _limited, _busy, _unknown_outcome, _unknown_outcome, _slow, _refused, _spoiled)
