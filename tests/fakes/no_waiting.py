"""Retries that wait for nothing, for calls in the test's own process."""

from __future__ import annotations

import ssl
from functools import partial
from typing import TYPE_CHECKING, Any

from voxosync.voxo import retry_policy, run_limiter
from voxosync.voxo.retry_policy import RetryPolicy

if TYPE_CHECKING:
    import pytest

LATE_WRITE = 0.05
"""Seconds; the real policy looks for a late write for so long that a test of it needs a clock of its own."""


def shorten_waits(monkeypatch: pytest.MonkeyPatch, **limits: Any) -> None:
    """Shorten what the command line waits for, and read no CA bundle for plain HTTP.

    Args:
        monkeypatch: of the test.
        limits: fields of `RetryPolicy` for this test.
    """
    policy = partial(RetryPolicy, **{"late_write": LATE_WRITE, **limits})
    monkeypatch.setattr(retry_policy, "RetryPolicy", policy)
    monkeypatch.setattr(run_limiter.RunLimiter, "backoff", lambda *_: 0.001)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
