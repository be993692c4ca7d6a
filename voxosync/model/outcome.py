"""The outcome of each campaign of a plan that was applied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outcome(StrEnum):
    """How applying one campaign ended."""

    APPLIED = "applied"
    ALREADY_SO = "already so"
    STALE = "stale"
    FAILED = "failed"
    NOT_CONVERGED = "not converged"
    UNKNOWN = "unknown"
    NOT_SENT = "not sent"

    @property
    def is_good(self) -> bool:
        """Whether VOXO now has what the plan was to send."""
        return self in (Outcome.APPLIED, Outcome.ALREADY_SO)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one campaign.

    Attributes:
        sent: the fields of the PATCHes of this run that VOXO did not refuse, whether or not they took effect.
        detail: what happened, in words; empty where there is nothing to add.
    """

    id: int
    name: str | None
    file: str
    outcome: Outcome
    sent: tuple[str, ...] = ()
    detail: str = ""


def exit_status(results: Iterable[Result]) -> int:
    """0 where VOXO agrees with the plan, 3 where a campaign does not."""
    return 0 if all(result.outcome.is_good for result in results) else 3
