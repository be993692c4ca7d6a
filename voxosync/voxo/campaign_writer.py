"""One campaign, read and written right behind that read: nothing waits between the two."""

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
_BETWEEN_LOOKS = 2.0  # seconds


class CampaignWriter:
    """Reads one campaign and writes it right behind that read.

    What a write was judged by must still hold when it leaves: calls end, and people edit by hand. So every
    wait comes before the read: for the gate that a 429 closes, and for two turns where there is a rate. A
    write that cannot leave at once raises WriteDeferred; then read, and judge, again.

    Args:
        voxo: the client.
        limiter: that of the client.
        campaign_id: which campaign.
        stop: when set, no write leaves any more.
    """

    def __init__(self, voxo: Voxo, limiter: RunLimiter, campaign_id: int, stop: Event) -> None:
        self._voxo = voxo
        self._limiter = limiter
        self.campaign_id = campaign_id
        self._stop = stop
        self._fresh_until = limiter.now()
        self._deferrals = 0
        self._deferred_since = 0.0
        self._trouble = ""

    def read(self) -> dict[str, Any]:
        """The campaign, when a write may follow at once; raises as `Voxo.campaign` does.

        Raises Interrupted where the run is interrupted while it waits, and BadAnswer where writes were put
        off for longer than the run waits for pauses that VOXO asks for.
        """
        retry_policy = self._limiter.retry_policy
        if self._deferrals:
            if self._limiter.now() - self._deferred_since > retry_policy.requested_pause:
                raise BadAnswer(
                    f"{self._trouble}, for {retry_policy.requested_pause:g} s; try again later"
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
        """Send the given keys once, if that is possible now; the campaign as VOXO then has it.

        Raises as `Voxo.update` does, and Interrupted where the run was interrupted before it left.
        """
        try:
            response = self._voxo.update(self.campaign_id, body, self._permit)
        except WriteDeferred as deferral:
            self._deferred_since = self._deferred_since if self._deferrals else self._limiter.now()
            self._deferrals += 1
            self._trouble = str(deferral)
            raise
        self._deferrals = 0
        return response

    def looks(self, failures: int, *, late: bool) -> Iterator[None]:
        """Wait after a write of unknown outcome, for it to have landed; an interrupted run does not wait.

        Args:
            failures: how many such writes there were of this campaign.
            late: whether to wait until it cannot land late any more, and to look what it does meanwhile.

        Yields:
            While it waits, whenever it is time to look at the campaign.
        """
        end = self._limiter.now() + self._limiter.retry_policy.late_write
        try:
            self._limiter.sleep(self._limiter.backoff(failures), self._stop)
            while late and (remaining := end - self._limiter.now()) > 0:
                yield
                self._limiter.sleep(min(_BETWEEN_LOOKS, remaining), self._stop)
        except Interrupted:
            return

    def _permit(self) -> None:
        """Returns where a write may leave; called when there is a connection for it."""
        if self._stop.is_set():
            raise Interrupted(INTERRUPTED)
        if not self._limiter.is_open():
            raise WriteDeferred("VOXO asks to wait; nothing was changed")
        if self._limiter.now() > self._fresh_until:
            raise WriteDeferred(
                "the campaign was read too long ago to be sure; nothing was changed"
            )
