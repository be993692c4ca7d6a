"""The connections to VOXO, direct or through a proxy, as an httpx transport. Why not httpx's own: docs/adr/0007."""

from __future__ import annotations

import socket
from collections import deque
from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING

import httpx

from voxosync.voxo.http_connection import HttpConnection, as_httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voxosync.voxo.proxy import Proxy
    from voxosync.voxo.response_parser import ResponseParser
    from voxosync.voxo.retry_policy import RetryPolicy

_HTTPS, _HTTP = 443, 80


class SocketTransport(httpx.BaseTransport):
    """Connections to one host, for any number of threads at once.

    Every wait ends after the timeouts of the policy with httpx's errors, and with a plain TimeoutError as soon as
    `seconds_left` returns 0.

    Args:
        retry_policy: the timeouts of connecting, and between two bytes.
        seconds_left: the seconds that a request has left.
        encrypt: starts TLS on a connection to a host, which it verifies; None: plain HTTP.
        proxy: what connects to the host: under TLS it opens a tunnel, otherwise it receives the requests.
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
            self._idle.pop().close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response to a request, its body not read yet; raises TimeoutError, and the errors of httpx.

        The request's extension `permit` is called when there is a connection, before the first byte is sent.
        """
        connection = self._idle_connection() or self._new_connection(request.url)
        try:
            if self._proxy and not self._encrypt:
                self._proxy.forward(request)
            if permit := request.extensions.get("permit"):
                permit()
            response = connection.send(request)
        except BaseException:
            connection.close()
            raise
        body = _Body(connection, response, self._idle)
        return httpx.Response(response.status, headers=response.headers, stream=body)

    def _idle_connection(self) -> HttpConnection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_usable():
                return connection
            connection.close()

    def _new_connection(self, url: httpx.URL) -> HttpConnection:
        """A new connection, made in a thread that is abandoned when no seconds are left.

        A socket's timeout applies to each address of a host in turn, and not to the name look-up: a dead name
        server or a host with eight dead addresses outlasts it. An abandoned thread closes the connection that
        it may still get; as a daemon it does not keep the process alive.
        """
        outcome: Future[socket.socket] = Future()

        def connect() -> None:
            try:
                wire = self._connect(url)
            except BaseException as error:  # noqa: BLE001  # the caller raises it
                if outcome.set_running_or_notify_cancel():
                    outcome.set_exception(error)
                return
            if outcome.set_running_or_notify_cancel():
                outcome.set_result(wire)
            else:
                wire.close()

        Thread(target=connect, name="voxo-connect", daemon=True).start()
        while wait([outcome], max(0.0, self._seconds_left())).not_done:
            if self._seconds_left() <= 0 and outcome.cancel():
                raise TimeoutError
        return self._connection(outcome.result())

    def _connect(self, url: httpx.URL) -> socket.socket:
        """A socket that is connected to the host, or to its proxy, with TLS if the transport encrypts."""
        host = url.raw_host.decode("ascii")
        port = url.port or (_HTTPS if self._encrypt else _HTTP)
        seconds = self._retry_policy.connect
        with as_httpx(httpx.ConnectError, httpx.ConnectTimeout):
            wire = (
                self._proxy.connect(seconds)
                if self._proxy
                else socket.create_connection((host, port), seconds)
            )
            try:
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if not self._encrypt:
                    return wire
                if self._proxy:
                    self._proxy.open_tunnel(self._connection(wire), host, port)
                    wire.settimeout(seconds)
                return self._encrypt(wire, host)
            except BaseException:
                wire.close()
                raise

    def _connection(self, wire: socket.socket) -> HttpConnection:
        return HttpConnection(wire, self._retry_policy.between_bytes, self._seconds_left)


class _Body(httpx.SyncByteStream):
    """The body of one response; the connection is kept if the body was read to the end."""

    def __init__(
        self, connection: HttpConnection, response: ResponseParser, idle: deque[HttpConnection]
    ) -> None:
        self._connection = connection
        self._response = response
        self._idle = idle

    def __iter__(self) -> Iterator[bytes]:
        return self._connection.body(self._response)

    def close(self) -> None:
        if self._response.is_complete and self._response.keeps_alive:
            self._idle.append(self._connection)
        else:
            self._connection.close()
