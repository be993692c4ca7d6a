"""The result of a pull: files with VOXO's values, and what could not be written and why. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One file before and after.

    Attributes:
        file: its path, for people.
        before: its lines with their line endings.
        after: the same of the edited file.
        before_masked: the lines of `before` with the numbers that are called masked.
        after_masked: the same of `after`.
    """

    file: str
    before: Sequence[str]
    after: Sequence[str]
    before_masked: Sequence[str]
    after_masked: Sequence[str]


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on one campaign: what is left alone, or where a value was written.

    Attributes:
        field: what it is about; None: the whole campaign.
    """

    id: int
    name: str | None
    file: str
    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Pull:
    """What a pull would write.

    Attributes:
        campaigns: how many were compared, or should have been.
        edits: the files to write.
        pulled: (campaign, field) of everything that is written.
        notes: where values were written, if not where they came from.
        remaining: differences that cannot be written.
        failed: campaigns that could not be read.
        left_alone: how many campaigns differ only in what their definitions ignore or acknowledge.
        live_as_of: when the live state was saved, where it comes from a snapshot.
    """

    campaigns: int
    edits: Sequence[FileEdit] = ()
    pulled: Sequence[tuple[int, str]] = ()
    notes: Sequence[Remark] = ()
    remaining: Sequence[Remark] = ()
    failed: Sequence[Remark] = ()
    left_alone: int = 0
    live_as_of: datetime | None = None

    @property
    def exit_status(self) -> int:
        """3 where a campaign could not be read, 2 where a difference is left, else 0."""
        if self.failed:
            return 3
        return 2 if self.remaining else 0
