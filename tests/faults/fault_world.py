"""A project with its campaigns, and what must be true after every run.

A `Watch` records each request as it arrives together with the intent that the journal on the disk has for
it at that moment: an intent that is written later does not count.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.fakes.processes import inherited_variables
from voxosync.app import project as project_module
from voxosync.cli.main import main
from voxosync.sandbox.faults import KINDS
from voxosync.voxo.api_credentials import ApiCredentials
from voxosync.voxo.client import Voxo
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from voxosync.sandbox.faults import Fault
    from voxosync.sandbox.server import Sandbox
    from voxosync.sandbox.store import Store

TOKEN = "sandbox-token"
TENANT = 1

TO_PAUSE, TO_CALL, TO_START, IN_SYNC, NOT_OURS = 11, 12, 13, 14, 99
TO_UPDATE = (TO_PAUSE, TO_CALL, TO_START)

CALLED = "6015550101"
"""A number of TO_CALL that is not removed, and that VOXO may call at any time."""

_QUEUE = [{"type": "QUEUE", "id": 12}, {"type": "EXTENSION", "id": 101}]

BEFORE: dict[int, dict[str, Any]] = {
    TO_PAUSE: {
        "name": "To pause",
        "state": "READY",
        "message": "Before",
        "dateStart": "2096-03-01",
        "timeStart": "09:00",
        "numbers": [{"number": "6015550111", "disposition": "BUSY"}],
    },
    TO_CALL: {
        "name": "To call",
        "state": "PAUSED",
        "message": "Before",
        "enableVMDetect": "1",
        "numbers": [
            {"number": CALLED, "description": "Stays", "disposition": "ANSWERED"},
            {"number": "6015550102", "description": "1042", "disposition": "1"},
            {"number": "6015550103", "description": "Goes"},
        ],
        "destinations": _QUEUE,
    },
    TO_START: {
        "name": "To start",
        "state": "PAUSED",
        "message": "Before",
        "numbers": [{"number": "6015550131", "description": "", "disposition": "BUSY"}],
        "destinations": _QUEUE,
    },
    IN_SYNC: {
        "name": "In sync",
        "state": "PAUSED",
        "message": "The same",
        "numbers": [{"number": "6015550141", "disposition": "BUSY"}],
    },
    NOT_OURS: {
        "name": "Not ours",
        "state": "READY",
        "message": "Before",
        "numbers": [{"number": "6015550199", "disposition": "BUSY"}],
    },
}
"""The campaigns of VOXO before the first run, as request bodies."""

DESIRED: dict[int, dict[str, Any]] = {
    TO_PAUSE: {"name": "To pause", "state": "PAUSED", "message": "After", "timeStart": "10:00"},
    TO_CALL: {
        "message": "After",
        "enableVMDetect": "0",
        "numbers": {CALLED: "Stays", "6015550102": "1043", "6015550104": "New"},
        "destinations": [["EXTENSION", 101], ["QUEUE", 12]],
    },
    TO_START: {"state": "READY", "message": "After", "numbers": {"6015550131": ""}},
    IN_SYNC: {"name": "In sync", "message": "The same"},
}
"""The values of the definitions, in the form in which `field_value` returns those of a live campaign."""


def definition(campaign_id: int, desired: Mapping[str, Any]) -> str:
    """A definition as a file; JSON is YAML."""
    fields = dict(desired)
    if "numbers" in fields:
        entries = fields["numbers"].items()
        fields["numbers"] = [{"number": number, "description": text} for number, text in entries]
    if "destinations" in fields:
        destinations = fields["destinations"]
        fields["destinations"] = [{"type": kind, "id": at} for kind, at in destinations]
    return json.dumps({"id": campaign_id, **fields})


def field_value(live: Mapping[str, Any], name: str) -> Any:
    """A field of a response, in the form of DESIRED."""
    value = live[name]
    if name == "numbers":
        return {entry["number"]: entry["description"] or "" for entry in value}
    if name == "destinations":
        ordered = sorted(value, key=lambda destination: destination["order"])
        return [[destination["destType"], destination["id"]] for destination in ordered]
    return str(value) if name == "enableVMDetect" else value


def agrees(live: Mapping[str, Any], desired: Mapping[str, Any]) -> bool:
    """Whether a campaign has the values of its definition."""
    return all(field_value(live, name) == value for name, value in desired.items())


def dispositions(live: Mapping[str, Any]) -> dict[str, str | None]:
    """The results of calls by number."""
    return {entry["number"]: entry["disposition"] for entry in live["numbers"]}


@dataclass
class Arrival:
    """A request that reached the server.

    Attributes:
        intent: (run, campaign, attempt) of the last intent of the campaign in the journal at that moment
            if it has the same body.
        applied: whether the server carried it out.
        status: the status of the response; 0 if no complete response was sent.
    """

    method: str
    campaign: int
    body: Any = None
    intent: tuple[str, int, int] | None = None
    applied: bool = False
    status: int = 0


@dataclass
class Watch:
    """The requests of all runs of a project."""

    folder: Path
    arrivals: list[Arrival] = field(default_factory=list)
    _earlier_runs: set[str] = field(default_factory=set)

    @property
    def patches(self) -> list[Arrival]:
        return [arrival for arrival in self.arrivals if arrival.method == "PATCH"]

    def begin(self) -> None:
        """Regard the next new journal as the one of the coming run."""
        self._earlier_runs = set(journals(self.folder))

    def run_id(self) -> str | None:
        """The current run, once its journal exists."""
        new = set(journals(self.folder)) - self._earlier_runs
        assert len(new) <= 1
        return next(iter(new), None)

    def arrived(self, method: str, path: str, content: bytes) -> Arrival:
        """Record a request; the server calls this before it does anything else."""
        body = json.loads(content) if content else None
        arrival = Arrival(method, int(re.findall(r"[0-9]+", path)[-1]), body)
        if method == "PATCH" and (run := self.run_id()) is not None:
            arrival.intent = _intent_of(run, events(self.folder, run), arrival)
        self.arrivals.append(arrival)
        return arrival


def _intent_of(
    run: str, journal: Sequence[Mapping[str, Any]], arrival: Arrival
) -> tuple[str, int, int] | None:
    """The last intent of the campaign, even if it has an outcome because the client gave up waiting."""
    intents = [
        event
        for event in journal
        if event["event"] == "intent" and event["campaign"] == arrival.campaign
    ]
    if not intents or intents[-1]["patch"] != arrival.body:
        return None
    return (run, arrival.campaign, intents[-1]["attempt"])


def journals(folder: Path) -> dict[str, Path]:
    """The journals of a project by run."""
    return {path.stem: path for path in sorted((folder / ".voxosync/runs").glob("*.jsonl"))}


def events(folder: Path, run: str) -> list[dict[str, Any]]:
    """The complete lines of a journal."""
    lines = journals(folder)[run].read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in lines]


def assert_journals_match(watch: Watch, *, killed: Sequence[str] = ()) -> None:
    """Assert that the journals have every PATCH that arrived, with its actual outcome."""
    by_intent: defaultdict[tuple[str, int, int], list[Arrival]] = defaultdict(list)
    for patch in watch.patches:
        assert patch.intent is not None, "a PATCH arrived before its intent was on the disk"
        by_intent[patch.intent].append(patch)
    for patches in by_intent.values():
        # Only a PATCH answered with 429 is repeated under the same intent, so it was not applied.
        assert all(patch.status == 429 for patch in patches[:-1])
    for run, path in journals(watch.folder).items():
        assert TOKEN.encode() not in path.read_bytes()
        journal = events(watch.folder, run)
        outcomes = {
            (run, event["campaign"], event["attempt"]): event["outcome"]
            for event in journal
            if event["event"] == "outcome"
        }
        intents = [
            (run, event["campaign"], event["attempt"])
            for event in journal
            if event["event"] == "intent"
        ]
        assert len(set(intents)) == len(intents)
        assert set(outcomes) <= set(intents)
        for intent in intents:
            patches = by_intent[intent]
            outcome = outcomes.get(intent)
            assert outcome is not None or run in killed
            if outcome == "accepted":
                assert patches[-1].applied
                assert patches[-1].status == 200
            if outcome == "refused":
                assert not any(patch.applied for patch in patches)
        if run not in killed:
            assert journal[-1]["event"] == "end"


def results(folder: Path, run: str) -> dict[int, str]:
    """The outcome of each campaign of a run in its journal."""
    journal = events(folder, run)
    return {event["campaign"]: event["outcome"] for event in journal if event["event"] == "result"}


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


class Clock:
    """A clock that each sleep advances, so that tests do not wait."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._ahead += max(seconds, 0.0)


