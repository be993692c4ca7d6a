"""When a request may start, and when a run has waited long enough; shared by all workers."""

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
_LOOK_EVERY = 0.2  # seconds between two checks for an interruption of a wait


class RunLimiter:
    """The gate that every attempt passes, the count of the silence, and the end of the run.

    `clock` counts seconds like `time.monotonic`, `jitter` gives a number from 0 to 1, and `sleep`
    waits; without one, sleepers wake up at once when the run ends.
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
        self._clock = clock
        self._jitter = jitter
        self._over = threading.Event()
        self._sleep = sleep or self._over.wait
        self._lock = threading.Lock()
        self._ended: RunEnded | None = None
        self._opens = clock()  # the gate is closed until then
        self._latest = -inf  # when the latest request began, for a rate …
        self._latest_turns = 1  # … and how many turns it took
        self._waiting = 0  # calls in progress: silence is counted only while there are some
        self._silence = 0.0  # seconds of it up to …
        self._since = clock()  # … here, or to come after this where a pause was asked for
        self._requested_pause = 0.0  # seconds of pauses asked for since the last usable answer
        self._trouble = "no attempt was made"
        self.has_met = False  # whether any answer came at all, a 503 included

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call as in progress."""
        with self._lock:
            self._settle()
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._settle()
                self._waiting -= 1

    def turn(self, turns: int = 1, stop: threading.Event | None = None) -> None:
        """Wait until a request may start; raises RunEnded where the run ends first.

        Args:
            turns: how many requests may then start in a row: 2 for a read and the write that depends on it.
            stop: when set, the wait ends and Interrupted is raised.
        """
        self.check()
        while (early := self._early(turns)) > 0:
            self.sleep(early, stop)

    def _early(self, turns: int) -> float:
        """Seconds until requests may start; where there are none left, their turns are taken."""
        rate = self.retry_policy.requests_per_second
        with self._lock:
            now = self._clock()
            begin = self._opens
            if rate is not None:
                # Two that start together keep twice the distance to the one before and the one after.
                begin = max(begin, self._latest + max(turns, self._latest_turns) / rate)
            if begin <= now:
                self._latest, self._latest_turns = now, turns
        return begin - now

    def is_open(self) -> bool:
        """Whether VOXO has not asked to wait."""
        return self._opens <= self._clock()

    def now(self) -> float:
        """The seconds on the clock of the run."""
        return self._clock()

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait, but no longer than the run has left; raises RunEnded where it ends meanwhile.

        Args:
            seconds: how long.
            stop: as `turn` has it.
        """
        if stop is None:
            self._sleep(min(seconds, max(0.0, self.seconds_left())))
            self.check()
            return
        end = self._clock() + seconds
        while (remaining := end - self._clock()) > 0:
            if stop.is_set():
                raise Interrupted(INTERRUPTED)
            self.sleep(min(remaining, _LOOK_EVERY))

    def backoff(self, failures: int) -> float:
        """Seconds to wait after a number of failures in a row: exponential, half of it jitter."""
        retry_policy = self.retry_policy
        doublings = min(failures - 1, 30)
        ceiling = min(retry_policy.longest_backoff, retry_policy.first_backoff * 2.0**doublings)
        return ceiling * (1 + self._jitter()) / 2

    def seconds_left(self) -> float:
        """Seconds of silence that the run has left."""
        with self._lock:
            self._settle()
            return self.retry_policy.silence - self._silence

    def heard(self) -> None:
        """A usable answer came, or a large part of one: the silence starts again."""
        with self._lock:
            self._settle()
            self._silence = self._requested_pause = 0.0

    def failed(self, trouble: str) -> None:
        """Remember what the last attempt came to, for the message that ends the run."""
        self._trouble = trouble

    def hold(self, seconds: float) -> None:
        """Close the gate for all workers."""
        with self._lock:
            self._opens = max(self._opens, self._clock() + seconds)

    def hold_as_asked(self, seconds: float) -> None:
        """Close the gate because VOXO asked for it: not silence, but Unreachable if too long."""
        with self._lock:
            until = self._settle() + seconds
            self._requested_pause += max(0.0, until - self._since)
            self._since = max(self._since, until)
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
        """End the run, and raise why; the first reason stays."""
        error.__cause__ = cause
        with self._lock:
            self._ended = self._ended or error
        self._over.set()
        self._raise(self._ended)

    def check(self) -> None:
        """Raise RunEnded where the run is over."""
        if self._ended is not None:
            self._raise(self._ended)
        if self.seconds_left() <= 0:
            self.end(
                Unreachable(
                    f"VOXO has given no usable answer for {self.retry_policy.silence:g} s; the last "
                    f"attempt: {self._trouble}. Check the base URL and the network, or try later"
                )
            )

    @staticmethod
    def _raise(ended: RunEnded) -> NoReturn:
        # A new one each time: many workers raise it, each with a traceback of its own.
        raise type(ended)(*ended.args) from ended.__cause__

    def _settle(self) -> float:
        """Add up the silence until now; call it with the lock held, before anything changes."""
        now = self._clock()
        if self._waiting and now > self._since:
            self._silence += now - self._since
        self._since = max(self._since, now)
        return now
