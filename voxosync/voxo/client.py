"""The client: the campaigns of VOXO, which paths they have, and what a response means."""

from __future__ import annotations

import json
from http import HTTPStatus
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Self

from voxosync.errors import (
    BadAnswer,
    CampaignError,
    Interrupted,
    NotFound,
    OutcomeUnknown,
    Refused,
    WriteDeferred,
)
from voxosync.voxo.api_response import REDIRECTS, REFUSALS
from voxosync.voxo.campaign_list import whole_list
from voxosync.voxo.campaign_writer import CampaignWriter
from voxosync.voxo.http_sender import ApiRequest, HttpSender
from voxosync.voxo.retrying_sender import RetryingSender
from voxosync.voxo.run_limiter import INTERRUPTED, RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from voxosync.voxo.api_credentials import ApiCredentials, Read
    from voxosync.voxo.api_response import ApiResponse, Page

_ADMIN, _V2 = "/v2/admin", "/v2"
_PATHS: dict[Read, tuple[str, ...]] = {"auto": (_ADMIN, _V2), "admin": (_ADMIN,), "v2": (_V2,)}
_NOT_HERE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_CLIENT_CLOSED_REQUEST = 499  # nginx's own
_SURE_REFUSALS = frozenset(REFUSALS) - {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    _CLIENT_CLOSED_REQUEST,
}
"""Not 408, 425 and 499: a server behind the one that responds may have read the whole request, and process it."""


