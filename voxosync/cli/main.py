"""The command `voxosync`: its commands, the global options, and the exit status."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

import click

from voxosync import __version__
from voxosync.cli import streams
from voxosync.cli.context import Context

COMMANDS = {
    "init": "Start a project in this folder.",
    "import": "Write definitions of live campaigns.",
    "validate": "Check definitions offline.",
    "plan": "Show what apply would send.",
    "apply": "Make VOXO agree with the definitions.",
    "applied": "Show or set the record of what was applied.",
    "drift": "Report where VOXO differs from the definitions.",
    "create": "Create the campaigns of definitions without an id.",
    "pull": "Write VOXO's values into the definitions.",
    "acknowledge": "Accept a difference until a date.",
    "tidy": "Move shared values into _defaults.yaml.",
    "show": "Show a definition and where each value comes from.",
    "numbers": "Prepare lists of phone numbers.",
    "merge": "Combine several reports into one.",
    "history": "Show what earlier runs sent.",
    "rollback": "Undo a run.",
    "snapshot": "Save live campaigns to a file for plans without a token.",
    "environments": "List the environments of voxosync.yaml.",
    "schema": "Print or write the JSON Schemas.",
    "sandbox": "Run a local VOXO to try things out.",
    "demo": "Take a tour with a local VOXO.",
}
"""Every command and what it does; `module_of` says where each lives."""


def module_of(command: str) -> str:
    """The module of a command: its name, with an underscore if it is a keyword of Python."""
    return f"voxosync.cli.{command}{'_' if iskeyword(command) else ''}"


class LazyGroup(click.Group):
    """Imports a command only when it runs, so that `--help` and `--version` start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The commands in the order in which they are usually needed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Imports a command."""
        if cmd_name not in COMMANDS:
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

            close = get_close_matches(args[0], COMMANDS, n=1)
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
        """The list in `--help`, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C", "--directory", "directories", type=click.Path(), metavar="DIR", multiple=True,
    help="Run as if started in DIR; relative paths start there.",
)  # fmt: skip
@click.option(
    "--env", "environment", metavar="NAME", help="Use this environment from voxosync.yaml."
)
@click.option("-q", "--quiet", is_flag=True, help="Hide progress and remarks.")
@click.option(
    "-v", "--verbose", is_flag=True,
    help="Also list campaigns that are in sync, and show long values in full.",
)  # fmt: skip
@click.option("--no-color", is_flag=True, help="Disable color, as the variable NO_COLOR does.")
@click.version_option(__version__, prog_name="voxosync")
@click.pass_context
def cli(
    ctx: click.Context, /, *, directories: tuple[str, ...], no_color: bool, **options: Any
) -> None:
    """Manage VOXO call campaigns as YAML files in Git: check, plan, apply, and detect drift."""
    for directory in directories:
        try:
            os.chdir(directory)
        except OSError as failure:
            raise click.UsageError(f"cannot enter {directory}: {failure.strerror}") from failure
    if no_color or os.environ.get("NO_COLOR"):
        ctx.color = False
    ctx.obj = Context(color=ctx.color, **options)


_OBJECTS_BEFORE_COLLECTION = 200_000
"""How many new objects Python makes before it looks for cycles among them.

A command keeps nearly all of its objects until it ends. With Python's default of 700, this search takes up to a tenth
of the time of a plan and finds next to nothing.
"""


def run() -> NoReturn:
    """Runs the command line as this whole process.

    Everything that was opened is closed by now, so the process exits at once: otherwise, Python would first free every
    object by itself, which takes a tenth of the time of a large plan.
    """
    out = streams.secure()
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    try:
        main()
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    streams.finish(out)
    os._exit(status)


def main() -> NoReturn:
    """Runs the command line; the exit status is the contract's, and no traceback reaches a user."""
    try:
        sys.exit(cli.main(prog_name="voxosync", standalone_mode=False))
    except (click.Abort, KeyboardInterrupt):
        if sys.stderr.isatty():  # the terminal shows ^C behind a question
            click.echo(err=True)
        click.echo("Interrupted: nothing more was sent.", err=True)
        sys.exit(1)
    except Exception as failure:  # noqa: BLE001  # the last line of defense, with a status of its own
        from voxosync.cli.output import show_error  # noqa: PLC0415  # only an error needs it: 50 ms

        sys.exit(show_error(failure))
