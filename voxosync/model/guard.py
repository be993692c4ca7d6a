"""Guards: what apply refuses to do without an explicit override, whatever the plan says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, time

    from voxosync.model.shard import Shard

_LIMIT = re.compile(r"([0-9]{1,9})(%?)")


class GuardName(StrEnum):
    """Every guard that can refuse a plan, by its name in `voxosync.yaml`; `schemas/plan.schema.json` lists them too."""

    MAX_CAMPAIGNS = "maxCampaigns"
    MAX_NUMBERS_REMOVED = "maxNumbersRemoved"
    GO_LIVE = "goLive"
    FROZEN = "frozen"


class GoLive(StrEnum):
    """What happens to a plan that lets campaigns start dialing or dial more."""

    ALLOW = "allow"
    CONFIRM = "confirm"
    DENY = "deny"


class RemovedDefinitions(StrEnum):
    """What happens to a dialing campaign whose definition a branch removes."""

    KEEP = "keep"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most a number, or a percentage, of a total.

    Attributes:
        above: the limit applies only where the total is larger than this; 0: always.
    """

    amount: int
    is_percent: bool
    above: int = 0

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The limit that people write: `5`, or `30%`.

        Raises:
            ValueError: the text is neither.
        """
        match = _LIMIT.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), is_percent=bool(match[2]))

    def applies_to(self, total: int) -> bool:
        """Whether the total is large enough for the limit."""
        return not self.above or total > self.above

    def allows(self, count: int, total: int) -> bool:
        """Whether `count` of `total` stays within the limit."""
        if not self.applies_to(total):
            return True
        return count * 100 <= self.amount * total if self.is_percent else count <= self.amount

    def share(self, shard: Shard) -> Limit:
        """The limit for one shard, so that all shards together stay within this limit.

        A percentage is of the shard's own total. A count is divided; the first shards get the remainder, so that the
        shares add up to the count.
        """
        if self.is_percent:
            return replace(self, above=0)
        return replace(
            self, amount=(self.amount + shard.count - shard.index) // shard.count, above=0
        )

    def __str__(self) -> str:
        return f"{self.amount}{' %' if self.is_percent else ''}"


@dataclass(frozen=True, slots=True)
class Freeze:
    """When apply refuses to send, by the clock of a time zone.

    Attributes:
        timezone: an IANA name.
        dates: (first, last) days, both included.
        weekdays: for a weekday (Monday is 0) the (from, until) times of day; until None: to its end.
    """

    timezone: str
    dates: tuple[tuple[date, date], ...] = ()
    weekdays: Mapping[int, tuple[tuple[time, time | None], ...]] | None = None


@dataclass(frozen=True, slots=True)
class Guards:
    """The guards of a project, with the defaults for what `voxosync.yaml` does not set.

    Attributes:
        max_removed_by_empty_file: replaces `max_numbers_removed` where a CSV file without rows would empty a campaign,
            which is more likely a failed export than intended; no setting changes it.
    """

    max_campaigns: Limit = Limit(30, is_percent=True, above=10)
    max_numbers_removed: Limit = Limit(20, is_percent=True, above=10)
    go_live: GoLive = GoLive.CONFIRM
    removed_definitions: RemovedDefinitions = RemovedDefinitions.KEEP
    freeze: Freeze | None = None
    max_removed_by_empty_file: Limit = Limit(0, is_percent=False)


@dataclass(frozen=True, slots=True)
class RemovedNumbers:
    """Numbers that would be removed from a campaign.

    Attributes:
        count: how many numbers.
        total: of how many.
        empty_file: the CSV file without rows that would empty the campaign, if one does.
    """

    campaign: int
    count: int
    total: int
    empty_file: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """What guards judge: how much would be sent, out of how much, and which campaigns would start dialing.

    Attributes:
        updates: how many campaigns would change.
        creations: how many would be created, which no guard limits.
        managed: how many campaigns are managed.
        shard: the part of them that the plan covers; None: all.
        shard_managed: how many campaigns are in that part.
        removed_numbers: those of each campaign that loses numbers.
        go_lives: the ids of the campaigns that would start dialing or dial more; for a new one, its name.
    """

    updates: int = 0
    creations: int = 0
    managed: int = 0
    shard: Shard | None = None
    shard_managed: int = 0
    removed_numbers: Sequence[RemovedNumbers] = ()
    go_lives: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard that refuses a plan.

    Attributes:
        guard: which one.
        message: what it refuses, and why.
        flag: the option that overrides it.
        answerable: whether the answer of a person at a terminal, or a reviewed saved plan, overrides it too.
    """

    guard: GuardName
    message: str
    flag: str
    answerable: bool = False

    @property
    def verdict(self) -> str:
        """What apply does about it."""
        return "apply asks first" if self.answerable else "apply refuses"

    def __str__(self) -> str:
        return f"{self.message}; to proceed anyway, pass {self.flag}"
