"""The step of action.yml that runs voxosync: `action/run.py`, with voxosync in this process."""

from __future__ import annotations

import io
import os
import runpy
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.cli.cli_project import Project, Ran

if TYPE_CHECKING:
    from collections.abc import Mapping

RUN = Path(__file__).resolve().parents[2] / "action" / "run.py"


def run_step(folder: Path, variables: Mapping[str, str]) -> Ran:
    """Runs the step, which is faster than in two processes.

    Args:
        folder: the checkout.
        variables: all environment variables of the step.
    """
    main = runpy.run_path(str(RUN))["main"]
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    with (
        chdir(folder),
        mock.patch.dict(os.environ, variables, clear=True),
        mock.patch.multiple(sys, stdout=streams[0], stderr=streams[1]),
        mock.patch.dict(
            main.__globals__, {"subprocess": mock.Mock(PIPE=subprocess.PIPE, Popen=_run_voxosync)}
        ),
    ):
        status = main()
    out, err = (_content(stream) for stream in streams)
    return Ran(status, out, err)


def _run_voxosync(words: list[str], *, env: dict[str, str], **_: Any) -> Any:
    """Replaces `Popen` for run.py: runs voxosync in this process."""
    ran = Project(Path.cwd()).run(*words[words.index("voxosync") + 1 :], **env)
    sys.stderr.write(ran.err)
    return mock.Mock(stdout=io.StringIO(ran.out), wait=lambda: ran.status)


def _content(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
