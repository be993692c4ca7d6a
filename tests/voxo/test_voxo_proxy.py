"""Requests through an HTTP proxy, in a tunnel with TLS or in plain HTTP."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Self

import httpx
import pytest

from tests.fakes.http_server import answer, dropped
from tests.voxo.scripted_voxo import TOKEN
from tests.voxo.test_voxo_socket_transport import ERROR_BODY, TOO_LARGE, NonReadingServer, patch
from voxosync.errors import OutcomeUnknown, Unreachable, WriteDeferred
from voxosync.voxo.proxy import Proxy
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.run_limiter import RunLimiter
from voxosync.voxo.socket_transport import SocketTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.voxo.scripted_voxo import Clock, Scripted
    from voxosync.voxo.client import Voxo

LIVE = {"id": 4711}
PATH = "/v2/admin/call-campaigns/4711"
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
NAMED = "http://one%40two:a%3Ab@127.0.0.1"
BASIC = b"Proxy-Authorization: Basic " + base64.b64encode(b"one@two:a:b")


class LocalProxy:
    """A proxy on this machine that responds to CONNECT with `answer` and, if that is a success, forwards data."""

    def __init__(self, answer: bytes = OPEN) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heads: list[bytes] = []
        self.forwarded = bytearray()
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # ends the wait for a connection
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._handle, args=[client], daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (piece := client.recv(1)):
                    return
                head += piece
            self.heads.append(head)
            client.sendall(self._answer)
            if not self._answer.startswith(b"HTTP/1.1 200"):
                return
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                reverse_thread = threading.Thread(
                    target=self._forward, args=[server, client], daemon=True
                )
                reverse_thread.start()
                self._forward(client, server)
                reverse_thread.join()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self.forwarded += piece
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def encrypted(server: Scripted, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """The server with TLS and a trusted certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server.on("*", answer(200, LIVE))
    return server


def tunnel_through(
    proxy: LocalProxy, *, seconds: float = 40, between_bytes: float = 5
) -> SocketTransport:
    """A transport for TLS through a proxy, for tests that end before the certificate is verified."""
    return SocketTransport(
        RetryPolicy(between_bytes=between_bytes),
        lambda: seconds,
        encrypt=lambda connection, host: ssl.create_default_context().wrap_socket(
            connection, server_hostname=host
        ),
        proxy=Proxy("127.0.0.1", proxy.port),
    )


