"""`voxosync demo`: the whole tour, with the real commands against a local VOXO."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from voxosync.app.demonstration import demonstration
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from voxosync.app.demonstration import Demonstration


@click.command("demo")
@pass_context
def command(context: Context) -> None:
    """Take a tour with a local VOXO.

    Works on a copy of the sample campaigns.

    Exit status: 0 shown; 1 the sandbox is not installed.
    """
    color = {"NO_COLOR": "1"} if context.color is False else {}
    with demonstration() as demo:
        _walk(demo, {**os.environ, **demo.variables, **color})


def _walk(demo: Demonstration, environment: dict[str, str]) -> None:
    """From a plan and an apply to the drift that a change by hand causes."""

    def run(*arguments: str, expected: int = 0) -> None:
        output.result(click.style(f"$ voxosync {' '.join(arguments)}\n", bold=True))
        sys.stdout.flush()
        call = [sys.executable, "-m", "voxosync", *arguments]
        status = subprocess.run(call, cwd=demo.folder, env=environment, check=False).returncode  # noqa: S603  # our own command
        if status != expected:
            raise UsageError(
                f"the demo expected status {expected}, not {status}: please report this"
            )

    _say("Six campaigns live as YAML in campaigns/. Are they valid?")
    run("validate")
    _say("Three of them differ from what VOXO has. What would be sent?")
    run("plan")
    _say("Send just that. Patient 2041 was already reached: that result stays with the number.")
    run("apply", "--yes", "--allow-go-live")
    _say("Now VOXO and the files agree.")
    run("plan", "--exit-code")
    _say("A campaign is changed by hand, in VOXO's own pages …")
    demo.change_by_hand()
    _say("… and the nightly drift check finds it (exit status 2).")
    run("drift", expected=2)
    _say("That was the tour. Your turn: README.md says how to begin.")


def _say(text: str) -> None:
    output.result(f"\n{click.style(f'# {text}', fg='cyan')}\n")
