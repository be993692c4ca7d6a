"""Reads one campaign, and writes it directly after that read: nothing waits between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.errors import BadAnswer, Interrupted, WriteDeferred
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.voxo.run_limiter import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from threading import Event

    from voxosync.voxo.client import Voxo
    from voxosync.voxo.run_limiter import RunLimiter

_A_READ_AND_A_WRITE = 2
_LOOK_INTERVAL = 2.0  # seconds


class CampaignWriter:
    """Reads one campaign, and writes it directly after that read.

    A write is judged by what was read, which must still be true when the write is sent, although calls end and
    people edit by hand. So every wait comes before the read: for the gate that a 429 closes, and for two turns if
    there is a rate. A write that cannot be sent at once raises WriteDeferred; then read and judge again.

    Args:
        voxo: the client.
        limiter: that of the client.
        campaign_id: which campaign.
        stop: when set, no write is sent anymore.
    """

    def __init__(self, voxo: Voxo, limiter: RunLimiter, campaign_id: int, stop: Event) -> None:
        self._voxo = voxo
        self._limiter = limiter
        self.campaign_id = campaign_id
        self._stop = stop
        self._fresh_until = limiter.now()
        self._deferrals = 0
        self._deferred_since = 0.0
        self._reason = ""

    def read(self) -> dict[str, Any]:
        """The campaign, read when a write may follow at once; raises as `Voxo.campaign` does.

        Raises Interrupted if the run is interrupted while it waits, and BadAnswer if writes were deferred for
        longer than the run waits for pauses that VOXO asks for.
        """
        retry_policy = self._limiter.retry_policy
        if self._deferrals:
            if self._limiter.now() - self._deferred_since > retry_policy.requested_pause:
                raise BadAnswer(
                    f"{self._reason}, for {retry_policy.requested_pause:g} s; try again later"
                )
            self._limiter.sleep(self._limiter.backoff(self._deferrals), self._stop)
        raw = self._voxo.campaign(self.campaign_id, turns=_A_READ_AND_A_WRITE, stop=self._stop)
        numbers = raw.get(NUMBERS_FIELD)
        entries = len(numbers) if isinstance(numbers, list) else 0
        self._fresh_until = (
            self._limiter.now()
            + retry_policy.freshness
            + entries * retry_policy.freshness_per_entry
        )
        return raw

    def update(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send the given keys once, if that is possible now; returns the campaign as VOXO then has it.

        Raises as `Voxo.update` does, and Interrupted if the run was interrupted before the write was sent.
        """
        try:
            response = self._voxo.update(self.campaign_id, body, self._permit)
        except WriteDeferred as deferral:
            self._deferred_since = self._deferred_since if self._deferrals else self._limiter.now()
            self._deferrals += 1
            self._reason = str(deferral)
            raise
        self._deferrals = 0
        return response

    def looks(self, failures: int, *, late: bool) -> Iterator[None]:
        """Wait for a write of unknown outcome to take effect; an interrupted run does not wait.

        Args:
            failures: how many such writes of this campaign there were.
            late: whether to wait until it can no longer take effect, and to look at the campaign meanwhile.

        Yields:
            Whenever it is time to look at the campaign.
        """
        end = self._limiter.now() + self._limiter.retry_policy.late_write
        try:
            self._limiter.sleep(self._limiter.backoff(failures), self._stop)
            while late and (remaining := end - self._limiter.now()) > 0:
                yield
                self._limiter.sleep(min(_LOOK_INTERVAL, remaining), self._stop)
        except Interrupted:
            return

    def _permit(self) -> None:
        """Raise if the write may not be sent; called when there is a connection for it."""
        if self._stop.is_set():
            raise Interrupted(INTERRUPTED)
        if not self._limiter.is_open():
            raise WriteDeferred("VOXO asks to wait; nothing was changed")
        if self._limiter.now() > self._fresh_until:
            raise WriteDeferred(
                "the campaign was read too long ago to be sure; nothing was changed"
            )
