"""Types of options and arguments: what reads their values, what to write instead, and what a shell completes."""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voxosync.app.options import JOURNAL, parse_moment
from voxosync.model.change_kind import ChangeKind
from voxosync.model.fields import MAX_ID
from voxosync.model.guard import Limit
from voxosync.model.shard import Shard

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from click.shell_completion import CompletionItem

FILE = click.Path(path_type=Path, dir_okay=False)
"""The path of a file, which need not exist; `--help` shows it as FILE."""
FOLDER = click.Path(path_type=Path, file_okay=False)
"""The path of a folder, which need not exist."""
EXISTING_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
KIND = click.Choice([kind.value for kind in ChangeKind])
"""The name of one kind of difference."""


class _Worded(click.ParamType):  # type: ignore[type-arg]  # click has type parameters only from 8.4
    """Says in words what to write; click's own messages are inequalities and formats of strftime."""

    hint: str

    def message(self, value: Any) -> str:
        """Why a value is refused."""
        return f"{str(value)!r}: write {self.hint}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value that click reads."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(self.message(value), param, ctx)


class WholeNumber(_Worded, click.IntRange):
    """A whole number."""

    def __init__(self, min: int, max: int | None = None) -> None:  # noqa: A002  # as click names them
        super().__init__(min, max)
        self.hint = f"a whole number, {self._describe_range()}"

    def _describe_range(self) -> str:
        """The range as --help shows it; click writes `1<=x<=64`."""
        return f"{self.min} or more" if self.max is None else f"{self.min} to {self.max}"


class Identifier(WholeNumber):
    """An id of VOXO, such as that of a tenant."""

    def __init__(self, example: int = 17) -> None:
        super().__init__(1, MAX_ID)
        self.hint = f"a whole number above 0, such as {example}"

    def _describe_range(self) -> str:
        return ""  # the sixteen digits of the limit are of no use in --help


class CampaignId(Identifier):
    """A campaign's id, which a shell completes from the definitions."""

    def __init__(self) -> None:
        super().__init__(example=4711)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002  # click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """The ids of definitions that begin with `incomplete`, with the names of the campaigns."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # as the next one

        from voxosync.app.completion import campaign_names  # noqa: PLC0415  # only a shell that completes needs it: 50 ms

        names = campaign_names(_folder(ctx), ctx.find_root().params.get("environment"))
        return [
            CompletionItem(campaign, help=name)
            for campaign, name in names.items()
            if campaign.startswith(incomplete)
        ]


class Rate(_Worded, click.FloatRange):
    """A number of requests per second."""

    hint = "a number of requests per second, 0.1 or more, such as 2.5"

    def __init__(self) -> None:
        super().__init__(min=0.1)

    def _describe_range(self) -> str:
        return f"{self.min} or more"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The rate; click also accepts `inf` and `nan`."""
        rate = super().convert(value, param, ctx)
        return rate if isfinite(rate) else self.fail(self.message(value), param, ctx)


class Day(_Worded, click.DateTime):
    """A day, such as 2027-01-31."""

    hint = "a day such as 2027-01-31"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])


class RunId(click.types.StringParamType):
    """A run's id, the beginning of one, or `latest`; a shell completes them from the journals."""

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
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # as the next one

        from voxosync.app.completion import run_names  # noqa: PLC0415  # only a shell that completes needs it: 50 ms

        names = run_names(_folder(ctx) / (ctx.params.get("journal") or JOURNAL))
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _folder(ctx: click.Context) -> Path:
    """The project folder: a shell that completes does not start in the folder that `-C` names."""
    return Path(*ctx.find_root().params.get("directories") or ())


def _text(read: Callable[[str], Any], hint: str) -> Callable[[str], Any]:
    """A type whose values `read` makes of texts; where it raises a ValueError, `hint` says what to write."""

    def convert(text: str) -> Any:
        try:
            return read(text)
        except ValueError as failure:
            raise click.BadParameter(f"write {hint}") from failure

    return convert


def report_file(formats: Collection[str]) -> Callable[[str], tuple[str, Path]]:
    """The type of `FORMAT=FILE`, which is read as the format and the path."""

    def read(text: str) -> tuple[str, Path]:
        name, _equals, file = text.partition("=")
        if name not in formats or not file:
            raise ValueError(text)
        return name, Path(file)

    return _text(read, f"FORMAT=FILE, where FORMAT is one of {'|'.join(formats)}")


def kinds(text: str) -> tuple[ChangeKind, ...]:
    """The type of kinds of differences, separated by commas."""
    words = [word.strip() for word in text.split(",")]
    return tuple(ChangeKind(KIND.convert(word, None, None)) for word in words)


def _web_address(text: str) -> str:
    if not re.match(r"https?://[^/\s]", text):
        raise ValueError(text)
    return text


limit = _text(Limit.from_text, "a number such as 5, or a percentage such as 30%")
shard = _text(Shard.from_text, "the part and the number of parts: for four parts, from 1/4 to 4/4")
moment = _text(parse_moment, "a date such as 2027-01-31, or 7d, or 12h")
web_address = _text(_web_address, "an address that begins with https://")
"""An address that a browser may be sent to; not `javascript:` and the like."""
