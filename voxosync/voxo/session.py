"""The one `httpx.Client` of a run, set up so that the token goes to VOXO and nowhere else."""

from __future__ import annotations

from contextlib import suppress
from http.cookiejar import CookieJar
from ipaddress import IPv6Address
from math import inf
from typing import TYPE_CHECKING
from urllib.request import getproxies

import httpx

from voxosync import __version__
from voxosync.errors import UsageError
from voxosync.voxo.api_credentials import is_loopback
from voxosync.voxo.socket_transport import SocketTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.voxo.api_credentials import ApiCredentials
    from voxosync.voxo.retry_policy import RetryPolicy


def open_client(
    credentials: ApiCredentials, retry_policy: RetryPolicy, left: Callable[[], float] = lambda: inf
) -> httpx.Client:
    """A client for one VOXO, with the proxies and CA bundles of the environment.

    TLS is always verified. Raises UsageError where the environment's settings are unusable.

    Args:
        credentials: which VOXO.
        retry_policy: the timeouts.
        left: the seconds that a request has left; heeded only where there is no proxy.
    """
    proxy = _proxy(credentials)
    try:
        return httpx.Client(
            transport=None if proxy else _direct(credentials, retry_policy, left),
            proxy=proxy,
            timeout=httpx.Timeout(
                retry_policy.between_bytes, connect=retry_policy.connect, pool=None
            ),
            limits=httpx.Limits(),  # no limit of its own: there are as many connections as workers
            cookies=_NoCookies(),
            follow_redirects=False,
            event_hooks={"response": [_keep_location]},
        )
    except OSError as error:
        raise UsageError(
            f"no CA certificates can be read where SSL_CERT_FILE or SSL_CERT_DIR says: {error}"
        ) from error
    except (ValueError, ImportError, httpx.InvalidURL):
        # Not chained, not quoted: a proxy's URL may hold a password.
        raise UsageError(
            "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY holds a URL that cannot be used; write "
            "proxies as http://host:port (socks5:// needs the package httpx[socks])"
        ) from None


def headers(credentials: ApiCredentials) -> list[tuple[str, str]]:
    """What goes with every request, its host included: httpx need not work it out each time."""
    return [
        ("Host", credentials.host),
        ("Authorization", f"Bearer {credentials.token}"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),  # others, where installed, unpack without a bound
        ("User-Agent", f"voxosync/{__version__}"),
    ]


def uses_proxy(credentials: ApiCredentials) -> bool:
    """Whether the environment names a proxy for such a VOXO, and NO_PROXY does not except it."""
    return _proxy(credentials) is not None


def _proxy(credentials: ApiCredentials) -> str | None:
    """The URL of the proxy to use, if there is one.

    Plain HTTP is for this machine alone: a proxy on another one is not used.
    """
    proxies = getproxies()
    named = proxies.get("https" if credentials.encrypted else "http") or proxies.get("all")
    if not named or not (credentials.encrypted or is_loopback(_host(named))):
        return None
    if any(_excepts(entry, credentials) for entry in proxies.get("no", "").split(",")):
        return None
    return named if "://" in named else f"http://{named}"


def _excepts(entry: str, credentials: ApiCredentials) -> bool:
    """Whether an entry of NO_PROXY is about a VOXO: its host, a domain above it, with a port or without; `*` is all.

    People write IPv6 addresses with brackets, and without.
    """
    name = entry.strip().rpartition("://")[2].lstrip(".").lower()
    with suppress(ValueError):
        name = f"[{IPv6Address(name.strip('[]'))}]"
    host, port = credentials.address
    places = (f".{host}", f".{host}:{port}")
    return name == "*" or (bool(name) and any(place.endswith(f".{name}") for place in places))


def _direct(
    credentials: ApiCredentials, retry_policy: RetryPolicy, left: Callable[[], float]
) -> SocketTransport:
    if not credentials.encrypted:
        return SocketTransport(retry_policy, left)
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return SocketTransport(
        retry_policy,
        left,
        encrypt=lambda wire, host: context.wrap_socket(wire, server_hostname=host),
    )


class _NoCookies(CookieJar):
    """None is kept: they are not VOXO's way, and httpx fails at sending a malformed one back."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Keep none, and do not look for any."""


def _host(proxy: str) -> str:
    try:
        return httpx.URL(proxy if "://" in proxy else f"http://{proxy}").host
    except httpx.InvalidURL:
        return ""


def _keep_location(response: httpx.Response) -> None:
    """Put a redirect's target where httpx does not look for it.

    It builds the next request even of a redirect that it does not follow, and takes a target
    that is no URL for a broken connection.
    """
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")
