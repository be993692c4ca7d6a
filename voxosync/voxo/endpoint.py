"""Base URLs: which VOXO a URL leads to, however it is spelled, and what a message may show of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from posixpath import normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_LOOPBACK = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})
_WEB_PORTS = (80, 443)
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_OLD_IPV4 = re.compile(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}")  # the system accepts 127.1 and 0x7f000001


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests arrive.

    Attributes:
        host: in lower case and ASCII, an IP address in its shortest form; `localhost` for every name of this machine.
        port: None for the default port of HTTP or HTTPS.
        path: the prefix of VOXO's own paths; empty at the root.
    """

    host: str
    port: int | None
    path: str

    @property
    def address(self) -> tuple[str, int | None]:
        """The server, whatever the path: all paths of one server may lead to one VOXO."""
        return self.host, self.port


@lru_cache
def endpoint(url: str) -> Endpoint:
    """Where a base URL leads; for text that is not a URL, the text itself, which no URL equals."""
    import httpx  # noqa: PLC0415  # 150 ms, and most calls compare nothing

    try:
        # Requests are sent with this parser: another one could see another host.
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, UnicodeError):
        return Endpoint(url, None, "")
    port = None if parsed.port in _WEB_PORTS else parsed.port
    return Endpoint(
        _host(parsed.raw_host.decode("ascii")), port, _path(parsed.raw_path.decode("ascii"))
    )


def same_voxo(url: str, other_url: str) -> bool:
    """Whether two base URLs lead to one VOXO."""
    return url == other_url or endpoint(url) == endpoint(other_url)


def without_secrets(url: str) -> str:
    """What a message may show of a URL that may hold a password or a token."""
    return "…@…" if "@" in url else re.split(r"[?#]", url, maxsplit=1)[0]


def _host(text: str) -> str:
    name = _decode(text).lower().strip("[]").rstrip(".")
    if name in _LOOPBACK or name.endswith(".localhost"):
        return "localhost"
    address = _address(name)
    if address is None:
        return name
    return "localhost" if address.is_loopback or address.is_unspecified else str(address)


def _address(name: str) -> IPv4Address | IPv6Address | None:
    from ipaddress import IPv4Address, IPv6Address, ip_address  # noqa: PLC0415  # as httpx
    from socket import inet_aton  # noqa: PLC0415  # as httpx

    try:
        address = ip_address(name)
    except ValueError:
        try:
            return IPv4Address(inet_aton(name)) if _OLD_IPV4.fullmatch(name) else None
        except OSError:
            return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _path(text: str) -> str:
    """The path without dot segments, doubled or trailing slashes, a query, and unnecessary percent-encoding."""
    path = _decode(text.partition("?")[0])
    return normpath(f"/{path.lstrip('/')}").rstrip("/")


def _decode(text: str) -> str:
    """Text in which only what needs it is percent-encoded (RFC 3986, 6.2.2)."""

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return (
            character
            if character.isascii() and (character.isalnum() or character in "-._~")
            else match[0].upper()
        )

    return _ENCODED.sub(plain, text)
