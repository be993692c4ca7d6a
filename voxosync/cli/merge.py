"""`voxosync merge`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli.context import Context, pass_context
from voxosync.cli.request import FAIL_ON
from voxosync.cli.showing import showing as shown
from voxosync.errors import UsageError
from voxosync.model.kind import ChangeKind
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.cli.showing import Showing
    from voxosync.model.plan import Plan


@click.command("merge")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE...",
)  # fmt: skip
@shown
@click.option(
    "--exit-code", is_flag=True, help="For plans too, exit with 2 where something differs."
)
@pass_context
def command(context: Context, *, files: Sequence[Path], showing: Showing, exit_code: bool) -> None:
    """Make one report of several.

    Each FILE is what plan or drift wrote with --format json: of the shards of one run, or of several
    tenants. What comes out cannot be applied; apply each plan by itself.

    Exit status: 0 merged, and nothing differs (plans: merged); 1 a document cannot be used, or a shard
    is missing; 2 something differs (drift, and plans with --exit-code); 3 a campaign could not be
    compared.
    """
    showing.check()
    name, plan = _merged(files)
    if name == "plan" and (strange := showing.formats - set(PLAN)):
        raise UsageError(f"{strange.pop()} is a format of drift, and these are plans")
    plan = showing.remember(plan, tenant_id=None, whole=True)
    counting = tuple(ChangeKind) if plan.base is None else FAIL_ON[name]
    showing.show(context, plan, name, counting)
    sys.exit(plan.exit_status(count=counting if name == "drift" or exit_code else ()))


def _merged(files: Sequence[Path]) -> tuple[str, Plan]:
    """The command that all documents are of, and what they say as one."""
    from voxosync.sync.merge import merge  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.saved import read_report  # noqa: PLC0415  # as in pipeline.connect

    found = [(str(path), *read_report(path)) for path in files]
    names = {name for _, name, _ in found}
    if len(names) > 1:
        raise UsageError("these documents are of plan and of drift: merge each by itself")
    return names.pop(), merge([(path, plan) for path, _, plan in found])
