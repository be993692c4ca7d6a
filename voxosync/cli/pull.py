"""`voxosync pull`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.files import replace_all
from voxosync.cli.target import project, resolve
from voxosync.errors import CampaignError, UsageError
from voxosync.model.pull import Pull
from voxosync.report import pull as report
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from voxosync.cli.request import Request
    from voxosync.model.campaign import LiveCampaign
    from voxosync.sync.rewrite import Rewriter, Rewritten


@click.command("pull")
@options.request(base=False, shard=False)
@options.live
@click.option("--yes", is_flag=True, help="Write without asking.")
@options.show_numbers
@pass_context
def command(
    context: Context, *, request: Request, live_file: Path | None, yes: bool, show_numbers: bool
) -> None:
    """Write VOXO's values into the definitions.

    The other way to end drift: shows a diff of the files, asks, and writes them. Sends nothing. Comments,
    order and quotes stay. A value that a _defaults.yaml gives is changed there where all that take it agree,
    else the definition gets an own key.

    Exit status: 0 the files agree with VOXO; 1 the call or a definition is wrong, or the answer was no:
    nothing was written; 2 some differences cannot be written, and the output says why; 3 a campaign could
    not be read.
    """
    if not yes and not output.is_terminal(sys.stdin):
        raise click.UsageError("there is no terminal to ask on: pass --yes to write without asking")
    pull, rewritten = _pulled(context, request, live_file)
    output.result(report.render_text(pull, output.view(context, show_numbers=show_numbers)))
    if pull.edits:
        files = count(len(pull.edits), "file")
        if not yes and not click.confirm(f"Write this to {files}?", default=False, err=True):
            raise UsageError("not confirmed: nothing was written")
        replace_all(rewritten.contents, rewritten.before, context.folder)
        output.result(f"Wrote {files}.\n")
    sys.exit(pull.exit_status)


@dataclass(frozen=True, slots=True)
class _Live:
    """What VOXO has, or had when a snapshot was made."""

    wanted: pipeline.Wanted
    campaigns: Mapping[int, LiveCampaign | CampaignError]
    tenant_id: int | None
    as_of: datetime | None = None


def _pulled(context: Context, request: Request, live_file: Path | None) -> tuple[Pull, Rewritten]:
    from voxosync.sync.pull import compared  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.rewrite import Rewritten  # noqa: PLC0415  # as in pipeline.connect

    live = (
        _from_voxo(context, request) if live_file is None else _saved(context, request, live_file)
    )
    found = compared(
        live.wanted.definitions,
        live.campaigns,
        today=pipeline.now().date(),
        tenant_id=live.tenant_id,
    )
    rewritten = _rewriter(context, request).rewrite(found.wishes) if found.wishes else Rewritten()
    pull = Pull(
        campaigns=len(live.wanted.definitions),
        edits=rewritten.edits(),
        pulled=[(wish.definition.id, wish.field) for wish in rewritten.written],
        notes=rewritten.notes,
        left=[*found.left, *rewritten.left],
        failed=found.failed,
        left_alone=found.left_alone,
        live_as_of=live.as_of,
    )
    return pull, rewritten


def _from_voxo(context: Context, request: Request) -> _Live:
    target = resolve(context, request.flags)
    wanted = pipeline.definitions(context, request.paths, request.only)
    with pipeline.connect(target, request) as voxo:
        live = pipeline.fetched(context, request, voxo, wanted.definitions)
    return _Live(wanted, live, target.tenant_id)


def _saved(context: Context, request: Request, path: Path) -> _Live:
    snapshot, target = pipeline.snapshot_of(context, request, path)
    wanted = pipeline.definitions(context, request.paths, request.only)
    live = snapshot.live(definition.id for definition in wanted.definitions)
    return _Live(wanted, live, target.tenant_id, snapshot.created_at)


def _rewriter(context: Context, request: Request) -> Rewriter:
    from voxosync.sync.rewrite import Rewriter  # noqa: PLC0415  # as in pipeline.connect

    here = project(context)
    others = [name for name in here.environments if name != context.environment]
    worlds = [here, *(project(replace(context, environment=name)) for name in others)]
    asked = [context.folder / path for path in request.paths]
    return Rewriter(worlds, asked, pipeline.now())
