"""The transport beneath httpx that goes straight to VOXO. Why it is not httpx's own: docs/adr/0007."""

from __future__ import annotations

import socket
from collections import deque
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

import httpx

from voxosync.voxo.deadline_executor import DeadlineExecutor
from voxosync.voxo.http_connection import HttpConnection, as_httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voxosync.voxo.response_parser import ResponseParser
    from voxosync.voxo.retry_policy import RetryPolicy

_HTTPS, _HTTP = 443, 80


class SocketTransport(httpx.BaseTransport):
    """Connections to one host, for any number of threads at once.

    Beyond httpx's timeouts, every wait ends with a plain TimeoutError as soon as `left` says that
    there are no seconds left. Only connecting needs a helper for that: nothing stops a name look-up.

    Args:
        retry_policy: the timeouts of connecting, and between two bytes.
        left: the seconds that a request has left.
        encrypt: TLS over a connection to a host, verified; None: plain HTTP.
    """

    def __init__(
        self,
        retry_policy: RetryPolicy,
        left: Callable[[], float],
        *,
        encrypt: Callable[[socket.socket, str], socket.socket] | None = None,
    ) -> None:
        self._encrypt = encrypt
        self._patience = retry_policy
        self._left = left
        self._helpers = DeadlineExecutor()
        self._idle: deque[HttpConnection] = deque()

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._helpers.close()
        while self._idle:
            self._idle.pop().hang_up()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, its body still to be read; raises httpx's errors, and TimeoutError.

        The request's extension `permit` is called when there is a connection, before the first byte leaves.
        """
        line = self._line(request.url)
        try:
            request.extensions.get("permit", _nothing)()
            message = line.ask(request)
        except BaseException:
            line.hang_up()
            raise
        body = _Body(line, message, self._idle)
        return httpx.Response(message.status, headers=message.headers, stream=body)

    def _line(self, url: httpx.URL) -> HttpConnection:
        while True:
            try:
                line = self._idle.pop()
            except IndexError:
                return self._connected(url)
            if line.is_usable():
                return line
            line.hang_up()

    def _connected(self, url: httpx.URL) -> HttpConnection:
        """A new connection; one that comes too late is closed, by whoever is the later one to look."""
        made: list[socket.socket] = []
        given_up = Event()

        def connect() -> None:
            made.append(self._connect(url))
            if given_up.is_set():
                _close_all(made)

        try:
            self._helpers.run(connect, self._left)
        except TimeoutError:
            given_up.set()
            _close_all(made)
            raise
        return HttpConnection(made[0], self._patience.between_bytes, self._left)

    def _connect(self, url: httpx.URL) -> socket.socket:
        """A new connection, with TLS where it has to be."""
        host = url.raw_host.decode("ascii")
        port = url.port or (_HTTPS if self._encrypt else _HTTP)
        with as_httpx(httpx.ConnectError, httpx.ConnectTimeout):
            wire = socket.create_connection((host, port), self._patience.connect)
            try:
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._encrypt(wire, host) if self._encrypt else wire
            except BaseException:
                wire.close()
                raise


class _Body(httpx.SyncByteStream):
    """The body of one answer; the connection is kept where it was read to its end."""

    def __init__(
        self, line: HttpConnection, message: ResponseParser, idle: deque[HttpConnection]
    ) -> None:
        self._line = line
        self._message = message
        self._idle = idle

    def __iter__(self) -> Iterator[bytes]:
        return self._line.body(self._message)

    def close(self) -> None:
        if self._message.is_whole and self._message.keeps_alive:
            self._idle.append(self._line)
        else:
            self._line.hang_up()


def _nothing() -> None:
    """Permit everything."""


def _close_all(wires: list[socket.socket]) -> None:
    with suppress(IndexError):  # the other thread was faster
        while wires:
            wires.pop().close()