class Voxo:
    """The campaigns of one VOXO, for any number of threads at once.

    Every method raises TokenRejected if VOXO does not accept the token, and Unreachable if it gives no usable
    response for too long (`RetryPolicy` says how long); from then on, every call raises the same at once. Leaving
    the context closes the connections.
    """

    def __init__(self, credentials: ApiCredentials, *, limiter: RunLimiter | None = None) -> None:
        self.base_url = credentials.base_url
        self._limiter = limiter or RunLimiter()
        self._http_sender = HttpSender(credentials, self._limiter)
        self._sender = RetryingSender(self._http_sender, self._limiter)
        self._campaign_paths = _ReadPaths(_PATHS[credentials.read])
        self._list_paths = _ReadPaths(_PATHS[credentials.read])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._http_sender.close()

    def writer(self, campaign_id: int, stop: Event) -> CampaignWriter:
        """A writer that reads one campaign and writes it directly after that read.

        Args:
            campaign_id: which one.
            stop: when set, no write is started anymore.
        """
        return CampaignWriter(self, self._limiter, campaign_id, stop)

    def back_off(self, failures: int) -> None:
        """Wait before another attempt after a number of failures, but no longer than the run has left."""
        self._limiter.sleep(self._limiter.backoff(failures))

    def campaign(
        self, campaign_id: int, *, turns: int = 1, stop: Event | None = None
    ) -> dict[str, Any]:
        """The whole live campaign, with `numbers` and destinations [L].

        Args:
            campaign_id: which one.
            turns: how many requests may start with it: 2 if a write follows at once.
            stop: when set, a wait ends and Interrupted is raised.

        Raises NotFound, Refused, or BadAnswer (an unreadable response, another id, or all attempts failed).
        """
        suffix = f"/call-campaigns/{campaign_id:d}"
        _, response = self._read(self._campaign_paths, suffix, turns, stop)
        return response.campaign(campaign_id)

    def update(
        self, campaign_id: int, body: Mapping[str, Any], permit: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """Send the given keys of a campaign once; returns the whole campaign as VOXO then has it [U].

        Nothing has changed if it raises NotFound, Refused, BadAnswer (a redirect) or WriteDeferred (it was not
        sent, or 429). With OutcomeUnknown something may have changed: read the campaign again.

        Args:
            campaign_id: which one.
            body: the keys to change.
            permit: called right before the first byte is sent, and may raise instead; without one, the write
                waits for its turn.
        """
        path = f"{_ADMIN}/call-campaigns/{campaign_id:d}"
        if permit is None:
            self._limiter.wait_for_turn()
        response = self._sender.write(ApiRequest("PATCH", path, _json_bytes(body), permit))
        if response.status == HTTPStatus.OK:
            try:
                return response.campaign(campaign_id)
            except BadAnswer as bad:
                raise OutcomeUnknown(str(bad)) from bad.__cause__
        raise _write_error(response)

    def create(self, body: Mapping[str, Any], stop: Event | None = None) -> dict[str, Any]:
        """Create a campaign, whose tenant the body names; returns VOXO's response, with the new `id` [C].

        The response may hold no more of the campaign than its id [L]: to know the rest, read the campaign.

        No campaign was created if it raises Refused, NotFound, BadAnswer (a redirect, or no connection) or
        Interrupted. With OutcomeUnknown one may have been created, and the request is not repeated.

        Args:
            body: every key of the campaign.
            stop: when set, the request is not sent anymore, and waits end.
        """
        response = self._create_in_turn(_json_bytes(body), stop or Event())
        if response.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            try:
                return response.new_campaign()
            except BadAnswer as bad:
                raise OutcomeUnknown(str(bad)) from bad.__cause__
        raise _write_error(response)

    def _create_in_turn(self, content: bytes, stop: Event) -> ApiResponse:
        """The response to a POST, which depends on no read: if it is deferred, it is sent later, unchanged."""

        def permit() -> None:
            if stop.is_set():
                raise Interrupted(INTERRUPTED)

        request = ApiRequest("POST", f"{_ADMIN}/call-campaigns/", content, permit)
        failures = 0
        while True:
            self._limiter.wait_for_turn(stop=stop)
            try:
                return self._sender.write(request)
            except WriteDeferred as deferral:
                failures += self._limiter.is_open()  # a pause that VOXO asks for is not a failure
                if failures == self._limiter.retry_policy.attempts:
                    raise BadAnswer(f"{deferral}; try again later") from deferral.__cause__
            self._limiter.sleep(self._limiter.backoff(failures or 1), stop)

    def campaigns(self, tenant_id: int) -> list[dict[str, Any]]:
        """Every campaign of a tenant, without `numbers` and destinations [L].

        Raises NotFound, Refused, or BadAnswer (an unreadable response, pages without end, or a list that changes
        faster than it can be read).
        """
        query = f"/call-campaigns?tenantId={tenant_id:d}"
        prefix, response = self._read(self._list_paths, query, endings={_ADMIN: "&paginated=0"})

        def read(ending: str) -> Page:
            page = self._sender.read(ApiRequest("GET", f"{prefix}{query}{ending}"))
            if page.status != HTTPStatus.OK:
                raise page.error()
            return page.page()

        return list(whole_list(response.page(), read).values())

    def _read(
        self,
        paths: _ReadPaths,
        suffix: str,
        turns: int = 1,
        stop: Event | None = None,
        endings: Mapping[str, str] | None = None,
    ) -> tuple[str, ApiResponse]:
        """The first response with 200 from the paths that may be read, and the path that it came from.

        `endings` holds what one of the paths ends in: VOXO's admin lists take `paginated=0` [F].
        """
        denials = []
        for prefix in paths.order:
            request = ApiRequest("GET", prefix + suffix + (endings or {}).get(prefix, ""))
            response = self._sender.read(request, turns=turns, stop=stop)
            if response.status == HTTPStatus.OK:
                paths.prefer(prefix)
                return prefix, response
            if response.status not in _NOT_HERE:
                raise response.error()
            denials.append(response)
        raise _read_error(denials)


class _ReadPaths:
    """The GET paths, in the order in which to try them; the first that responds with 200 stays the first.

    All workers share them, so that only one worker has to find out.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.order = paths
        self._is_settled = False
        self._lock = Lock()

    def prefer(self, path: str) -> None:
        with self._lock:
            if not self._is_settled:
                self._is_settled = True
                self.order = (path, *(later for later in self.order if later != path))


def _json_bytes(body: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(body), separators=(",", ":"), allow_nan=False).encode()


def _write_error(response: ApiResponse) -> CampaignError:
    """The error of an unsuccessful response to a write: a refusal, or an unknown outcome."""
    error = response.error()
    is_sure = response.status in REDIRECTS or response.status in _SURE_REFUSALS
    return error if is_sure else OutcomeUnknown(str(error))


def _read_error(denials: list[ApiResponse]) -> CampaignError:
    """The error if no path has it: not found if one of them responds with 404, otherwise refused."""
    if len(denials) == 1:
        return denials[0].error()
    text = "; ".join(
        f"{response.request}: VOXO answered {response.summary()}" for response in denials
    )
    if any(response.status == HTTPStatus.NOT_FOUND for response in denials):
        return NotFound(f"{text}; check the id, and that the token may see it")
    return Refused(f"{text}; check what the token may see")
