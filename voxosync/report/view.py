"""How a report is to be shown; what it says does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from voxosync.model.phone import masked


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
    """

    command: str = "plan"
    color: bool = False
    show_numbers: bool = False
    verbose: bool = False
    prefix: str = ""
    environment: str | None = None

    def number(self, number: str) -> str:
        """A number that is called, as this report may show it."""
        return number if self.show_numbers else masked(number)

    def from_repository(self, file: str) -> str:
        """A file's path from the root of the Git repository, for tools that show a repository."""
        return self.prefix + file
