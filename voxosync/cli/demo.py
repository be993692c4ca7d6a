"""`voxosync demo`: the whole tour, with the real commands against a local VOXO."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.app import local_sandbox
from voxosync.app.project import Project
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.errors import UsageError
from voxosync.resources import folder

if TYPE_CHECKING:
    from voxosync.sandbox.server import Sandbox

_TOKEN = "demo-token"  # noqa: S105  # opens nothing but this sandbox
_TENANT = 17


@click.command("demo")
@pass_context
def command(context: Context) -> None:
    """Take a tour with a local VOXO.

    Works on a copy of the sample campaigns.

    Exit status: 0 shown; 1 the sandbox is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="voxosync-demo-") as temporary:
        project = Path(temporary)
        shutil.copytree(folder("campaigns"), project / "campaigns")
        server = local_sandbox.sandbox(token=_TOKEN, tenant_id=_TENANT)
        with server:
            local_sandbox.fill(server, Project.open(project))
            _differ(server)
            _Tour(server, project, context).walk()


def _differ(server: Sandbox) -> None:
    """Makes VOXO differ from the definitions; one number has been called already."""
    numbers = [
        {"number": "6015550110", "description": "Patient 2041", "disposition": "ANSWERED"},
        {"number": "6015550111", "description": "Patient 2057"},
        {"number": "6015550112", "description": "Patient 2036"},
    ]
    server.store.patch(4711, {"callFrequency": 60, "numbers": numbers})
    server.store.patch(4720, {"dateEnd": "2027-03-31", "enableVMDetect": "0"})
    server.store.patch(4730, {"state": "PAUSED", "message": "Test call, sorry for the noise."})


class _Tour:
    """The commands of the tour, run one by one against one sandbox."""

    def __init__(self, server: Sandbox, project: Path, context: Context) -> None:
        self._server = server
        self._project = project
        self._environment = {
            **os.environ,
            "VOXO_API_BASE_URL": server.base_url,
            "VOXO_API_TOKEN": _TOKEN,
            "VOXO_TENANT_ID": str(_TENANT),
            **({"NO_COLOR": "1"} if context.color is False else {}),
        }

    def walk(self) -> None:
        """From a plan and an apply to the drift that a change by hand causes."""
        _say("Six campaigns live as YAML in campaigns/. Are they valid?")
        self._run("validate")
        _say("Three of them differ from what VOXO has. What would be sent?")
        self._run("plan")
        _say("Send just that. Patient 2041 was already reached: that result stays with the number.")
        self._run("apply", "--yes", "--allow-go-live")
        _say("Now VOXO and the files agree.")
        self._run("plan", "--exit-code")
        _say("A campaign is changed by hand, in VOXO's own pages …")
        self._server.store.patch(4720, {"callHoursEnd": "21:30"})
        _say("… and the nightly drift check finds it (exit status 2).")
        self._run("drift", expected=2)
        _say("That was the tour. Your turn: README.md says how to begin.")

    def _run(self, *arguments: str, expected: int = 0) -> None:
        output.result(click.style(f"$ voxosync {' '.join(arguments)}\n", bold=True))
        sys.stdout.flush()
        call = [sys.executable, "-m", "voxosync", *arguments]
        status = subprocess.run(  # noqa: S603  # our own command
            call, cwd=self._project, env=self._environment, check=False
        ).returncode
        if status != expected:
            raise UsageError(
                f"the demo expected status {expected}, not {status}: please report this"
            )


def _say(text: str) -> None:
    output.result(f"\n{click.style(f'# {text}', fg='cyan')}\n")