class TestTunnel:
    def test_carries_requests_that_the_proxy_cannot_read_on_one_connection(
        self, encrypted: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LocalProxy() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"{NAMED}:{proxy.port}")
            voxo = connect(url=encrypted.url.replace("http:", "https:"))
            assert voxo.campaign(4711) == LIVE
            assert voxo.update(4711, {"name": "Spring"}) == LIVE
            assert voxo.campaign(4711) == LIVE
        [head] = proxy.heads
        port = encrypted.server_port
        assert head.startswith(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % port)
        assert BASIC in head
        assert TOKEN.encode() not in head + proxy.forwarded
        assert b"call-campaigns" not in head + proxy.forwarded
        assert [request.method for request in encrypted.received] == ["GET", "PATCH", "GET"]
        for request in encrypted.received:
            assert request.headers["Authorization"] == f"Bearer {TOKEN}"
            assert "Proxy-Authorization" not in request.headers

    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            (
                b"HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nhunter",
                "403 from the proxy 127.0.0.1:",
            ),
            (b"HTTP/1.1 407 No\r\n\r\n", "407 from the proxy .*user and the password"),
            (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "502 from the proxy"),
            (b"HTTP/1.1 302 Found\r\nLocation: https://x.test/\r\n\r\n", "302 from the proxy"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "no tunnel to 127.0.0.1:9 through the proxy"),
            (b"", "no tunnel to 127.0.0.1:9 through the proxy"),
            (b"HTTP/1.1 100 Continue\r\n\r\n", "no tunnel to 127.0.0.1:9 through the proxy"),
            (b"HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "no tunnel"),
            (b"HTTP/1.1 403 " + b"x" * 2**18, "no tunnel"),
        ],
    )
    def test_that_is_not_opened_is_an_error_that_shows_the_response_of_the_proxy(
        self, answer: bytes, message: str
    ) -> None:
        with (
            LocalProxy(answer) as proxy,
            closing(tunnel_through(proxy)) as transport,
            pytest.raises(httpx.ProxyError, match=message) as caught,
        ):
            transport.handle_request(patch("https://127.0.0.1:9/"))
        assert "hunter" not in str(caught.value)

    def test_through_an_unreachable_proxy_is_an_error_that_names_the_proxy(
        self, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            proxy_url = f"http://127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", proxy_url)
        with pytest.raises(Unreachable) as caught:
            connect(url="https://voxo.example").update(4711, {"name": "Spring"})
        assert str(caught.value) == (
            "VOXO at voxo.example cannot be reached "
            f"(the proxy {proxy_url[7:]} cannot be reached: Connection refused); check the base URL and the network"
        )

    def test_is_not_used_if_the_proxy_writes_into_it(self, encrypted: Scripted) -> None:
        with (
            LocalProxy(OPEN + b"HTTP/1.1 200 OK\r\n\r\n") as proxy,
            closing(tunnel_through(proxy)) as transport,
            pytest.raises(httpx.ProxyError, match="data of its own"),
        ):
            transport.handle_request(patch(encrypted.url.replace("http:", "https:")))

    def test_that_is_refused_leaves_no_write_with_an_unknown_outcome(
        self, connect: Callable[..., Voxo], clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limiter = clock.limiter()
        with LocalProxy(b"HTTP/1.1 503 Busy\r\n\r\n") as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            voxo = connect(url="https://voxo.example", limiter=limiter)
            with pytest.raises(Unreachable, match="503 from the proxy"):
                voxo.update(4711, {"name": "Spring"})
            limiter = clock.limiter()
            limiter.has_responded = True
            voxo = connect(url="https://voxo.example", limiter=limiter)
            with pytest.raises(WriteDeferred, match=r"503 from the proxy.*nothing was changed"):
                voxo.update(4711, {"name": "Spring"})

    def test_is_not_waited_for_beyond_the_time_limit_of_the_run(self) -> None:
        """This holds even if the proxy sends single header lines, each of which restarts the timeout."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            is_over = threading.Event()

            def drip() -> None:
                client, _ = listener.accept()
                with suppress(OSError), client:
                    client.sendall(b"HTTP/1.1 200 OK\r\n")
                    while not is_over.wait(0.02):
                        client.sendall(b"X: 1\r\n")

            thread = threading.Thread(target=drip, daemon=True)
            thread.start()
            limiter = RunLimiter(RetryPolicy(silence=0.3))
            transport = SocketTransport(
                limiter.retry_policy,
                limiter.seconds_left,
                encrypt=lambda connection, _: connection,
                proxy=Proxy("127.0.0.1", listener.getsockname()[1]),
            )
            with closing(transport), limiter.call(), pytest.raises(TimeoutError):
                transport.handle_request(httpx.Request("GET", "https://voxo.example/"))
            is_over.set()
            thread.join(5)
            assert not thread.is_alive()

    @pytest.mark.parametrize("closes", [True, False])
    def test_refusal_is_read_while_the_body_is_still_being_sent(
        self, certificate: Path, *, closes: bool
    ) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        trusting_context = ssl.create_default_context(cafile=certificate)
        with (
            LocalProxy() as proxy,
            NonReadingServer(TOO_LARGE, closes=closes, encrypt=context) as server,
            closing(
                SocketTransport(
                    RetryPolicy(between_bytes=5),
                    lambda: 40,
                    encrypt=lambda connection, host: trusting_context.wrap_socket(
                        connection, server_hostname=host
                    ),
                    proxy=Proxy("127.0.0.1", proxy.port),
                )
            ) as transport,
        ):
            answer = transport.handle_request(patch(f"https://127.0.0.1:{server.port}/"))
            assert answer.status_code == 413
            assert answer.read() == ERROR_BODY

    def test_is_opened_before_a_write_asks_for_permission(
        self, encrypted: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LocalProxy() as proxy:
            monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
            tunnels: list[int] = []

            def permit() -> None:
                tunnels.append(len(proxy.heads))
                raise WriteDeferred("not now")

            voxo = connect(url=encrypted.url.replace("http:", "https:"))
            with pytest.raises(WriteDeferred, match="not now"):
                voxo.update(4711, {}, permit)
        assert tunnels == [1]
        assert encrypted.received == []


class TestPlainRequest:
    def test_has_the_url_of_the_server_and_the_password_of_the_proxy(
        self, server: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The scripted server is the proxy, and receives the request."""
        url = f"http://127.0.0.1:9{PATH}"
        server.on("*", answer(200, LIVE))
        monkeypatch.setenv("HTTP_PROXY", f"{NAMED}:{server.server_port}")
        voxo = connect(url="http://127.0.0.1:9")
        assert voxo.campaign(4711) == LIVE
        assert voxo.update(4711, {"name": "Spring"}) == LIVE
        for request in server.received:
            assert request.path == url
            assert request.headers["Host"] == "127.0.0.1:9"
            assert (
                f"Proxy-Authorization: {request.headers['Proxy-Authorization']}" == BASIC.decode()
            )

    def test_without_a_response_of_the_proxy_has_an_unknown_outcome(
        self, server: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The proxy may have forwarded the write, unlike a tunnel that was not opened."""
        server.on("*", dropped)
        monkeypatch.setenv("HTTP_PROXY", server.url)
        with pytest.raises(OutcomeUnknown):
            connect(url="http://127.0.0.1:9").update(4711, {"name": "Spring"})


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("proxy.test:3128", Proxy("proxy.test", 3128)),
        ("http://proxy.test", Proxy("proxy.test", 80)),
        ("http://[::1]:3128", Proxy("::1", 3128)),
        ("http://user@proxy.test:1", Proxy("proxy.test", 1, "Basic dXNlcjo=")),
        ("http://u:p%40%C3%A9@proxy.test:1", Proxy("proxy.test", 1, "Basic dTpwQMOp")),
    ],
)
def test_proxy_is_read_from_a_url(url: str, proxy: Proxy) -> None:
    assert Proxy.of(url) == proxy
    assert "Basic" not in repr(Proxy.of(url))
