"""The command `voxosync`: global options, the list of commands, and what an error looks like."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import click

from voxosync import __version__
from voxosync.cli import streams
from voxosync.cli.context import Context
from voxosync.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

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
"""Every command and what it does; `lazy.module_of` says where each lives."""


@click.group(
    cls=LazyGroup,
    commands_by_name=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C", "--directory", "directories", type=click.Path(), metavar="DIR",
    multiple=True,
    help="Run as if started in DIR; relative paths start there.",
)  # fmt: skip
@click.option("--env", metavar="NAME", help="Use this environment from voxosync.yaml.")
@click.option("-q", "--quiet", is_flag=True, help="Hide progress and remarks.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also list campaigns that are in sync, and show long values in full.",
)
@click.option("--no-color", is_flag=True, help="Disable color, as the variable NO_COLOR does.")
@click.version_option(__version__, prog_name="voxosync")
@click.pass_context
def cli(  # one parameter a global option
    ctx: click.Context,
    *,
    directories: Sequence[str],
    env: str | None,
    quiet: bool,
    verbose: bool,
    no_color: bool,
) -> None:
    """Manage VOXO call campaigns as YAML files in Git: check, plan, apply, and detect drift."""
    for directory in directories:
        try:
            os.chdir(directory)
        except OSError as failure:
            raise click.UsageError(f"cannot enter {directory}: {failure.strerror}") from failure
    if no_color or os.environ.get("NO_COLOR"):
        ctx.color = False
    ctx.obj = Context(environment=env, quiet=quiet, verbose=verbose, color=ctx.color)


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
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.ClickException as failure:
        _show_usage(failure)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        if sys.stderr.isatty():  # the terminal shows ^C behind a question
            click.echo(err=True)
        click.echo("Interrupted: nothing more was sent.", err=True)
        sys.exit(1)
    except Exception as failure:  # noqa: BLE001  # the last line of defense, with a status of its own
        _show(failure)


def _show_usage(failure: click.ClickException) -> None:
    """Shows a usage error as any other error, and where to find help."""
    from voxosync.cli.output import remark  # noqa: PLC0415  # only an error needs what follows

    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        failure.show()
        return
    lines = [f"error: {' '.join(failure.format_message().split())}"]  # click lists choices in lines
    context = failure.ctx if isinstance(failure, click.UsageError) else None
    if context is not None:
        option = getattr(failure, "option_name", None)
        if any(option in parameter.opts for parameter in cli.params) and context.command is not cli:
            lines.append(
                f"{option} goes before the command: voxosync {option} … {context.info_name}"
            )
        lines.append(f"see: {context.command_path} --help")
    remark("\n".join(lines))


def _show(failure: Exception) -> NoReturn:
    from voxosync.cli.output import remark, show_problems  # noqa: PLC0415  # only an error needs what follows
    from voxosync.errors import DefinitionsError, VoxoError, VoxosyncError  # noqa: PLC0415  # only an error needs it
    from voxosync.model.phone import masked_in  # noqa: PLC0415  # only an error needs it

    if isinstance(failure, DefinitionsError):
        show_problems(failure.problems)
    if isinstance(failure, VoxosyncError):
        text = str(failure)
        if isinstance(failure, VoxoError):  # the words of VOXO may repeat a phone
            text = masked_in(text)
        remark(f"error: {text}")
        sys.exit(failure.exit_status)
    if os.environ.get("VOXOSYNC_DEBUG"):
        raise failure
    summary = f"{type(failure).__name__}: {failure}"
    remark(f"error: this is a bug in voxosync ({summary}); VOXOSYNC_DEBUG=1 shows where")
    sys.exit(3)
