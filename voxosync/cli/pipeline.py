"""The steps that plan, apply and drift have in common: read definitions, ask VOXO, compare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.cli import output
from voxosync.cli.target import project, resolve, shown
from voxosync.cli.watch import NO_TENANT, NOT_ALL, with_owners, with_unmanaged
from voxosync.definitions.load import Loaded, load
from voxosync.errors import CampaignError, DefinitionsError, SettingsError, UsageError
from voxosync.model.kind import ChangeKind
from voxosync.model.phone import masked_in
from voxosync.model.problem import error
from voxosync.voxo.endpoint import same_voxo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.cli.context import Context
    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.cli.watch import Watch
    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.guard import Guards
    from voxosync.model.plan import Plan
    from voxosync.model.problem import Allowed
    from voxosync.model.shard import Shard
    from voxosync.sync.plan import Base
    from voxosync.sync.saved import SavedPlan
    from voxosync.sync.snapshot import Snapshot
    from voxosync.voxo.client import Voxo

POLICIES = "policies"
"""The folder, in the project folder, of the policies that every definition is judged by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The definitions to work with.

    Attributes:
        known: the ids of all definitions that were read.
        allowed: what policies have against them, and a comment allows.
    """

    definitions: Sequence[Definition] = ()
    known: frozenset[int] = frozenset()
    allowed: tuple[Allowed, ...] = ()


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
    if not loaded.definitions:
        raise UsageError(f"no definition here has an id for the environment {context.environment}")
    known = frozenset(definition.id for definition in loaded.definitions)
    for campaign_id in only:
        if campaign_id not in known:
            raise UsageError(f"--only {campaign_id}: no definition has this id")
    if not only and shard is None:
        return Wanted(loaded.definitions, known=known, allowed=tuple(loaded.allowed))
    chosen = [
        found
        for found in loaded.definitions
        if (not only or found.id in only) and (shard is None or shard.holds(found.id))
    ]
    files = {found.position.file for found in chosen}
    allowed = tuple(found for found in loaded.allowed if found.position.file in files)
    return Wanted(chosen, known=known, allowed=allowed)


def connect(target: Target, request: Request) -> Voxo:
    """A client for a target, with its token checked; to be used as a context manager."""
    from voxosync.voxo.api_credentials import ApiCredentials, checked_url  # noqa: PLC0415  # as above
    from voxosync.voxo.client import Voxo  # noqa: PLC0415  # 220 ms that a refused call need not wait for
    from voxosync.voxo.retry_policy import RetryPolicy  # noqa: PLC0415  # as above
    from voxosync.voxo.run_limiter import RunLimiter  # noqa: PLC0415  # as above

    place = target.url_place
    try:
        checked_url(target.base_url)
    except UsageError as failure:
        if place is None:
            raise
        raise SettingsError(f"the settings are wrong\n{place}: error: {failure}") from failure
    credentials = ApiCredentials.of(
        base_url=target.base_url,
        token=target.token(),
        read=target.read,
        source=target.token_source,
        now=now(),
    )
    return Voxo(credentials, limiter=RunLimiter(RetryPolicy(requests_per_second=request.max_rate)))


def compare(
    context: Context,
    request: Request,
    live_file: Path | None = None,
    watch: Watch | None = None,
    *,
    journal: Path,
) -> Plan:
    """The plan of a request, made with VOXO or with a snapshot.

    Args:
        context: the global options.
        request: what is compared with what.
        journal: the folder of the journals.
        live_file: the snapshot; None: VOXO.
        watch: what else is looked at, where it is drift that somebody asks about.
    """
    if live_file is not None:
        return _with_snapshot(context, request, live_file, watch)
    target = resolve(context, request.flags)
    unable = NO_TENANT if target.tenant_id is None else None
    listing = watch is not None and watch.lists(request, unable)
    wanted = definitions(context, request.paths, request.only, request.shard)
    with connect(target, request) as voxo:
        plan = ask(
            context, request, target, voxo, wanted, journal=journal, schedules=watch is not None
        )
        if watch is not None and listing and target.tenant_id is not None:
            try:
                listed = voxo.campaigns(target.tenant_id)
            except CampaignError as failure:
                if watch.unmanaged is not None:
                    return replace(plan, unlisted=str(failure))
                if not context.quiet:
                    why = masked_in(str(failure))
                    output.remark(f"warning: unmanaged campaigns cannot be listed: {why}")
            else:
                plan = with_unmanaged(plan, watch, listed, wanted.known, target, request.shard)
    return plan


def ask(  # noqa: PLR0913  # each is one input of a plan
    context: Context,
    request: Request,
    target: Target,
    voxo: Voxo,
    wanted: Wanted,
    *,
    journal: Path,
    quiesce: bool = False,
    schedules: bool = False,
) -> Plan:
    """The plan of a request, made with VOXO."""
    from voxosync.sync.interrupted import could_be_left_paused  # noqa: PLC0415  # as in connect
    from voxosync.sync.left_paused import left_paused  # noqa: PLC0415  # as in connect
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in connect

    found = wanted.definitions
    base = _base(context, request, found)
    live = fetched(context, request, voxo, found)
    paused = [each.id for each in found if could_be_left_paused(each, live[each.id])]
    plan = make_plan(
        found,
        live,
        left_paused=left_paused(journal, voxo.base_url, paused),
        base_url=voxo.base_url,
        now=now(),
        tenant_id=target.tenant_id,
        base=base,
        kinds=request.kinds,
        quiesce=quiesce,
        schedules=schedules,
    )
    return _told(context, request, wanted, plan)


def fetched(
    context: Context, request: Request, voxo: Voxo, definitions: Sequence[Definition]
) -> dict[int, LiveCampaign | CampaignError]:
    """The live campaigns of definitions, or why there is none."""
    from voxosync.sync.fetch import fetch_all  # noqa: PLC0415  # as in connect

    with output.Progress(context, "Reading campaigns", len(definitions)) as progress:
        return fetch_all(
            voxo,
            [definition.id for definition in definitions],
            workers=request.concurrency,
            done=progress.advance,
        )


def snapshot_of(context: Context, request: Request, path: Path) -> tuple[Snapshot, Target]:
    """A snapshot instead of VOXO, and the account that the call is about, which must be the same.

    Raises:
        UsageError: it is none, or of another VOXO.
    """
    from voxosync.sync.snapshot import read_snapshot  # noqa: PLC0415  # as in connect

    target, snapshot = resolve(context, request.flags), read_snapshot(path)
    if target.is_given and not same_voxo(target.base_url, snapshot.base_url):
        raise UsageError(
            f"{path} is of {snapshot.base_url}, but this call is about {shown(target.base_url)}"
        )
    return snapshot, target


def saved(path: Path, voxo: Voxo, journal: Path) -> SavedPlan:
    """A saved plan, verified, which no run of the journals' folder has used up; it needs no definitions."""
    from voxosync.sync.saved import check_unused, read_plan  # noqa: PLC0415  # as in connect

    found = read_plan(path, voxo.base_url)
    check_unused(path, found.digest, journal)
    return found


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


