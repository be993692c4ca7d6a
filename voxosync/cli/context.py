"""What the global options say, for every command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click


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
        """The project folder."""
        return Path.cwd()


pass_context = click.make_pass_decorator(Context)
