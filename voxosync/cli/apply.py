"""`voxosync apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import guarding, options, output, pipeline, sending
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import resolve
from voxosync.report import text_format

if TYPE_CHECKING:
    from voxosync.cli.guarding import Authority
    from voxosync.cli.request import Request
    from voxosync.cli.sending import Sending


@click.command("apply")
@options.request()
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Apply just this saved plan, once; the definitions are not read.",
)  # fmt: skip
@guarding.authority
@sending.options
@options.show_numbers
@pass_context
def command(  # one parameter a group of options
    context: Context,
    *,
    request: Request,
    plan_file: Path | None,
    authority: Authority,
    how: Sending,
    show_numbers: bool,
) -> None:
    """Make VOXO agree with the definitions.

    Plans, shows the plan, asks, sends the smallest requests, and verifies what VOXO then has.

    Exit status: 0 VOXO agrees; 1 the call or a definition is wrong, a guard refused, or the answer was
    no: nothing was sent; 2 applied, and --kind left a change or a conflict unsent; 3 a campaign could not
    be planned or applied.
    """
    if plan_file is not None and (not request.is_whole or request.base):
        raise click.UsageError(
            "--plan applies a saved plan whole: leave out PATH, --only, --shard and --base"
        )
    guarding.need_somebody_to_ask(authority)
    target = resolve(context, request.flags)
    guarding.need_protected_named(target)
    wanted = pipeline.Wanted()
    if plan_file is None:
        wanted = pipeline.definitions(context, request.paths, request.only, request.shard)
    with pipeline.connect(target, request) as voxo:
        digest = None
        if plan_file is not None:
            saved = pipeline.saved(plan_file, voxo, how.journal)
            plan, digest = saved.plan, saved.digest
        else:
            plan = pipeline.ask(
                context, request, target, voxo, wanted, journal=how.journal, quiesce=how.quiesce
            )
        guards = authority.over(target.guards)
        plan = pipeline.guarded(plan, guards, reviewed=plan_file is not None)
        output.result(
            text_format.render_plan(plan, output.view(context, show_numbers=show_numbers))
        )
        status = plan.exit_status(count=())
        if plan.differs:
            guarding.confirm(plan, authority)
            run = sending.Run("apply", context, request, target, authority, how)
            status = max(status, run.send(voxo, plan, saved_plan=digest))
    if not context.quiet and (unsent := text_format.describe_unsent(plan)):
        output.remark(unsent)
    raise SystemExit(status or (2 if plan.leaves_unsent else 0))
