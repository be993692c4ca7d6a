"""`voxosync import`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options as shared
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import CampaignId, WholeNumber
from voxosync.model.phone import masked_in
from voxosync.report.escape import terminal
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.app.import_files import Draft
    from voxosync.app.importing import Import
    from voxosync.app.options import ConnectionOptions
    from voxosync.app.project import Project


@click.command("import")
@click.option(
    "--id", "ids", multiple=True, type=CampaignId(), metavar="ID",
    help="Import this campaign; repeatable.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Import every campaign of the tenant.")
@click.option(
    "--match", metavar="GLOB",
    help="Import the tenant's campaigns whose names match, such as 'Spring*'.",
)  # fmt: skip
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The folder to write to: the campaigns folder, or one below it.  [default: the campaigns folder]",
)  # fmt: skip
@click.option(
    "--numbers-inline", "inline", type=WholeNumber(min=0), default=200, show_default=True,
    metavar="N", help="Write lists of more than N numbers to CSV files.",
)  # fmt: skip
@click.option(
    "--overwrite", is_flag=True,
    help="Replace existing definitions. Comments are lost; voxosync: and field1 … field9 are kept.",
)  # fmt: skip
@shared.requests
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    connection: ConnectionOptions,
    ids: Sequence[int],
    everything: bool,
    match: str | None,
    into: Path | None,
    inline: int,
    overwrite: bool,
) -> None:
    """Write definitions of live campaigns.

    Each definition gets a file of its own, named after the campaign's name and id, and is in sync from the start.
    Campaigns that have a definition are skipped. A value that VOXO holds but would not accept becomes a comment.

    Exit status: 0 written; 1 invalid arguments or definitions, or a file is in the way: nothing was
    written; 3 a campaign could not be read; the others are written.
    """
    from voxosync.app.importing import ImportOptions  # noqa: PLC0415  # 0.1 s that --help need not wait for

    if not (ids or everything or match is not None):
        raise click.UsageError("to choose campaigns, pass --id, --all, or --match")
    if ids and (everything or match is not None):
        raise click.UsageError("--id cannot be combined with --all or --match")
    with context.project(connection) as project:
        result = project.import_campaigns(ImportOptions(ids, match, into, inline, overwrite))
        _report(context, project, result)
    sys.exit(3 if result.failures else 0)


def _report(context: Context, project: Project, result: Import) -> None:
    if not context.quiet:
        _report_skipped(context, result)
    problems = [problem for problem in result.problems if problem.is_error or context.verbose]
    output.show_problems(problems, verbose=context.verbose)
    for campaign_id, reason in result.failures.items():
        output.remark(f"{campaign_id}: {masked_in(reason)}")
    display = project.layout.display_path
    for draft in result.drafts:
        if draft.old is not None and draft.emitted.csv is None and draft.contacts.exists():
            output.remark(f"{display(draft.contacts)}: no longer used; remove it")
        if draft.emitted.left_out and not context.quiet:
            names = ", ".join(draft.emitted.left_out)
            output.remark(f"{display(draft.path)}: left out (see its comments): {names}")
    lines = [terminal(_line(project, draft)) for draft in result.drafts]
    failed = f", {len(result.failures)} failed" if result.failures else ""
    lines.append(f"Imported {count(len(result.drafts), 'campaign')}{failed}.")
    if not result.drafts and not result.failures:
        reason = (
            "all of these campaigns have a definition"
            if result.skipped
            else "the tenant has no campaigns"
        )
        lines = [f"Nothing to import: {reason}."]
    if result.drafts:
        env = f" --env {shlex.quote(context.environment)}" if context.environment else ""
        lines.append(f"Next: voxosync{terminal(env)} plan")
    output.result("".join(f"{line}\n" for line in lines))


def _report_skipped(context: Context, result: Import) -> None:
    if result.skipped:
        output.remark(f"{count(len(result.skipped), 'campaign')} skipped: already defined")
        if context.verbose:
            output.remark("\n".join(f"  {i}: {file}" for i, file in result.skipped.items()))


def _line(project: Project, draft: Draft) -> str:
    numbers = count(len(draft.live.numbers), "number")
    if draft.emitted.csv is not None:
        numbers += f" in {project.layout.display_path(draft.contacts)}"
    name = draft.live.values.get("name") or ""
    return f"{project.layout.display_path(draft.path)}  {draft.live.id} {name}  ({numbers})"
