"""An HTTP server in a thread of the test process, and its replies, including broken ones.

The fake VOXOs are subclasses that choose a reply: `tests.cli.cli_voxo` holds campaigns, `tests.voxo.scripted_voxo`
follows a script, `tests.faults.held_voxo` waits for the test.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import Message

Reply = Callable[["Handler"], None]

LONG = 60  # seconds after which a silent reply ends


@dataclass(frozen=True)
class ReceivedRequest:
    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class HttpServer(ThreadingHTTPServer):
    """Serves requests from its creation until `stop`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.received: list[ReceivedRequest] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.received]

    def reply_to(self, received: ReceivedRequest) -> Reply:
        """The reply to a request; called in the thread of its connection."""
        raise NotImplementedError

    def handle_error(self, *_: object) -> None:
        """Ignore clients that disconnect early, as some tests make them do."""

    def verify_request(self, *_: object) -> bool:
        return not self.over.is_set()

    def stop(self) -> None:
        self.over.set()
        with socket.socket() as waking:
            waking.connect_ex(self.server_address)  # the thread waits for a connection
        self._thread.join()
        self.server_close()

    def _serve(self) -> None:
        """Serve requests until `stop`, without the polling of `serve_forever`."""
        while not self.over.is_set():
            self.handle_request()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms between its head and its body
    server: HttpServer

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) == length:
            self.server.reply_to(ReceivedRequest(self.command, self.path, self.headers, body))(self)
        else:  # the client went away in the middle
            self.close_connection = True

    do_GET = do_PATCH = do_POST = do_PUT = do_DELETE = do_CONNECT = answer  # noqa: N815  # the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


def answer(status: int, body: Any = b"", **headers: str) -> Reply:
    """A response; `body` is sent as JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def reply(handler: Handler) -> None:
        handler.send_response_only(status)
        usual = {"Date": handler.date_time_string(), "Content-Length": str(len(content))}
        for name, value in (usual | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def raw(content: bytes) -> Reply:
    """Exactly these bytes, then the end of the connection."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return reply


def dripping(content: bytes, every: float) -> Reply:
    """These bytes one at a time, so that no timeout between two bytes expires."""

    def reply(handler: Handler) -> None:
        handler.close_connection = True
        for byte in content:
            if handler.server.over.wait(every):
                break
            handler.wfile.write(bytes([byte]))

    return reply


def silence(handler: Handler) -> None:
    """No response, while the connection stays open."""
    handler.server.over.wait(LONG)
    handler.close_connection = True


def dropped(handler: Handler) -> None:
    """A closed connection instead of a response."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
