"""The steps that plan, apply and drift have in common: read definitions, ask VOXO, compare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.cli import output
from voxosync.cli.target import campaigns_folder, resolve, shown
from voxosync.definitions.find import Project
from voxosync.definitions.load import Loaded, load
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.cli.context import Context
    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.model.campaign import Definition
    from voxosync.model.guard import Guards
    from voxosync.model.plan import Plan
    from voxosync.sync.plan import Base
    from voxosync.voxo.client import Voxo


@dataclass(frozen=True, slots=True)
class Wanted:
    """The definitions to work with.

    Attributes:
        managed: of how many they are, where `--only` chooses some; of those, guards count percentages.
    """

    definitions: Sequence[Definition] = ()
    managed: int | None = None


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def read_all(context: Context, paths: Sequence[Path]) -> Loaded:
    """Reads definitions and checks them; problems are the caller's to show."""
    return load(_project(context), [context.folder / path for path in paths], now())


def definitions(context: Context, paths: Sequence[Path], only: Sequence[int]) -> Wanted:
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
    known = {definition.id for definition in loaded.definitions}
    for campaign_id in only:
        if campaign_id not in known:
            raise UsageError(f"--only {campaign_id}: no definition has this id")
    if not only:
        return Wanted(loaded.definitions)
    chosen = [found for found in loaded.definitions if found.id in only]
    return Wanted(chosen, managed=len(loaded.definitions))


def connect(target: Target, request: Request) -> Voxo:
    """A client for a target, with its token checked; to be used as a context manager."""
    from voxosync.voxo.client import Voxo  # noqa: PLC0415  # 220 ms that a refused call need not wait for
    from voxosync.voxo.connection import Connection  # noqa: PLC0415  # as above
    from voxosync.voxo.pace import Pace, Patience  # noqa: PLC0415  # as above

    connection = Connection.of(base_url=target.base_url, token=target.token(), read=target.read)
    return Voxo(connection, pace=Pace(Patience(requests_per_second=request.max_rate)))


def compare(context: Context, request: Request, live_file: Path | None = None) -> Plan:
    """The plan of a request, made with VOXO or with a snapshot."""
    if live_file is not None:
        return _with_snapshot(context, request, live_file)
    target = resolve(context, request.flags)
    wanted = definitions(context, request.paths, request.only)
    with connect(target, request) as voxo:
        return ask(context, request, target, voxo, wanted)


def ask(  # each is one input of a plan
    context: Context,
    request: Request,
    target: Target,
    voxo: Voxo,
    wanted: Wanted,
    *,
    quiesce: bool = False,
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
    )
    return replace(plan, managed=wanted.managed)


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


def _with_snapshot(context: Context, request: Request, path: Path) -> Plan:
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in connect
    from voxosync.sync.snapshot import read_snapshot  # noqa: PLC0415  # as in connect

    target = resolve(context, request.flags)
    snapshot = read_snapshot(path)
    if target.is_given and target.base_url.rstrip("/") != snapshot.base_url:
        raise UsageError(
            f"{path} is of {snapshot.base_url}, but this call is about {shown(target.base_url)}"
        )
    wanted = definitions(context, request.paths, request.only)
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
    )
    return replace(plan, managed=wanted.managed)


def _base(context: Context, request: Request, wanted: Sequence[Definition]) -> Base | None:
    """The definitions at the merge base; of those that the request is limited to, if it is."""
    if request.base is None:
        return None
    from voxosync.definitions.base import load_base  # noqa: PLC0415  # only a plan with three sides needs Git
    from voxosync.sync.plan import Base  # noqa: PLC0415  # as in connect

    found = load_base(_project(context), request.base, now())
    if found.loaded.failed and not context.quiet:
        output.remark(f"definitions with errors at {found.commit[:12]} count as absent there")
    kept = {definition.id for definition in wanted}
    return Base(
        found.commit,
        {
            before.id: before
            for before in found.loaded.definitions
            if before.id in kept or not request.is_limited
        },
    )


def _project(context: Context) -> Project:
    return Project(context.folder, campaigns_folder(context))
