"""`voxosync rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import guarding, options, output, pipeline, sending
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import resolve
from voxosync.errors import UsageError
from voxosync.report import rollback as report
from voxosync.report import text_format
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from voxosync.cli.guarding import Authority
    from voxosync.cli.request import Request
    from voxosync.cli.sending import Sending


@click.command("rollback")
@options.run_argument(required=True)
@options.request(paths=False, base=False, shard=False)
@click.option("--force", is_flag=True, help="Also put back fields that were changed again since.")
@guarding.authority
@sending.options
@options.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    run_id: str,
    request: Request,
    force: bool,
    authority: Authority,
    how: Sending,
    show_numbers: bool,
) -> None:
    """Put a run's fields back.

    Plans the inverse of what RUN sent, shows the plan, asks, and applies it as apply does. A field that
    was changed again since is not touched without --force. RUN is an id of voxosync history, a
    beginning of one, or latest, which is the newest run that sent anything.

    Exit status: 0 everything is as it was before the run; 1 the call is wrong, a guard refused, or the
    answer was no: nothing was sent; 3 something could not be put back, or was changed since and is left.
    """
    from voxosync.sync.call_results import latest_results  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.fetch import fetch_all  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.journal import find_run  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.rollback import plan_rollback, undo  # noqa: PLC0415  # as in pipeline.connect

    guarding.need_somebody_to_ask(authority)
    target = resolve(context, request.flags)
    guarding.need_protected_named(target)
    run = find_run(how.journal, run_id)
    if run.command == "create":
        raise UsageError(
            f"run {run.id} created campaigns, which cannot be undone: VOXO documents no call that "
            "deletes one; write state: PAUSED into their definitions, and apply"
        )
    undone = undo(run, request.only)
    for campaign_id in request.only:
        if campaign_id not in undone:
            raise UsageError(f"--only {campaign_id}: that run sent nothing to this campaign")
    with pipeline.connect(target, request) as voxo:
        if not same_voxo(run.base_url, voxo.base_url):
            raise UsageError(
                f"that run was against {run.base_url}, but this call is about {voxo.base_url}"
            )
        live = fetch_all(voxo, undone, workers=request.concurrency)
        rollback = plan_rollback(
            run,
            undone,
            live,
            latest_results(how.journal, run.base_url),
            now=pipeline.now(),
            tenant_id=target.tenant_id,
            force=force,
            quiesce=how.quiesce,
        )
        reasons = rollback.skipped.values()
        plan = pipeline.guarded(rollback.plan, authority.over(target.guards))
        closing = None if plan.differs or plan.failed else report.explain_nothing_sent(run, reasons)
        view = output.view(context, show_numbers=show_numbers)
        output.result(text_format.render_plan(plan, view, closing))
        status = 3 if reasons else plan.exit_status(count=())
        if plan.differs:
            guarding.confirm(plan, authority)
            this_run = sending.Run("rollback", context, request, target, authority, how)
            status = max(status, this_run.send(voxo, plan))
            if reasons:
                output.result(f"{report.describe_skipped(reasons)}\n")
            if run.command == "apply" and not context.quiet:
                output.remark(report.warn_definitions_differ(run))
    raise SystemExit(status)
