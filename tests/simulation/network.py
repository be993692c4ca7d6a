"""The network between voxosync and the model of VOXO: connections in memory, and their faults."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.voxo_model import Campaign, copy, encoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.simulation.scheduler import Process, Scheduler
    from tests.simulation.voxo_model import Voxo

_PHRASES = {200: "OK", 201: "Created"}


@dataclass(frozen=True)
class Fault:
    """What happens to a request.

    Attributes:
        status: the status of the response; None: the connection is reset instead.
        happens: whether a write takes effect before the response.
        lands: seconds after which a write takes effect although it did not before the response.
        wait: seconds for Retry-After.
        delay: seconds by which the response is delayed.
        spoils: how the response is wrong: `text`, `other` (another campaign), `old` (old values), `cut` (cut off),
            `lag` (reads show old values for a while, too), `ignored` (a field is not stored), or `tenant` (a new
            campaign is in another tenant).
    """

    status: int | None = 200
    happens: bool = True
    lands: float | None = None
    wait: int | None = None
    delay: float = 0.0
    spoils: str = ""

    def __str__(self) -> str:
        parts = [str(self.status) if self.status else "reset"]
        parts += [] if self.happens else ["not done"]
        parts += [f"lands {self.lands:.1f} s later"] if self.lands is not None else []
        parts += [f"Retry-After {self.wait}"] if self.wait is not None else []
        parts += [f"{self.delay:.1f} s slow"] if self.delay else []
        parts += [f"answer: {self.spoils}"] if self.spoils else []
        return ", ".join(parts)


FINE = Fault()


@dataclass(eq=False)
class Request:
    """A request as VOXO receives it.

    Attributes:
        sent_at: when its first byte was sent.
        stopped: whether its run had been asked to stop by then.
        landed: when it took effect, if it is a write.
        snapshot: the campaign in the response to a GET, or after a write; `as_of` is its time.
        answered: when the response arrived.
    """

    process: Process
    method: str
    campaign: int | None
    body: dict[str, Any]
    sent_at: float
    stopped: bool = False
    landed: list[float] = field(default_factory=list)
    snapshot: Campaign | None = None
    as_of: float = 0.0
    lagged: bool = False
    status: int | None = None
    answered: float | None = None


class Network:
    """Connections to one VOXO.

    Args:
        voxo: the model of VOXO, which responds.
        scheduler: keeps the time.
        random: determines durations.
        fault: returns what happens to a request.
        refuses: returns whether the next connection is refused.
        before_write: called right before a write takes effect; returns a function that is called right after it.
        is_stopped: returns whether a process was asked to stop.
    """

    def __init__(  # noqa: PLR0913  # the parts of a network
        self,
        voxo: Voxo,
        scheduler: Scheduler,
        random: Random,
        *,
        fault: Callable[[Request], Fault],
        refuses: Callable[[], bool],
        before_write: Callable[[Request], Callable[[], None]],
        is_stopped: Callable[[Process], bool],
    ) -> None:
        self.voxo = voxo
        self.scheduler = scheduler
        self.random = random
        self.requests: list[Request] = []
        self.lag_until: dict[int, tuple[float, Campaign, float]] = {}
        self._fault = fault
        self._refuses = refuses
        self._before_write = before_write
        self.is_stopped = is_stopped
        self.next_id = 9000
        self.path = "/v2/admin"

    def connect(
        self, address: tuple[str, int], timeout: float | None = None, *_: object
    ) -> Connection:
        """Open a connection, or raise ConnectionRefusedError."""
        del address, timeout
        self.scheduler.step("before a connection")
        self.scheduler.sleep(self.latency())
        if self._refuses():
            self.scheduler.note("the connection is refused")
            raise ConnectionRefusedError(111, "Connection refused")
        return Connection(self)

    def latency(self) -> float:
        return 0.01 + self.random.random() ** 3 * 0.3

    def arrive(self, connection: Connection, request: Request) -> None:
        """Deliver a complete request."""
        fault = self._fault(request)
        self.scheduler.note(
            f"sends {_described(request)}" + (f" [{fault}]" if fault != FINE else "")
        )
        arrival = self.scheduler.now + self.latency()
        self.scheduler.at(arrival, lambda: self._process(connection, request, fault))

    def _process(self, connection: Connection, request: Request, fault: Fault) -> None:
        status, answer = fault.status, b""
        if request.method == "GET":
            status, answer = self._read(request, fault)
        elif fault.lands is not None:
            self.scheduler.at(self.scheduler.now + fault.lands, lambda: self._write(request))
        elif fault.happens and fault.status is not None and fault.status != 404:
            status, answer = self._write(request, fault)
        elif fault.happens:
            self._write(request)
        if status is not None and status not in (200, 201) and not answer:
            answer = encoded({"message": "not now" if status in (429, 502, 503, 504) else "no"})
        response_time = self.scheduler.now + self.latency() + fault.delay
        self.scheduler.at(
            response_time, lambda: self._answer(connection, request, fault, status, answer)
        )

    def _read(self, request: Request, fault: Fault) -> tuple[int | None, bytes]:
        assert request.campaign is not None
        campaign = self.voxo.campaigns.get(request.campaign)
        if fault.status != 200:
            return fault.status, b""
        if campaign is None:
            return 404, b""
        request.as_of = self.scheduler.now
        until, old, as_of = self.lag_until.get(campaign.id, (0.0, campaign, 0.0))
        if self.scheduler.now < until:
            campaign, request.as_of, request.lagged = old, as_of, True
        request.snapshot = copy(campaign)
        return 200, _spoiled(encoded(campaign.answer()), fault)

    def _write(self, request: Request, fault: Fault = FINE) -> tuple[int, bytes]:
        if request.method == "POST":
            return self._create(request, fault)
        assert request.campaign is not None
        campaign = self.voxo.campaigns.get(request.campaign)
        if campaign is None:
            return 404, b""
        before = copy(campaign)
        after_write = self._before_write(request)
        body = dict(request.body)
        if fault.spoils == "ignored" and len(body) > 1:
            body.pop(min(body))
        campaign.take(body)
        request.landed.append(self.scheduler.now)
        self.scheduler.note(f"{request.process.name}: PATCH {campaign.id} takes place")
        after_write()
        if fault.spoils == "lag":
            until = self.scheduler.now + 1 + self.random.random() * 4
            self.lag_until[campaign.id] = (until, before, self.scheduler.now)
        answered_campaign = before if fault.spoils in ("old", "lag") else campaign
        return fault.status or 200, _spoiled(encoded(answered_campaign.answer()), fault)

    def _create(self, request: Request, fault: Fault) -> tuple[int, bytes]:
        self.next_id += 1
        body = dict(request.body)
        tenant = body.pop("tenantId") + (fault.spoils == "tenant")
        campaign = Campaign(self.next_id, {"state": "READY"}, [], tenant_id=tenant)
        after_write = self._before_write(request)
        campaign.take(body)
        if fault.spoils == "ignored":
            campaign.scalars["state"] = "READY"
        request.landed.append(self.scheduler.now)
        request.campaign = campaign.id
        self.voxo.add(campaign)
        self.scheduler.note(f"{request.process.name}: campaign {campaign.id} is made")
        after_write()
        return fault.status or 201, _spoiled(encoded(campaign.answer()), fault)

    def _answer(
        self,
        connection: Connection,
        request: Request,
        fault: Fault,
        status: int | None,
        body: bytes,
    ) -> None:
        request.status, request.answered = status, self.scheduler.now
        if request.process.is_dead:
            return
        if status is None:
            connection.fail(ConnectionResetError(104, "Connection reset by peer"))
            return
        head = (
            f"HTTP/1.1 {status} {_PHRASES.get(status, 'No')}\r\nContent-Type: application/json\r\n"
        )
        head += f"Content-Length: {len(body)}\r\n"
        head += (
            f"Retry-After: {fault.wait}\r\n"
            if fault.wait is not None and status in (429, 503)
            else ""
        )
        content = head.encode() + b"\r\n" + body
        if fault.spoils == "cut":
            connection.give(content[: -len(body) // 2])
            connection.fail(None)
        else:
            connection.give(content)


class Connection:
    """An open connection of one process, with the interface of a socket."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._scheduler = network.scheduler
        self._process = network.scheduler.process
        self._out = b""
        self._in: deque[bytes] = deque()
        self._failure: OSError | None = None
        self._is_over = False
        self._incoming: Request | None = None
        self._timeout: float | None = None
        self._is_closed = False

    def send(self, data: bytes) -> int:
        if self._failure is not None:
            raise self._failure
        if self._incoming is None:
            self._scheduler.step("before a request")
            self._incoming = Request(self._process, "", None, {}, self._scheduler.now)
            self._incoming.stopped = self._network.is_stopped(self._process)
        else:
            self._scheduler.step("amid a request")
        self._out += bytes(data)
        self._take()
        return len(data)

    def _take(self) -> None:
        head, end, body = self._out.partition(b"\r\n\r\n")
        if not end:
            return
        lines = head.decode().split("\r\n")
        headers = {
            line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:]
        }
        if len(body) < int(headers.get("content-length", "0")):
            return
        request, self._incoming, self._out = self._incoming, None, b""
        assert request is not None
        request.method, path, _ = lines[0].split(" ")
        last = path.rstrip("/").rpartition("/")[2]
        request.campaign = int(last) if last.isdigit() else None
        request.body = json.loads(body) if body else {}
        self._network.requests.append(request)
        self._network.arrive(self, request)

    def recv(self, size: int) -> bytes:
        del size
        self._scheduler.step("waiting for an answer")
        if not self._is_ready() and not self._scheduler.wait(self._is_ready, self._timeout):
            raise TimeoutError("timed out")
        if self._in:
            return self._in.popleft()
        if self._failure is not None:
            raise self._failure
        return b""

    def _is_ready(self) -> bool:
        return bool(self._in) or self._is_over

    def is_readable(self) -> bool:
        return self._is_ready()

    def give(self, data: bytes) -> None:
        self._in.append(data)

    def fail(self, failure: OSError | None) -> None:
        self._failure, self._is_over = failure, True

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def setsockopt(self, *_: object) -> None:
        """Do nothing, because no option matters in memory."""

    def close(self) -> None:
        self._is_closed = True

    def sendall(self, data: bytes) -> None:
        self.send(data)


def _spoiled(content: bytes, fault: Fault) -> bytes:
    if fault.spoils == "text":
        return b"<html><body>Good day</body></html>"
    if fault.spoils == "other":
        return content.replace(b'"id":', b'"id":1', 1)
    return content


def _described(request: Request) -> str:
    if request.method == "GET":
        return f"GET {request.campaign}"
    body = dict(request.body)
    if "numbers" in body:
        body["numbers"] = " ".join(
            entry["number"] + (f"={entry['disposition']}" if entry.get("disposition") else "")
            for entry in body["numbers"]
        )
    return f"{request.method} {request.campaign or ''} {body}"
