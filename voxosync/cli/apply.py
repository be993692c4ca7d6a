"""`voxosync apply`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from voxosync.app.approval import without_refusals
from voxosync.cli import guard_options, output, plan_runner, questions
from voxosync.cli import options as shared
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import FILE
from voxosync.report import plan_summary, text_format

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.guard_overrides import GuardOverrides
    from voxosync.app.options import ApplyOptions, PlanOptions


@click.command("apply")
@shared.plan_options(shared.paths_argument, shared.only, shared.shard, shared.base, shared.kind)
@shared.requests
@click.option(
    "--plan", "plan_file", type=FILE,
    help="Apply this saved plan, which can be applied only once; the definitions are not read.",
)  # fmt: skip
@click.option(
    "--create", is_flag=True,
    help="Also create the campaigns of definitions without an id, and write their ids into the files.",
)  # fmt: skip
@guard_options.guard_overrides
@shared.apply_options
@shared.journal
@shared.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    options: PlanOptions,
    plan_file: Path | None,
    create: bool,
    yes: bool,
    overrides: GuardOverrides,
    sending: ApplyOptions,
) -> int:
    """Make VOXO agree with the definitions.

    Shows the plan, asks for approval, sends only what differs, and verifies the result.

    With --base @applied, sends only what was committed after the applied record, and moves the record
    to HEAD once everything is applied. HEAD must descend from the recorded commit.

    Definitions without an id are skipped unless --create is given. Their campaigns are then created after
    everything else is applied; commit the files, which have the new ids.

    Exit status: 0 VOXO agrees; 1 invalid arguments or definitions, a guard refused, or the answer was
    no: nothing was sent; 2 applied, and a change or a conflict was left unsent; 3 a campaign could not
    be planned or applied, or the applied record could not be moved.
    """
    if plan_file is not None:
        _check_saved(options, create=create)
    questions.require_terminal("send", yes=yes)
    with context.project() as project:
        project.check_protection()
        saved = project.saved_plan(plan_file, overrides=overrides) if plan_file else None
        plan = saved.plan if saved else project.plan(
            options, quiesce=sending.quiesce, overrides=overrides, creating=create, moves_record=True
        )  # fmt: skip
        creation = None
        if create and plan.creates:
            creation = project.plan_listed_creation(plan, overrides=overrides)
        view = output.view(context)
        output.result(text_format.render_plan(plan, view))
        status = plan.exit_status(count=())
        if plan.differs or creation is not None:
            approved_plan = project.approve(plan if create else plan.without_creations(), yes=yes)
            project.record.check_writable(plan, creates=creation is not None)
        if plan.differs:
            sent = replace(saved, plan=approved_plan) if saved else approved_plan
            run_status = plan_runner.send(
                context, project, sent, sending, overrides, command="apply"
            )
            status = max(status, run_status)
        if creation is not None:
            status = plan_runner.create(
                project, without_refusals(creation), overrides, earlier_status=status
            )
        output.note(context, plan_summary.describe_unsent(plan))
        if not create:
            output.note(context, plan_summary.describe_uncreated(plan))
        advance = project.record.advance(plan, status, creates=creation is not None)
    if advance.status or not context.quiet:
        output.remark(advance.message)
    return advance.status


def _check_saved(options: PlanOptions, *, create: bool) -> None:
    """Refuses options that cannot be combined with a saved plan."""
    if not options.is_complete or options.base:
        raise click.UsageError(
            "--plan cannot be combined with PATH, --only, --shard, or --base: a saved plan is applied whole"
        )
    if create:
        raise click.UsageError(
            "--create cannot be combined with --plan: it writes ids into definitions, which a saved plan does not read"
        )
