"""The steps that plan, apply and drift have in common: read definitions, ask VOXO, compare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.cli import output
from voxosync.cli.target import project, resolve, shown
from voxosync.definitions.load import Loaded, load
from voxosync.errors import CampaignError, DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from voxosync.cli.context import Context
    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.model.campaign import Definition
    from voxosync.model.guard import Guards
    from voxosync.model.plan import Acknowledged, Plan
    from voxosync.model.shard import Shard
    from voxosync.sync.plan import Base
    from voxosync.voxo.client import Voxo

POLICIES = "policies"
"""The folder, in the project folder, of the policies that every definition is judged by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The definitions to work with.

    Attributes:
        managed: of how many they are, where the call chooses some; of those, guards count percentages.
        known: the ids of all definitions that were read.
    """

    definitions: Sequence[Definition] = ()
    managed: int | None = None
    known: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Watch:
    """What `drift` looks at beyond the definitions' campaigns.

    Attributes:
        unmanaged: what becomes of live campaigns without a definition: `ignore`, `report`, or `fail`;
            None: they are reported where that is possible.
    """

    unmanaged: str | None

    def lists(self, request: Request, unable: str | None) -> bool:
        """Whether the tenant's campaigns are listed.

        Args:
            request: what is compared with what.
            unable: why there is no list of them; None: there is.

        Raises:
            UsageError: somebody asked for that where it cannot be done.
        """
        if self.unmanaged == "ignore":
            return False
        if self.unmanaged is not None and request.is_limited:
            raise UsageError("--unmanaged is about all definitions: leave out PATH and --only")
        if self.unmanaged is not None and unable is not None:
            raise UsageError(f"--unmanaged needs {unable}")
        return unable is None and not request.is_limited


_NO_TENANT = "the tenant: set VOXO_TENANT_ID, or pass --tenant-id"
_NOT_ALL = "a snapshot of all campaigns: make it with voxosync snapshot --all"


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def read_all(context: Context, paths: Sequence[Path], *, needs_ids: bool = True) -> Loaded:
    """Reads definitions and checks them; problems are the caller's to show."""
    where = [context.folder / path for path in paths]
    policies = context.folder / POLICIES
    return load(project(context), where, now(), needs_ids=needs_ids, policies=policies)


def definitions(
    context: Context, paths: Sequence[Path], only: Sequence[int], shard: Shard | None = None
) -> Wanted:
    """The definitions to work with; doubts about them are told.

    Raises:
        DefinitionsError: one has an error.
        UsageError: `--only` names a campaign that has no definition.
    """
    loaded = read_all(context, paths)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    if not context.quiet:
        output.problems(loaded.problems)
        output.allowed(loaded.allowed)
    known = frozenset(definition.id for definition in loaded.definitions)
    for campaign_id in only:
        if campaign_id not in known:
            raise UsageError(f"--only {campaign_id}: no definition has this id")
    if not only and shard is None:
        return Wanted(loaded.definitions, known=known)
    chosen = [
        found
        for found in loaded.definitions
        if (not only or found.id in only) and (shard is None or shard.holds(found.id))
    ]
    return Wanted(chosen, managed=len(loaded.definitions), known=known)


def connect(target: Target, request: Request) -> Voxo:
    """A client for a target, with its token checked; to be used as a context manager."""
    from voxosync.voxo.client import Voxo  # noqa: PLC0415  # 220 ms that a refused call need not wait for
    from voxosync.voxo.connection import Connection  # noqa: PLC0415  # as above
    from voxosync.voxo.pace import Pace, Patience  # noqa: PLC0415  # as above

    connection = Connection.of(base_url=target.base_url, token=target.token(), read=target.read)
    return Voxo(connection, pace=Pace(Patience(requests_per_second=request.max_rate)))


def compare(
    context: Context,
    request: Request,
    live_file: Path | None = None,
    watch: Watch | None = None,
) -> Plan:
    """The plan of a request, made with VOXO or with a snapshot.

    Args:
        context: the global options.
        request: what is compared with what.
        live_file: the snapshot; None: VOXO.
        watch: what else is looked at, where it is drift that somebody asks about.
    """
    if live_file is not None:
        return _with_snapshot(context, request, live_file, watch)
    target = resolve(context, request.flags)
    unable = _NO_TENANT if target.tenant_id is None else None
    listing = watch is not None and watch.lists(request, unable)
    wanted = definitions(context, request.paths, request.only, request.shard)
    with connect(target, request) as voxo:
        plan = ask(context, request, target, voxo, wanted, schedules=watch is not None)
        if watch is not None and listing and target.tenant_id is not None:
            try:
                listed = voxo.campaigns(target.tenant_id)
            except CampaignError as failure:
                if watch.unmanaged is not None:
                    return replace(plan, unlisted=str(failure))
                if not context.quiet:
                    output.remark(f"warning: unmanaged campaigns cannot be listed: {failure}")
            else:
                plan = _with_unmanaged(plan, watch, listed, wanted, target, request.shard)
    return plan


