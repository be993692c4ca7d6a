"""A VOXO that tells a test of each request while it is on its way, and answers when the test lets it."""

from __future__ import annotations

import json
import socket
import threading
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.faults.fault_world import TENANT, TOKEN, Arrival, Watch
from voxosync.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable


class Fate(Enum):
    """What becomes of a request."""

    ANSWERED = "answered"
    LOST = "lost: nothing is applied, and nobody gets an answer"
    UNANSWERED = "applied, but nobody gets an answer"


class HeldVoxo(ThreadingHTTPServer):
    """Serves from the moment it is made until `stop`.

    Attributes:
        decide: called with each request before anything is done about it, in a thread of its own; it may
            wait.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = Store(tenant_id=TENANT)
        self.watch: Watch | None = None
        self.decide: Callable[[Arrival], Fate] = lambda _: Fate.ANSWERED
        self._lock = threading.Lock()
        self._busy = 0
        self._idle = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def respond(self, method: str, path: str, content: bytes) -> tuple[Fate, bytes]:
        assert self.watch is not None
        with self._lock:
            one = self.watch.arrived(method, path, content)
        fate = self.decide(one)
        answer = b""
        if fate is not Fate.LOST:
            if method == "POST":
                found = self.store.create(one.body)
            elif method == "PATCH":
                found = self.store.patch(one.campaign, one.body)
            else:
                found = self.store.get(one.campaign)
            answer = json.dumps(found).encode()
            one.applied = True
        one.status = 200 if fate is Fate.ANSWERED else 0
        return fate, answer

    def enter(self) -> None:
        with self._lock:
            self._busy += 1

    def leave(self) -> None:
        with self._idle:
            self._busy -= 1
            self._idle.notify_all()

    def is_idle(self, seconds: float) -> bool:
        """Whether nobody is connected any more, or will not be for long."""
        with self._idle:
            return self._idle.wait_for(lambda: self._busy == 0, seconds)

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]  # as socketserver types it
        """Count the connection from the moment it is accepted."""
        self.enter()
        super().process_request(request, client_address)

    def handle_error(self, *_: object) -> None:
        """A client that goes away in the middle is what these tests are about."""

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
        self.store.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: HeldVoxo

    def _answer(self) -> None:
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        if len(content) < length:  # the client went away in the middle
            self.close_connection = True
            return
        fate, answer = self.server.respond(self.command, self.path, content)
        if fate is not Fate.ANSWERED:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PATCH = do_POST = _answer  # noqa: N815  # the names that http.server calls

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            self.server.leave()

    def log_message(self, *_: object) -> None:
        pass
