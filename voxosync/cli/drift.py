"""`voxosync drift`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.request import FAIL_ON
from voxosync.cli.showing import showing as shown
from voxosync.cli.target import resolve
from voxosync.cli.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.cli.request import Request
    from voxosync.cli.showing import Showing
    from voxosync.model.kind import ChangeKind


@click.command("drift")
@options.request(kinds=False)
@shown
@click.option(
    "--unmanaged", type=click.Choice(["ignore", "report", "fail"]),
    help="What to do about the tenant's campaigns without a definition; fail makes status 2.  "
    "[default: report, where the tenant is known]",
)  # fmt: skip
@options.fail_on(FAIL_ON["drift"])
@options.live
@options.journal
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    request: Request,
    showing: Showing,
    unmanaged: str | None,
    fail_on: tuple[ChangeKind, ...] | None,
    live_file: Path | None,
    journal: Path,
) -> None:
    """Report where VOXO differs from the definitions.

    Sends nothing.

    Exit status: 0 nothing differs; 1 the call or a definition is wrong; 2 something differs; 3 a
    campaign is missing or could not be compared.
    """
    counting = options.counting(request, fail_on, FAIL_ON["drift"])
    showing.check()
    with output.annotated_definitions(context, showing.format_name):
        plan = pipeline.compare(context, request, live_file, Watch(unmanaged), journal=journal)
    tenant_id = resolve(context, request.flags).tenant_id
    plan = showing.remember(plan, tenant_id=tenant_id, whole=request.is_whole)
    showing.show(context, plan, "drift", counting)
    sys.exit(plan.exit_status(count=counting))
