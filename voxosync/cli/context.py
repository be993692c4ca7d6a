"""What the global options say, for every command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Context:
    """The global options of one call. `-C` is not among them: it has already changed the directory.

    Attributes:
        environment: the name given with `--env`.
        color: False where somebody said no; None: as the terminal is.
    """

    environment: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool | None = None

    @property
    def folder(self) -> Path:
        """The project folder.

        Raises:
            UsageError: it has been deleted.
        """
        from pathlib import Path  # noqa: PLC0415  # --help and --version need none

        try:
            return Path.cwd()
        except FileNotFoundError:
            from voxosync.errors import UsageError  # noqa: PLC0415  # as above

            raise UsageError(
                "the current folder has been deleted: change to another one, or name it with -C"
            ) from None


pass_context = click.make_pass_decorator(Context)
