"""Types of options and arguments, with what a shell completes for them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voxosync.app.options import JOURNAL
from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import MAX_ID
from voxosync.model.guard import Limit
from voxosync.model.shard import Shard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.shell_completion import CompletionItem

KIND = click.Choice([kind.value for kind in ChangeKind])
"""The name of one kind of difference."""
_SHARD = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")
_LIMIT = re.compile(r"([0-9]{1,9})(%?)")
_AGE = re.compile(r"([0-9]{1,5})([dh])")


class WholeNumber(click.IntRange):
    """A whole number; for anything else, the message says what to write."""

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
    """An id of VOXO, such as that of a tenant."""

    example = 17

    def __init__(self) -> None:
        super().__init__(1, MAX_ID)

    @property
    def hint(self) -> str:
        """What to write."""
        return f"write a whole number above 0, such as {self.example}"

    def _describe_range(self) -> str:
        return ""  # the sixteen digits of the limit are of no use in --help


class CampaignId(Identifier):
    """A campaign's id, which a shell completes from the definitions."""

    name = "campaign's id"
    example = 4711

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002  # click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """The ids of definitions that begin with `incomplete`, with the names of the campaigns."""
        from voxosync.cli.complete import campaign_ids  # noqa: PLC0415  # only a shell that completes needs it: 50 ms

        options = ctx.find_root().params
        return campaign_ids(incomplete, options.get("directories") or (), options.get("env"))


class RunId(click.types.StringParamType):
    """A run's id, the beginning of one, or `latest`; a shell completes them from the journals."""

    name = "run"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text itself; an empty one is refused, because every id begins with it."""
        if not value.strip():
            self.fail("it is empty: write an id that voxosync history lists, or latest", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002  # click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """`latest`, then the ids of runs that begin with `incomplete`, newest first."""
        from voxosync.cli.complete import run_ids  # noqa: PLC0415  # only a shell that completes needs it: 50 ms

        directories = ctx.find_root().params.get("directories") or ()
        return run_ids(incomplete, directories, ctx.params.get("journal") or JOURNAL)


class Rate(click.FloatRange):
    """A number of requests per second."""

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
    """A day, such as 2027-01-31."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day, or what to write instead; click's own message is a format of strftime."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{str(value)!r}: write a day such as 2027-01-31", param, ctx)


class ReportFile(click.types.StringParamType):
    """`FORMAT=FILE`, as both."""

    name = "report"

    def __init__(self, formats: Iterable[str]) -> None:
        self._formats = tuple(formats)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The format and the file, or what to write instead."""
        name, _equals, file = value.partition("=")
        if name not in self._formats or not file:
            names = "|".join(self._formats)
            self.fail(f"write FORMAT=FILE, where FORMAT is one of {names}", param, ctx)
        return name, Path(file)


def parse_shard(text: str) -> Shard:
    """`I/N`: the part I, from 1, of N."""
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]):
        raise click.BadParameter(
            "write the part and the number of parts: for four parts, from 1/4 to 4/4"
        )
    return Shard(int(match[1]), int(match[2]))


def parse_kinds(text: str) -> tuple[ChangeKind, ...]:
    """Kinds of differences, separated by commas."""
    words = [word.strip() for word in text.split(",")]
    return tuple(ChangeKind(KIND.convert(word, None, None)) for word in words)


def parse_limit(text: str) -> Limit:
    """The limit of a guard: `5`, or `30%`."""
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise click.BadParameter("write a number such as 5, or a percentage such as 30%")
    return Limit(int(match[1]), is_percent=bool(match[2]))


def parse_since(text: str) -> datetime | timedelta:
    """A date, as the moment in UTC when it begins, or a time before now: `7d`, `12h`."""
    if age := _AGE.fullmatch(text):
        return timedelta(hours=int(age[1]) * (24 if age[2] == "d" else 1))
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as failure:
        raise click.BadParameter("write a date such as 2027-01-31, or 7d, or 12h") from failure


def parse_web_address(text: str) -> str:
    """An address that a browser may be sent to; not `javascript:` and the like."""
    if not re.match(r"https?://[^/\s]", text):
        raise click.BadParameter("write an address that begins with https://")
    return text


def parse_reason(text: str) -> str:
    """The reason for `--during-freeze`, which must not be blank."""
    if not text.strip():
        raise click.UsageError("--during-freeze requires a reason")
    return text
