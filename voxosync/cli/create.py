"""`voxosync create`."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import guarding, options, output, pipeline
from voxosync.cli.actor import actor
from voxosync.cli.context import Context, pass_context
from voxosync.cli.files import replace_all
from voxosync.cli.request import Request
from voxosync.cli.sending import ended_by_signals
from voxosync.cli.target import project, resolve
from voxosync.definitions.find import DEFAULTS
from voxosync.definitions.settings import read_settings
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import CampaignError, DefinitionsError, JournalError, RunEnded, UsageError
from voxosync.model.guard import Limit
from voxosync.model.phone import masked_in
from voxosync.report import definition as report
from voxosync.report import words
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from voxosync.cli.guarding import Authority
    from voxosync.cli.target import Flags, Target
    from voxosync.definitions.load import Loaded
    from voxosync.model.journal import Created
    from voxosync.model.plan import Plan
    from voxosync.sync.create import Creation
    from voxosync.sync.journal import Journal
    from voxosync.voxo.client import Voxo


@click.command("create")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.connection
@guarding.authority
@click.option(
    "--again", is_flag=True,
    help="Create it although an earlier run may have: somebody looked in VOXO, and it is not there.",
)  # fmt: skip
@options.journal
@options.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    file: Path,
    flags: Flags,
    authority: Authority,
    again: bool,
    journal: Path,
    show_numbers: bool,
) -> None:
    """Create the campaigns of definitions without an id.

    Shows each definition of FILE that has none, asks, creates its campaign, and writes the new id into
    FILE. The id is in the journal before FILE is touched: a run that is killed never makes a second
    campaign unnoticed.

    Exit status: 0 created, or every definition has an id; 1 the call or a definition is wrong, a guard
    refused, or the answer was no: nothing was sent; 3 a campaign could not be created, or may have been.
    """
    from voxosync.sync.alone import alone  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.create import as_plan, creations  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.journal import Journal, read_runs  # noqa: PLC0415  # as in pipeline.connect

    guarding.need_somebody_to_ask(authority)
    target = resolve(context, flags)
    guarding.need_protected_named(target)
    if file.name == DEFAULTS:
        raise UsageError(f"{file} holds values for other definitions: name the file of one")
    text = _File(context, file)
    loaded = _read(context, file)
    if not loaded.new:
        output.result(f"Every definition in {terminal(str(file))} has an id: nothing to create.\n")
        return
    known = {definition.id for definition in loaded.definitions}
    with pipeline.connect(target, Request((), (), None, (), 1, None, flags)) as voxo:

        def look() -> list[Creation]:
            runs = read_runs(journal)
            return creations(
                loaded.new,
                target.tenant_id,
                runs,
                voxo.base_url,
                known=known,
                has_moved=partial(_has_moved, context),
                again=again,
            )

        with alone(journal):  # else a run that still sends would look like one that was cut off
            wanted = look()
        for creation in wanted:
            text.takes_id_of(creation)
        plan = as_plan(wanted, voxo.base_url, pipeline.now())
        _show(context, wanted, plan, show_numbers=show_numbers)
        _confirm(plan, authority, target)
        with alone(journal):
            if look() != wanted or not text.is_unchanged():  # while somebody read the question
                raise UsageError(
                    f"another run, or {file}, came between: nothing was sent; run it again"
                )
            with ended_by_signals() as stop, Journal(journal, pipeline.now()) as book:
                told = replace(plan, campaigns=())
                book.begin("create", told, actor(context.folder), authority.overrides())
                work = _Work(text, voxo, book, show_numbers=show_numbers)
                status = work.create_all(wanted, stop)
                try:
                    book.end([], status)
                except JournalError as failure:
                    output.remark(f"error: {failure}")
                    status = 3
    raise SystemExit(status)


def _read(context: Context, file: Path) -> Loaded:
    from voxosync.definitions.load import load_new  # noqa: PLC0415  # beside what else comes late

    policies = context.folder / pipeline.POLICIES
    loaded = load_new(project(context), context.folder / file, pipeline.now(), policies)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    if not context.quiet:
        output.problems(loaded.problems)
        output.allowed(loaded.allowed)
    return loaded


def _has_moved(context: Context, made: Created) -> bool:
    """Whether the definition of an open creation left its file, and the new id stands nowhere."""
    from voxosync.definitions.load import load_new  # noqa: PLC0415  # beside what else comes late

    home = project(context)
    if not home.campaigns.is_dir():
        return True
    loaded = load_new(home, home.campaigns, pipeline.now(), context.folder / pipeline.POLICIES)
    file = made.definition.file
    if any(told.is_error and told.position.file == file for told in loaded.problems):
        raise DefinitionsError(loaded.problems)  # nobody can tell what is still in there
    names = {each.name for _, each in loaded.new if each.position.file == file}
    return made.definition.name not in names and made.campaign not in {
        each.id for each in loaded.definitions
    }


def _show(context: Context, wanted: list[Creation], plan: Plan, *, show_numbers: bool) -> None:
    view = output.view(context, show_numbers=show_numbers)
    for creation in wanted:
        if creation.made is not None:
            told = f"an earlier run created campaign {creation.made}; its id is missing here"
            output.result(f"{terminal(creation.new.name)}: {told}\n")
        else:
            shown = replace(creation.definition, tenant_id=creation.tenant_id)
            output.result(report.as_text(shown, view))
        output.result("\n")
    for campaign in plan.campaigns:
        if campaign.goes_live is not None:
            told = f"{campaign.name} GOES LIVE: {words.goes_live(campaign.goes_live)}"
            output.result(f"! {terminal(told)}\n")


def _confirm(plan: Plan, authority: Authority, target: Target) -> None:
    """As apply asks; a limit on how many campaigns change is no limit on new ones."""
    guards = authority.over(target.guards)
    all_of_them = Limit(100, is_percent=True)
    guarding.confirm(pipeline.guarded(plan, replace(guards, max_campaigns=all_of_them)), authority)


class _File:
    """FILE as it is read, before its definitions are: ids are written into this text and no other."""

    def __init__(self, context: Context, file: Path) -> None:
        self.shown = terminal(str(file))
        self._context = context
        self._path = Path(os.path.realpath(context.folder / file))
        self._content = b""
        if self._path.is_file():  # else the loader says what is wrong
            with output.file_errors(file, "read"):
                self._content = self._path.read_bytes()

    def is_unchanged(self) -> bool:
        """Whether the file still holds what was read, or was written here."""
        with output.file_errors(self._path, "read"):
            return self._path.read_bytes() == self._content

    def takes_id_of(self, creation: Creation) -> None:
        """Refuses a creation whose id could not be written, while nothing is sent yet."""
        where = creation.definition.position
        if not os.access(self._path, os.W_OK):
            raise UsageError(f"{where}: its id could not be written here: the file is read-only")
        try:
            self._with_id(creation, 1)
        except NotEditable as failure:
            raise UsageError(f"{where}: its id could not be written here: {failure}") from failure

    def write(self, creation: Creation, campaign: int) -> None:
        """Writes the new id into the definition.

        Raises:
            UsageError: the file cannot be written, or was changed meanwhile.
            NotEditable: not in this definition.
        """
        new = self._with_id(creation, campaign)
        replace_all({self._path: new}, {self._path: self._content})
        self._content = new

    def _with_id(self, creation: Creation, campaign: int) -> bytes:
        """The file with an id; in a definition that may serve several environments, for this one."""
        from voxosync.definitions.writing.edit_id import set_id  # noqa: PLC0415  # beside what else comes late

        mark = codecs.BOM_UTF8 if self._content.startswith(codecs.BOM_UTF8) else b""
        text = self._content.removeprefix(mark).decode()
        environment, shared = self._context.environment, self._is_shared()
        new = set_id(text, creation.new.document, campaign, environment, shared=shared)
        return mark + new.encode()

    def _is_shared(self) -> bool:
        """Whether other environments have the file among their definitions."""
        here = self._context.folder
        folders = (
            os.path.realpath(here / (each.campaigns or "campaigns"))
            for name, each in read_settings(here).environments.items()
            if name != self._context.environment
        )
        return any(self._path.is_relative_to(folder) for folder in folders)


@dataclass(frozen=True, slots=True)
class _Work:
    """Creating campaigns one by one, and telling of each."""

    text: _File
    voxo: Voxo
    journal: Journal
    show_numbers: bool

    def create_all(self, wanted: Sequence[Creation], stop: Event) -> int:
        """Creates all, until it is told to stop or nothing more can be sent; returns the exit status."""
        status = 0
        for place, creation in enumerate(wanted):
            try:
                if not stop.is_set():
                    status = max(status, self._create(creation))
                    continue
            except (RunEnded, JournalError) as failure:
                self._tell(f"error: {failure}")
            for left in wanted[place:]:
                output.remark(f"error: {left.new.name}: not created")
            return 3
        return status

    def _create(self, creation: Creation) -> int:
        """Creates one campaign, and writes its id into the file; returns the exit status."""
        from voxosync.sync.create import create  # noqa: PLC0415  # as in pipeline.connect

        new = creation.new
        try:
            campaign = creation.made or create(self.voxo, self.journal, new, creation.body)
        except CampaignError as failure:
            self._tell(f"error: {new.name}: {failure}")
            return 3
        try:
            self.text.write(creation, campaign)
        except (NotEditable, UsageError) as failure:
            output.remark(
                f"error: {new.name} was created as campaign {campaign}, and its id could not be written: "
                f"{failure}\nrun voxosync create again: it writes the id, and creates nothing twice"
            )
            return 3
        output.result(
            f"{campaign} {terminal(new.name)}: created; {self.text.shown} now has its id\n"
        )
        try:
            self.journal.written(new, campaign)
        except JournalError as failure:
            output.remark(f"error: {failure}")
            return 3
        return 0

    def _tell(self, text: str) -> None:
        """Tells what went wrong; VOXO's words may hold phone numbers."""
        output.remark(text if self.show_numbers else masked_in(text))
