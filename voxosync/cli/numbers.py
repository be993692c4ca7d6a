"""`voxosync numbers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voxosync.app.file_writer import check_writable, write_output
from voxosync.cli import output
from voxosync.cli.context import Context, pass_context
from voxosync.cli.parameter_types import FILE, FOLDER
from voxosync.errors import UsageError
from voxosync.report import number_lists_text as report

if TYPE_CHECKING:
    from pathlib import Path


@click.group("numbers")
def command() -> None:
    """Prepare lists of phone numbers.

    Exit status: 0 done; 1 invalid arguments.
    """


@command.command("clean")
@click.argument("source", type=FILE, metavar="IN")
@click.option(
    "--out", type=FILE,
    help="Write to FILE instead of stdout. It holds phone numbers; only you can read it.",
)  # fmt: skip
@pass_context
def clean(context: Context, *, source: Path, out: Path | None) -> int:
    """Convert a spreadsheet export to a clean CSV file.

    Reads commas, semicolons, or tabs, in UTF-8, UTF-16, or Windows-1252, and headers such as Phone or Mobile.
    Reports on stderr what was changed or dropped and which rows could not be read, with numbers masked. IN is not
    changed unless --out names it.

    Exit status: 0 every row with content is in the list; 1 the file cannot be read or written, or holds no
    numbers; 2 a row was left out: it could not be read, or its phone is in the list already.
    """
    from voxosync.app.number_lists import NO_NUMBERS, clean_list  # noqa: PLC0415  # 50 ms that --help need not wait for

    if out is not None:
        check_writable(out)
    cleaned = clean_list(source)
    output.note(context, report.describe_rows(source, cleaned.remarks))
    output.remark(report.describe_rows(source, cleaned.left_out, "left out: "))
    if not cleaned.count:
        raise UsageError(f"{source}: {NO_NUMBERS}")
    if out is None:
        output.result(cleaned.text)
    else:
        write_output(out, cleaned.text)
    left_out = len(cleaned.left_out)
    output.note(context, report.summarize_cleaning(cleaned.count, left_out, out))
    return 2 if left_out else 0


@command.command("split")
@click.argument("source", type=FILE, metavar="FILE")
@click.option(
    "--by", type=click.Choice(["zone"]), required=True,
    help="What to split by: the time zone of the people called.",
)  # fmt: skip
@click.option(
    "--out-dir", type=FOLDER, metavar="DIR",
    help="Write to this folder instead of that of FILE.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that exist.")
@pass_context
def split(
    context: Context,
    *,
    source: Path,
    by: str,  # noqa: ARG001  # there is one way only
    out_dir: Path | None,
    force: bool,
) -> None:
    """Split a list into one CSV file for each time zone.

    The zone of a number comes from the column timezone, or else from its area code. An area code is a good guess, but
    people keep their numbers when they move. Numbers of contacts/spring.csv go to
    contacts/spring.America-Chicago.csv and so on; numbers whose area code spans zones go to a file named after all of
    them (spring.America-Chicago+America-New_York.csv); toll-free, foreign, and unknown numbers go to
    spring.unknown.csv. All columns are kept. The files hold phone numbers; only you can read them. FILE is not changed.

    Exit status: 0 every number is in one of the files; 1 FILE is not a list that a campaign may have, or a file
    exists or cannot be written: nothing was written.
    """
    from voxosync.app.number_lists import split_list  # noqa: PLC0415  # as above

    result = split_list(source, out_dir or source.parent, overwrite=force)
    for entry in result.lists:
        output.result(report.describe_list(entry.path, entry.count))
        if not entry.zones:
            output.note(context, report.describe_unknown_zone(entry.path))
    for path in result.other_files:
        output.remark(report.describe_other_file(path))
