"""How a report is to be shown; what it says does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from voxosync.model.kind import ChangeKind
from voxosync.model.phone import masked
from voxosync.report.escape import quoted_path

if TYPE_CHECKING:
    from voxosync.model.problem import Position


@dataclass(frozen=True, slots=True)
class View:
    """A person's wishes for a report.

    Attributes:
        command: the command that reports, `plan` or `drift`.
        color: whether ANSI colours may be used.
        show_numbers: whether the numbers that are called are shown in full.
        verbose: whether to list what there is nothing to say about.
        environment: the name given with `--env`, which keeps reports of several environments apart.
        prefix: the project folder's path from the root of its Git repository, as `calls/` or ``.
        link_base: where the repository's files can be seen, as `https://github.com/acme/calls/blob/main`.
        counting: the kinds of differences that make status 2.
    """

    command: str = "plan"
    color: bool = False
    show_numbers: bool = False
    verbose: bool = False
    prefix: str = ""
    environment: str | None = None
    link_base: str | None = None
    counting: tuple[ChangeKind, ...] = tuple(ChangeKind)

    def painted(self, text: str, color: str) -> str:
        """A text in a colour, where this report has some."""
        return click.style(text, fg=color) if self.color else text

    def bold(self, text: str) -> str:
        """A text in bold, where this report has colours."""
        return click.style(text, bold=True) if self.color else text

    def number(self, number: str) -> str:
        """A number that is called, as this report may show it."""
        return number if self.show_numbers else masked(number)

    def from_repository(self, file: str) -> str:
        """A file's path from the root of the Git repository, for tools that show a repository."""
        return self.prefix + file

    def link(self, place: Position) -> str | None:
        """Where a line of a file can be seen, or None where nobody said."""
        if self.link_base is None:
            return None
        file = quoted_path(self.from_repository(place.file))
        return f"{self.link_base.rstrip('/')}/{file}#L{place.line}"
