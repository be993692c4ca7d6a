"""Options and arguments that several commands share."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from voxosync.app.options import APPLIED, JOURNAL, ApplyOptions, ConnectionOptions, PlanOptions
from voxosync.cli.parameter_types import CampaignId, Identifier, Rate, RunId, WholeNumber
from voxosync.model.change_kind import ChangeKind
from voxosync.model.shard import Shard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Command = TypeVar("Command", bound="Callable[..., Any]")

_KINDS = click.Choice([kind.value for kind in ChangeKind])


def run_argument(*, required: bool) -> Callable[[Command], Command]:
    """`RUN`, passed to the command as `run_id`."""
    metavar = "RUN" if required else "[RUN]"
    return click.argument("run_id", type=RunId(), required=required, metavar=metavar)


journal = click.option(
    "--journal", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    default=JOURNAL, show_default=True, help="The folder of the run journals.",
)  # fmt: skip

paths_argument = click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]..."
)

show_numbers = click.option(
    "--show-numbers", is_flag=True, help="Show phone numbers in full instead of masked."
)

full = click.option(
    "--full", is_flag=True, help="Show all of each file's diff instead of its first 40 lines."
)

live = click.option(
    "--live", "live_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Compare with a snapshot instead of VOXO; needs no token and no network.",
)  # fmt: skip


_ONLY = click.option(
    "--only", multiple=True, type=CampaignId(), metavar="ID",
    help="Limit the run to this campaign; repeatable.",
)  # fmt: skip

_BASE = click.option(
    "--base", metavar="REF",
    help="Distinguish changes made on this branch from changes made by hand, using the merge base with REF; "
    "@applied stands for the commit in the applied record.",
)  # fmt: skip

_KIND = click.option(
    "--kind", multiple=True, type=_KINDS,
    help="With --base, send only differences of this kind; repeatable.",
)  # fmt: skip

_SHARD_FORM = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")


def _shard(_: click.Context, __: click.Parameter, value: str | None) -> Shard | None:
    """`I/N`: the part I, from 1, of N."""
    if value is None:
        return None
    match = _SHARD_FORM.fullmatch(value)
    if match is None or int(match[1]) > int(match[2]):
        raise click.BadParameter(
            "write the part and the number of parts: for four parts, from 1/4 to 4/4"
        )
    return Shard(int(match[1]), int(match[2]))


_SHARD = click.option(
    "--shard", callback=_shard, metavar="I/N",
    help="Limit the run to part I of N, such as 1/4; a campaign's id decides its part.",
)  # fmt: skip

_CONCURRENCY = click.option(
    "--concurrency", type=WholeNumber(1, 64), default=8, show_default=True, metavar="N",
    help="The maximum number of requests at a time.",
)  # fmt: skip


_MAX_RATE = click.option(
    "--max-rate", type=Rate(), metavar="N",
    help="Start at most N requests per second.",
)  # fmt: skip


def _kinds(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[ChangeKind, ...] | None:
    """Kinds of differences, separated by commas."""
    if value is None:
        return None
    words = [word.strip() for word in value.split(",")]
    return tuple(ChangeKind(_KINDS.convert(word, param, ctx)) for word in words)


def fail_on(default: tuple[ChangeKind, ...]) -> Callable[[Command], Command]:
    """`--fail-on`: the kinds of differences that make status 2, where there is a base."""
    return click.option(
        "--fail-on", callback=_kinds, metavar="KINDS",
        help="With --base, the kinds of differences, separated by commas, that cause exit status 2.  "
        f"[default: {','.join(default)}]",
    )  # fmt: skip


def counting(
    base: str | None, fail_on: tuple[ChangeKind, ...] | None, default: tuple[ChangeKind, ...]
) -> tuple[ChangeKind, ...]:
    """The kinds of differences that make status 2."""
    if base is None:
        if fail_on is not None:
            raise click.UsageError("--fail-on requires --base REF")
        return tuple(ChangeKind)
    return default if fail_on is None else fail_on


def reports(formats: Mapping[str, Any]) -> Callable[[Command], Command]:
    """`--report FORMAT=FILE`, repeatable: one run, several reports."""

    def parsed(
        _: click.Context, __: click.Parameter, values: Sequence[str]
    ) -> tuple[tuple[str, Path], ...]:
        reports = []
        for value in values:
            name, _equals, file = value.partition("=")
            if name not in formats or not file:
                names = "|".join(formats)
                raise click.BadParameter(f"write FORMAT=FILE, where FORMAT is one of {names}")
            reports.append((name, Path(file)))
        return tuple(reports)

    return click.option(
        "--report", "reports", multiple=True, callback=parsed, metavar="FORMAT=FILE",
        help="Also write a report to a file that only you can read; repeatable.",
    )  # fmt: skip


def _web_address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An address that a browser may be sent to; no `javascript:` and the like."""
    if value is not None and not re.match(r"https?://[^/\s]", value):
        raise click.BadParameter("write an address that begins with https://")
    return value