def _with_snapshot(
    context: Context, request: Request, path: Path, watch: Watch | None = None
) -> Plan:
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in connect

    snapshot, target = snapshot_of(context, request, path)
    listing = watch is not None and watch.lists(request, None if snapshot.is_all else NOT_ALL)
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
        plan = with_unmanaged(plan, watch, snapshot.campaigns, wanted.known, target, request.shard)
    return _told(context, request, wanted, plan)


def _told(context: Context, request: Request, wanted: Wanted, plan: Plan) -> Plan:
    """A plan with what its reports tell of the call and of the definitions."""
    return replace(
        with_owners(context, _counted(context, request, wanted, plan)),
        shard=request.shard,
        allowed=wanted.allowed,
    )


def _counted(context: Context, request: Request, wanted: Wanted, plan: Plan) -> Plan:
    """A plan that says of how many campaigns it is a part: of those, guards count percentages.

    With PATH the other definitions are counted too, where anything differs: else ten files at a time, all of
    them would change without a guard. Those with errors are another call's concern, and do not count.
    """
    if request.is_whole or (request.paths and not plan.differs):
        return plan
    managed = wanted.known
    if request.paths:
        every = load(project(context), [], now()).definitions
        managed |= {definition.id for definition in every}
    shard = request.shard
    mine = None if shard is None else sum(map(shard.holds, managed))
    return replace(plan, managed=len(managed), shard_managed=mine)


def _base(context: Context, request: Request, wanted: Sequence[Definition]) -> Base | None:
    """The definitions at the merge base; of those that the request is limited to, if it is."""
    if request.base is None:
        return None
    from voxosync.definitions.base import load_base  # noqa: PLC0415  # only a plan with three sides needs Git
    from voxosync.sync.plan import Base, unreadable_base  # noqa: PLC0415  # as in connect

    files = {definition.id: definition.position.file for definition in wanted}
    before = load_base(project(context), request.base, now(), files)
    if before.unreadable and set(request.kinds) != set(ChangeKind):
        raise DefinitionsError(
            [
                error(
                    definition.position,
                    "base",
                    f"--kind cannot tell who changed what: {unreadable_base(before.commit, reason)}",
                )
                for definition in wanted
                if (reason := before.unreadable.get(definition.id))
            ]
        )
    kept = {
        id_: definition
        for id_, definition in before.definitions.items()
        if id_ in files or request.covers(id_)
    }
    return Base(before.commit, kept, before.unreadable)
