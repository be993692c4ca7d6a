"""The transport beneath httpx, straight to VOXO or through a proxy. Why it is not httpx's own: docs/adr/0007."""

from __future__ import annotations

import socket
from collections import deque
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

import httpx

from voxosync.voxo.deadline import call_with_deadline
from voxosync.voxo.http_connection import HttpConnection, as_httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voxosync.voxo.proxy import Proxy
    from voxosync.voxo.response_parser import ResponseParser
    from voxosync.voxo.retry_policy import RetryPolicy

_HTTPS, _HTTP = 443, 80


class SocketTransport(httpx.BaseTransport):
    """Connections to one host, for any number of threads at once.

    Every wait ends after the policy's timeouts with httpx's errors, and with a plain TimeoutError as soon as
    `seconds_left` says that no seconds are left. Connecting needs a thread for that: nothing stops a name look-up.

    Args:
        retry_policy: the timeouts of connecting, and between two bytes.
        seconds_left: the seconds that a request has left.
        encrypt: TLS over a connection to a host, verified; None: plain HTTP.
        proxy: what connects to the host: by a tunnel where there is TLS, else it gets the requests.
    """

    def __init__(
        self,
        retry_policy: RetryPolicy,
        seconds_left: Callable[[], float],
        *,
        encrypt: Callable[[socket.socket, str], socket.socket] | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self._encrypt = encrypt
        self._proxy = proxy
        self._retry_policy = retry_policy
        self._seconds_left = seconds_left
        self._idle: deque[HttpConnection] = deque()

    def close(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().hang_up()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, its body still to be read; raises httpx's errors, and TimeoutError.

        The request's extension `permit` is called when there is a connection, before the first byte leaves.
        """
        connection = self._connection(request.url)
        try:
            if self._proxy and not self._encrypt:
                self._proxy.forward(request)
            request.extensions.get("permit", _no_permit)()
            response = connection.ask(request)
        except BaseException:
            connection.hang_up()
            raise
        body = _Body(connection, response, self._idle)
        return httpx.Response(response.status, headers=response.headers, stream=body)

    def _connection(self, url: httpx.URL) -> HttpConnection:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._new_connection(url)
            if connection.is_usable():
                return connection
            connection.hang_up()

    def _new_connection(self, url: httpx.URL) -> HttpConnection:
        """A new connection; one that comes too late is closed, by whichever thread looks later."""
        sockets: list[socket.socket] = []
        given_up = Event()

        def connect() -> None:
            sockets.append(self._connect(url))
            if given_up.is_set():
                _close_all(sockets)

        try:
            call_with_deadline(connect, self._seconds_left)
        except TimeoutError:
            given_up.set()
            _close_all(sockets)
            raise
        return HttpConnection(sockets[0], self._retry_policy.between_bytes, self._seconds_left)

    def _connect(self, url: httpx.URL) -> socket.socket:
        """A new connection to the host or through its proxy, with TLS where it has to be."""
        host = url.raw_host.decode("ascii")
        port = url.port or (_HTTPS if self._encrypt else _HTTP)
        address = (self._proxy.host, self._proxy.port) if self._proxy else (host, port)
        with as_httpx(httpx.ConnectError, httpx.ConnectTimeout):
            wire = self._reach(*address)
            try:
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if not self._encrypt:
                    return wire
                if self._proxy:
                    tunnel = HttpConnection(
                        wire, self._retry_policy.between_bytes, self._seconds_left
                    )
                    self._proxy.open_tunnel(tunnel, host, port)
                    wire.settimeout(self._retry_policy.connect)
                return self._encrypt(wire, host)
            except BaseException:
                wire.close()
                raise

    def _reach(self, host: str, port: int) -> socket.socket:
        try:
            return socket.create_connection((host, port), self._retry_policy.connect)
        except OSError as error:
            if self._proxy is None:
                raise
            message = f"the proxy {host}:{port} cannot be reached: {error}"
            raise httpx.ProxyError(message) from error


class _Body(httpx.SyncByteStream):
    """The body of one response; a connection is kept if its response was read to the end."""

    def __init__(
        self, connection: HttpConnection, response: ResponseParser, idle: deque[HttpConnection]
    ) -> None:
        self._connection = connection
        self._response = response
        self._idle = idle

    def __iter__(self) -> Iterator[bytes]:
        return self._connection.body(self._response)

    def close(self) -> None:
        if self._response.is_whole and self._response.keeps_alive:
            self._idle.append(self._connection)
        else:
            self._connection.hang_up()


def _no_permit() -> None:
    """What a request calls that needs no permit."""


def _close_all(sockets: list[socket.socket]) -> None:
    with suppress(IndexError):  # the other thread was faster
        while sockets:
            sockets.pop().close()
