"""A VOXO that says what a test tells it to, and remembers what it was asked; and a clock to match.

Not the sandbox: this one has no idea of campaigns, and can lie, hang and drop connections.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import ResponseParser

    from voxosync.voxo.retry_policy import RetryPolicy

    Reply = Callable[["_Handler"], None]

TOKEN = "test-token-0123456789"
ANSWER_TO_SILENCE = 60  # seconds after which a hanging test would end by itself


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: ResponseParser
    body: bytes


class Scripted(ThreadingHTTPServer):
    """Answers each path by its script; the last reply of a script is given for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.received: list[Received] = []
        self.over = threading.Event()
        self._scripts: dict[str, deque[Reply]] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def asked(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.received]

    def on(self, path: str, *replies: Reply) -> None:
        """Script one path (its query included), or every other path by `*`."""
        self._scripts[path] = deque(replies)

    def next_reply(self, received: Received) -> Reply:
        with self._lock:
            self.received.append(received)
            script = self._scripts.get(received.path) or self._scripts["*"]
            return script.popleft() if len(script) > 1 else script[0]

    def handle_error(self, *_: object) -> None:
        """A client that goes away in the middle is what many tests are about."""

    def stop(self) -> None:
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms between its head and its body
    server: Scripted

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) == length:  # else the client went away in the middle
            received = Received(self.command, self.path, self.headers, body)
            self.server.next_reply(received)(self)

    do_GET = do_PATCH = do_POST = do_CONNECT = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


def reply(status: int, body: Any = b"", **headers: str) -> Reply:
    """An answer; `body` is JSON unless it is bytes already."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: _Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def raw(content: bytes) -> Reply:
    """Exactly these bytes, then the end of the connection."""

    def answer(handler: _Handler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return answer


def dripping(content: bytes, every: float) -> Reply:
    """These bytes one by one, so that no timeout between two bytes ever strikes."""

    def answer(handler: _Handler) -> None:
        handler.close_connection = True
        for byte in content:
            if handler.server.over.wait(every):
                break
            handler.wfile.write(bytes([byte]))

    return answer


def silence(handler: _Handler) -> None:
    """No answer, and no end of the connection either."""
    handler.server.over.wait(ANSWER_TO_SILENCE)
    handler.close_connection = True


def drop(handler: _Handler) -> None:
    """The end of the connection instead of an answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


class Clock:
    """Time that passes only while somebody sleeps, and then at once.

    `at_nap` is called whenever somebody falls asleep.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []
        self.at_nap: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        wake = self.now + max(seconds, 1e-6)  # however little: a real clock does not stand still
        self.naps.append(seconds)
        self.at_nap()
        self.now = max(self.now, wake)

    def limiter(self, retry_policy: RetryPolicy | None = None, jitter: float = 0.5) -> RunLimiter:
        return RunLimiter(retry_policy, clock=self, sleep=self.sleep, jitter=lambda: jitter)
