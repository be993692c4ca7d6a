"""The part of all campaigns that a plan covers, such as a shard: one of equal parts for several machines at once."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARD = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The part `index` (from 1) of `count`."""

    index: int
    count: int

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The shard that people write: `1/4`, the inverse of `str`.

        Raises:
            ValueError: the text is not one, or there are fewer parts.
        """
        match = _SHARD.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    def holds(self, campaign_id: int) -> bool:
        """Whether a campaign belongs to this part, always the same one, whatever other campaigns there are.

        A checksum of the id decides, because ids that grow in steps of ten, say, would fill only a few parts.
        """
        return crc32(str(campaign_id).encode()) % self.count == self.index - 1

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


@dataclass(frozen=True, slots=True)
class PlanPart:
    """Which part of the managed campaigns a plan covers, for guards whose limits are percentages.

    Attributes:
        managed: how many campaigns with an id are managed; None: those of the plan.
        shard: the shard of the plan; None: it covers all that are chosen otherwise.
        shard_managed: how many of the managed campaigns are in this shard; None: those of the plan.
    """

    managed: int | None = None
    shard: Shard | None = None
    shard_managed: int | None = None

    def to_document(self) -> dict[str, Any]:
        """The same as plans hold it."""
        return {
            **({"managed": self.managed} if self.managed is not None else {}),
            **({"shard": asdict(self.shard)} if self.shard is not None else {}),
            **({"shardManaged": self.shard_managed} if self.shard_managed is not None else {}),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> PlanPart:
        """The part of the plan that a document holds."""
        return cls(
            managed=document.get("managed"),
            shard=Shard(**document["shard"]) if "shard" in document else None,
            shard_managed=document.get("shardManaged"),
        )
