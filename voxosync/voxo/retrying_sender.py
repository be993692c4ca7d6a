"""Requests to VOXO: reads are retried, writes are sent once. Campaigns are unknown here."""

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
from voxosync.voxo.http_sender import ApiRequest, AttemptError, HttpSender

if TYPE_CHECKING:
    from threading import Event

    from voxosync.voxo.api_credentials import ApiCredentials
    from voxosync.voxo.api_response import ApiResponse
    from voxosync.voxo.run_limiter import RunLimiter

_NOT_NOW = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_MOST_SLOW = 2  # answers in a row that are asked for again because they were long on their way
_SLOWEST = 2**20  # bytes a second: a connection over which a long answer is not old yet


class RetryingSender:
    """Calls to one VOXO, for any number of threads at once.

    Every method raises TokenRejected (401) and Unreachable, which end the run.
    """

    def __init__(self, credentials: ApiCredentials, limiter: RunLimiter) -> None:
        self._host = credentials.host
        self._token_source = credentials.source
        self._limiter = limiter
        self._http_sender = HttpSender(credentials, limiter)

    def close(self) -> None:
        """Close every connection."""
        self._http_sender.close()

    def read(
        self, request: ApiRequest, *, turns: int = 1, stop: Event | None = None
    ) -> ApiResponse:
        """The answer to a GET, whatever its status, except those that say "not now".

        Args:
            request: the request to send.
            turns: how many requests may start with it: 2 where a write follows at once. An answer that was long
                on its way is then asked for again, up to twice: a server that is always slow has to do.
            stop: when set, a wait ends and Interrupted is raised.

        Raises BadAnswer where all attempts failed.
        """
        attempts = self._limiter.retry_policy.attempts
        with self._limiter.call():
            for attempt in count(1):
                try:
                    return self._response_in_turn(request, turns, stop)
                except AttemptError as failure:
                    if attempt == attempts:
                        raise self._failed(request, failure) from failure.__cause__
                self._limiter.sleep(self._limiter.backoff(attempt), stop)
        raise AssertionError  # the loop has no other end

    def write(self, request: ApiRequest) -> ApiResponse:
        """The answer to one attempt at a PATCH or POST, whatever its status, except "not now".

        It waits for nothing: not for the gate, nor for its turn.

        Raises WriteDeferred where it did not happen and may be tried again, and OutcomeUnknown where it
        may have happened.
        """
        with self._limiter.call():
            try:
                response = self._attempt(request)
            except AttemptError as failure:
                raise self._not_written(request, failure) from failure.__cause__
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._hold(response, refusals=1)
            raise WriteDeferred(
                f"{request}: VOXO answered {response.summary()}; nothing was changed"
            )
        return response

    def _response_in_turn(self, request: ApiRequest, turns: int, stop: Event | None) -> ApiResponse:
        """An answer that says more than "not now", and is not old where a write follows at once."""
        slow = refusals = 0
        while True:
            self._limiter.turn(turns, stop)
            sent_at = self._limiter.now()
            response = self._attempt(request)
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                # Not a failed attempt: nothing was done, and the next one is as good as the first.
                refusals += 1
                self._hold(response, refusals)
            elif turns == 1 or slow == _MOST_SLOW or not self._is_old(response, sent_at):
                return response
            else:
                slow += 1

    def _is_old(self, response: ApiResponse, sent_at: float) -> bool:
        """Whether calls may have ended since VOXO read what it answers; a long list takes its time."""
        longest = self._limiter.retry_policy.freshness + len(response.body) / _SLOWEST
        return self._limiter.now() - sent_at > longest

    def _attempt(self, request: ApiRequest) -> ApiResponse:
        """One attempt; raises AttemptError where it came to nothing."""
        try:
            response = self._http_sender.answer(request)
        except AttemptError as failure:
            self._limiter.failed(f"{request}: {failure}")
            raise
        if response.status in _NOT_NOW:
            trouble = f"VOXO answered {response.summary()}"
            self._limiter.failed(f"{request}: {trouble}")
            self._limiter.hold(response.retry_after or 0)
            raise AttemptError(trouble, in_doubt=request.writes)
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._limiter.end(
                TokenRejected(
                    f"VOXO at {self._host} does not accept the token from {self._token_source} (401); "
                    "check that it is complete, not expired or revoked, and made for this VOXO"
                )
            )
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._limiter.failed(f"{request}: VOXO answered {response.summary()}")
        else:
            self._limiter.heard()
        return response

    def _hold(self, response: ApiResponse, refusals: int) -> None:
        """Close the gate for all workers, as a 429 asks."""
        if response.retry_after:
            self._limiter.hold_as_asked(response.retry_after)
        else:
            self._limiter.hold(self._limiter.backoff(refusals))

    def _failed(self, request: ApiRequest, failure: AttemptError) -> VoxoError:
        """What it means that no attempt at a read succeeded."""
        self._end_if_unreachable(failure)
        return BadAnswer(
            f"{request}: no usable answer in {self._limiter.retry_policy.attempts} attempts; the last: "
            f"{failure}; try again later"
        )

    def _not_written(self, request: ApiRequest, failure: AttemptError) -> VoxoError:
        """What it means that a write got no answer."""
        if failure.in_doubt:
            return OutcomeUnknown(
                f"{request}: {failure}; whether VOXO made the change, only reading it again can tell"
            )
        self._end_if_unreachable(failure)
        return WriteDeferred(f"{request}: {failure}; nothing was changed")

    def _end_if_unreachable(self, failure: AttemptError) -> None:
        """End the run where VOXO has never answered, or not for too long."""
        self._limiter.check()
        if not self._limiter.has_met:
            self._limiter.end(
                Unreachable(
                    f"VOXO at {self._host} cannot be reached ({failure}); check the base URL and "
                    "the network"
                ),
                failure.__cause__,
            )
