"""Questions that a command asks before it sends or writes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click

from voxosync.cli import output
from voxosync.errors import UsageError
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

    from voxosync.app.listener import Listener


def require_terminal(action: Literal["send", "write"], *, yes: bool) -> None:
    """Refuses a call that would have to ask without a terminal, before anything is fetched."""
    if not yes and not output.is_terminal(sys.stdin):
        raise click.UsageError(
            f"cannot ask without a terminal: to {action} without asking, pass --yes"
        )


def write_files(edits: Sized, write: Callable[[], None], listener: Listener, *, yes: bool) -> None:
    """Writes files that were shown, after asking.

    Args:
        edits: the files.
        write: writes them.
        listener: asks.
        yes: whether to write without asking.

    Raises:
        UsageError: the answer was no.
    """
    files = count(len(edits), "file")
    if not yes and not listener.confirm(f"Write this to {files}?"):
        raise UsageError("not confirmed: nothing was written")
    write()
    output.result(f"Wrote {files}.\n")
