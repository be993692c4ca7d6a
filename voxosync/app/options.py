"""What a caller chooses: the connection, the definitions to work with, and how a plan is applied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.model.change_kind import SENT_FROM_RECORD, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.shard import Shard

_AGE = re.compile(r"([0-9]{1,5})([dh])")
JOURNAL = Path(".voxosync/runs")
"""The folder of the journals, in the project folder."""
APPLIED = "@applied"
"""The merge base that stands for the commit of the applied record."""
EXIT_KINDS = {
    "plan": (ChangeKind.CHANGE, ChangeKind.PENDING, ChangeKind.CONFLICT),
    "drift": (ChangeKind.DRIFT, ChangeKind.PENDING, ChangeKind.CONFLICT),
}
"""With a merge base, the kinds of differences that make exit status 2 by default, by command."""


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Which VOXO to use and how; None: an environment variable, `voxosync.yaml` or the default decides.

    Attributes:
        token_file: the file that holds the API token.
        read: how campaigns are read: `auto`, `admin` or `v2`.
        concurrency: how many requests at once.
        max_rate: how many requests per second, all workers together; None: no limit.
    """

    base_url: str | None = None
    tenant_id: int | None = None
    token_file: Path | None = None
    read: str | None = None
    concurrency: int = 8
    max_rate: float | None = None


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Which definitions are compared, and with which merge base.

    Attributes:
        paths: files or folders of definitions, relative to the project folder; empty: the campaigns folder.
        only: campaign ids; empty: all.
        shard: the part of the campaigns to work on; None: all.
        base: the Git ref whose merge base with HEAD is the third side.
        kinds: the kinds of differences to send; the others are left alone. Empty: all of them, but a plan that
            moves the applied record sends only what was committed, and no changes made by hand.
    """

    paths: Sequence[Path] = ()
    only: Sequence[int] = ()
    shard: Shard | None = None
    base: str | None = None
    kinds: Sequence[ChangeKind] = ()

    def kinds_to_send(self, *, moves_record: bool = False) -> tuple[ChangeKind, ...]:
        """The kinds of differences to send: those that are named, or else the default of the base."""
        if self.base != APPLIED:
            return tuple(self.kinds or ChangeKind)
        selected = self.kinds or (SENT_FROM_RECORD if moves_record else tuple(ChangeKind))
        # what the record does not have yet is pending
        pending = (ChangeKind.PENDING,) if ChangeKind.CHANGE in selected else ()
        return tuple(dict.fromkeys((*selected, *pending)))

    @property
    def is_limited(self) -> bool:
        """Whether paths or ids limit the definitions."""
        return bool(self.paths or self.only)

    @property
    def is_complete(self) -> bool:
        """Whether every definition is included."""
        return not self.is_limited and self.shard is None

    def covers(self, campaign_id: int) -> bool:
        """Whether a campaign would be included if it had a definition."""
        return not self.is_limited and (self.shard is None or self.shard.holds(campaign_id))


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is sent.

    Attributes:
        quiesce: pause a campaign that dials while its numbers change.
        fail_fast: start no further campaign after one that failed.
    """

    quiesce: bool = False
    fail_fast: bool = False


def parse_moment(text: str) -> datetime | timedelta:
    """A date, as the moment in UTC when it begins, or a time before now: `7d`, `12h`.

    Raises:
        ValueError: the text is neither.
    """
    if age := _AGE.fullmatch(text):
        return timedelta(hours=int(age[1]) * (24 if age[2] == "d" else 1))
    return datetime.combine(date.fromisoformat(text), time(), UTC)
