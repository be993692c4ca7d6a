"""`voxosync snapshot`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voxosync.cli import options, output, pipeline
from voxosync.cli.context import Context, pass_context
from voxosync.cli.target import resolve
from voxosync.errors import BadAnswer, CampaignError, UsageError
from voxosync.model.campaign import LiveCampaign
from voxosync.model.phone import masked_in
from voxosync.model.values import Unreadable

if TYPE_CHECKING:
    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.voxo.client import Voxo


@click.command("snapshot")
@options.request(kinds=False, base=False)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", required=True,
    help="Where to save. Holds phone numbers; only you can read it.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Every campaign of the tenant.")
@pass_context
def command(context: Context, *, request: Request, out: Path, everything: bool) -> None:
    """Save live campaigns, for plans without a token.

    Saves the campaigns that have a definition, or with --all every campaign of the tenant. Give the
    file to plan --live or drift --live.

    Exit status: 0 saved; 1 the call or a definition is wrong; 3 a campaign could not be read; the
    others are saved.
    """
    from voxosync.sync.fetch import each  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.snapshot import Snapshot  # noqa: PLC0415  # as in pipeline.connect

    target = resolve(context, request.flags)
    if everything and request.is_limited:
        raise click.UsageError("--all means every campaign: leave out PATH and --only")
    wanted = pipeline.Wanted()
    if not everything:
        wanted = pipeline.definitions(context, request.paths, request.only, request.shard)
    with pipeline.connect(target, request) as voxo:
        ids = [found.id for found in wanted.definitions]
        if everything:
            ids = [found for found in _all_ids(voxo, target) if request.covers(found)]
        with output.Progress(context, "Reading campaigns", len(ids)) as progress:
            read = each(
                ids,
                lambda found: _of_tenant(voxo.campaign(found), target.tenant_id),
                workers=request.concurrency,
                done=progress.advance,
            )
        saved = [raw for raw in read.values() if not isinstance(raw, CampaignError)]
        is_all = everything and request.shard is None and len(saved) == len(read)
        document = Snapshot(pipeline.now(), voxo.base_url, saved, is_all).to_document()
    output.write_private(out, json.dumps(document, indent=1) + "\n")
    for campaign_id, raw in read.items():
        if isinstance(raw, CampaignError):
            output.remark(f"{campaign_id}: {masked_in(str(raw))}")
    output.result(f"Saved {len(saved)} of {len(read)} campaigns.\n")
    sys.exit(0 if len(saved) == len(read) else 3)


def _of_tenant(raw: dict[str, Any], tenant_id: int | None) -> dict[str, Any]:
    """A campaign as it came, once it is known to be of the right tenant."""
    from voxosync.sync.plan import wrong_tenant  # noqa: PLC0415  # as in pipeline.connect

    if tenant_id is not None:
        try:
            problem = wrong_tenant(LiveCampaign.from_response(raw), tenant_id)
        except Unreadable as failure:
            problem = str(failure)
        if problem is not None:
            raise BadAnswer(problem)
    return raw


def _all_ids(voxo: Voxo, target: Target) -> list[int]:
    if target.tenant_id is None:
        raise UsageError("--all needs the tenant: set VOXO_TENANT_ID, or pass --tenant-id")
    return [int(raw["id"]) for raw in voxo.campaigns(target.tenant_id)]
