"""`voxosync import`."""

from __future__ import annotations

import os
import shlex
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.drafting import Draft, Drafting, Live, contents, defined
from voxosync.cli.files import replace_all
from voxosync.cli.target import project as project_of
from voxosync.cli.target import resolve
from voxosync.definitions.settings import read_settings
from voxosync.errors import BadAnswer, CampaignError, UsageError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.phone import masked_in
from voxosync.model.values import Unreadable
from voxosync.report.escape import terminal
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.definitions.find import ProjectLayout
    from voxosync.voxo.client import Voxo


@click.command("import")
@click.option(
    "--id", "ids", multiple=True, type=options.CampaignId(), metavar="ID",
    help="This campaign; repeatable.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Every campaign of the tenant.")
@click.option(
    "--match", metavar="GLOB",
    help="Those of the tenant's campaigns whose name is like this, such as 'Spring*'.",
)  # fmt: skip
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The campaigns folder, or one below it.  [default: the campaigns folder]",
)  # fmt: skip
@click.option(
    "--numbers-inline", "inline", type=click.IntRange(min=0), default=200, show_default=True,
    metavar="N", help="Write more numbers than these to a CSV file.",
)  # fmt: skip
@click.option(
    "--overwrite", is_flag=True,
    help="Rewrite definitions that are there: comments go; voxosync: and field1 … field9 stay.",
)  # fmt: skip
@options.request(paths=False, only=False, base=False, shard=False)
@pass_context
def command(  # noqa: PLR0913  # one parameter an option
    context: Context,
    *,
    request: Request,
    ids: Sequence[int],
    everything: bool,
    match: str | None,
    into: Path | None,
    inline: int,
    overwrite: bool,
) -> None:
    """Write definitions of live campaigns.

    Each goes into a file of its own, named by the campaign's name and id, and is in sync from the start.
    A campaign that has a definition is left alone. What VOXO holds but would not accept becomes a comment.

    Exit status: 0 written; 1 the call or a definition is wrong, or a file is in the way: nothing was
    written; 3 a campaign could not be read; the others are written.
    """
    if not (ids or everything or match is not None):
        raise click.UsageError("which campaigns? Pass --id, --all or --match")
    if ids and (everything or match is not None):
        raise click.UsageError("--id names campaigns: leave out --all and --match")
    target, project = resolve(context, request.flags), project_of(context)
    folder = _folder(project, into)
    existing = defined(project, pipeline.now())
    known = {} if overwrite else {i: found.position.file for i, found in existing.items()}
    with pipeline.connect(target, request) as voxo:
        wanted = _named(ids, known) if ids else _listed(context, voxo, target, match, known)
        found = _read(context, request, voxo, wanted, target.tenant_id)
    drafting = Drafting(
        project, folder, existing, pipeline.now(), inline=inline, environment=_shared(context)
    )
    drafts, failures = _drafts(drafting, found)
    replace_all(*contents(project, drafts, overwrite=overwrite), project.folder)
    failures |= _not_in_sync(context, drafts, target)
    _tell(context, project, drafts, failures)
    sys.exit(3 if failures else 0)


def _folder(project: ProjectLayout, into: Path | None) -> Path:
    """Where new definitions go, by the name that the campaigns folder has."""
    home = os.path.abspath(project.campaigns)  # noqa: PTH100  # resolve() would follow links
    try:
        inside = Path(os.path.relpath(project.folder / into, home)) if into is not None else Path()
    except ValueError:  # on another drive of Windows
        inside = Path("..")
    if any(part.startswith(".") for part in inside.parts):
        raise UsageError(
            f"--into {into}: definitions are read from {project.shown(project.campaigns)} and the folders "
            "below it whose names do not begin with a dot: name one of those"
        )
    return project.campaigns / inside


def _named(ids: Sequence[int], known: Mapping[int, str]) -> list[int]:
    taken = [
        f"{known[campaign_id]} defines {campaign_id}" for campaign_id in ids if campaign_id in known
    ]
    if taken:
        raise UsageError(f"{'; '.join(taken)}: --overwrite rewrites, voxosync pull keeps comments")
    return list(ids)


def _listed(
    context: Context, voxo: Voxo, target: Target, match: str | None, known: Mapping[int, str]
) -> list[int]:
    """The tenant's campaigns that are wanted and have no definition."""
    if target.tenant_id is None:
        raise UsageError(
            "--all and --match need the tenant: set VOXO_TENANT_ID, or pass --tenant-id"
        )
    listed = {
        int(raw["id"]): str(raw.get("name") or "") for raw in voxo.campaigns(target.tenant_id)
    }
    if match is not None:
        pattern = match.casefold()
        listed = {i: name for i, name in listed.items() if fnmatchcase(name.casefold(), pattern)}
        if not listed:
            raise UsageError(
                f"--match {match}: no campaign of tenant {target.tenant_id} has such a name"
            )
    skipped = sorted(known.keys() & listed.keys())
    if skipped and not context.quiet:
        output.remark(f"{count(len(skipped), 'campaign')} left alone: defined already")
        if context.verbose:
            output.remark("\n".join(f"  {i}: {known[i]}" for i in skipped))
    return [campaign_id for campaign_id in listed if campaign_id not in known]


