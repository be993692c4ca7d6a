"""The result of an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.model.problem import Problem


@dataclass(frozen=True, slots=True)
class ImportedCampaign:
    """A live campaign whose definition was written; files are named as `file:line` names them.

    Attributes:
        file: the definition.
        numbers: how many phone numbers the campaign has.
        csv: the CSV file of the numbers; None: the definition holds them.
        unused_csv: the CSV file of an earlier definition, which this one does not use; None: there is none.
        left_out: the fields whose values VOXO would not accept, so that they are comments.
    """

    id: int
    name: str
    file: str
    numbers: int
    csv: str | None
    unused_csv: str | None
    left_out: Sequence[str]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import wrote.

    Attributes:
        campaigns: those whose definitions were written.
        failures: campaign to the reason why it has no definition, or why it is not in sync.
        skipped: campaigns that already have a definition, each with its file.
        problems: what is wrong with the definitions that were written.
    """

    campaigns: Sequence[ImportedCampaign]
    failures: Mapping[int, str]
    skipped: Mapping[int, str]
    problems: Sequence[Problem]

    @property
    def exit_status(self) -> int:
        """3 if a campaign failed, otherwise 0."""
        return 3 if self.failures else 0
