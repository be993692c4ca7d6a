"""Questions that a command asks before it sends or writes, and the options that answer them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from voxosync.cli import output
from voxosync.cli.options import options_as
from voxosync.errors import UsageError
from voxosync.report.file_edits import SCREEN
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from voxosync.app.file_changes import FileChanges
    from voxosync.app.listener import Listener


def require_terminal(action: Literal["send", "write"], *, yes: bool) -> None:
    """Refuses a call that would have to ask without a terminal, before anything is fetched."""
    if not yes and not output.is_terminal(sys.stdin):
        raise click.UsageError(
            f"cannot ask without a terminal: to {action} without asking, pass --yes"
        )


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """Whether a command writes the files that it shows as diffs.

    Attributes:
        yes: write without asking.
        dry_run: write nothing.
        full: show all of each diff.
    """

    yes: bool
    dry_run: bool
    full: bool

    @property
    def longest(self) -> int | None:
        """The maximum number of lines of each diff that are shown; None: all of them."""
        return None if self.full else SCREEN

    def require_terminal(self) -> None:
        """Refuses a call that would have to ask without a terminal."""
        require_terminal("write", yes=self.yes or self.dry_run)

    def write(self, changes: FileChanges, listener: Listener) -> int:
        """Writes the files after asking; returns the exit status, which is 2 if `--dry-run` leaves them.

        Raises:
            UsageError: the answer was no.
        """
        if self.dry_run:
            return 2
        files = count(len(changes.contents), "file")
        if not self.yes and not listener.confirm(f"Write this to {files}?"):
            raise UsageError("not confirmed: nothing was written")
        changes.write()
        output.result(f"Wrote {files}.\n")
        return 0


write_options = options_as(
    "writing",
    WriteOptions,
    click.option("--yes", is_flag=True, help="Write without asking."),
    click.option("--dry-run", is_flag=True, help="Show the diff and write nothing."),
    click.option(
        "--full", is_flag=True, help="Show all of each file's diff instead of its first 40 lines."
    ),
)
"""The options of `WriteOptions`, passed to the command as one `writing`."""
