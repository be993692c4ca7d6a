"""The global options, for every command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.options import ConnectionOptions
    from voxosync.app.project import Project


@dataclass(frozen=True, slots=True)
class Context:
    """The global options of one call. `-C` is not among them: it has already changed the directory.

    Attributes:
        environment: the name given with `--env`.
        color: False: no color; None: color on a terminal.
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
        from pathlib import Path  # noqa: PLC0415  # 5 ms that --help and --version need not wait for

        try:
            return Path.cwd()
        except FileNotFoundError:
            from voxosync.errors import UsageError  # noqa: PLC0415  # only this failure needs it

            raise UsageError(
                "the current folder has been deleted: change to another one, or name it with -C"
            ) from None

    def project(
        self, connection: ConnectionOptions | None = None, *, journal: Path | None = None
    ) -> Project:
        """The project of this call, whose settings are read; a context manager.

        Args:
            connection: what the options say about VOXO.
            journal: the folder of the journals.
        """
        # Reading definitions takes 50 ms to import, which --help and --version need not wait for.
        from voxosync.app.options import ConnectionOptions  # noqa: PLC0415  # see above
        from voxosync.app.project import Project  # noqa: PLC0415  # see above
        from voxosync.cli.output import Console  # noqa: PLC0415  # see above

        return Project.open(
            self.folder,
            environment=self.environment,
            journal=journal,
            connection=connection or ConnectionOptions(),
            listener=Console(self),
        )


pass_context = click.make_pass_decorator(Context)
