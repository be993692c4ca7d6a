"""A VOXO that passes each request to a test before it responds, so that the test can delay or lose it."""

from __future__ import annotations

import threading
from enum import Enum
from typing import TYPE_CHECKING

from tests.fakes.http_server import HttpServer, answer, dropped
from tests.faults.fault_world import TENANT, TOKEN, Arrival, Watch
from voxosync.sandbox.store import Store

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.fakes.http_server import ReceivedRequest, Reply


class Fate(Enum):
    """What happens to a request."""

    ANSWERED = "answered"
    LOST = "lost: not applied and without a response"
    UNANSWERED = "applied, but without a response"


class HeldVoxo(HttpServer):
    """Stores campaigns like the sandbox, and lets a test decide about each request.

    Attributes:
        decide: called with each request before it is processed, in its own thread; it may wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(tenant_id=TENANT)
        self.watch: Watch | None = None
        self.decide: Callable[[Arrival], Fate] = lambda _: Fate.ANSWERED
        self._connections = 0
        self._idle = threading.Condition(self._lock)

    def reply_to(self, received: ReceivedRequest) -> Reply:
        assert self.watch is not None
        assert received.headers["Authorization"] == f"Bearer {TOKEN}"
        with self._lock:
            arrival = self.watch.arrived(received.method, received.path, received.body)
        fate = self.decide(arrival)
        content = None if fate is Fate.LOST else self._apply(arrival)
        arrival.status = 200 if fate is Fate.ANSWERED else 0
        return answer(200, content) if fate is Fate.ANSWERED else dropped

    def _apply(self, arrival: Arrival) -> object:
        arrival.applied = True
        if arrival.method == "POST":
            return self.store.create(arrival.body)
        if arrival.method == "PATCH":
            return self.store.patch(arrival.campaign, arrival.body)
        return self.store.get(arrival.campaign)

    def is_idle(self, seconds: float) -> bool:
        """Whether all connections are closed or will be within this time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._connections == 0, seconds)

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]  # as socketserver types it
        """Count the connection from the moment when it is accepted."""
        with self._lock:
            self._connections += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]  # as socketserver types it
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._idle:
                self._connections -= 1
                self._idle.notify_all()

    def stop(self) -> None:
        super().stop()
        self.store.close()
