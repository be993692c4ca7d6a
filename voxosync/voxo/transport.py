"""Calls to VOXO, tried again where that is safe. What a campaign is, it does not know."""

from __future__ import annotations

from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING

from voxosync.errors import BadAnswer, OutcomeUnknown, TokenRejected, Unreachable, VoxoError
from voxosync.voxo.exchange import AttemptError, Call, Exchange

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from voxosync.voxo.answers import Answer
    from voxosync.voxo.connection import Connection
    from voxosync.voxo.pace import Pace

_NOT_NOW = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class Transport:
    """Calls to one VOXO, for any number of threads at once."""

    def __init__(self, connection: Connection, pace: Pace) -> None:
        self._host = connection.host
        self._token_source = connection.source
        self._pace = pace
        self._exchange = Exchange(connection, pace)

    def close(self) -> None:
        """Close every connection."""
        self._exchange.close()

    def send(self, call: Call) -> Answer:
        """The answer to a call, whatever its status, except those that say "not now".

        Raises TokenRejected (401) and Unreachable, which end the run; OutcomeUnknown for a PATCH
        that may have happened, which is never repeated; BadAnswer where all attempts failed.
        """
        with self._pace.call():
            try:
                return self._with_patience(call)
            except AttemptError as failure:
                raise self._failed(call, failure) from failure.__cause__

    def _with_patience(self, call: Call) -> Answer:
        """The first attempt, nearly always the last one, and those that may follow."""
        attempts = self._pace.patience.attempts
        try:
            return self._attempt(call)
        except AttemptError as failure:
            if attempts == 1 or not _is_safe_to_repeat(failure):
                raise
        from tenacity import Retrying, retry_if_exception, stop_after_attempt  # noqa: PLC0415  # 30 ms that only a failure costs

        self._pace.sleep(self._pace.backoff(1))
        retrying = Retrying(
            retry=retry_if_exception(_is_safe_to_repeat),
            stop=stop_after_attempt(attempts - 1),
            wait=self._backoff,
            sleep=self._pace.sleep,
            reraise=True,
        )
        return retrying(self._attempt, call)

    def _attempt(self, call: Call) -> Answer:
        try:
            answer = self._answer_in_turn(call)
        except AttemptError as failure:
            self._pace.failed(f"{call}: {failure}")
            raise
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._pace.end(
                TokenRejected(
                    f"VOXO at {self._host} does not accept the token from {self._token_source} (401); "
                    "check that it is complete, not expired or revoked, and made for this VOXO"
                )
            )
        self._pace.heard()
        return answer

    def _answer_in_turn(self, call: Call) -> Answer:
        """An answer that says more than "not now"."""
        for refusals in count(1):
            self._pace.turn()
            answer = self._exchange.answer(call)
            if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            # No failed attempt: nothing was done, and the next one is as good as the first.
            self._pace.failed(f"{call}: VOXO answered {answer.summary()}")
            if answer.retry_after:
                self._pace.hold_as_asked(answer.retry_after)
            else:
                self._pace.hold(self._pace.backoff(refusals))
        if answer.status in _NOT_NOW:
            self._pace.hold(answer.retry_after or 0)
            raise AttemptError(f"VOXO answered {answer.summary()}", in_doubt=call.writes)
        return answer

    def _backoff(self, state: RetryCallState) -> float:
        return self._pace.backoff(state.attempt_number + 1)  # after the first one

    def _failed(self, call: Call, failure: AttemptError) -> VoxoError:
        """What it means that no attempt succeeded, or that none may follow."""
        if failure.in_doubt:
            return OutcomeUnknown(
                f"{call}: {failure}; whether VOXO made the change, only reading it again can tell"
            )
        self._pace.check()
        if not self._pace.has_met:
            self._pace.end(
                Unreachable(
                    f"VOXO at {self._host} cannot be reached ({failure}); check the base URL and "
                    "the network"
                ),
                failure.__cause__,
            )
        nothing_sent = "; nothing was changed" if call.writes else ""
        return BadAnswer(
            f"{call}: no usable answer in {self._pace.patience.attempts} attempts; the last: "
            f"{failure}{nothing_sent}; try again later"
        )


def _is_safe_to_repeat(error: BaseException) -> bool:
    return isinstance(error, AttemptError) and not error.in_doubt
