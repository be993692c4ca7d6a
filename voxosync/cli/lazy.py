"""A group that imports a command only when it runs, so that `--help` and `--version` start at once."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import Any

import click


def module_of(command: str) -> str:
    """The module of a command: its name, with an underscore if it is a keyword of Python."""
    return f"voxosync.cli.{command}{'_' if iskeyword(command) else ''}"


class LazyGroup(click.Group):
    """A group whose commands are known by name and summary before they are imported."""

    def __init__(self, *args: Any, commands_by_name: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._summaries = commands_by_name

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The commands in the order in which they are usually needed."""
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Imports a command."""
        if cmd_name not in self._summaries:
            return None
        command: click.Command = import_module(module_of(cmd_name)).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, or the one that may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as failure:
            from difflib import get_close_matches  # noqa: PLC0415  # only a wrong command needs it

            close = get_close_matches(args[0], self._summaries, n=1)
            if not close:
                raise
            raise click.UsageError(f"{failure.message} Did you mean {close[0]}?", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was named.

        click assumes that a broken pipe is stdout, whose reader went away, and ends with status 1. Here, output
        never breaks (`streams`), so it is another pipe.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError as failure:
            raise RuntimeError(f"a pipe broke: {failure}") from failure

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """The list in `--help`, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))
