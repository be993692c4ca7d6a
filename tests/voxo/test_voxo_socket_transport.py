"""Connections to VOXO: valid and invalid responses, and the reuse of connections."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

import httpx
import pytest

from tests.fakes.http_server import answer, raw
from tests.voxo.scripted_voxo import TOKEN, Scripted
from voxosync.errors import OutcomeUnknown, Refused
from voxosync.voxo import http_connection
from voxosync.voxo.http_connection import HttpConnection
from voxosync.voxo.response_parser import ResponseParser
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.socket_transport import SocketTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fakes.http_server import Reply
    from voxosync.voxo.client import Voxo

PATH = "/v2/admin/call-campaigns/4711"
LIVE = {"id": 4711}
BODY = json.dumps(LIVE).encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
RESPONSE = b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + BODY


def kept_open(content: bytes) -> Reply:
    """A reply of exactly these bytes that keeps the connection open."""

    def answer(handler: Any) -> None:
        handler.wfile.write(content)

    return answer


def connections(server: Scripted) -> list[socket.socket]:
    """Record the connections that a server accepts."""
    accepted: list[socket.socket] = []
    process = server.process_request

    def recording(request: Any, client_address: Any) -> None:
        accepted.append(request)
        process(request, client_address)

    server.process_request = recording  # type: ignore[method-assign]  # records connections
    return accepted


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + RESPONSE, id="100 before it"),
        pytest.param(
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + RESPONSE, id="103 before it"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
            + BODY[:5]
            + b"\r\n%x\r\n" % len(BODY[5:])
            + BODY[5:]
            + b"\r\n0\r\nX-Trailer: 1\r\n\r\n",
            id="in chunks",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Odd: \xff\r\n" + LENGTH + b"\r\n" + BODY,
            id="odd headers",
        ),
    ],
)
def test_connection_is_reused_after_every_valid_form_of_a_response(
    server: Scripted, voxo: Voxo, content: bytes
) -> None:
    server.on("*", kept_open(content))
    accepted = connections(server)
    assert [voxo.campaign(4711) for _ in range(3)] == [LIVE] * 3
    assert len(accepted) == 1


def test_body_without_a_length_ends_with_its_connection(server: Scripted, voxo: Voxo) -> None:
    server.on("*", raw(b"HTTP/1.1 200 OK\r\n\r\n" + BODY))
    accepted = connections(server)
    assert [voxo.campaign(4711) for _ in range(2)] == [LIVE] * 2
    assert len(accepted) == 2


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n" + LENGTH * 2 + b"\r\n" + BODY, id="two lengths"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n" + BODY,
            id="a length and chunks",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + BODY, id="a length below 0"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length 12\r\n\r\n" + BODY, id="no colon"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY, id="folded"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" + BODY, id="an unknown coding"
        ),
        pytest.param(
            b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", id="101"
        ),
        pytest.param(b"HTTP/2 200\r\n\r\n", id="another version"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + BODY[:-1], id="a body cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: 1\r\n", id="a head cut off"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + BODY[:5],
            id="chunks cut off",
        ),
        pytest.param(RESPONSE + RESPONSE, id="two answers"),
        pytest.param(RESPONSE + b"x", id="more than an answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**18, id="a header without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 2**16, id="headers without end"),
    ],
)
def test_response_whose_end_is_ambiguous_is_an_error(
    server: Scripted, voxo: Voxo, content: bytes
) -> None:
    """A write then has an unknown outcome, a read is repeated, and the next request uses a new connection."""
    server.on(PATH, raw(content), raw(content), answer(200, LIVE))
    accepted = connections(server)
    with pytest.raises(OutcomeUnknown, match="RemoteProtocolError"):
        voxo.update(4711, {"name": "Spring"})
    assert voxo.campaign(4711) == LIVE
    assert len(accepted) == 3


def test_connection_that_the_server_closed_meanwhile_is_not_reused(
    server: Scripted, voxo: Voxo
) -> None:
    """A write on it would needlessly have an unknown outcome."""
    closed = threading.Event()

    def reply_and_close(handler: Any) -> None:
        answer(200, LIVE)(handler)
        handler.close_connection = True

        def finish() -> None:
            type(handler).finish(handler)
            handler.connection.close()
            closed.set()

        handler.finish = finish

    server.on(PATH, reply_and_close, answer(200, LIVE))
    accepted = connections(server)
    voxo.campaign(4711)
    assert closed.wait(5)
    server.shutdown_request(accepted[0])
    assert voxo.update(4711, {}) == LIVE
    assert len(accepted) == 2


def test_connection_that_was_idle_for_long_is_not_reused(
    server: Scripted, voxo: Voxo, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on(PATH, answer(200, LIVE))
    accepted = connections(server)
    voxo.campaign(4711)
    monkeypatch.setattr(http_connection, "_IDLE", 0.0)
    voxo.campaign(4711)
    assert len(accepted) == 2


def test_refusal_is_read_even_if_the_server_does_not_read_the_body() -> None:
    """The server responds and closes the connection before it has read a body larger than any buffer."""
    client, server_end = socket.socketpair()
    server_end.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
    server_end.shutdown(socket.SHUT_RD)
    server_end.close()
    request = httpx.Request("PATCH", "http://127.0.0.1/", content=iter([b"x" * 2**20] * 8))
    message = HttpConnection(client, 5, lambda: 5).send(request)
    assert message.status == 413
    client.close()


class NonReadingServer:
    """A server that reads only the head of one request on each connection, and responds."""

    def __init__(
        self, reply: bytes, *, closes: bool = False, encrypt: ssl.SSLContext | None = None
    ) -> None:
        self._reply, self._closes, self._encrypt = reply, closes, encrypt
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # ends the wait for a connection
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        # Without this option, closing may lose the response.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with (
            suppress(OSError),
            self._encrypt.wrap_socket(connection, server_side=True)
            if self._encrypt
            else connection as peer,
        ):
            head = b""
            while b"\r\n\r\n" not in head:
                head += peer.recv(1024)
            peer.sendall(self._reply)
            if not self._closes:
                self._over.wait(30)


ERROR_BODY = b'{"message": "2 MB at most"}'
TOO_LARGE = b"HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\n\r\n%b" % (
    len(ERROR_BODY),
    ERROR_BODY,
)
LONG = b"x" * 2**16


def patch(url: str, pieces: int = 500) -> httpx.Request:
    """A PATCH with a body of 32 MB, which is larger than the buffers between client and server."""
    return httpx.Request("PATCH", url, content=iter([LONG] * pieces))


class TestRefusalOfLongBody:
    """The refusal is read while the body is being sent, because only the refusal states the reason."""

    @pytest.mark.parametrize("closes", [True, False])
    @pytest.mark.parametrize("before", [b"", b"HTTP/1.1 102 Processing\r\n\r\n"])
    def test_is_read(self, before: bytes, *, closes: bool) -> None:
        transport = SocketTransport(RetryPolicy(between_bytes=5), lambda: 40)
        with NonReadingServer(before + TOO_LARGE, closes=closes) as server, closing(transport):
            answer = transport.handle_request(patch(f"http://127.0.0.1:{server.port}/"))
            assert answer.status_code == 413
            assert answer.read() == ERROR_BODY
            # The server would read the next request as the rest of the body, so that needs a new connection.
            request = httpx.Request("GET", f"http://127.0.0.1:{server.port}/")
            assert transport.handle_request(request).read() == ERROR_BODY

    @pytest.mark.parametrize("closes", [True, False])
    def test_is_read_with_tls(self, certificate: Path, *, closes: bool) -> None:
        """With TLS, received bytes may be other than a response: a server sends session tickets first."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        trusting_context = ssl.create_default_context(cafile=certificate)
        transport = SocketTransport(
            RetryPolicy(between_bytes=5),
            lambda: 40,
            encrypt=lambda connection, host: trusting_context.wrap_socket(
                connection, server_hostname=host
            ),
        )
        with (
            NonReadingServer(TOO_LARGE, closes=closes, encrypt=context) as server,
            closing(transport),
        ):
            answer = transport.handle_request(patch(f"https://127.0.0.1:{server.port}/"))
            assert answer.status_code == 413
            assert answer.read() == ERROR_BODY

    def test_that_never_arrives_is_a_write_timeout(self) -> None:
        with (
            NonReadingServer(b"") as server,
            closing(SocketTransport(RetryPolicy(between_bytes=0.2), lambda: 40)) as transport,
            pytest.raises(httpx.WriteTimeout),
        ):
            transport.handle_request(patch(f"http://127.0.0.1:{server.port}/"))

    def test_is_shown_with_the_message_of_voxo(self, connect: Callable[..., Voxo]) -> None:
        with NonReadingServer(TOO_LARGE) as server:
            voxo = connect(url=f"http://127.0.0.1:{server.port}")
            with pytest.raises(Refused, match=r"413 \(2 MB at most\)"):
                voxo.update(4711, {"message": "x" * 2**25})


