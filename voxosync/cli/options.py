"""Options and arguments that several commands share."""

from __future__ import annotations

from functools import wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from voxosync.app.options import (
    EXIT_KINDS,
    JOURNAL,
    ApplyOptions,
    ConnectionOptions,
    PlanOptions,
)
from voxosync.cli import parameter_types as types
from voxosync.model.change_kind import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from voxosync.model.shard import Shard

Decorator: TypeAlias = "Callable[[Callable[..., Any]], Callable[..., Any]]"
"""Adds an option, an argument or several of them to the function of a command."""


def options_as(parameter: str, build: Callable[..., Any], *options: Decorator) -> Decorator:
    """Options that a command takes as one parameter, which is what `build` makes of their values.

    Options whose values `build` does not take are passed to the command as they are.

    Args:
        parameter: the name of the command's parameter.
        build: takes each value under the name of its option; a command may lack some of the options.
        options: the decorators of the options, in the order of `--help`.
    """
    names = tuple(signature(build).parameters)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def wrapped(**values: Any) -> Any:
            own = {name: values.pop(name) for name in names if name in values}
            return command(**{parameter: build(**own)}, **values)

        decorated: Callable[..., Any] = wrapped
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def run_argument(*, required: bool) -> Decorator:
    """`RUN`, passed to the command as `run_id`."""
    metavar = "RUN" if required else "[RUN]"
    return click.argument("run_id", type=types.RunId(), required=required, metavar=metavar)


journal = click.option(
    "--journal", type=types.FOLDER, metavar="DIR", default=JOURNAL, show_default=True,
    help="The folder of the run journals.",
)  # fmt: skip

paths_argument = click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]..."
)

show_numbers = click.option(
    "--show-numbers", is_flag=True, help="Show phone numbers in full instead of masked."
)

live = click.option(
    "--live", "live_file", type=types.FILE,
    help="Compare with a snapshot instead of VOXO; needs no token and no network.",
)  # fmt: skip

only = click.option(
    "--only", multiple=True, type=types.CampaignId(), metavar="ID",
    help="Limit the run to this campaign; repeatable.",
)  # fmt: skip

base = click.option(
    "--base", metavar="REF",
    help="Distinguish changes made on this branch from changes made by hand, using the merge base with REF; "
    "@applied stands for the commit in the applied record.",
)  # fmt: skip

kind = click.option(
    "--kind", "kinds", multiple=True, type=types.KIND,
    help="With --base, send only differences of this kind; repeatable.",
)  # fmt: skip

shard = click.option(
    "--shard", type=types.shard, metavar="I/N",
    help="Limit the run to part I of N, such as 1/4; a campaign's id decides its part.",
)  # fmt: skip

link_base = click.option(
    "--link-base", type=types.web_address, metavar="URL",
    help="The URL of the repository's files, to which reports link, such as https://github.com/acme/calls/blob/main.",
)  # fmt: skip


def plan_options(*options: Decorator) -> Decorator:
    """The options that say which definitions are compared with what, passed to the command as one `options`."""
    return options_as("options", _plan_options, *options)


def _plan_options(
    *,
    only: Sequence[int],
    paths: Sequence[Path] = (),
    shard: Shard | None = None,
    base: str | None = None,
    kinds: Sequence[str] = (),
) -> PlanOptions:
    if kinds and base is None:
        raise click.UsageError("--kind requires --base REF")
    return PlanOptions(paths, only, shard, base, [ChangeKind(kind) for kind in kinds])


_CONNECTION = (
    click.option(
        "--base-url", metavar="URL",
        help="The base URL of the VOXO API.  [default: $VOXO_API_BASE_URL or https://api.voxo.co]",
    ),
    click.option(
        "--tenant-id", type=types.Identifier(), metavar="N",
        help="Refuse campaigns of any other tenant.  [default: $VOXO_TENANT_ID]",
    ),
    click.option(
        "--token-file", type=types.FILE,
        help="Read the API token from FILE instead of $VOXO_API_TOKEN.",
    ),
    click.option(
        "--read", type=click.Choice(["auto", "admin", "v2"]),
        help="The VOXO endpoint from which to read campaigns.  [default: auto]",
    ),
)  # fmt: skip

connection = options_as("connection", ConnectionOptions, *_CONNECTION)
"""The options that say which VOXO, passed to the command as one `connection`."""

requests = options_as(
    "connection",
    ConnectionOptions,
    click.option(
        "--concurrency", type=types.WholeNumber(1, 64), default=8, show_default=True, metavar="N",
        help="The maximum number of requests at a time.",
    ),
    click.option(
        "--max-rate", type=types.Rate(), metavar="N", help="Start at most N requests per second."
    ),
    *_CONNECTION,
)  # fmt: skip
"""The options of `connection`, and those that limit the requests."""

apply_options = options_as(
    "sending",
    ApplyOptions,
    click.option(
        "--quiesce", is_flag=True,
        help="Pause a dialing campaign while its numbers change, so that no call results are lost.",
    ),
    click.option("--fail-fast", is_flag=True, help="Start no further campaigns after one fails."),
)  # fmt: skip
"""The options that say how a plan is sent, passed to the command as one `sending`."""


def fail_on(command: str) -> Decorator:
    """`--fail-on`: the kinds of differences that cause exit status 2 of `plan` or `drift`, if there is a base."""
    return click.option(
        "--fail-on", type=types.kinds, metavar="KINDS",
        help="With --base, the kinds of differences, separated by commas, that cause exit status 2.  "
        f"[default: {','.join(EXIT_KINDS[command])}]",
    )  # fmt: skip


def exit_kinds(
    command: str, base: str | None, fail_on: tuple[ChangeKind, ...] | None = None
) -> tuple[ChangeKind, ...]:
    """The kinds of differences that cause exit status 2 of `plan` or `drift`."""
    if base is None:
        if fail_on is not None:
            raise click.UsageError("--fail-on requires --base REF")
        return tuple(ChangeKind)
    return EXIT_KINDS[command] if fail_on is None else fail_on


def output_format(formats: Collection[str]) -> Decorator:
    """`--format`, passed to the command as `format_name`; the default is `text`."""
    return click.option(
        "--format", "format_name", type=click.Choice(list(formats)), default="text",
        show_default=True, help="The output format.",
    )  # fmt: skip


def reports(formats: Collection[str]) -> Decorator:
    """`--report FORMAT=FILE`, repeatable: one run, several reports."""
    return click.option(
        "--report", "reports", multiple=True, type=types.report_file(formats), metavar="FORMAT=FILE",
        help="Also write a report to a file that only you can read; repeatable.",
    )  # fmt: skip
