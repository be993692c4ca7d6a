"""Retries: a read is repeated until it has a usable response, a write is sent once."""

from __future__ import annotations

from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING

from voxosync.errors import (
    BadAnswer,
    OutcomeUnknown,
    TokenRejected,
    Unreachable,
    VoxoError,
    WriteDeferred,
)
from voxosync.voxo.http_sender import AttemptError

if TYPE_CHECKING:
    from threading import Event

    from voxosync.voxo.api_response import ApiResponse
    from voxosync.voxo.http_sender import ApiRequest, HttpSender
    from voxosync.voxo.run_limiter import RunLimiter

_NOT_NOW = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_MOST_REPEATS = 2  # how often in a row a read is repeated because its response took too long
_SLOWEST = 2**20  # bytes a second: over a slower connection, a long response takes too long


class RetryingSender:
    """Requests to one VOXO, with retries, for any number of threads at once.

    Every method raises TokenRejected (401) and Unreachable, which end the run.
    """

    def __init__(self, http_sender: HttpSender, limiter: RunLimiter) -> None:
        self._host = http_sender.credentials.host
        self._token_source = http_sender.credentials.source
        self._limiter = limiter
        self._http_sender = http_sender

    def read(
        self, request: ApiRequest, *, turns: int = 1, stop: Event | None = None
    ) -> ApiResponse:
        """The response to a GET, whatever its status, except those that mean "not now".

        Args:
            request: the request to send.
            turns: how many requests may start with it: 2 if a write follows at once. A read whose response takes
                too long is then repeated, but only twice, because a server may always be slow.
            stop: when set, a wait ends and Interrupted is raised.

        Raises BadAnswer if all attempts failed.
        """
        attempts = self._limiter.retry_policy.attempts
        with self._limiter.call():
            for attempt in count(1):
                try:
                    return self._response_in_turn(request, turns, stop)
                except AttemptError as failure:
                    if attempt == attempts:
                        raise self._read_error(request, failure) from failure.__cause__
                self._limiter.sleep(self._limiter.backoff(attempt), stop)
        raise AssertionError  # the loop does not end otherwise

    def write(self, request: ApiRequest) -> ApiResponse:
        """The response to one attempt at a PATCH or POST, whatever its status, except those that mean "not now".

        It waits neither for the gate nor for its turn.

        Raises WriteDeferred if the change was not made and may be tried again, and OutcomeUnknown if it may have
        been made.
        """
        with self._limiter.call():
            try:
                response = self._attempt(request)
            except AttemptError as failure:
                raise self._write_error(request, failure) from failure.__cause__
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._hold(response, refusals=1)
            raise WriteDeferred(
                f"{request}: VOXO answered {response.summary()}; nothing was changed"
            )
        return response

    def _response_in_turn(self, request: ApiRequest, turns: int, stop: Event | None) -> ApiResponse:
        """A response that does not mean "not now", and is not old if a write follows at once."""
        repeats = refusals = 0
        while True:
            self._limiter.wait_for_turn(turns, stop)
            sent_at = self._limiter.now()
            response = self._attempt(request)
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                # Not a failed attempt: VOXO only asks to send the request later.
                refusals += 1
                self._hold(response, refusals)
            elif turns == 1 or repeats == _MOST_REPEATS or not self._is_old(response, sent_at):
                return response
            else:
                repeats += 1

    def _is_old(self, response: ApiResponse, sent_at: float) -> bool:
        """Whether calls may have ended since VOXO read the campaign; a long list may take longer to send."""
        longest = self._limiter.retry_policy.freshness + len(response.body) / _SLOWEST
        return self._limiter.now() - sent_at > longest

    def _attempt(self, request: ApiRequest) -> ApiResponse:
        """The response to one attempt; raises AttemptError if it is not usable."""
        try:
            response = self._http_sender.send(request)
        except AttemptError as failure:
            self._limiter.note_failure(f"{request}: {failure}")
            raise
        if response.status in _NOT_NOW:
            failure_text = f"VOXO answered {response.summary()}"
            self._limiter.note_failure(f"{request}: {failure_text}")
            self._limiter.hold(response.retry_after or 0)
            raise AttemptError(failure_text, in_doubt=request.writes)
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._limiter.end(
                TokenRejected(
                    f"VOXO at {self._host} does not accept the token from {self._token_source} (401); "
                    "check that it is complete, not expired or revoked, and made for this VOXO"
                )
            )
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._limiter.note_failure(f"{request}: VOXO answered {response.summary()}")
        else:
            self._limiter.note_response()
        return response

    def _hold(self, response: ApiResponse, refusals: int) -> None:
        """Close the gate for all workers, as a 429 requests."""
        if response.retry_after:
            self._limiter.hold_as_requested(response.retry_after)
        else:
            self._limiter.hold(self._limiter.backoff(refusals))

    def _read_error(self, request: ApiRequest, failure: AttemptError) -> VoxoError:
        """The error of a read after its last attempt."""
        self._end_if_unreachable(failure)
        return BadAnswer(
            f"{request}: no usable answer in {self._limiter.retry_policy.attempts} attempts; the last: "
            f"{failure}; try again later"
        )

    def _write_error(self, request: ApiRequest, failure: AttemptError) -> VoxoError:
        """The error of a write without a usable response."""
        if failure.in_doubt:
            return OutcomeUnknown(
                f"{request}: {failure}; whether VOXO made the change, only reading it again can tell"
            )
        self._end_if_unreachable(failure)
        return WriteDeferred(f"{request}: {failure}; nothing was changed")

    def _end_if_unreachable(self, failure: AttemptError) -> None:
        """End the run if VOXO has never responded, or not for too long."""
        self._limiter.check()
        if not self._limiter.has_responded:
            self._limiter.end(
                Unreachable(
                    f"VOXO at {self._host} cannot be reached ({failure}); check the base URL and "
                    "the network"
                ),
                failure.__cause__,
            )
