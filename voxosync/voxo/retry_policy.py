"""How long the client waits, and how often it tries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long the client waits, in seconds, and how often it tries.

    A run ends `silence` seconds after the last usable answer, however many workers and campaigns
    there are, and whatever kind of dead the server is. Pauses that it asks for by 429 with
    Retry-After are not silence, up to `requested_pause` seconds without a usable answer among them. At most
    `requests_per_second` are begun, by all workers together; None: no limit.

    What a write rests on must be fresh: an answer that took longer than `freshness` seconds is asked for again,
    and the write must leave within `freshness` seconds after the campaign was read, and within
    `freshness_per_entry` more for each of its numbers, which take their time to be compared. A write of
    unknown outcome may still land up to `late_write` seconds later.
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
