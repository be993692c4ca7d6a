"""The options that override guards."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from voxosync.app.guard_overrides import GuardOverrides
from voxosync.model.guard import Limit

if TYPE_CHECKING:
    from collections.abc import Callable

_LIMIT = re.compile(r"([0-9]{1,9})(%?)")


def guard_overrides(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes`, and the flags that override guards, passed to the command as one `overrides`."""

    @click.option("--yes", is_flag=True, help="Send without asking for approval.")
    @click.option(
        "--max-campaigns", callback=_limit, metavar="N|N%",
        help="Allow up to N campaigns, or N% of managed campaigns, to change.",
    )  # fmt: skip
    @click.option(
        "--max-numbers-removed", callback=_limit, metavar="N|N%",
        help="Allow up to N numbers, or N% of its live numbers, to be removed from a campaign.",
    )  # fmt: skip
    @click.option(
        "--allow-go-live", is_flag=True, help="Allow campaigns to start dialing or to dial more."
    )
    @click.option(
        "--during-freeze",
        metavar="REASON",
        help="Send even though changes are frozen; the journal records the reason.",
    )
    @click.option(
        "--continue-go-live", is_flag=True,
        help="Allow campaigns to start dialing, or to get numbers, even if another one failed.",
    )  # fmt: skip
    @wraps(command)
    def wrapped(
        *args: Any,
        max_campaigns: Limit | None,
        max_numbers_removed: Limit | None,
        allow_go_live: bool,
        during_freeze: str | None,
        continue_go_live: bool,
        **kwargs: Any,
    ) -> Any:
        if during_freeze is not None and not during_freeze.strip():
            raise click.UsageError("--during-freeze requires a reason")
        overrides = GuardOverrides(
            max_campaigns, max_numbers_removed, allow_go_live, during_freeze, continue_go_live
        )
        return command(*args, overrides=overrides, **kwargs)

    return wrapped


def _limit(_: click.Context, __: click.Parameter, value: str | None) -> Limit | None:
    if value is None:
        return None
    match = _LIMIT.fullmatch(value)
    if match is None:
        raise click.BadParameter("write a number such as 5, or a percentage such as 30%")
    return Limit(int(match[1]), is_percent=bool(match[2]))
