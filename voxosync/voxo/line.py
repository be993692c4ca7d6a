"""One connection to VOXO that speaks HTTP/1.1, and on which no wait is without an end."""

from __future__ import annotations

import select
import sys
import time
from typing import TYPE_CHECKING

import httpx

from voxosync.voxo.message import Message

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

_PIECE = 64 * 2**10  # bytes read at once
_IDLE = 5.0  # seconds after which a connection is not used again: the server may be closing it


class Line:
    """A connected socket, for one request after another.

    Every wait for a byte ends after `between_bytes` seconds with httpx's error, and as soon as
    `left` says that there are no seconds left with a plain TimeoutError.
    """

    def __init__(
        self, wire: socket.socket, between_bytes: float, left: Callable[[], float]
    ) -> None:
        self._wire = wire
        self._between_bytes = between_bytes
        self._left = left
        self._since = time.monotonic()
        self._timeout = 0.0  # as of the socket; no wait has this one, so the first one sets it

    def ask(self, request: httpx.Request) -> Message:
        """Send a request and read the head of its answer; what follows is `body` or `hang_up`."""
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101  # a sync client's requests have no other
        try:
            self._send(_head(request))
            for piece in request.stream:
                self._send(piece)
        except httpx.WriteError:
            pass  # a server that takes no more of it may have said why
        message = Message()
        while not message.is_headed:
            message.feed(self._receive())
        return message

    def body(self, message: Message) -> Iterator[bytes]:
        """The body as it comes; read to its end, the connection can be used again."""
        while True:
            yield from message.taken()
            if message.is_whole:
                break
            message.feed(self._receive())
        self._since = time.monotonic()

    def is_usable(self) -> bool:
        """Whether it may be asked once more: not idle for long, and nothing came meanwhile."""
        return time.monotonic() - self._since < _IDLE and not _is_readable(self._wire)

    def hang_up(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _send(self, data: bytes) -> None:
        rest = memoryview(data)
        with as_httpx(httpx.WriteError, httpx.WriteTimeout):
            while rest:
                self._wait_at_most(self._between_bytes)
                rest = rest[self._wire.send(rest) :]

    def _receive(self) -> bytes:
        """The bytes that came; none where the server hung up."""
        with as_httpx(httpx.ReadError, httpx.ReadTimeout):
            rest = self._between_bytes
            while True:
                self._wait_at_most(rest)
                try:
                    return self._wire.recv(_PIECE)
                except TimeoutError:
                    rest -= self._timeout
                    if rest <= 0:
                        raise  # else an answer to another request has put off the end meanwhile

    def _wait_at_most(self, seconds: float) -> None:
        left = self._left()
        if left <= 0:
            raise NoTimeLeft
        seconds = min(seconds, left)
        if seconds != self._timeout:  # mostly it is: each change costs a call of the system
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
    """The request line and the headers: the URL, the host and the token were checked by `Connection.of`."""
    target = request.extensions.get("target", request.url.raw_path)
    lines = [b"%b %b HTTP/1.1\r\n" % (request.method.encode("ascii"), target)]
    lines += [b"%b: %b\r\n" % header for header in request.headers.raw]
    return b"".join((*lines, b"\r\n"))


def _is_readable(wire: socket.socket) -> bool:
    """Whether bytes, or the end of the connection, have come unasked."""
    if sys.platform == "win32" or not hasattr(select, "poll"):
        # Windows has no poll, and its select takes any socket.
        return bool(select.select([wire], [], [], 0)[0])
    poll = select.poll()
    poll.register(wire, select.POLLIN)
    return bool(poll.poll(0))