link_base = click.option(
    "--link-base", callback=_web_address, metavar="URL",
    help="The URL of the repository's files, to which reports link, such as https://github.com/acme/calls/blob/main.",
)  # fmt: skip


def output_format(formats: Mapping[str, Any]) -> Callable[[Command], Command]:
    """`--format`, whose choices are what the registry has."""
    return click.option(
        "--format", "format_name", type=click.Choice(list(formats)), default="text",
        show_default=True, help="The output format.",
    )  # fmt: skip


def connection(command: Command) -> Callable[..., Any]:
    """The options that say which VOXO, passed to the command as one `connection`."""

    @click.option(
        "--base-url",
        metavar="URL",
        help="The base URL of the VOXO API.  [default: $VOXO_API_BASE_URL or https://api.voxo.co]",
    )
    @click.option(
        "--tenant-id", type=Identifier(17), metavar="N",
        help="Refuse campaigns of any other tenant.  [default: $VOXO_TENANT_ID]",
    )  # fmt: skip
    @click.option(
        "--token-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Read the API token from FILE instead of $VOXO_API_TOKEN.",
    )  # fmt: skip
    @click.option(
        "--read", type=click.Choice(["auto", "admin", "v2"]),
        help="The VOXO endpoint from which to read campaigns.  [default: auto]",
    )  # fmt: skip
    @wraps(command)
    def wrapped(
        *args: Any,
        base_url: str | None,
        tenant_id: int | None,
        token_file: Path | None,
        read: str | None,
        **kwargs: Any,
    ) -> Any:
        options = ConnectionOptions(base_url, tenant_id, token_file, read)
        return command(*args, connection=options, **kwargs)

    return wrapped


def requests(command: Command) -> Callable[..., Any]:
    """The options of `connection`, and those that say how many requests are sent at once."""

    @_CONCURRENCY
    @_MAX_RATE
    @connection
    @wraps(command)
    def wrapped(
        *args: Any,
        connection: ConnectionOptions,
        concurrency: int,
        max_rate: float | None,
        **kwargs: Any,
    ) -> Any:
        options = replace(connection, concurrency=concurrency, max_rate=max_rate)
        return command(*args, connection=options, **kwargs)

    return wrapped


def plan_options(
    *,
    paths: bool = True,
    base: bool = True,
    kinds: bool = True,
    shard: bool = True,
    implied: tuple[ChangeKind, ...] = tuple(ChangeKind),
) -> Callable[[Command], Callable[..., Any]]:
    """The options that say which definitions are compared with what, passed to the command as one `options`.

    Args:
        paths: whether the command takes `PATH…`.
        base: whether the command has `--base`.
        kinds: whether the command has `--kind`; needs `base`.
        shard: whether the command has `--shard`.
        implied: the kinds that are sent with `--base @applied` and without `--kind`.
    """
    decorators = [
        *([paths_argument] if paths else []),
        _ONLY,
        *([_SHARD] if shard else []),
        *([_BASE] if base else []),
        *([_KIND] if base and kinds else []),
    ]

    def decorated(command: Command) -> Callable[..., Any]:
        @wraps(command)
        def wrapped(
            *args: Any,
            only: Sequence[int],
            paths: Sequence[Path] = (),
            shard: Shard | None = None,
            base: str | None = None,
            kind: Sequence[str] = (),
            **kwargs: Any,
        ) -> Any:
            if kind and base is None:
                raise click.UsageError("--kind requires --base REF")
            selected = tuple(ChangeKind(word) for word in kind) or tuple(ChangeKind)
            if base == APPLIED:
                selected = selected if kind else implied
                if ChangeKind.CHANGE in selected:  # what the record does not have yet is pending
                    selected = tuple(dict.fromkeys((*selected, ChangeKind.PENDING)))
            options = PlanOptions(paths, only, shard, base, selected)
            return command(*args, options=options, **kwargs)

        for decorator in reversed(decorators):
            wrapped = decorator(wrapped)
        return wrapped

    return decorated


def apply_options(command: Command) -> Callable[..., Any]:
    """The options that say how a plan is sent, passed to the command as one `sending` and the `journal`."""

    @click.option(
        "--quiesce", is_flag=True,
        help="Pause a dialing campaign while its numbers change, so that no call results are lost.",
    )  # fmt: skip
    @click.option("--fail-fast", is_flag=True, help="Start no further campaigns after one fails.")
    @journal
    @wraps(command)
    def wrapped(*args: Any, quiesce: bool, fail_fast: bool, **kwargs: Any) -> Any:
        return command(*args, sending=ApplyOptions(quiesce, fail_fast), **kwargs)

    return wrapped