def _with_unmanaged(  # each is one input
    plan: Plan,
    watch: Watch,
    listed: Iterable[Mapping[str, Any]],
    wanted: Wanted,
    target: Target,
    shard: Shard | None,
) -> Plan:
    from voxosync.sync.unmanaged import unmanaged  # noqa: PLC0415  # as in connect

    found = unmanaged(listed, wanted.known, target.tenant_id)
    here = tuple(campaign for campaign in found if shard is None or shard.holds(campaign.id))
    return replace(plan, unmanaged=here, unmanaged_counts=watch.unmanaged == "fail")


def ask(  # noqa: PLR0913  # each is one input of a plan
    context: Context,
    request: Request,
    target: Target,
    voxo: Voxo,
    wanted: Wanted,
    *,
    quiesce: bool = False,
    schedules: bool = False,
) -> Plan:
    """The plan of a request, made with VOXO."""
    from voxosync.sync.fetch import fetch_all  # noqa: PLC0415  # as in connect
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in connect

    found = wanted.definitions
    base = _base(context, request, found)
    with output.Progress(context, "Reading campaigns", len(found)) as progress:
        live = fetch_all(
            voxo,
            [definition.id for definition in found],
            workers=request.concurrency,
            done=progress.advance,
        )
    plan = make_plan(
        found,
        live,
        base_url=voxo.base_url,
        now=now(),
        tenant_id=target.tenant_id,
        base=base,
        kinds=request.kinds,
        quiesce=quiesce,
        schedules=schedules,
    )
    plan = replace(_with_owners(context, plan), managed=wanted.managed)
    return replace(plan, shard=request.shard)


def saved(path: Path, voxo: Voxo) -> Plan:
    """A saved plan, verified; it needs no definitions."""
    from voxosync.sync.saved import read_plan  # noqa: PLC0415  # as in connect

    return read_plan(path, voxo.base_url)


def guarded(plan: Plan, guards: Guards, *, reviewed: bool = False) -> Plan:
    """A plan with the guards that applying it now would run into.

    Args:
        plan: the plan.
        guards: those that hold for this call.
        reviewed: whether it is a saved plan, whose go-lives count as reviewed.
    """
    from voxosync.sync.guards import refusals  # noqa: PLC0415  # as in connect

    found = refusals(plan, guards, now())
    left = tuple(each for each in found if not (reviewed and each.answerable))
    return replace(plan, refusals=left)


def _with_owners(context: Context, plan: Plan) -> Plan:
    """A plan whose acknowledged differences have an owner: who wrote the line, where it names none."""
    nameless = [
        known.by.position.file
        for campaign in plan.campaigns
        for known in campaign.acknowledged
        if known.by.owner is None
    ]
    if not nameless:
        return plan
    from voxosync.definitions.git import authors  # noqa: PLC0415  # only then does Git matter

    wrote = {file: authors(context.folder, file) for file in dict.fromkeys(nameless)}

    def owned(known: Acknowledged) -> Acknowledged:
        place = known.by.position
        owner = known.by.owner or wrote[place.file].get(place.line)
        return replace(known, by=replace(known.by, owner=owner))

    campaigns = [
        replace(campaign, acknowledged=tuple(map(owned, campaign.acknowledged)))
        for campaign in plan.campaigns
    ]
    return replace(plan, campaigns=campaigns)


def _with_snapshot(
    context: Context, request: Request, path: Path, watch: Watch | None = None
) -> Plan:
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in connect
    from voxosync.sync.snapshot import read_snapshot  # noqa: PLC0415  # as in connect

    target = resolve(context, request.flags)
    snapshot = read_snapshot(path)
    listing = watch is not None and watch.lists(request, None if snapshot.is_all else _NOT_ALL)
    if target.is_given and target.base_url.rstrip("/") != snapshot.base_url:
        raise UsageError(
            f"{path} is of {snapshot.base_url}, but this call is about {shown(target.base_url)}"
        )
    wanted = definitions(context, request.paths, request.only, request.shard)
    found = wanted.definitions
    plan = make_plan(
        found,
        snapshot.live(definition.id for definition in found),
        base_url=snapshot.base_url,
        now=now(),
        tenant_id=target.tenant_id,
        base=_base(context, request, found),
        kinds=request.kinds,
        live_as_of=snapshot.created_at,
        schedules=watch is not None,
    )
    if watch is not None and listing:
        plan = _with_unmanaged(plan, watch, snapshot.campaigns, wanted, target, request.shard)
    plan = replace(_with_owners(context, plan), managed=wanted.managed)
    return replace(plan, shard=request.shard)


def _base(context: Context, request: Request, wanted: Sequence[Definition]) -> Base | None:
    """The definitions at the merge base; of those that the request is limited to, if it is."""
    if request.base is None:
        return None
    from voxosync.definitions.base import load_base  # noqa: PLC0415  # only a plan with three sides needs Git
    from voxosync.sync.plan import Base  # noqa: PLC0415  # as in connect

    found = load_base(project(context), request.base, now())
    if found.loaded.failed and not context.quiet:
        output.remark(f"definitions with errors at {found.commit[:12]} count as absent there")
    kept = {definition.id for definition in wanted}
    return Base(
        found.commit,
        {
            before.id: before
            for before in found.loaded.definitions
            if before.id in kept or request.covers(before.id)
        },
    )
