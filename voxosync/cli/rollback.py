"""`voxosync rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.cli import guard_options, output, plan_runner, questions
from voxosync.cli import options as shared
from voxosync.cli.context import Context, pass_context
from voxosync.report import rollback_text as report
from voxosync.report import text_format

if TYPE_CHECKING:
    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.options import ApplyOptions


@click.command("rollback")
@shared.run_argument(required=True)
@shared.only
@shared.requests
@click.option("--force", is_flag=True, help="Also restore fields that have changed since the run.")
@guard_options.guard_overrides
@shared.apply_options
@shared.journal
@shared.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    run_id: str,
    only: tuple[int, ...],
    force: bool,
    yes: bool,
    overrides: GuardOverrides,
    sending: ApplyOptions,
) -> int:
    """Undo a run.

    Plans the inverse of what RUN sent, shows the plan, asks for approval, and sends it as apply does. A field that
    has changed since the run is restored only with --force. RUN is an id that voxosync history shows, the
    beginning of one, or latest, which is the newest run that sent anything.

    Exit status: 0 everything is as it was before the run; 1 invalid arguments, a guard refused, or the
    answer was no: nothing was sent; 3 a field could not be restored, or has changed since and was left alone.
    """
    questions.require_terminal("send", yes=yes)
    with context.project() as project:
        project.check_protection()
        rollback = project.rollback(
            run_id, only=only, force=force, quiesce=sending.quiesce, overrides=overrides
        )
        plan, undone, reasons = rollback.plan, rollback.run, rollback.skipped.values()
        closing = None
        if not (plan.differs or plan.failed):
            closing = report.explain_nothing_sent(undone, reasons)
        view = output.view(context)
        output.result(text_format.render_plan(plan, view, closing))
        status = rollback.exit_status
        if plan.differs:
            plan = project.approve(plan, yes=yes)
            status = max(
                status,
                plan_runner.send(context, project, plan, sending, overrides, command="rollback"),
            )
            if reasons:
                output.result(f"{report.describe_skipped(reasons)}\n")
            if undone.command == "apply":
                output.note(context, report.warn_definitions_differ(undone))
    return status
