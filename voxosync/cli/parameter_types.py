"""Types of options and arguments, with what a shell completes for them."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import click

from voxosync.app.options import JOURNAL
from voxosync.model.fields import MAX_ID

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class WholeNumber(click.IntRange):
    """A whole number; where it is none, the message says what to write."""

    @property
    def hint(self) -> str:
        """What to write."""
        return f"write a whole number, {self._describe_range()}"

    def _describe_range(self) -> str:
        """The range as --help shows it; click writes `1<=x<=64`."""
        return f"{self.min} or more" if self.max is None else f"{self.min} to {self.max}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; click's own message is a formula: `0 is not in the range 1<=x<=64`."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{str(value)!r}: {self.hint}", param, ctx)


class Identifier(WholeNumber):
    """An id of VOXO."""

    def __init__(self, example: int) -> None:
        super().__init__(1, MAX_ID)
        self._example = example

    @property
    def hint(self) -> str:
        """What to write."""
        return f"write a whole number above 0, such as {self._example}"

    def _describe_range(self) -> str:
        return ""  # the sixteen digits of the limit help no one in --help


class CampaignId(Identifier):
    """A campaign's id, which a shell completes from the definitions."""

    name = "campaign's id"

    def __init__(self) -> None:
        super().__init__(4711)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002  # click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """The ids of the definitions that begin so, with their names."""
        from voxosync.cli.complete import campaign_ids  # noqa: PLC0415  # only a shell that completes needs it: 50 ms

        options = ctx.find_root().params
        return campaign_ids(incomplete, options.get("directories") or (), options.get("env"))


class RunId(click.types.StringParamType):
    """A run's id, a beginning of one, or `latest`; a shell completes them from the journals."""

    name = "run"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text itself, unless it is empty: that would be the beginning of every id."""
        if not value.strip():
            self.fail("it is empty: write an id that voxosync history lists, or latest", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002  # click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """`latest`, then the runs that begin so, newest first."""
        from voxosync.cli.complete import run_ids  # noqa: PLC0415  # only a shell that completes needs it: 50 ms

        directories = ctx.find_root().params.get("directories") or ()
        return run_ids(incomplete, directories, ctx.params.get("journal") or JOURNAL)


class Rate(click.FloatRange):
    """How many requests a second."""

    def __init__(self) -> None:
        super().__init__(min=0.1)

    def _describe_range(self) -> str:
        return f"{self.min} or more"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The rate, or what to write instead."""
        try:
            rate = super().convert(value, param, ctx)
        except click.BadParameter:
            rate = inf
        if not isfinite(rate):
            message = f"write a number of requests per second, {self.min} or more, such as 2.5"
            self.fail(f"{str(value)!r}: {message}", param, ctx)
        return rate


class Day(click.DateTime):
    """A day."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day, or what to write instead; click's own message is a format of strftime."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{str(value)!r}: write a day such as 2027-01-31", param, ctx)
