"""A server that responds as a test scripts it and records its requests, and a clock for it.

Unlike the sandbox, it has no campaigns, and can send false responses, hang and drop connections.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from tests.fakes.http_server import HttpServer
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.http_server import ReceivedRequest, Reply
    from voxosync.voxo.retry_policy import RetryPolicy

TOKEN = "test-token-0123456789"


class Scripted(HttpServer):
    """Replies to each path by its script; the last reply of a script is repeated."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self._scripts: dict[str, deque[Reply]] = {}

    def on(self, path: str, *replies: Reply) -> None:
        """Set the replies of a path including its query, or with `*` of every other path."""
        self._scripts[path] = deque(replies)

    def reply_to(self, received: ReceivedRequest) -> Reply:
        with self._lock:
            self.received.append(received)
            script = self._scripts.get(received.path) or self._scripts["*"]
            return script.popleft() if len(script) > 1 else script[0]


class Clock:
    """A clock that moves only when a thread sleeps, and then immediately.

    `on_sleep` is called whenever a thread starts to sleep.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []
        self.on_sleep: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        wake = self.now + max(seconds, 1e-6)  # not zero, because a real clock never stands still
        self.sleeps.append(seconds)
        self.on_sleep()
        self.now = max(self.now, wake)

    def limiter(self, retry_policy: RetryPolicy | None = None, jitter: float = 0.5) -> RunLimiter:
        return RunLimiter(retry_policy, clock=self, sleep=self.sleep, jitter=lambda: jitter)
