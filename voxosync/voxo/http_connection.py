"""One HTTP/1.1 connection to VOXO, on which no wait lasts longer than the run."""

from __future__ import annotations

import select
import ssl
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import httpx

from voxosync.voxo.response_parser import ResponseParser

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

_PIECE = 64 * 2**10  # bytes: the most that are read at once
_IDLE = 5.0  # seconds after which a connection is not used again: the server may be closing it


class HttpConnection:
    """A connected socket, for one request after another.

    A wait for a byte ends after `between_bytes` seconds with httpx's error, or with a plain TimeoutError when
    `seconds_left` returns 0.
    """

    def __init__(
        self, wire: socket.socket, between_bytes: float, seconds_left: Callable[[], float]
    ) -> None:
        self._wire = wire
        self._between_bytes = between_bytes
        self._seconds_left = seconds_left
        self._since = time.monotonic()
        self._timeout = -1.0  # that of the socket; no wait has this value, so the first one sets it
        # Whether a request was not sent whole: the server would take the next one for the rest of it.
        self._is_spent = False

    def send(self, request: httpx.Request) -> ResponseParser:
        """Send a request and read the head of its response; then call `body` or `close`.

        If the server responds before it has the whole body, for example with 413, the rest is not sent.
        """
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101  # requests here are never asynchronous
        response = ResponseParser()
        try:
            with as_httpx(httpx.WriteError, httpx.WriteTimeout):
                self._send_head(request)
                self._send_body(request.stream, response)
        except httpx.WriteError:
            self._is_spent = True  # but a server that hung up may have said why
        self._is_spent = self._is_spent or response.has_head
        while not response.has_head:
            response.feed(self._receive())
        return response

    def body(self, response: ResponseParser) -> Iterator[bytes]:
        """The body as it comes; once it is read to the end, the connection can be used again."""
        while True:
            if body := response.take_body():
                yield body
            if response.is_complete:
                break
            response.feed(self._receive())
        self._since = time.monotonic()

    def is_usable(self) -> bool:
        """Whether it can take another request: it was not idle for long, and nothing came meanwhile."""
        if self._is_spent or time.monotonic() - self._since >= _IDLE:
            return False
        is_readable, _ = _poll(self._wire, 0)
        return not is_readable

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _send_head(self, request: httpx.Request) -> None:
        """Send the request line and the headers; `ApiCredentials.of` has checked the URL, the host and the token."""
        target = request.extensions.get("target", request.url.raw_path)
        lines = [b"%b %b HTTP/1.1\r\n" % (request.method.encode("ascii"), target)]
        lines += [b"%b: %b\r\n" % header for header in request.headers.raw]
        unsent = memoryview(b"".join((*lines, b"\r\n")))
        while unsent:
            self._set_timeout(self._limit(self._between_bytes))
            unsent = unsent[self._wire.send(unsent) :]

    def _send_body(self, stream: httpx.SyncByteStream, response: ResponseParser) -> None:
        """Send a body piece by piece, until the server responds; what came is fed to `response`."""
        for piece in stream:
            unsent = memoryview(piece)
            while unsent:
                if not self._takes_more(response):
                    return
                self._set_timeout(0)
                with suppress(BlockingIOError, ssl.SSLWantWriteError):
                    unsent = unsent[self._wire.send(unsent) :]

    def _takes_more(self, response: ResponseParser) -> bool:
        """Wait until bytes can be sent; False if the server responds first.

        Bytes that come need not be the response: TLS has its own, and a status such as 102 precedes it. They are
        read before more is sent: a server that closes after its response breaks the connection, and nothing can be
        read after a failed write.
        """
        remaining = self._between_bytes
        while True:
            seconds = self._limit(remaining)
            is_readable, is_writable = _poll(self._wire, seconds, to_write=True)
            if is_readable:
                self._set_timeout(0)
                with suppress(BlockingIOError, ssl.SSLWantReadError):
                    response.feed(self._wire.recv(_PIECE))
            if response.has_head or is_writable:
                return not response.has_head
            if not is_readable:
                remaining -= seconds
                if remaining <= 0:
                    raise TimeoutError("the server takes no more of the request")

    def _receive(self) -> bytes:
        """The bytes that came; none if the server hung up."""
        with as_httpx(httpx.ReadError, httpx.ReadTimeout):
            remaining = self._between_bytes
            while True:
                self._set_timeout(self._limit(remaining))
                try:
                    return self._wire.recv(_PIECE)
                except TimeoutError:
                    remaining -= self._timeout
                    if remaining <= 0:
                        raise  # otherwise a response to another request has put off the end meanwhile

    def _limit(self, seconds: float) -> float:
        """`seconds`, or what the run has left if that is less; raises NoTimeLeft if nothing is left."""
        seconds_left = self._seconds_left()
        if seconds_left <= 0:
            raise NoTimeLeft
        return min(seconds, seconds_left)

    def _set_timeout(self, seconds: float) -> None:
        if seconds != self._timeout:  # each change is a system call
            self._wire.settimeout(seconds)
            self._timeout = seconds


class NoTimeLeft(TimeoutError):
    """The run has no seconds left, which is not a timeout of the connection."""


@contextmanager
def as_httpx(
    error_type: type[httpx.TransportError], timeout_type: type[httpx.TransportError]
) -> Iterator[None]:
    """Raises the errors of a socket as httpx's."""
    try:
        yield
    except NoTimeLeft:
        raise
    except OSError as error:
        is_timeout = isinstance(error, TimeoutError)
        raise (timeout_type if is_timeout else error_type)(str(error)) from error


def _poll(wire: socket.socket, seconds: float, *, to_write: bool = False) -> tuple[bool, bool]:
    """Waits for bytes; returns whether bytes or the end of the connection came, and whether bytes can be sent."""
    if sys.platform == "win32" or not hasattr(select, "poll"):
        # Windows has no poll, and its select takes any socket.
        readable, writable, _ = select.select([wire], [wire] if to_write else [], [], seconds)
        return bool(readable), bool(writable)
    poll = select.poll()
    poll.register(wire, select.POLLIN | (select.POLLOUT if to_write else 0))
    events = poll.poll(seconds * 1000)
    ready = events[0][1] if events else 0
    return bool(ready & ~select.POLLOUT), bool(ready & select.POLLOUT)
