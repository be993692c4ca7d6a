"""What a call asks for: which definitions, compared with what, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.cli.target import Flags
    from voxosync.model.shard import Shard

FAIL_ON = {
    "plan": (ChangeKind.CHANGE, ChangeKind.CONFLICT),
    "drift": (ChangeKind.DRIFT, ChangeKind.CONFLICT),
}
"""With a base, the kinds of differences that make status 2 where nobody says otherwise, by command."""


@dataclass(frozen=True, slots=True)
class Request:
    """Which definitions are compared with which VOXO, and with which merge base.

    Attributes:
        paths: files or folders of definitions; none: the campaigns folder.
        only: campaign ids; none: all.
        base: the ref whose merge base with HEAD is the third side.
        kinds: the kinds of differences to send.
        concurrency: how many requests at once.
        max_rate: how many requests a second, by all of them together; None: no limit.
        flags: what the options say about VOXO itself.
        shard: the part of the campaigns that this call looks at; None: all.
    """

    paths: Sequence[Path]
    only: Sequence[int]
    base: str | None
    kinds: tuple[ChangeKind, ...]
    concurrency: int
    max_rate: float | None
    flags: Flags
    shard: Shard | None = None

    @property
    def is_limited(self) -> bool:
        """Whether only a part of the definitions is looked at."""
        return bool(self.paths or self.only)

    @property
    def is_whole(self) -> bool:
        """Whether every definition is looked at."""
        return not self.is_limited and self.shard is None

    def covers(self, campaign_id: int) -> bool:
        """Whether this call would look at a campaign, were there a definition of it."""
        return not self.is_limited and (self.shard is None or self.shard.holds(campaign_id))
