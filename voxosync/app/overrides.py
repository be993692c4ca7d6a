"""Guards for one call: the flags that override them, and the approval of a plan that runs into some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from voxosync.errors import GuardError, UsageError
from voxosync.model.guard import GoLive, Guards, Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.app.creating import CreationPlan
    from voxosync.app.listener import Listener
    from voxosync.model.guard import Refusal
    from voxosync.model.plan import Plan

Approvable = TypeVar("Approvable", "Plan", "CreationPlan")
"""What a person approves: it has a `base_url`, and `refusals` of guards."""


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

    def over(self, guards: Guards) -> Guards:
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


def approve(plan: Approvable, listener: Listener, *, yes: bool) -> Approvable:
    """Asks for approval of a plan, and returns the approved plan, which no guard refuses any more.

    Args:
        plan: what is to be sent or created, with the guards that it runs into.
        listener: asks; a listener that is not interactive cannot lift a guard.
        yes: whether the plan may be sent without asking, apart from guards.

    Raises:
        GuardError: a guard refuses.
        UsageError: the answer was no.
    """
    questions = [refusal for refusal in plan.refusals if refusal.answerable]
    final = [refusal for refusal in plan.refusals if not refusal.answerable]
    if not listener.is_interactive:
        final += questions
    if final:
        raise refused(final)
    for refusal in questions:
        _ask(f"{refusal.message[0].upper()}{refusal.message[1:]}. Let them dial?", listener)
    if not yes:
        _ask(f"Send this to {plan.base_url}?", listener)
    return replace(plan, refusals=())


def refused(refusals: Sequence[Refusal]) -> GuardError:
    """The error that names the guards that refuse a plan."""
    lines = "\n".join(f"  {refusal.guard}: {refusal}" for refusal in refusals)
    return GuardError(f"nothing was sent: a guard refuses\n{lines}")


def _ask(question: str, listener: Listener) -> None:
    if not listener.confirm(question):
        raise UsageError("not confirmed: nothing was sent")
