"""What every command is given: the global options, and some of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voxosync.app.options import ConnectionOptions
    from voxosync.app.project import Project


@dataclass(frozen=True, slots=True)
class Context:
    """The global options of one call, and how its command opens a project and shows a report.

    `-C` is not among them: it has already changed the directory.

    Attributes:
        environment: the name given with `--env`.
        color: False: no color; None: color on a terminal.
        connection: what the options say about VOXO; None: the command has no such options.
        journal: the folder of the journals; None: the usual one.
    """

    environment: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool | None = None
    connection: ConnectionOptions | None = None
    journal: Path | None = None
    show_numbers: bool = False

    def project(self) -> Project:
        """The project of this call, whose settings are read; a context manager."""
        # Reading definitions takes 50 ms to import, which --help and --version need not wait for.
        from voxosync.app.options import ConnectionOptions  # noqa: PLC0415  # see above
        from voxosync.app.project import Project  # noqa: PLC0415  # see above
        from voxosync.app.project_folder import current_folder  # noqa: PLC0415  # see above
        from voxosync.cli.output import Console  # noqa: PLC0415  # see above

        return Project.open(
            current_folder(),
            environment=self.environment,
            journal=self.journal,
            connection=self.connection or ConnectionOptions(),
            listener=Console(self),
        )


def pass_context(command: Callable[..., Any]) -> Callable[..., Any]:
    """Passes the context to a command, with the values of those options that the context has attributes for."""
    names = {"connection", "journal", "show_numbers"}

    @wraps(command)
    def wrapped(**values: Any) -> Any:
        options = {name: values.pop(name) for name in names & values.keys()}
        return command(replace(click.get_current_context().obj, **options), **values)

    return wrapped
