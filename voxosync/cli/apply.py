"""`voxosync apply`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import Flags, Target, resolve
from voxosync.errors import UsageError
from voxosync.model.outcome import exit_status
from voxosync.model.plan import Status
from voxosync.report import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.plan import Plan
    from voxosync.voxo.client import Voxo


@click.command("apply")
@options.paths
@options.only
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Apply just this saved plan; the definitions are not read.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Send without asking.")
@options.show_numbers
@options.concurrency
@options.connection
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    paths: Sequence[Path],
    only: Sequence[int],
    plan_file: Path | None,
    yes: bool,
    show_numbers: bool,
    concurrency: int,
    flags: Flags,
) -> None:
    """Make VOXO agree with the definitions: plan, ask, send, verify.

    Exit status: 0 VOXO agrees; 1 the call or a definition is wrong, or the answer was no: nothing was
    sent; 3 a campaign could not be planned or applied.
    """
    if plan_file is not None and (paths or only):
        raise click.UsageError("--plan applies a saved plan whole: leave out PATH and --only")
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: pass --yes to send without asking")
    target = resolve(context, flags)
    wanted = [] if plan_file else pipeline.definitions(context, paths, only)
    saved = pipeline.saved_plan(plan_file, target) if plan_file else None
    with pipeline.connect(target) as voxo:
        plan = saved or pipeline.ask(context, voxo, target, wanted, concurrency)
        output.result(text.plan(plan, output.view(context, show_numbers=show_numbers)))
        status = plan.exit_status(differences_count=False)
        if plan.differs:
            if not yes:
                _confirm(plan)
            status = max(status, _send(context, voxo, target, plan, concurrency))
    sys.exit(status)


def _confirm(plan: Plan) -> None:
    question = f"Send this to {plan.base_url}?"
    if not click.confirm(question, default=False, err=True):
        raise UsageError("not confirmed: nothing was sent")


def _send(context: Context, voxo: Voxo, target: Target, plan: Plan, workers: int) -> int:
    from voxosync.sync.apply import apply_plan  # noqa: PLC0415  # as in pipeline.connect

    with output.Progress(context, "Applying", plan.count(Status.UPDATE)) as progress:
        results = apply_plan(
            voxo, plan, tenant_id=target.tenant_id, workers=workers,
            done=lambda _: progress.advance(),
        )  # fmt: skip
    output.result("\n" + text.results(results, output.view(context)))
    return exit_status(results)
