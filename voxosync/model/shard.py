"""Shards: equal parts of all campaigns, for several machines at once."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The part `index` (from 1) of `count`."""

    index: int
    count: int

    def holds(self, campaign_id: int) -> bool:
        """Whether a campaign is of this part: for ever the same one, whatever other campaigns there are.

        By a checksum of the id, because ids that were given in steps of ten, say, would fill few parts.
        """
        return crc32(str(campaign_id).encode()) % self.count == self.index - 1

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
