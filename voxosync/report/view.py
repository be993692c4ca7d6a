"""Options for displaying a report. They never change what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import join
from textwrap import fill
from typing import TYPE_CHECKING

import click

from voxosync.model.change_kind import ChangeKind
from voxosync.model.phone import masked
from voxosync.model.problem import Position
from voxosync.report.escape import quoted_path, terminal

if TYPE_CHECKING:
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan

NARROWEST = 50
"""The narrowest terminal for which text is wrapped, in columns; a narrower one wraps by itself."""
_INDENT = 4


@dataclass(frozen=True, slots=True)
class View:
    """Options for displaying a report.

    Attributes:
        command: the command that reports, `plan` or `drift`.
        color: whether ANSI colors may be used.
        show_numbers: whether phone numbers are shown in full.
        verbose: whether to list campaigns that are in sync.
        environment: the name given with `--env`, which keeps the reports of several environments apart.
        prefix: the project folder's path from the root of its Git repository, as `calls/` or ``.
        link_base: the URL of the repository's files, as `https://github.com/acme/calls/blob/main`.
        width: the columns of the terminal that it is shown on; None: it is not shown on one.
        exit_kinds: the kinds of differences that cause exit status 2.
    """

    command: str = "plan"
    color: bool = False
    show_numbers: bool = False
    verbose: bool = False
    prefix: str = ""
    environment: str | None = None
    link_base: str | None = None
    width: int | None = None
    exit_kinds: tuple[ChangeKind, ...] = tuple(ChangeKind)

    def paint(self, text: str, color: str) -> str:
        """The text in a color, if this report uses colors."""
        return click.style(text, fg=color) if self.color else text

    def bold(self, text: str) -> str:
        """The text in bold, if this report uses colors."""
        return click.style(text, bold=True) if self.color else text

    def wrap(self, head: str, text: str, indent: int = _INDENT) -> str:
        """`head` and `text` on as many lines as the terminal needs.

        Args:
            head: begins the first line and is never split; without colors.
            text: what follows it; safe for a terminal.
            indent: the number of spaces before each further line.
        """
        if self.width is None:
            return head + text
        wrapped = fill(
            text,
            max(self.width, NARROWEST),
            initial_indent=" " * len(head),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        # a workflow command in outside text may only now begin a line
        return "\n".join(map(terminal, (head + wrapped[len(head) :]).split("\n")))

    def wrap_colored(self, text: str) -> str:
        """A text that may have colors, and is safe for a terminal, on as many lines as the terminal needs."""
        if self.width is None:
            return text
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines[-1].strip() else f"{lines[-1]}{word}"
            if len(click.unstyle(longer)) <= max(self.width, NARROWEST):
                lines[-1] = longer
            else:
                lines.append(" " * _INDENT + word)
        return "\n".join(lines)

    def number(self, number: str) -> str:
        """A phone number, masked unless this report shows numbers."""
        return number if self.show_numbers else masked(number)

    def command_line(self, *words: str) -> str:
        """A command with this environment, as one types it into a shell: `voxosync --env acme plan`."""
        environment = ("--env", self.environment) if self.environment else ()
        return join(("voxosync", *environment, *words))

    def from_repository(self, file: str) -> str:
        """A file's path from the root of the Git repository, for tools that show a repository."""
        return self.prefix + file

    def link(self, position: Position) -> str | None:
        """The URL of a line of a file, or None without a `link_base`."""
        if self.link_base is None:
            return None
        file = quoted_path(self.from_repository(position.file))
        return f"{self.link_base.rstrip('/')}/{file}#L{position.line}"

    def link_definition(self, campaign: CampaignPlan | AbandonedCampaign) -> str | None:
        """The URL of a campaign's definition; None without a `link_base`, and where the definition was removed."""
        line = getattr(campaign, "line", None)
        return self.link(Position(campaign.file, line)) if line else None