class PartialSocket:
    """A socket that accepts few bytes at a time, and records the bytes that it was given."""

    def __init__(self, real: socket.socket) -> None:
        self.fileno = real.fileno  # used to wait until bytes arrive or can be sent
        self.offered: list[memoryview] = []
        self.timeouts: list[float] = []
        self.received = bytearray()

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def send(self, data: memoryview) -> int:
        self.offered.append(data)
        self.received += data[:1000]
        return min(1000, len(data))

    def recv(self, _: int) -> bytes:
        return RESPONSE


@pytest.fixture
def connection() -> Iterator[PartialSocket]:
    client, server_end = socket.socketpair()
    with client, server_end:
        yield PartialSocket(client)


def response(
    connection: PartialSocket, request: httpx.Request, seconds_left: Callable[[], float]
) -> ResponseParser:
    """The response to a request that is sent on a partial socket."""
    return HttpConnection(connection, 20, seconds_left).send(request)  # type: ignore[arg-type]  # a partial socket


def test_long_body_is_sent_without_copying_it(connection: PartialSocket) -> None:
    """Each piece is sent as a view of the same bytes, however few of them the socket accepts at a time."""
    pieces = [bytes([letter]) * 2**16 for letter in b"abc"]
    request = httpx.Request("PATCH", "http://127.0.0.1/", content=iter(pieces))
    response(connection, request, lambda: 40)
    assert connection.received.endswith(b"".join(pieces))
    assert all(isinstance(view, memoryview) for view in connection.offered)
    assert {id(view.obj) for view in connection.offered} >= {id(piece) for piece in pieces}
    # One each for the head, the body and the response, because each change is a system call.
    assert connection.timeouts == [20, 0, 20]


