"""When a request may start, and when a run has waited long enough; all workers share one limiter."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, NoReturn

from voxosync.errors import Interrupted, RunEnded, Unreachable
from voxosync.voxo.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INTERRUPTED = "the run was interrupted"
_CHECK_INTERVAL = 0.2  # seconds between two checks whether a wait was interrupted


class RunLimiter:
    """The gate that every attempt passes, the count of seconds without a usable response, and the end of the run.

    Args:
        retry_policy: how long to wait.
        clock: counts seconds, like `time.monotonic`.
        jitter: returns a number from 0 to 1.
        sleep: waits for a number of seconds; None: waits that the end of the run cuts short.
    """

    def __init__(
        self,
        retry_policy: RetryPolicy | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.retry_policy = retry_policy or RetryPolicy()
        self.now = clock
        """Returns the seconds on the clock of the run."""
        self.has_responded = False
        """Whether VOXO has responded at all, even with 503."""
        self._jitter = jitter
        self._over = threading.Event()
        self._sleep = sleep or self._over.wait
        self._lock = threading.Lock()
        self._ended: RunEnded | None = None
        self._opens = clock()  # the gate is closed until then
        self._latest = -inf  # when the latest request started, if there is a rate …
        self._latest_turns = 1  # … and how many turns it took
        self._requests = 0  # in progress: silence is counted only while there are some
        self._silence = 0.0  # seconds without a usable response, counted until …
        self._counted_until = clock()  # … now, or the end of a pause that VOXO asks for
        self._requested_pause = 0.0  # seconds of pauses asked for since the last usable response
        self._last_failure = "no attempt was made"

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a request as in progress, with all its attempts; silence is counted only meanwhile."""
        with self._lock:
            self._count_silence()
            self._requests += 1
        try:
            yield
        finally:
            with self._lock:
                self._count_silence()
                self._requests -= 1

    def wait_for_turn(self, turns: int = 1, stop: threading.Event | None = None) -> None:
        """Wait until a request may start; raises RunEnded if the run ends first.

        Args:
            turns: how many requests may then start in a row: 2 for a read and the write that depends on it.
            stop: when set, the wait ends and Interrupted is raised.
        """
        self.check()
        while (seconds := self._take_turns(turns)) > 0:
            self.sleep(seconds, stop)

    def _take_turns(self, turns: int) -> float:
        """The seconds until requests may start; if none are left, the turns are taken."""
        rate = self.retry_policy.requests_per_second
        with self._lock:
            now = self.now()
            start = self._opens
            if rate is not None:
                # Two that start together keep twice the distance to the one before and the one after.
                start = max(start, self._latest + max(turns, self._latest_turns) / rate)
            if start <= now:
                self._latest, self._latest_turns = now, turns
        return start - now

    def is_open(self) -> bool:
        """Whether requests may start; not during a pause that VOXO asked for."""
        return self._opens <= self.now()

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait, but no longer than the run has left; raises RunEnded if it ends meanwhile.

        Args:
            seconds: how long.
            stop: when set, the wait ends and Interrupted is raised.
        """
        if stop is None:
            self._sleep(min(seconds, max(0.0, self.seconds_left())))
            self.check()
            return
        end = self.now() + seconds
        while (remaining := end - self.now()) > 0:
            if stop.is_set():
                raise Interrupted(INTERRUPTED)
            self.sleep(min(remaining, _CHECK_INTERVAL))

    def backoff(self, failures: int) -> float:
        """The seconds to wait after a number of failures in a row: exponential, half of it jitter."""
        retry_policy = self.retry_policy
        doublings = min(failures - 1, 30)
        ceiling = min(retry_policy.longest_backoff, retry_policy.first_backoff * 2.0**doublings)
        return ceiling * (1 + self._jitter()) / 2

    def seconds_left(self) -> float:
        """The seconds without a usable response that the run has left."""
        with self._lock:
            self._count_silence()
            return self.retry_policy.silence - self._silence

    def note_response(self) -> None:
        """Count the silence from zero again: a usable response came, or a large part of one."""
        with self._lock:
            self._count_silence()
            self._silence = self._requested_pause = 0.0

    def note_failure(self, failure: str) -> None:
        """Remember how the last attempt failed, for the message that ends the run."""
        self._last_failure = failure

    def hold(self, seconds: float) -> None:
        """Close the gate for all workers, for a number of seconds."""
        with self._lock:
            self._opens = max(self._opens, self.now() + seconds)

    def hold_as_requested(self, seconds: float) -> None:
        """Close the gate because VOXO asks for a pause, which is not silence; raises Unreachable if it is too long."""
        with self._lock:
            until = self._count_silence() + seconds
            self._requested_pause += max(0.0, until - self._counted_until)
            self._counted_until = max(self._counted_until, until)
            self._opens = max(self._opens, until)
            too_long = self._requested_pause > self.retry_policy.requested_pause
        if too_long:
            self.end(
                Unreachable(
                    f"VOXO asks for a pause of {seconds:g} s more (429, too many requests), "
                    f"{self._requested_pause:.0f} s without an answer; voxosync waits "
                    f"{self.retry_policy.requested_pause:g} s at most: run it again later"
                )
            )

    def end(self, error: RunEnded, cause: BaseException | None = None) -> NoReturn:
        """End the run and raise the reason; if it has ended already, the first reason."""
        error.__cause__ = cause
        with self._lock:
            self._ended = self._ended or error
        self._over.set()
        self._raise(self._ended)

    def check(self) -> None:
        """Raise RunEnded if the run is over."""
        if self._ended is not None:
            self._raise(self._ended)
        if self.seconds_left() <= 0:
            self.end(
                Unreachable(
                    f"VOXO has given no usable answer for {self.retry_policy.silence:g} s; the last "
                    f"attempt: {self._last_failure}. Check the base URL and the network, or try later"
                )
            )

    @staticmethod
    def _raise(ended: RunEnded) -> NoReturn:
        # A copy: many workers raise it, each with its own traceback.
        raise type(ended)(*ended.args) from ended.__cause__

    def _count_silence(self) -> float:
        """Count the silence until now, and return now. Call it with the lock held, before anything changes."""
        now = self.now()
        if self._requests and now > self._counted_until:
            self._silence += now - self._counted_until
        self._counted_until = max(self._counted_until, now)
        return now
