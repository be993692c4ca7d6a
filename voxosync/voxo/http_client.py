"""The one `httpx.Client` of a run, set up so that the token goes to VOXO and nowhere else."""

from __future__ import annotations

from http.cookiejar import CookieJar
from math import inf
from typing import TYPE_CHECKING

import httpx

from voxosync import __version__
from voxosync.errors import UsageError
from voxosync.voxo.proxy import environment_proxy
from voxosync.voxo.socket_transport import SocketTransport

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from voxosync.voxo.api_credentials import ApiCredentials
    from voxosync.voxo.retry_policy import RetryPolicy


def open_client(
    credentials: ApiCredentials,
    retry_policy: RetryPolicy,
    seconds_left: Callable[[], float] = lambda: inf,
) -> httpx.Client:
    """A client for one VOXO, with the proxies and CA bundles of the environment.

    TLS is always verified. Raises UsageError where the environment's settings are unusable.

    Args:
        credentials: which VOXO.
        retry_policy: the timeouts.
        seconds_left: the seconds that a request has left.
    """
    proxy = environment_proxy(credentials)
    try:
        encrypt = _encryption() if credentials.encrypted else None
    except OSError as error:
        raise UsageError(
            f"no CA certificates can be read where SSL_CERT_FILE or SSL_CERT_DIR says: {error}"
        ) from error
    return httpx.Client(
        transport=SocketTransport(retry_policy, seconds_left, encrypt=encrypt, proxy=proxy),
        cookies=_NoCookies(),
        follow_redirects=False,
        event_hooks={"response": [_keep_location]},
    )


def headers(credentials: ApiCredentials) -> list[tuple[str, str]]:
    """What goes with every request, its host included: httpx need not work it out each time."""
    return [
        ("Host", credentials.host),
        ("Authorization", f"Bearer {credentials.token}"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),  # others, where installed, unpack without a bound
        ("User-Agent", f"voxosync/{__version__}"),
    ]


def _encryption() -> Callable[[socket.socket, str], socket.socket]:
    """TLS over a connection to a host, verified against the CA bundles of the environment."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return lambda wire, host: context.wrap_socket(wire, server_hostname=host)


class _NoCookies(CookieJar):
    """Keeps no cookies: VOXO does not use them, and httpx fails at sending a malformed one back."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Keep none, and do not look for any."""


def _keep_location(response: httpx.Response) -> None:
    """Put a redirect's target where httpx does not look for it.

    It builds the next request even of a redirect that it does not follow, and takes a target
    that is not a URL for a broken connection.
    """
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")
