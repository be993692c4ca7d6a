"""A VOXO that tells a test of each request while it is on its way, and answers when the test lets it."""

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
    """What becomes of a request."""

    ANSWERED = "answered"
    LOST = "lost: nothing is applied, and there is no answer"
    UNANSWERED = "applied, but there is no answer"


class HeldVoxo(HttpServer):
    """Holds campaigns as the sandbox does, and lets a test decide about each request.

    Attributes:
        decide: called with each request before anything is done about it, in a thread of its own; it may
            wait.
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
        """Whether all connections are closed, or will be within that time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._connections == 0, seconds)

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]  # as socketserver types it
        """Count the connection from the moment it is accepted."""
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