def test_wait_for_a_byte_is_limited_by_the_time_that_the_run_has_left(
    connection: PartialSocket,
) -> None:
    response(connection, httpx.Request("GET", "http://127.0.0.1/"), lambda: 7)
    assert connection.timeouts == [7]


def test_nothing_is_sent_without_time_left(connection: PartialSocket) -> None:
    with pytest.raises(TimeoutError):
        response(connection, httpx.Request("GET", "http://127.0.0.1/"), lambda: 0)
    assert connection.offered == []


def test_wait_continues_if_another_response_has_extended_the_time_limit(
    connection: PartialSocket,
) -> None:
    """The run had 1 second left when the wait began; then a response to another request arrived."""
    seconds_left = iter([40, 1, 40])
    with mock.patch.object(connection, "recv", side_effect=[TimeoutError, RESPONSE]):
        request = httpx.Request("GET", "http://127.0.0.1/")
        message = response(connection, request, lambda: next(seconds_left))
    assert message.is_complete
    assert connection.timeouts == [20, 1, 19]


def test_connection_that_takes_too_long_is_a_connect_timeout() -> None:
    with (
        mock.patch("socket.create_connection", side_effect=TimeoutError),
        pytest.raises(httpx.ConnectTimeout),
    ):
        SocketTransport(RetryPolicy(), lambda: 5).handle_request(
            httpx.Request("GET", "http://127.0.0.1/")
        )


def test_connection_that_is_made_after_the_end_of_the_run_is_closed() -> None:
    """The thread that makes the connection was abandoned, and only that thread can close it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
    is_abandoned = threading.Event()

    def connected_late(*_: object) -> socket.socket:
        is_abandoned.wait(5)
        return client

    with accepted, mock.patch("socket.create_connection", connected_late):
        with pytest.raises(TimeoutError):
            SocketTransport(RetryPolicy(), lambda: 0).handle_request(
                httpx.Request("GET", "http://127.0.0.1/")
            )
        is_abandoned.set()
        accepted.settimeout(5)
        assert accepted.recv(1) == b""


def test_complete_response_has_no_reference_cycle_with_its_parser() -> None:
    """The memory of a response is then freed immediately rather than by the garbage collector."""
    message = ResponseParser()
    message.feed(RESPONSE)
    assert message.is_complete
    assert message.take_body() == BODY
    assert not [name for name, value in vars(message).items() if "Parser" in type(value).__name__]


def test_errors_of_the_transport_do_not_show_the_token(server: Scripted, voxo: Voxo) -> None:
    server.on(PATH, raw(f"HTTP/1.1 200 OK\r\n{TOKEN}\r\n\r\n".encode()))
    with pytest.raises(OutcomeUnknown) as caught:
        voxo.update(4711, {})
    assert TOKEN not in str(caught.value)
