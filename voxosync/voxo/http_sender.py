"""Sends one request to VOXO and reads its response; httpx's errors end here."""

from __future__ import annotations

import re
import ssl
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

import httpx

from voxosync import __version__
from voxosync.errors import Unreachable, UsageError
from voxosync.voxo.api_response import ApiResponse
from voxosync.voxo.proxy import environment_proxy
from voxosync.voxo.response_text import quote
from voxosync.voxo.socket_transport import SocketTransport

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from voxosync.voxo.api_credentials import ApiCredentials
    from voxosync.voxo.run_limiter import RunLimiter

# A campaign of 1,000,000 numbers is about 70 MB of JSON, and three times that with long
# descriptions. Decompressed bytes are counted, so a small compressed response cannot fill the memory.
LARGEST_ANSWER = 256 * 2**20
_LARGEST_REFUSAL = 64 * 2**10  # bytes, more than any message needs; the rest is not read
_PIECE = 64 * 2**10  # bytes of a response that show that VOXO is alive
_INTERNALS = re.compile(r"\[(?:Errno -?\d+|SSL(?:: \w+)?)\] | \(_ssl\.c:\d+\)")
_LONGEST_PAUSE = 999_999.0  # seconds: more than any run waits, and short enough to print

# What is raised before the first byte of a request is sent.
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request: its path below the base URL, with the query, and a JSON body if it writes.

    Attributes:
        permit: called right before the first byte is sent; if it raises, nothing is sent.
    """

    method: Literal["GET", "PATCH", "POST"]
    path: str
    body: bytes | None = None
    permit: Callable[[], None] | None = None

    @property
    def writes(self) -> bool:
        """Whether it changes something and so must not simply be repeated."""
        return self.method != "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class AttemptError(Exception):
    """An attempt without a usable response; another attempt may have one."""

    def __init__(self, message: str, *, in_doubt: bool) -> None:
        super().__init__(message)
        self.in_doubt = in_doubt
        """Whether it was a write that VOXO may have made nevertheless."""


class HttpSender:
    """Requests to one VOXO, for any number of threads at once."""

    def __init__(self, credentials: ApiCredentials, limiter: RunLimiter) -> None:
        self.credentials = credentials
        self._limiter = limiter
        self._transport = open_transport(credentials, limiter)
        self._url = httpx.URL(credentials.base_url)
        self._base_path = self._url.raw_path.rstrip(b"/")
        self._headers = [
            ("Host", credentials.host),  # otherwise httpx works it out for each request
            ("Authorization", f"Bearer {credentials.token}"),
            ("Accept", "application/json"),
            ("Accept-Encoding", "gzip"),  # others, if installed, are decompressed without a limit
            ("User-Agent", f"voxosync/{__version__}"),
        ]

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def send(self, api_request: ApiRequest) -> ApiResponse:
        """The response to one request, whatever its status.

        Raises AttemptError if none comes before the run has no seconds left, and Unreachable, which ends the run,
        if VOXO's certificate cannot be verified.
        """
        try:
            return self._round_trip(api_request)
        except TimeoutError as error:
            raise AttemptError("no answer in time", in_doubt=api_request.writes) from error
        except httpx.TransportError as error:
            message = quote(_reason(error), self.credentials.token)
            # The cause holds the same text, so it is left out if the text must not be shown.
            cause = None if self.credentials.token in str(error) else error
            if _is_untrusted(error):
                self._limiter.end(self._certificate_error(message), cause)
            in_doubt = api_request.writes and not isinstance(error, _NOTHING_SENT)
            raise AttemptError(message, in_doubt=in_doubt) from cause

    def _round_trip(self, api_request: ApiRequest) -> ApiResponse:
        """Send the request and read the response; raises TimeoutError, and the errors of httpx."""
        headers = list(self._headers)
        if api_request.body is not None:
            headers.append(("Content-Type", "application/json"))
            headers.append(("Content-Length", str(len(api_request.body))))
        # The base URL, which is parsed once; the target says where a request goes.
        request = httpx.Request(
            api_request.method,
            self._url,
            headers=headers,
            stream=httpx.ByteStream(api_request.body or b""),
            extensions={
                "target": self._base_path + api_request.path.encode(),
                "permit": api_request.permit,
            },
        )
        with closing(self._transport.handle_request(request)) as response:
            self._limiter.has_responded = True
            body, body_error = self._read(response)
        return ApiResponse(
            request=str(api_request),
            status=response.status_code,
            body=body,
            token=self.credentials.token,
            content_type=response.headers.get("content-type", ""),
            location=response.headers.get("location", ""),
            retry_after=_requested_pause(response.headers),
            body_error=body_error,
        )

    def _read(self, response: httpx.Response) -> tuple[bytes, str]:
        """The decompressed body, or why there is none to use."""
        if response.headers.get("content-encoding", "").lower() not in {"", "identity", "gzip"}:
            return b"", "is compressed in a way that was not asked for"
        is_success = response.status_code in (HTTPStatus.OK, HTTPStatus.CREATED)
        body = bytearray()  # not a list: a server may send two bytes at a time
        next_note = _PIECE
        try:
            for piece in response.iter_bytes():  # without a size, which would copy them
                body += piece
                if len(body) > (LARGEST_ANSWER if is_success else _LARGEST_REFUSAL):
                    break
                if is_success and len(body) >= next_note:
                    self._limiter.note_response()
                    next_note = len(body) + _PIECE
        except httpx.DecodingError as error:
            return b"", f"does not unpack: {error}"
        if len(body) > LARGEST_ANSWER:
            return b"", f"is larger than {LARGEST_ANSWER >> 20} MiB"
        return bytes(body), ""

    def _certificate_error(self, message: str) -> Unreachable:
        return Unreachable(
            f"the certificate of {self.credentials.host} does not verify ({message}); check the base "
            "URL; where a proxy of your own signs, name its CA bundle by SSL_CERT_FILE"
        )


def open_transport(credentials: ApiCredentials, limiter: RunLimiter) -> SocketTransport:
    """The connections to one VOXO, with the proxy and the CA bundles of the environment.

    TLS is always verified. Raises UsageError if the settings in the environment are unusable.
    """
    proxy = environment_proxy(credentials)
    encrypt = _encryption() if credentials.encrypted else None
    return SocketTransport(limiter.retry_policy, limiter.seconds_left, encrypt=encrypt, proxy=proxy)


def _encryption() -> Callable[[socket.socket, str], socket.socket]:
    """TLS on a connection to a host, verified against the CA bundles of the environment."""
    try:
        context = httpx.create_ssl_context()
    except OSError as error:
        raise UsageError(
            f"no CA certificates can be read where SSL_CERT_FILE or SSL_CERT_DIR says: {error}"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return lambda wire, host: context.wrap_socket(wire, server_hostname=host)


def _requested_pause(headers: httpx.Headers) -> float | None:
    """The seconds that the server asks to wait, by its own clock; None if it does not ask."""
    value = headers.get("retry-after")
    if value is None:
        return None
    return retry_after(value, _moment(headers.get("date", "")) or datetime.now(UTC))


def retry_after(value: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for; None if it is unreadable.

    Args:
        value: the header: seconds, or a date.
        now: the present moment by the clock of the server, which may differ from that of this machine.
    """
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_PAUSE)
    moment = _moment(value)
    if moment is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), _LONGEST_PAUSE)


def _moment(value: str) -> datetime | None:
    """A date of a header; None if it is absent or unreadable."""
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _reason(error: httpx.TransportError) -> str:
    """Why there was no response, without error numbers and positions in C code."""
    if (
        isinstance(error.__cause__, ssl.SSLError)
        and error.__cause__.reason == "WRONG_VERSION_NUMBER"
    ):
        return "the server does not speak TLS"
    words = _INTERNALS.sub("", str(error)).strip()
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError)) and words:
        return words
    return f"{type(error).__name__}: {words}"


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether the cause is a certificate that cannot be verified, which another attempt does not change."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
