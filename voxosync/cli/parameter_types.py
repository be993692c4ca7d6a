"""Types of options and arguments, with what a shell completes for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voxosync.app.options import JOURNAL
from voxosync.model.fields import MAX_ID

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class CampaignId(click.IntRange):
    """A campaign's id, which a shell completes from the definitions."""

    def __init__(self) -> None:
        super().__init__(1, MAX_ID)

    name = "campaign's id"

    def _describe_range(self) -> str:
        return ""  # the sixteen digits of the limit help no one in --help

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The id, or what to write instead."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r}: write a whole number above 0, such as 4711", param, ctx)

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
