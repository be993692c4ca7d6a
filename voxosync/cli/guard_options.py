"""The options that override guards."""

from __future__ import annotations

import click

from voxosync.app.guard_overrides import GuardOverrides
from voxosync.cli.options import options_as
from voxosync.cli.parameter_types import limit


def _reason(text: str) -> str:
    if not text.strip():
        raise click.UsageError("--during-freeze requires a reason")
    return text


guard_overrides = options_as(
    "overrides",
    GuardOverrides,
    click.option("--yes", is_flag=True, help="Send without asking for approval."),
    click.option(
        "--max-campaigns", type=limit, metavar="N|N%",
        help="Allow up to N campaigns, or N% of managed campaigns, to change.",
    ),
    click.option(
        "--max-numbers-removed", type=limit, metavar="N|N%",
        help="Allow up to N numbers, or N% of its live numbers, to be removed from a campaign.",
    ),
    click.option(
        "--allow-go-live", is_flag=True, help="Allow campaigns to start dialing or to dial more."
    ),
    click.option(
        "--during-freeze", type=_reason, metavar="REASON",
        help="Send even though changes are frozen; the journal records the reason.",
    ),
    click.option(
        "--continue-go-live", is_flag=True,
        help="Allow campaigns to start dialing, or to get numbers, even if another one failed.",
    ),
)  # fmt: skip
"""`--yes`, and the flags that override guards, passed to the command as one `overrides`."""
