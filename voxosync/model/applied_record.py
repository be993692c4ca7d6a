"""The applied record, as plans and reports use it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class RecordStep:
    """The step of the record from its present commit to the one whose definitions a plan sends.

    Attributes:
        ref: the record, such as `refs/voxosync/applied/prod`.
        before: the recorded commit, as a full hash.
        after: the commit that holds the definitions; None: no commit that may follow `before` holds them.
        is_partial: whether the plan is limited to some campaigns, so that the record does not move.
    """

    ref: str
    before: str
    after: str | None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the history.

    Attributes:
        id: its full hash.
        time: when it was committed, in UTC.
        subject: the first line of its message; text from outside.
    """

    id: str
    time: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """What the record names, and what is pending.

    Attributes:
        ref: the record.
        remote: the name of the remote that holds it.
        commit: the recorded commit.
        head: the commit that is checked out, as a full hash.
        follows: whether `head` descends from `commit`, or is it.
        pending: the commits between the two that touch the project, newest first.
    """

    ref: str
    remote: str
    commit: Commit
    head: str
    follows: bool
    pending: Sequence[Commit] = ()
