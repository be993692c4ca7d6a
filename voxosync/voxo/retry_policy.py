"""How long the client waits, and how often it tries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long the client waits, in seconds, and how often it tries.

    A run ends `silence` seconds after the last usable response, however many workers and campaigns there are, and
    whatever is wrong with the server. Pauses that VOXO asks for by 429 with Retry-After are not silence, up to
    `requested_pause` seconds without a usable response between them. All workers together start at most
    `requests_per_second`; None: no limit.

    A write must follow a fresh read: a read whose response takes longer than `freshness` seconds is repeated, and
    the write must be sent within `freshness` seconds after it, plus `freshness_per_entry` for each number, because
    comparing numbers takes time. A write of unknown outcome may still take effect up to `late_write` seconds later.
    """

    connect: float = 5
    between_bytes: float = 20
    silence: float = 40
    requested_pause: float = 120
    attempts: int = 5
    first_backoff: float = 0.5
    longest_backoff: float = 8
    requests_per_second: float | None = None
    freshness: float = 2
    freshness_per_entry: float = 20e-6
    late_write: float = 15
