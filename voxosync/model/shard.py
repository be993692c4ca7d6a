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
        """Whether a campaign belongs to this part, always the same one, whatever other campaigns there are.

        A checksum of the id decides, because ids that grow in steps of ten, say, would fill only a few parts.
        """
        return crc32(str(campaign_id).encode()) % self.count == self.index - 1

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
