"""`voxosync create`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voxosync.cli import guarding, options, output, pipeline
from voxosync.cli.actor import actor
from voxosync.cli.context import Context, pass_context
from voxosync.cli.definition_files import DefinitionFiles
from voxosync.cli.request import Request
from voxosync.cli.sending import ended_by_signals
from voxosync.cli.target import project, resolve
from voxosync.definitions.find import DEFAULTS
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import CampaignError, DefinitionsError, JournalError, RunEnded, UsageError
from voxosync.model.guard import Limit
from voxosync.model.outcome import Outcome, Result
from voxosync.model.phone import masked_in
from voxosync.report import definition as report
from voxosync.report import phrases
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from voxosync.cli.guarding import Authority
    from voxosync.cli.target import Flags, Target
    from voxosync.definitions.load import Loaded
    from voxosync.model.plan import Plan
    from voxosync.sync.create import Creation
    from voxosync.sync.journal import Journal
    from voxosync.sync.post import Creator


@click.command("create")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|FOLDER..."
)
@options.connection
@guarding.authority
@click.option(
    "--again", is_flag=True,
    help="Create campaigns although earlier runs created them, or may have.",
)  # fmt: skip
@options.journal
@options.show_numbers
@pass_context
def command(  # noqa: PLR0913  # one parameter a group of options
    context: Context,
    *,
    paths: tuple[Path, ...],
    flags: Flags,
    authority: Authority,
    again: bool,
    journal: Path,
    show_numbers: bool,
) -> None:
    """Create the campaigns of definitions without an id.

    Checks all definitions, shows those without an id, asks, creates their campaigns one by one, and writes
    each new id into its file. Each campaign is read back: one that dials although PAUSED was asked for is set
    to PAUSED at once. A definition without a state is created PAUSED. The id is in the journal before a file
    is touched: a run that is killed never makes a second campaign unnoticed.

    Exit status: 0 created as asked, or every definition has an id; 1 the call or a definition is wrong, a guard
    refused, or the answer was no: nothing was sent; 3 a campaign could not be created, may have been, or is not
    as asked.
    """
    from voxosync.sync.alone import alone  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.create import Account, as_plan, creations  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.journal import Journal, read_runs  # noqa: PLC0415  # as in pipeline.connect
    from voxosync.sync.post import Creator  # noqa: PLC0415  # as in pipeline.connect

    guarding.need_somebody_to_ask(authority)
    target = resolve(context, flags)
    guarding.need_protected_named(target)
    for path in paths:
        if path.name == DEFAULTS:
            raise UsageError(f"{path} holds values for other definitions: name the file of one")
    files = DefinitionFiles(context, [context.folder / path for path in paths])
    loaded = _read(context, paths)
    if not loaded.new:
        named = terminal(", ".join(map(str, paths)))
        output.result(f"Every definition in {named} has an id: nothing to create.\n")
        return
    with pipeline.connect(target, Request((), (), None, (), 1, None, flags)) as voxo:
        account = Account(voxo.base_url, target.tenant_id, context.environment)

        def look() -> tuple[list[Creation], set[int]]:
            definitions = _Definitions(context, loaded)
            planned = creations(loaded.new, account, read_runs(journal), definitions, again=again)
            return planned, definitions.ids()

        with alone(journal):  # else a run that still sends would look like one that was cut off
            planned, _ = look()
        files.check(planned)
        plan = as_plan(planned, voxo.base_url, pipeline.now())
        _show(context, planned, plan, show_numbers=show_numbers)
        _confirm(plan, authority, target)
        with alone(journal):
            changed = files.changed(planned)  # while somebody read the question
            still_planned, others = look()
            if changed is not None or still_planned != planned:
                raise UsageError(
                    f"{changed or 'another run'} came between: nothing was sent; run it again"
                )
            with ended_by_signals() as stop, Journal(journal, pipeline.now()) as book:
                header = replace(plan, campaigns=())
                overrides = authority.overrides() | ({"--again": "yes"} if again else {})
                book.begin("create", header, actor(context.folder), overrides)
                creator = Creator(voxo, book, stop, others)
                run = _Run(files, creator, book, show_numbers=show_numbers)
                status = run.create_all(planned, stop)
                try:
                    book.end(run.failed, status)
                except JournalError as failure:
                    output.remark(f"error: {failure}")
                    status = 3
    raise SystemExit(status)


def _read(context: Context, paths: Sequence[Path]) -> Loaded:
    from voxosync.definitions.load import load_new  # noqa: PLC0415  # beside what else comes late

    policies = context.folder / pipeline.POLICIES
    where = [context.folder / path for path in paths]
    loaded = load_new(project(context), where, pipeline.now(), policies)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    if not context.quiet:
        output.problems(loaded.problems)
        output.allowed(loaded.allowed)
    return loaded


class _Definitions:
    """The definitions of the call, and those of the whole project, read once somebody asks about them."""

    def __init__(self, context: Context, loaded: Loaded) -> None:
        self._context = context
        self._loaded = loaded

    def ids(self) -> set[int]:
        """The ids that the definitions of the call and of the project have."""
        return {
            definition.id
            for loaded in (self._loaded, self._home)
            for definition in loaded.definitions
        }

    def has_id(self, campaign: int, file: str) -> bool:
        """Whether a definition of the project, of this file or of the call has the id of a campaign."""
        outside = self._outside(file).definitions
        return campaign in self.ids() or any(definition.id == campaign for definition in outside)

    def has_new(self, file: str, name: str) -> bool:
        """Whether a file holds a definition of this name without an id.

        Raises:
            DefinitionsError: the file has errors, so that nobody can tell.
        """
        for loaded in (self._home, self._outside(file)):
            if any(
                problem.is_error and problem.position.file == file for problem in loaded.problems
            ):
                raise DefinitionsError(loaded.problems)
            if any(new.name == name and new.position.file == file for _, new in loaded.new):
                return True
        return False

    @cached_property
    def _home(self) -> Loaded:
        home = project(self._context).campaigns
        return self._load(home) if home.is_dir() else _nothing()

    def _outside(self, file: str) -> Loaded:
        """A file that is not below the campaigns folder, if it is there."""
        path = self._context.folder / file
        home = project(self._context).campaigns
        is_inside = Path(os.path.abspath(path)).is_relative_to(home)  # noqa: PTH100  # as files_to_read has it
        return self._load(path) if path.is_file() and not is_inside else _nothing()

    def _load(self, path: Path) -> Loaded:
        from voxosync.definitions.load import load_new  # noqa: PLC0415  # beside what else comes late

        policies = self._context.folder / pipeline.POLICIES
        return load_new(project(self._context), [path], pipeline.now(), policies)


def _nothing() -> Loaded:
    from voxosync.definitions.load import Loaded  # noqa: PLC0415  # beside what else comes late

    return Loaded()


def _show(context: Context, planned: list[Creation], plan: Plan, *, show_numbers: bool) -> None:
    view = output.view(context, show_numbers=show_numbers)
    for creation in planned:
        name = terminal(creation.new.name)
        if creation.made is not None:
            campaign = creation.made.campaign
            told = f"an earlier run created campaign {campaign}; its id is missing here"
            output.result(f"{name}: {told}\n\n")
            continue
        output.result(report.render_text(creation.desired, view))
        if creation.is_paused_by_default:
            output.result("It is created PAUSED, because the definition gives no state.\n")
        if creation.second_to is not None:
            output.result(f"It is a second campaign: {creation.second_to} was created before.\n")
        output.result("\n")
    for update in plan.campaigns:
        if update.goes_live is not None:
            told = f"{update.name} GOES LIVE: {phrases.describe_going_live(update.goes_live)}"
            output.result(f"! {terminal(told)}\n")


def _confirm(plan: Plan, authority: Authority, target: Target) -> None:
    """As apply asks; a limit on how many campaigns change is no limit on new ones."""
    guards = authority.over(target.guards)
    all_of_them = Limit(100, is_percent=True)
    guarding.confirm(pipeline.guarded(plan, replace(guards, max_campaigns=all_of_them)), authority)


@dataclass(frozen=True, slots=True)
class _Run:
    """Creating campaigns one by one, and reporting each.

    Attributes:
        failed: the campaigns that exist and are not as asked, for the journal.
    """

    files: DefinitionFiles
    creator: Creator
    journal: Journal
    show_numbers: bool
    failed: list[Result] = field(default_factory=list)

    def create_all(self, planned: Sequence[Creation], stop: Event) -> int:
        """Creates all, until the run is interrupted or nothing more can be sent; returns the exit status."""
        status = 0
        for place, creation in enumerate(planned):
            try:
                if not stop.is_set():
                    status = max(status, self._create(creation))
                    continue
            except (RunEnded, JournalError) as failure:
                self._report(f"error: {failure}")
            for left in planned[place:]:
                output.remark(f"error: {left.new.name}: not created")
            return 3
        return status

    def _create(self, creation: Creation) -> int:
        """Creates one campaign, and writes its id into the file; returns the exit status."""
        new = creation.new
        try:
            result = self.creator.create(creation)
        except CampaignError as failure:
            self._report(f"error: {new.name}: {failure}")
            return 3
        status = 0
        if not result.outcome.is_good:
            status = 3
            self.failed.append(result)
            self._report(f"error: {result.id} {new.name}: {result.outcome}: {result.detail}")
        if result.outcome is Outcome.FAILED:
            return status
        return max(status, self._write(creation, result.id))

    def _write(self, creation: Creation, campaign: int) -> int:
        new = creation.new
        try:
            self.files.write(new, campaign)
        except (NotEditable, UsageError) as failure:
            output.remark(
                f"error: {new.name} was created as campaign {campaign}, and its id could not be written: "
                f"{failure}\nrun voxosync create again: it writes the id, and creates nothing twice"
            )
            return 3
        output.result(
            f"{campaign} {terminal(new.name)}: created; {terminal(new.file)} now has its id\n"
        )
        try:
            self.journal.written(new, campaign)
        except JournalError as failure:
            output.remark(f"error: {failure}")
            return 3
        return 0

    def _report(self, text: str) -> None:
        """Says what went wrong; VOXO's words may hold phone numbers."""
        output.remark(text if self.show_numbers else masked_in(text))
