"""Who gave a field the value that Git has, and when voxosync last sent the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class Revision(NamedTuple):
    """The commit that last changed a line.

    Attributes:
        commit: its id in full.
        author: the name that Git has of its author.
        at: when it was written.
    """

    commit: str
    author: str
    at: datetime


class Sending(NamedTuple):
    """A run that sent a field, which VOXO accepted.

    Attributes:
        run: the id of the run.
        at: when it began.
    """

    run: str
    at: datetime