def _read(
    context: Context, request: Request, voxo: Voxo, ids: Sequence[int], tenant_id: int | None
) -> dict[int, Live | CampaignError]:
    from voxosync.sync.fetch import each  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.plan import wrong_tenant  # noqa: PLC0415  # as in pipeline.connect

    def read(campaign_id: int) -> Live:
        raw = voxo.campaign(campaign_id)
        try:
            live = LiveCampaign.from_response(raw)
        except Unreadable as failure:
            raise BadAnswer(f"VOXO's answer cannot be read: {failure}") from failure
        if problem := wrong_tenant(live, tenant_id):
            raise BadAnswer(problem)
        return Live(live.before_quiesce(), raw)

    with output.Progress(context, "Reading campaigns", len(ids)) as progress:
        return each(ids, read, workers=request.concurrency, done=progress.advance)


def _shared(context: Context) -> str | None:
    """The chosen environment, if definitions of another one are in the same folder."""
    environments = read_settings(context.folder).environments
    if context.environment is None:
        return None
    folders = [os.path.normpath(each.campaigns or "campaigns") for each in environments.values()]
    own = os.path.normpath(environments[context.environment].campaigns or "campaigns")
    return context.environment if folders.count(own) > 1 else None


def _drafts(
    drafting: Drafting, found: Mapping[int, Live | CampaignError]
) -> tuple[list[Draft], dict[int, str]]:
    drafts: list[Draft] = []
    failures: dict[int, str] = {}
    for campaign_id, live in found.items():
        if isinstance(live, CampaignError):
            failures[campaign_id] = str(live)
            continue
        try:
            drafts.append(drafting.draft(live))
        except ValueError as failure:
            failures[campaign_id] = f"no definition can be of it: {failure}"
    return drafts, failures


def _not_in_sync(context: Context, drafts: Sequence[Draft], target: Target) -> dict[int, str]:
    """What was written and does not plan as in sync, which nothing that VOXO answers should cause."""
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in pipeline.connect

    if not drafts:
        return {}
    loaded = pipeline.read_all(context, [draft.path for draft in drafts])
    output.problems(found for found in loaded.problems if found.is_error or context.verbose)
    plan = make_plan(
        loaded.definitions,
        {draft.live.id: draft.live for draft in drafts},
        base_url=target.base_url,
        now=pipeline.now(),
        tenant_id=target.tenant_id,
    )
    in_sync = {
        planned.id for planned in plan.campaigns if not planned.changes and not planned.error
    }
    why = "this is a bug in voxosync: what it wrote is not what VOXO has"
    return {draft.live.id: why for draft in drafts if draft.live.id not in in_sync}


def _tell(
    context: Context, project: ProjectLayout, drafts: Sequence[Draft], failures: Mapping[int, str]
) -> None:
    for campaign_id, why in failures.items():
        output.remark(f"{campaign_id}: {masked_in(why)}")
    for draft in drafts:
        if draft.old is not None and draft.emitted.csv is None and draft.contacts.exists():
            output.remark(f"{project.shown(draft.contacts)}: is no longer used; remove it")
        if draft.emitted.left_out and not context.quiet:
            names = ", ".join(draft.emitted.left_out)
            output.remark(f"{project.shown(draft.path)}: left out, as its comments say: {names}")
    lines = [terminal(_line(project, draft)) for draft in drafts]
    failed = f", {len(failures)} failed" if failures else ""
    lines.append(f"Imported {count(len(drafts), 'campaign')}{failed}.")
    if not drafts and not failures:
        lines = ["Nothing to import: every one of these campaigns has a definition."]
    if drafts:
        env = f" --env {shlex.quote(context.environment)}" if context.environment else ""
        lines.append(f"Next: voxosync{terminal(env)} plan")
    output.result("".join(f"{line}\n" for line in lines))


def _line(project: ProjectLayout, draft: Draft) -> str:
    told = count(len(draft.live.numbers), "number")
    if draft.emitted.csv is not None:
        told += f" in {project.shown(draft.contacts)}"
    name = draft.live.values.get("name") or ""
    return f"{project.shown(draft.path)}  {draft.live.id} {name}  ({told})"
