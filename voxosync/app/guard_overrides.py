"""Overrides of the guards for one run, as flags give them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.errors import GuardError
from voxosync.model.guard import GoLive, Guards, Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.guard import Refusal


@dataclass(frozen=True, slots=True)
class GuardOverrides:
    """What a caller allows beyond the guards of the project.

    Attributes:
        max_campaigns: replaces the project's limit.
        max_numbers_removed: replaces the project's limit.
        allow_go_live: lets campaigns start dialing and dial more.
        during_freeze: why changes cannot wait for the end of a freeze.
        continue_go_live: lets campaigns start dialing although another campaign failed before them.
    """

    max_campaigns: Limit | None = None
    max_numbers_removed: Limit | None = None
    allow_go_live: bool = False
    during_freeze: str | None = None
    continue_go_live: bool = False

    def apply_to(self, guards: Guards) -> Guards:
        """The project's guards with these overrides."""
        return replace(
            guards,
            max_campaigns=self.max_campaigns or guards.max_campaigns,
            max_numbers_removed=self.max_numbers_removed or guards.max_numbers_removed,
            max_removed_by_empty_file=self.max_numbers_removed or guards.max_removed_by_empty_file,
            go_live=GoLive.ALLOW if self.allow_go_live else guards.go_live,
            freeze=None if self.during_freeze else guards.freeze,
        )

    def flags(self) -> dict[str, str]:
        """The overrides as command-line flags, for the journal."""
        values = {
            "--max-campaigns": self.max_campaigns,
            "--max-numbers-removed": self.max_numbers_removed,
            "--allow-go-live": "yes" if self.allow_go_live else None,
            "--during-freeze": self.during_freeze,
            "--continue-go-live": "yes" if self.continue_go_live else None,
        }
        return {flag: str(value) for flag, value in values.items() if value is not None}


def guard_error(refusals: Sequence[Refusal]) -> GuardError:
    """The error that names the guards that refuse a plan."""
    lines = "\n".join(f"  {refusal.guard}: {refusal}" for refusal in refusals)
    return GuardError(f"nothing was sent: a guard refuses\n{lines}")
