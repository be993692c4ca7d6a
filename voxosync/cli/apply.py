"""`voxosync apply`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import Target, resolve
from voxosync.errors import UsageError
from voxosync.model.outcome import exit_status
from voxosync.model.plan import Plan, Status
from voxosync.report import text

if TYPE_CHECKING:
    from voxosync.cli.options import Request
    from voxosync.voxo.client import Voxo


@click.command("apply")
@options.request()
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Apply just this saved plan; the definitions are not read.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Send without asking.")
@options.show_numbers
@pass_context
def command(
    context: Context, *, request: Request, plan_file: Path | None, yes: bool, show_numbers: bool
) -> None:
    """Make VOXO agree with the definitions.

    Plans, shows the plan, asks, sends the smallest requests, and verifies what VOXO then has.

    Exit status: 0 VOXO agrees; 1 the call or a definition is wrong, or the answer was no: nothing was
    sent; 3 a campaign could not be planned or applied.
    """
    if plan_file is not None and (request.is_limited or request.base):
        raise click.UsageError(
            "--plan applies a saved plan whole: leave out PATH, --only and --base"
        )
    if not yes and not output.is_terminal(sys.stdin):
        raise click.UsageError("there is no terminal to ask on: pass --yes to send without asking")
    target = resolve(context, request.flags)
    wanted = [] if plan_file else pipeline.definitions(context, request.paths, request.only)
    with pipeline.connect(target) as voxo:
        saved = _saved(plan_file, voxo) if plan_file else None
        plan = saved or pipeline.ask(context, request, target, voxo, wanted)
        output.result(text.plan(plan, output.view(context, show_numbers=show_numbers)))
        status = plan.exit_status(count=())
        if plan.differs:
            if not yes:
                _confirm(plan)
            status = max(status, _send(context, request, target, voxo, plan))
    sys.exit(status)


def _saved(path: Path, voxo: Voxo) -> Plan:
    from voxosync.sync.saved import read_plan  # noqa: PLC0415  # as in pipeline.connect

    return read_plan(path, voxo.base_url)


def _confirm(plan: Plan) -> None:
    if not click.confirm(f"Send this to {plan.base_url}?", default=False, err=True):
        raise UsageError("not confirmed: nothing was sent")


def _send(context: Context, request: Request, target: Target, voxo: Voxo, plan: Plan) -> int:
    from voxosync.sync.apply import apply_plan  # noqa: PLC0415  # as in pipeline.connect

    with output.Progress(context, "Applying", plan.count(Status.UPDATE)) as progress:
        results = apply_plan(
            voxo,
            plan,
            tenant_id=target.tenant_id,
            workers=request.concurrency,
            done=lambda _: progress.advance(),
        )
    output.result("\n" + text.results(results, output.view(context)))
    return exit_status(results)
