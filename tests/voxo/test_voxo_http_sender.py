"""The client uses the proxies and CA bundles of the environment."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import answer
from tests.voxo.scripted_voxo import TOKEN, Scripted
from voxosync.errors import Unreachable, UsageError
from voxosync.voxo.api_credentials import ApiCredentials
from voxosync.voxo.http_sender import open_transport
from voxosync.voxo.proxy import environment_proxy
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.voxo.scripted_voxo import Clock
    from voxosync.voxo.client import Voxo

LIVE = {"id": 4711}


@pytest.fixture
def proxy() -> Iterator[Scripted]:
    proxy = Scripted()
    proxy.on("*", answer(403, b"not through me"))
    yield proxy
    proxy.stop()


def test_https_uses_the_proxy_of_the_environment_without_showing_it_the_token(
    proxy: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(Unreachable, match=r"cannot be reached \(403 from the proxy"):
        connect(url="https://voxo.example").campaign(4711)
    assert proxy.received[0].method == "CONNECT"
    assert TOKEN not in str(proxy.received[0].headers)


def test_no_proxy_excludes_hosts_from_the_proxy(
    proxy: Scripted, server: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server.on("*", answer(200, LIVE))
    assert connect().campaign(4711) == LIVE
    assert proxy.received == []


@pytest.mark.parametrize(
    ("url", "exceptions"),
    [
        ("https://[::1]", "[::1]"),
        ("https://[::1]", "::1"),
        ("https://[::1]", "example.com, [0:0:0:0:0:0:0:1]"),
        ("https://[::1]:8443", "[::1]:8443"),
        ("http://[::1]:8080", "[::1]"),
        ("https://api.voxo.co", "api.voxo.co"),
        ("https://api.voxo.co", "API.voxo.co:443"),
        ("https://api.voxo.co", "voxo.co"),
        ("https://api.voxo.co", ".voxo.co"),
        ("https://api.voxo.co:8443", "voxo.co:8443"),
        ("https://api.voxo.co", "https://api.voxo.co"),
        ("https://api.voxo.co", "localhost,*"),
        ("https://192.0.2.1", "192.0.2.1"),
    ],
)
def test_hosts_that_no_proxy_excludes(
    url: str, exceptions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:3128")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert environment_proxy(ApiCredentials.of(base_url=url, token=TOKEN)) is None


@pytest.mark.parametrize(
    "exceptions",
    ["", ",", "[::1]", "::1,localhost", "o.co", "api.voxo.co:8443", "voxo.com", "[", "10.0.0.0/8"],
)
def test_hosts_that_no_proxy_does_not_exclude(
    proxy: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch, exceptions: str
) -> None:
    """The proxy is used, whatever else NO_PROXY has, such as `[::1]`."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", exceptions)
    with pytest.raises(Unreachable, match=r"cannot be reached \(403 from the proxy"):
        connect(url="https://api.voxo.co").campaign(4711)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "proxy_elsewhere",
    ["http://192.0.2.1:3128", "192.0.2.1:3128", "http://localhost.example", "http://["],
)
def test_plain_http_never_goes_to_a_proxy_on_another_machine(
    server: Scripted,
    connect: Callable[..., Voxo],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    proxy_elsewhere: str,
) -> None:
    """Plain HTTP contains the token, and is only allowed because it stays on this machine."""
    monkeypatch.setenv(name, proxy_elsewhere)
    server.on("*", answer(200, LIVE))
    assert connect().campaign(4711) == LIVE


def test_plain_http_may_go_through_a_proxy_on_this_machine(
    proxy: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
    proxy.on("*", answer(200, LIVE))
    assert connect(url="http://127.0.0.1:9").campaign(4711) == LIVE


@pytest.mark.parametrize(
    "proxy_url",
    [
        "socks4://user:hunter2@host:1",
        "socks5://user:hunter2@host:1",
        "socks5h://user:hunter2@host:1",
        "https://user:hunter2@host:1",
        "http://user:hunter2@host:99999",
        "http://user:hunter2@",
        "http://user:x:hunter2@host:x",
    ],
)
def test_unusable_proxy_is_a_usage_error_that_does_not_show_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy_url: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy_url)
    credentials = ApiCredentials.of(base_url="https://voxo.example", token=TOKEN)
    with pytest.raises(UsageError, match=r"HTTPS_PROXY.*write http://host:port") as caught:
        open_transport(credentials, RunLimiter())
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_unreadable_ca_bundle_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    credentials = ApiCredentials.of(base_url="https://voxo.example", token=TOKEN)
    with pytest.raises(UsageError, match="SSL_CERT_FILE"):
        open_transport(credentials, RunLimiter())


@pytest.fixture
def encrypted(server: Scripted, certificate: Path) -> Scripted:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.on("*", answer(200, LIVE))
    return server


def test_certificate_that_fails_verification_ends_the_run_immediately(
    encrypted: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    voxo = connect(url=encrypted.url.replace("http:", "https:"))
    with pytest.raises(Unreachable, match=r"certificate of 127\.0\.0\.1.*SSL_CERT_FILE"):
        voxo.campaign(4711)
    assert clock.sleeps == []
    assert encrypted.received == []


def test_ca_bundle_of_the_environment_is_trusted(
    encrypted: Scripted,
    certificate: Path,
    connect: Callable[..., Voxo],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert connect(url=encrypted.url.replace("http:", "https:")).campaign(4711) == LIVE
