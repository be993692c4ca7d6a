"""Retries without waits, for commands that run in the test process."""

from __future__ import annotations

import ssl
from functools import partial
from typing import TYPE_CHECKING, Any

from voxosync.voxo import retry_policy, run_limiter
from voxosync.voxo.retry_policy import RetryPolicy

if TYPE_CHECKING:
    import pytest

LATE_WRITE = 0.05
"""Seconds; the real policy looks for a late write for too long to wait in a test."""


def shorten_waits(monkeypatch: pytest.MonkeyPatch, **limits: Any) -> None:
    """Shorten the waits of the command line, and skip the CA bundle, which plain HTTP does not need.

    Args:
        monkeypatch: the fixture of the test.
        limits: fields of `RetryPolicy` for this test.
    """
    policy = partial(RetryPolicy, **{"late_write": LATE_WRITE, **limits})
    monkeypatch.setattr(retry_policy, "RetryPolicy", policy)
    monkeypatch.setattr(run_limiter.RunLimiter, "backoff", lambda *_: 0.001)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
