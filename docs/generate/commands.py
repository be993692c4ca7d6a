"""Every command, option and exit status, from click; every format of reports, from the registry."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import click
from markupsafe import Markup

from docs.generate.html import code, paragraph, prose, table
from voxosync.cli.main import cli
from voxosync.report.registry import DRIFT, FORMATS, PLAN, VALIDATION
from voxosync.sandbox.faults import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_STATUSES = "Exit status: "
_A_STATUS = re.compile(r"(?:^|; )([0-9]) (.+?)(?=; [0-9] |$)")


def every_command() -> str:
    """The global options, then a section for each command."""
    root = _root()
    parts = [
        "## Global options\n",
        paragraph("Write them before the command: `voxosync -C calls --env prod plan`."),
        _options(root),
    ]
    for context in _contexts(root):
        parts.append(f"## {context.info_name}\n")
        usage = " ".join(context.command.collect_usage_pieces(context))
        parts.append(f"<pre><code>{prose(f'voxosync {context.info_name} {usage}')}</code></pre>\n")
        paragraphs, statuses = _help(context)
        parts += map(paragraph, paragraphs)
        parts.append(_options(context))
        parts.append(_status_table(statuses))
    return "\n".join(parts)


def every_status() -> str:
    """A table of statuses for each command."""
    rows = [
        (code(f"voxosync {context.info_name}") if at == 0 else "", code(status), prose(meaning))
        for context in _contexts(_root())
        for at, (status, meaning) in enumerate(_help(context)[1])
    ]
    return table(("command", "status", "means"), rows)


def every_format() -> str:
    """What each format of reports is for, which commands offer it, and what it leaves out."""
    rows = []
    offered: dict[str, Collection[str]] = {"plan": PLAN, "drift": DRIFT, "validate": VALIDATION}
    for name, entry in FORMATS.items():
        names = [code(command) for command, formats in offered.items() if name in formats]
        rows.append(
            (code(name), prose(entry.purpose), Markup(", ").join(names), ", ".join(entry.omits))
        )
    return table(("format", "is for", "offered by", "omits"), rows)


def every_fault() -> str:
    """The faults of the sandbox, as `--fault` takes them."""
    rows = [
        (code(name + kind.form), kind.does, ", ".join(kind.methods)) for name, kind in KINDS.items()
    ]
    return table(("fault", "does", "on"), rows)


def _root() -> click.Context:
    return click.Context(cli, info_name="voxosync", **cli.context_settings)


def _contexts(root: click.Context) -> Iterator[click.Context]:
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        if command is None:  # for the type checker: every listed command exists
            continue
        context = click.Context(command, parent=root, info_name=name)
        if isinstance(command, click.Group):
            for subcommand in command.list_commands(context):
                yield click.Context(
                    command.commands[subcommand], parent=root, info_name=f"{name} {subcommand}"
                )
        else:
            yield context


def _help(context: click.Context) -> tuple[list[str], list[tuple[str, str]]]:
    """The help of a command: its paragraphs, and its exit statuses with their meanings."""
    text = inspect.cleandoc(context.command.help or "")
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    paragraphs = [part for part in parts if not part.startswith(_STATUSES)]
    (statuses,) = (part.removeprefix(_STATUSES) for part in parts if part not in paragraphs)
    return paragraphs, _A_STATUS.findall(statuses.rstrip("."))


def _options(context: click.Context) -> str:
    # These records include defaults and ranges.
    records = [
        parameter.get_help_record(context)
        for parameter in context.command.get_params(context)
        if isinstance(parameter, click.Option)
    ]
    return table(("option", "does"), [(code(r[0]), prose(r[1])) for r in records if r])


def _status_table(statuses: list[tuple[str, str]]) -> str:
    return table(
        ("status", "means"), [(code(number), prose(meaning)) for number, meaning in statuses]
    )