PATIENT = RetryPolicy(first_backoff=0.001, late_write=0.05)
IMPATIENT = RetryPolicy(
    first_backoff=0.001, between_bytes=0.15, silence=4, requested_pause=5, late_write=0.05
)


@dataclass
class World:
    """A project folder, and the VOXO that it is applied to."""

    folder: Path
    store: Store
    base_url: str
    watch: Watch = field(init=False)
    results_of_calls: dict[int, dict[str, str | None]] = field(init=False)
    """The results in VOXO by campaign and number, none of which may be lost."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.watch = Watch(self.folder)
        for campaign_id, body in BEFORE.items():
            self.store.put(campaign_id, body)
        self.results_of_calls = {
            campaign_id: dispositions(live) for campaign_id, live in self.live().items()
        }
        for campaign_id, desired in DESIRED.items():
            self.define(campaign_id, desired)

    def define(self, campaign_id: int, desired: Mapping[str, Any]) -> None:
        path = self.folder / f"campaigns/{campaign_id}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(definition(campaign_id, desired))

    def environment(self) -> dict[str, str]:
        return {
            **inherited_variables(),
            "HOME": str(self.folder),
            "PYTHONUTF8": "1",
            "VOXO_API_BASE_URL": self.base_url,
            "VOXO_API_TOKEN": TOKEN,
        }

    def run(self, *arguments: str, retry_policy: RetryPolicy = PATIENT) -> Ran:
        """Run a command in this process, with a clock that does not make the test wait."""
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
        with (
            mock.patch.multiple(sys, argv=["voxosync", *arguments], stdin=io.StringIO()),
            mock.patch.multiple(sys, stdout=streams[0], stderr=streams[1]),
            mock.patch.dict(os.environ, self.environment(), clear=True),
            mock.patch.object(project_module, "connect", _connect(retry_policy)),
            _directory(self.folder),
        ):
            try:
                main()
            except SystemExit as ending:
                status = ending.code or 0
        for stream in streams:
            stream.flush()
        out, err = (stream.buffer.getvalue().decode() for stream in streams)
        assert isinstance(status, int)
        assert "Traceback" not in err
        assert "a bug in voxosync" not in err
        assert TOKEN not in out + err
        return Ran(status, out, err)

    def apply(self, *arguments: str, retry_policy: RetryPolicy = PATIENT) -> Ran:
        self.watch.begin()
        return self.run("apply", "--yes", "--allow-go-live", *arguments, retry_policy=retry_policy)

    def call(self, campaign_id: int, number: str, disposition: str) -> None:
        """Let VOXO call a number."""
        entries = self.store.get_raw(campaign_id)["numbers"]
        now = [
            {**entry, "disposition": disposition} if entry["number"] == number else entry
            for entry in entries
        ]
        self.store.set_raw(campaign_id, "numbers", now)
        self.results_of_calls[campaign_id][number] = disposition

    def assert_no_disposition_lost(self) -> None:
        """Assert that each remaining number has the result of its call, and others have none."""
        for campaign_id, live in self.live().items():
            by_number = self.results_of_calls[campaign_id]
            for number, disposition in dispositions(live).items():
                assert disposition == by_number.get(number), (campaign_id, number)

    def live(self) -> dict[int, dict[str, Any]]:
        return {campaign_id: self.store.get(campaign_id) for campaign_id in BEFORE}

    def assert_converges(self, desired: Mapping[int, Mapping[str, Any]] | None = None) -> None:
        """Assert that all campaigns have the desired values after one apply without faults."""
        ran = self.apply()
        assert ran.status == 0, ran.out + ran.err
        for campaign_id, values in (desired or DESIRED).items():
            assert agrees(self.store.get(campaign_id), values), campaign_id
        assert self.run("plan", "--exit-code").status == 0


def assert_others_unchanged(before: Mapping[int, Any], after: Mapping[int, Any]) -> None:
    """Assert that campaigns outside the plan have not changed."""
    for campaign_id in (IN_SYNC, NOT_OURS):
        assert after[campaign_id] == before[campaign_id]


def observe(
    sandbox: Sandbox, watch: Watch, before_answer: Callable[[Arrival], None] = lambda _: None
) -> Callable[[], None]:
    """Record each request of a sandbox, and call `before_answer` before its faults act; returns a function to stop."""
    firing = type(sandbox.faults).firing

    def watched(method: str, path: str) -> list[Fault]:
        arrival = watch.arrived(method, path, sandbox.requests[-1].content)
        before_answer(arrival)
        fired = firing(sandbox.faults, method, path)
        arrival.applied, arrival.status = _fate([fault.kind for fault in fired])
        return fired

    patch = mock.patch.object(sandbox.faults, "firing", watched)  # called for every request
    patch.start()
    return patch.stop


_STATUS = {"rate-limit": 429, "redirect": 307, "no-admin-get": 404, "no-v2-get": 404, "html": 200}


def _fate(fired: Sequence[str]) -> tuple[bool, int]:
    """Whether a request with these faults is applied, and the status of its response."""
    if fired and KINDS[fired[-1]].answers:
        status = _STATUS.get(fired[-1], int(fired[-1]) if fired[-1].isdecimal() else 0)
        return False, status
    return True, 0 if {"drop-after", "truncate"} & set(fired) else 200


def _connect(retry_policy: RetryPolicy) -> Callable[..., Voxo]:
    def connect(target: Any, now: datetime) -> Voxo:  # noqa: ARG001  # the tested function's arguments
        credentials = ApiCredentials.of(
            base_url=target.base_url, token=target.token(), read=target.read
        )
        clock = Clock()
        return Voxo(credentials, limiter=RunLimiter(retry_policy, clock=clock, sleep=clock.sleep))

    return connect


@contextmanager
def _directory(folder: Path) -> Iterator[None]:
    before = os.getcwd()  # noqa: PTH109  # the counterpart of os.chdir
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
