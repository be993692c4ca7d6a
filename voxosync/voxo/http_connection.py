"""One HTTP/1.1 connection to VOXO, on which every wait ends."""

from __future__ import annotations

import select
import ssl
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx

from voxosync.voxo.response_parser import ResponseParser

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

_PIECE = 64 * 2**10  # bytes read at once
_IDLE = 5.0  # seconds after which a connection is not used again: the server may be closing it


class HttpConnection:
    """A connected socket, for one request after another.

    A wait for a byte ends after `between_bytes` seconds with httpx's error, or with a plain TimeoutError once
    `seconds_left` returns no more time.
    """

    def __init__(
        self, wire: socket.socket, between_bytes: float, seconds_left: Callable[[], float]
    ) -> None:
        self._wire = wire
        self._between_bytes = between_bytes
        self._seconds_left = seconds_left
        self._since = time.monotonic()
        self._timeout = -1.0  # as of the socket; no wait has this one, so the first one sets it
        self._is_spent = (
            False  # answered before the request was sent: the rest would be taken for another one
        )

    def ask(self, request: httpx.Request) -> ResponseParser:
        """Send a request and read the head of its answer; what follows is `body` or `hang_up`.

        A server that answers before it has the whole body, a 413 say, is sent no more of it.
        """
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101  # a sync client's requests have no other
        message = ResponseParser()
        try:
            self._send(_head(request))
            for piece in request.stream:
                self._offer(piece, message)
                if message.is_headed:
                    break
        except httpx.WriteError:
            self._is_spent = True  # but a server that hung up may have said why
        self._is_spent = self._is_spent or message.is_headed
        while not message.is_headed:
            message.feed(self._receive())
        return message

    def body(self, message: ResponseParser) -> Iterator[bytes]:
        """The body as it comes; read to its end, the connection can be used again."""
        while True:
            if body := message.take_body():
                yield body
            if message.is_whole:
                break
            message.feed(self._receive())
        self._since = time.monotonic()

    def is_usable(self) -> bool:
        """Whether it may be asked once more: not idle for long, and nothing came meanwhile."""
        if self._is_spent or time.monotonic() - self._since >= _IDLE:
            return False
        is_readable, _ = _ready(self._wire, 0)
        return not is_readable

    def hang_up(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _send(self, data: bytes) -> None:
        unsent = memoryview(data)
        with as_httpx(httpx.WriteError, httpx.WriteTimeout):
            while unsent:
                self._wait_at_most(self._between_bytes)
                unsent = unsent[self._wire.send(unsent) :]

    def _offer(self, piece: bytes, message: ResponseParser) -> None:
        """Send a piece of a body, or no more of it once the server answers: `message` gets what came."""
        unsent = memoryview(piece)
        with as_httpx(httpx.WriteError, httpx.WriteTimeout):
            while unsent and self._takes_more(message):
                self._set_timeout(0)
                with suppress(BlockingIOError, ssl.SSLWantWriteError):
                    unsent = unsent[self._wire.send(unsent) :]

    def _takes_more(self, message: ResponseParser) -> bool:
        """Wait until bytes can be sent; False where the server answers first.

        What comes may be TLS's own, or a status such as 102, which does not answer the request. It is read before
        more is sent: a server that closes after its answer breaks the connection, and nothing can be read after a
        failed write.
        """
        remaining = self._between_bytes
        while True:
            seconds = self._at_most(remaining)
            is_readable, is_writable = _ready(self._wire, seconds, to_write=True)
            if is_readable:
                self._set_timeout(0)
                with suppress(BlockingIOError, ssl.SSLWantReadError):
                    message.feed(self._wire.recv(_PIECE))
            if message.is_headed or is_writable:
                return not message.is_headed
            if not is_readable:
                remaining -= seconds
                if remaining <= 0:
                    raise TimeoutError("the server takes no more of the request")

    def _receive(self) -> bytes:
        """The bytes that came; none where the server hung up."""
        with as_httpx(httpx.ReadError, httpx.ReadTimeout):
            remaining = self._between_bytes
            while True:
                self._wait_at_most(remaining)
                try:
                    return self._wire.recv(_PIECE)
                except TimeoutError:
                    remaining -= self._timeout
                    if remaining <= 0:
                        raise  # else an answer to another request has put off the end meanwhile

    def _wait_at_most(self, seconds: float) -> None:
        self._set_timeout(self._at_most(seconds))

    def _at_most(self, seconds: float) -> float:
        seconds_left = self._seconds_left()
        if seconds_left <= 0:
            raise NoTimeLeft
        return min(seconds, seconds_left)

    def _set_timeout(self, seconds: float) -> None:
        if seconds != self._timeout:  # each change costs a call of the system
            self._wire.settimeout(seconds)
            self._timeout = seconds


class NoTimeLeft(TimeoutError):
    """The run has no seconds left: no timeout of the connection's own."""


class as_httpx:  # noqa: N801  # used as a function; a generator would cost more than the work in it
    """Errors of a socket as httpx's."""

    __slots__ = ("_error", "_timeout")

    def __init__(
        self, error: type[httpx.TransportError], timeout: type[httpx.TransportError]
    ) -> None:
        self._error = error
        self._timeout = timeout

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, NoTimeLeft):
            kind = self._timeout if isinstance(error, TimeoutError) else self._error
            raise kind(str(error)) from error


def _head(request: httpx.Request) -> bytes:
    """The request line and the headers: the URL, the host and the token were checked by `ApiCredentials.of`."""
    target = request.extensions.get("target", request.url.raw_path)
    lines = [b"%b %b HTTP/1.1\r\n" % (request.method.encode("ascii"), target)]
    lines += [b"%b: %b\r\n" % header for header in request.headers.raw]
    return b"".join((*lines, b"\r\n"))


def _ready(wire: socket.socket, seconds: float, *, to_write: bool = False) -> tuple[bool, bool]:
    """Whether bytes, or the end of the connection, have come, and whether bytes can be sent; waits for either."""
    if sys.platform == "win32" or not hasattr(select, "poll"):
        # Windows has no poll, and its select takes any socket.
        readable, writable, _ = select.select([wire], [wire] if to_write else [], [], seconds)
        return bool(readable), bool(writable)
    poll = select.poll()
    poll.register(wire, select.POLLIN | (select.POLLOUT if to_write else 0))
    events = poll.poll(seconds * 1000)
    ready = events[0][1] if events else 0
    return bool(ready & ~select.POLLOUT), bool(ready & select.POLLOUT)
