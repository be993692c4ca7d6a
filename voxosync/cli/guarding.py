"""The options that lift guards, and the question that stands before anything is sent."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from voxosync.cli import output
from voxosync.errors import GuardError, UsageError
from voxosync.model.guard import GoLive, Guards, Limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.cli.target import Target
    from voxosync.model.plan import Plan

_LIMIT = re.compile(r"([0-9]{1,9})(%?)")


@dataclass(frozen=True, slots=True)
class Authority:
    """What somebody allows for this call.

    Attributes:
        yes: sending without a question.
        max_campaigns: instead of the project's limit.
        max_numbers_removed: instead of the project's limit.
        allow_go_live: that campaigns go live.
        during_freeze: why changes cannot wait for the end of a freeze.
        continue_go_live: that campaigns start dialing although another one failed before them.
    """

    yes: bool
    max_campaigns: Limit | None
    max_numbers_removed: Limit | None
    allow_go_live: bool
    during_freeze: str | None
    continue_go_live: bool

    def over(self, guards: Guards) -> Guards:
        """The project's guards as they hold for this call."""
        return replace(
            guards,
            max_campaigns=self.max_campaigns or guards.max_campaigns,
            max_numbers_removed=self.max_numbers_removed or guards.max_numbers_removed,
            max_removed_by_empty_file=self.max_numbers_removed or guards.max_removed_by_empty_file,
            go_live=GoLive.ALLOW if self.allow_go_live else guards.go_live,
            freeze=None if self.during_freeze else guards.freeze,
        )

    def overrides(self) -> dict[str, str]:
        """The flags that were given, for the journal."""
        given = {
            "--max-campaigns": self.max_campaigns,
            "--max-numbers-removed": self.max_numbers_removed,
            "--allow-go-live": "yes" if self.allow_go_live else None,
            "--during-freeze": self.during_freeze,
            "--continue-go-live": "yes" if self.continue_go_live else None,
        }
        return {flag: str(value) for flag, value in given.items() if value is not None}


def authority(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes` and the flags that lift guards, handed to the command as one `authority`."""

    @click.option("--yes", is_flag=True, help="Send without asking.")
    @click.option(
        "--max-campaigns", callback=_limit, metavar="N|N%",
        help="Let so many campaigns change, or so many percent of those managed.",
    )  # fmt: skip
    @click.option(
        "--max-numbers-removed", callback=_limit, metavar="N|N%",
        help="Let so many numbers be removed from a campaign, or so many percent of its live ones.",
    )  # fmt: skip
    @click.option("--allow-go-live", is_flag=True, help="Let campaigns go live.")
    @click.option(
        "--during-freeze", metavar="REASON", help="Send although changes are frozen; journalled."
    )
    @click.option(
        "--continue-go-live", is_flag=True,
        help="Let campaigns start dialing, or get numbers, although another one failed before them.",
    )  # fmt: skip
    @wraps(command)
    def wrapped(
        *args: Any,
        yes: bool,
        max_campaigns: Limit | None,
        max_numbers_removed: Limit | None,
        allow_go_live: bool,
        during_freeze: str | None,
        continue_go_live: bool,
        **kwargs: Any,
    ) -> Any:
        if during_freeze is not None and not during_freeze.strip():
            raise click.UsageError("--during-freeze needs a reason")
        given = Authority(
            yes, max_campaigns, max_numbers_removed, allow_go_live, during_freeze, continue_go_live
        )
        return command(*args, authority=given, **kwargs)

    return wrapped


def need_somebody_to_ask(authority: Authority) -> None:
    """Refuses a call that would have to ask where there is nobody, before anything is fetched."""
    if not authority.yes and not output.is_terminal(sys.stdin):
        raise click.UsageError("there is no terminal to ask on: pass --yes to send without asking")


def need_protected_named(target: Target) -> None:
    """Refuses to send to a protected environment that nobody named, where there is nobody to ask.

    Raises:
        UsageError: says which environment to name.
    """
    if target.unnamed is not None and not output.is_terminal(sys.stdin):
        raise UsageError(
            f"this would send to {target.unnamed}, which is protected: name it, --env {target.unnamed}"
        )


def confirm(plan: Plan, authority: Authority) -> None:
    """Returns where the plan may be sent.

    Args:
        plan: what is to be sent, with the guards that it runs into.
        authority: what somebody allowed for this call.

    Raises:
        GuardError: a guard refuses.
        UsageError: the answer was no.
    """
    open_questions = [found for found in plan.refusals if found.answerable]
    final = [found for found in plan.refusals if not found.answerable]
    if not output.is_terminal(sys.stdin):
        final += open_questions
    if final:
        told = "\n".join(f"  {refusal.guard}: {refusal}" for refusal in final)
        raise GuardError(f"nothing was sent: a guard refuses\n{told}")
    for refusal in open_questions:
        _ask(f"{refusal.message[0].upper()}{refusal.message[1:]}. Let them dial?")
    if not authority.yes:
        _ask(f"Send this to {plan.base_url}?")


def _ask(question: str) -> None:
    if not click.confirm(question, default=False, err=True):
        raise UsageError("not confirmed: nothing was sent")


def _limit(_: click.Context, __: click.Parameter, value: str | None) -> Limit | None:
    if value is None:
        return None
    found = _LIMIT.fullmatch(value)
    if found is None:
        raise click.BadParameter("write a number such as 5, or a percentage such as 30%")
    return Limit(int(found[1]), is_percent=bool(found[2]))
