"""The base URL of VOXO and the token for it, checked once, when they are read."""

from __future__ import annotations

import ipaddress
import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, cast, get_args

import httpx

from voxosync.errors import UsageError
from voxosync.voxo.endpoint import without_secrets

Read = Literal["auto", "admin", "v2"]

_TOKEN = re.compile(r"[\x21-\x7e]+")  # one word of an HTTP header
_JWT_PARTS = 3  # header, claims and signature
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ApiCredentials:
    """The base URL of VOXO, a token for it, and the GET path to use; made by `ApiCredentials.of`."""

    base_url: str
    """The checked URL, without a trailing slash."""
    token: str = field(repr=False)
    """The token of `Authorization: Bearer`. It is never printed, logged, saved or sent elsewhere."""
    read: Read = "auto"
    """The GET path: `admin`, `v2`, or `auto` to find out which one works."""
    source: str = "VOXO_API_TOKEN"
    """Where the token comes from, for messages: a variable or a file."""

    @classmethod
    def of(
        cls,
        *,
        base_url: str,
        token: str,
        read: str = "auto",
        source: str = "VOXO_API_TOKEN",
        now: datetime | None = None,
    ) -> Self:
        """Check what the user configured.

        Raises UsageError, whose message holds neither the token nor a password in the URL.

        Args:
            base_url: the URL of VOXO.
            token: the API token.
            read: the GET path.
            source: where the token comes from.
            now: the time to compare the expiry of the token with, with a time zone; None: the current time.
        """
        if read not in get_args(Read):
            raise UsageError(f"read is {read!r}; write one of {', '.join(get_args(Read))}")
        token = _checked_token(token.strip(), source)
        _check_expiry(token, source, now or datetime.now(UTC))
        return cls(checked_url(base_url), token, cast("Read", read), source)

    @property
    def host(self) -> str:
        """The host, and the port if it is not the default port of the scheme: for messages, and the header."""
        return httpx.URL(self.base_url).netloc.decode("ascii")

    @property
    def address(self) -> tuple[str, int]:
        """The host, an IPv6 address in brackets, and the port."""
        url = httpx.URL(self.base_url)
        default_port = 443 if self.encrypted else 80
        return url.copy_with(port=None).netloc.decode("ascii"), url.port or default_port

    @property
    def encrypted(self) -> bool:
        """Whether requests are encrypted by TLS; if not, they stay on this machine."""
        return self.base_url.startswith("https:")


def is_loopback(host: str) -> bool:
    """Whether `host` is a name or an address of this machine: localhost, 127.0.0.0/8 or ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_url(text: str) -> str:
    """A base URL without its trailing slash; raises UsageError, whose message holds no password."""
    text = text.strip()
    url = parse_url(text)
    if url is None or url.scheme not in {"http", "https"} or not url.host:
        raise _unusable(text, "is not the URL of a host; write one such as https://api.voxo.co")
    if "@" in text:
        raise _unusable(text, "holds a user or a password; leave it out, VOXO takes the token")
    if "?" in text or "#" in text:
        raise _unusable(text, "goes on after its path; leave out everything from '?' or '#' on")
    if url.scheme == "http" and not is_loopback(url.host):
        raise _unusable(
            text,
            "would send the token unencrypted; write https:// "
            "(plain http:// is for localhost, 127.0.0.1 and ::1)",
        )
    return str(url).rstrip("/")


def parse_url(text: str) -> httpx.URL | None:
    """A URL as httpx reads it, because another parser could see another host; None if it is not usable."""
    try:
        url = httpx.URL(text)
        url.host.encode("idna")  # as a name look-up does, which would fail with a bare UnicodeError
    except (httpx.InvalidURL, UnicodeError):
        return None
    is_usable = "%" not in url.host and (url.port is None or 0 < url.port < 2**16)
    return url if is_usable else None


def _unusable(url: str, reason: str) -> UsageError:
    return UsageError(f"{without_secrets(url)!r} {reason}")


def _checked_token(token: str, source: str) -> str:
    if not token:
        raise UsageError(f"the token from {source} is empty: write it there")
    if not _TOKEN.fullmatch(token):
        raise UsageError(
            f"the token from {source} holds a space, a line break or a character beyond ASCII; "
            "give it alone"
        )
    return token


def _check_expiry(token: str, source: str, now: datetime) -> None:
    """Refuse a token whose own date of expiry has passed. Source: *Authentication* (v1)."""
    expiry = _expires_at(token)
    if expiry is not None and expiry <= now:
        raise UsageError(
            f"the token from {source} expired on {expiry:%Y-%m-%d at %H:%M} UTC; "
            "log in to VOXO for a new one, and put it there"
        )


def _expires_at(token: str) -> datetime | None:
    """The claim `exp` of a JSON Web Token (RFC 7519), in UTC; None if the token is not a JWT or has no usable `exp`.

    The signature is not verified; VOXO does that.
    """
    parts = token.split(".")
    if len(parts) != _JWT_PARTS or not isinstance(_decode(parts[0]), dict):
        return None
    claims = _decode(parts[1])
    seconds = claims.get("exp") if isinstance(claims, dict) else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):  # beyond the calendar, or not a number
        return None


def _decode(part: str) -> object:
    """The JSON in one part of a JWT; None if it holds none."""
    try:
        return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
