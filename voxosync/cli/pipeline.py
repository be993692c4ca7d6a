"""The steps that plan, apply and drift have in common: read definitions, ask VOXO, compare."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.cli import output
from voxosync.cli.target import Target, campaigns_folder
from voxosync.definitions.load import Loaded, Project, load
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.cli.context import Context
    from voxosync.model.campaign import Definition
    from voxosync.model.plan import Plan
    from voxosync.voxo.client import Voxo


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def read_all(context: Context, paths: Sequence[Path]) -> Loaded:
    """Reads definitions and checks them; problems are the caller's to show."""
    project = Project(context.folder, campaigns_folder(context))
    return load(project, [context.folder / path for path in paths], now())


def definitions(context: Context, paths: Sequence[Path], only: Sequence[int]) -> list[Definition]:
    """The definitions to plan.

    Raises:
        DefinitionsError: one has an error.
        UsageError: `--only` names a campaign that has no definition.
    """
    loaded = read_all(context, paths)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    if loaded.problems and not context.quiet:
        for problem in loaded.problems:
            output.remark(str(problem))
    known = {definition.id for definition in loaded.definitions}
    for campaign_id in only:
        if campaign_id not in known:
            raise UsageError(f"--only {campaign_id}: no definition has this id")
    return [found for found in loaded.definitions if not only or found.id in only]


def connect(target: Target) -> Voxo:
    """A client for a target, with its token checked; to be used as a context manager."""
    from voxosync.voxo.client import Voxo  # noqa: PLC0415  # 220 ms that a refused call need not wait for
    from voxosync.voxo.connection import Connection  # noqa: PLC0415  # as above

    return Voxo(Connection.of(base_url=target.base_url, token=target.token(), read=target.read))


def ask(
    context: Context, voxo: Voxo, target: Target, wanted: Sequence[Definition], workers: int
) -> Plan:
    """Fetches what the definitions are about and compares."""
    from voxosync.sync.fetch import fetch_all  # noqa: PLC0415  # as in connect
    from voxosync.sync.plan import make_plan  # noqa: PLC0415  # as in connect

    with output.Progress(context, "Reading campaigns", len(wanted)) as progress:
        ids = [definition.id for definition in wanted]
        live = fetch_all(voxo, ids, workers=workers, done=progress.advance)
    return make_plan(wanted, live, base_url=voxo.base_url, now=now(), tenant_id=target.tenant_id)


def saved_plan(path: Path, target: Target) -> Plan:
    """A saved plan, verified; it needs no definitions."""
    from voxosync.sync.saved import read_plan  # noqa: PLC0415  # as in connect

    return read_plan(path, target.base_url.rstrip("/"))
