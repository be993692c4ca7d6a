"""The one `httpx.Client` of a run, set up so that the token goes to VOXO and nowhere else."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.request import getproxies

import httpx

from voxosync import __version__
from voxosync.errors import UsageError
from voxosync.voxo.connection import is_loopback

if TYPE_CHECKING:
    from voxosync.voxo.connection import Connection
    from voxosync.voxo.pace import Patience


def open_client(connection: Connection, patience: Patience) -> httpx.Client:
    """A client for one VOXO, with the proxies and CA bundles of the environment.

    TLS is always verified. Raises UsageError where the environment's settings are unusable.
    """
    try:
        return httpx.Client(
            headers={
                "Authorization": f"Bearer {connection.token}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",  # others, where installed, unpack without a bound
                "User-Agent": f"voxosync/{__version__}",
            },
            timeout=httpx.Timeout(patience.between_bytes, connect=patience.connect, pool=None),
            limits=httpx.Limits(),  # no limit of its own: there are as many connections as workers
            # None is kept: they are not VOXO's way, and httpx fails at sending a malformed one back.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            event_hooks={"response": [_keep_location]},
            trust_env=connection.encrypted or _proxies_are_local(),
        )
    except OSError as error:
        raise UsageError(
            f"no CA certificates can be read where SSL_CERT_FILE or SSL_CERT_DIR says: {error}"
        ) from error
    except (ValueError, ImportError, httpx.InvalidURL):
        # Not chained, not quoted: a proxy's URL may hold a password.
        raise UsageError(
            "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY or NO_PROXY holds a URL that cannot be used; write "
            "proxies as http://host:port (socks5:// needs the package httpx[socks])"
        ) from None


def _proxies_are_local() -> bool:
    """Whether plain HTTP, which is for this machine alone, would stay on it with its proxies."""
    proxies = [url for scheme, url in getproxies().items() if scheme in {"http", "all"}]
    return all(is_loopback(_host(url)) for url in proxies)


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
