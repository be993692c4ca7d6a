"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from voxosync.cli.target import Flags
from voxosync.model.fields import MAX_ID

Command = TypeVar("Command", bound=Callable[..., Any])

paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")

only = click.option(
    "--only", multiple=True, type=click.IntRange(1, MAX_ID), metavar="ID",
    help="Only this campaign; repeatable.",
)  # fmt: skip

show_numbers = click.option(
    "--show-numbers", is_flag=True, help="Show phone numbers in full instead of masked."
)

concurrency = click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, metavar="N",
    help="How many requests at once.",
)  # fmt: skip


def output_format(formats: Mapping[str, Any]) -> Callable[[Command], Command]:
    """`--format`, whose choices are what the registry has."""
    return click.option(
        "--format", "format_name", type=click.Choice(list(formats)), default="text",
        show_default=True, help="How to show the result.",
    )  # fmt: skip


def connection(command: Command) -> Callable[..., Any]:
    """The options that say which VOXO, handed to the command as one `flags`."""

    @click.option(
        "--base-url",
        metavar="URL",
        help="VOXO's address; else VOXO_API_BASE_URL, else https://api.voxo.co.",
    )
    @click.option(
        "--tenant-id", type=click.IntRange(1, MAX_ID), metavar="N",
        help="Refuse campaigns of any other tenant; else VOXO_TENANT_ID.",
    )  # fmt: skip
    @click.option(
        "--token-file", type=click.Path(path_type=Path), metavar="FILE",
        help="Where the API token is; else VOXO_API_TOKEN.",
    )  # fmt: skip
    @click.option(
        "--read", type=click.Choice(["auto", "admin", "v2"]),
        help="Which of VOXO's two ways to read a campaign.  [default: auto]",
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
        return command(*args, flags=Flags(base_url, tenant_id, token_file, read), **kwargs)

    return wrapped
