"""The HTTP proxy of the environment: when it is used, and how requests go through it."""

from __future__ import annotations

import socket
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Self
from urllib.request import getproxies

import httpx

from voxosync.errors import UsageError
from voxosync.voxo.api_credentials import is_loopback, parse_url

if TYPE_CHECKING:
    from voxosync.voxo.api_credentials import ApiCredentials
    from voxosync.voxo.http_connection import HttpConnection

_HTTP_PORT = 80


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, reached over plain HTTP.

    Attributes:
        host: its name or address.
        port: its port.
        authorization: the value of `Proxy-Authorization`; empty: the header is not sent.
    """

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """The proxy that a URL names; raises UsageError, whose message holds nothing of the URL."""
        url = _parse(text)
        if url is None or url.scheme != "http" or not url.host:
            raise UsageError(
                "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY holds a URL that cannot be used; write "
                "http://host:port (a SOCKS proxy, or one reached over https://, is not supported)"
            )
        authorization = ""
        if url.userinfo:
            userinfo = f"{url.username}:{url.password}".encode()
            authorization = f"Basic {b64encode(userinfo).decode('ascii')}"
        return cls(url.raw_host.decode("ascii"), url.port or _HTTP_PORT, authorization)

    def connect(self, seconds: float) -> socket.socket:
        """A socket that is connected to the proxy; raises httpx.ProxyError if that fails."""
        try:
            return socket.create_connection((self.host, self.port), seconds)
        except OSError as error:
            raise httpx.ProxyError(
                f"the proxy {self.host}:{self.port} cannot be reached: {error}"
            ) from error

    def forward(self, request: httpx.Request) -> None:
        """Address a plain HTTP request to the proxy (RFC 9112, 3.2.2)."""
        target = request.extensions.get("target", request.url.raw_path)
        request.extensions["target"] = b"http://%b%b" % (request.url.netloc, target)
        request.headers.update(self._headers())

    def open_tunnel(self, connection: HttpConnection, host: str, port: int) -> None:
        """Have the proxy connect to a host (CONNECT, RFC 9110, 9.3.6).

        Raises httpx.ProxyError if it does not; then nothing of a request has been sent.

        Args:
            connection: a new connection to the proxy.
            host: the host, an IPv6 address without brackets.
            port: its port.
        """
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        request = httpx.Request(
            "CONNECT",
            f"http://{authority}",
            headers=[("Host", authority), *self._headers()],
            stream=httpx.ByteStream(b""),
            extensions={"target": authority.encode("ascii")},
        )
        try:
            response = connection.send(request)
        except httpx.TransportError as error:
            raise httpx.ProxyError(
                f"no tunnel to {authority} through the proxy {self.host}:{self.port}: {error}"
            ) from error
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise httpx.ProxyError(self._refusal(response.status, authority))
        if response.take_body():
            raise httpx.ProxyError(
                f"the proxy {self.host}:{self.port} sent data of its own into the tunnel"
            )

    def _headers(self) -> list[tuple[str, str]]:
        return [("Proxy-Authorization", self.authorization)] if self.authorization else []

    def _refusal(self, status: int, authority: str) -> str:
        message = f"{status} from the proxy {self.host}:{self.port} for a tunnel to {authority}"
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return f"{message}; check the user and the password in the proxy's URL"
        return message


def environment_proxy(credentials: ApiCredentials) -> Proxy | None:
    """The proxy that the environment names for a base URL; None if NO_PROXY excludes that URL.

    Plain HTTP does not leave this machine, so a proxy on another one is not used for it. Raises UsageError if the
    proxy's URL cannot be used.
    """
    proxies = getproxies()
    url = proxies.get("https" if credentials.encrypted else "http") or proxies.get("all")
    if not url or not (credentials.encrypted or is_loopback(_host(url))):
        return None
    if any(_excludes(entry, credentials) for entry in proxies.get("no", "").split(",")):
        return None
    return Proxy.of(url)


def _excludes(entry: str, credentials: ApiCredentials) -> bool:
    """Whether an entry of NO_PROXY covers a host: itself or a domain above it, with or without a port, or `*`.

    An IPv6 address may be written with brackets or without.
    """
    name = entry.strip().rpartition("://")[2].lstrip(".").lower()
    with suppress(ValueError):
        name = f"[{IPv6Address(name.strip('[]'))}]"
    host, port = credentials.address
    suffix = f".{name}"
    return name == "*" or (
        bool(name) and (f".{host}".endswith(suffix) or f".{host}:{port}".endswith(suffix))
    )


def _host(proxy: str) -> str:
    url = _parse(proxy)
    return url.host if url else ""


def _parse(proxy: str) -> httpx.URL | None:
    """The URL of a proxy, which may lack the scheme; None if it is not usable."""
    return parse_url(proxy if "://" in proxy else f"http://{proxy}")
