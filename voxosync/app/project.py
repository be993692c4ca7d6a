"""A project: a folder of definitions and the VOXO that they are for. Everything that voxosync does starts here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from voxosync.app.guard_overrides import GuardOverrides
from voxosync.app.listener import Listener
from voxosync.app.options import JOURNAL, ApplyOptions, ConnectionOptions, PlanOptions
from voxosync.app.target import connect, find_environment, resolve, url_problems
from voxosync.definitions.load import load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.definitions.project_settings import read_settings
from voxosync.errors import DefinitionsError, UsageError
from voxosync.model.validation import Validation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from threading import Event
    from types import TracebackType

    from voxosync.app.applied_record import ProjectRecord
    from voxosync.app.applying import AppliedRun, Sendable
    from voxosync.app.approval import Approvable
    from voxosync.app.creation_planning import CreationPlan
    from voxosync.app.drift_scope import DriftScope
    from voxosync.app.file_changes import FileChanges
    from voxosync.app.importing import ImportOptions
    from voxosync.app.pulling import PullPlan
    from voxosync.app.rolling_back import RollbackPlan
    from voxosync.app.snapshots import SavedCampaigns
    from voxosync.app.target import Target
    from voxosync.app.tidying import TidyPlan
    from voxosync.definitions.load import LoadedDefinitions
    from voxosync.definitions.project_settings import Settings
    from voxosync.model.campaign import Definition
    from voxosync.model.import_result import ImportResult
    from voxosync.model.journal import Run
    from voxosync.model.plan import Plan
    from voxosync.sync.saved_plans import SavedPlan
    from voxosync.voxo.client import Voxo

POLICIES = "policies"
"""The folder, in the project folder, of the policies that judge every definition."""


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(eq=False)
class Project:
    """A project folder, opened by `Project.open` for one operation or a few that belong together.

    Settings, the clock and the definitions are read once, so that everything in one operation agrees; open the
    project again to see later changes. A context manager: leaving it closes the connections to VOXO.

    Every method raises a `VoxosyncError` where something is wrong; its text is for people.

    Attributes:
        folder: the project folder.
        environment: the name of the environment to use; None: no environment.
        settings: `voxosync.yaml`.
        now: the moment of opening, in UTC, by which plans are made.
        journal: the folder of the journals.
        connection: what the caller says about the connection to VOXO.
        listener: hears warnings and progress, and answers questions.
    """

    folder: Path
    environment: str | None
    settings: Settings
    now: datetime
    journal: Path
    connection: ConnectionOptions = ConnectionOptions()
    listener: Listener = field(default_factory=Listener)
    _loaded: dict[tuple[tuple[Path, ...], bool], LoadedDefinitions] = field(
        default_factory=dict, repr=False
    )
    _voxo: Voxo | None = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        environment: str | None = None,
        journal: Path | None = None,
        connection: ConnectionOptions = ConnectionOptions(),  # frozen
        listener: Listener | None = None,
    ) -> Self:
        """Opens a project folder.

        Args:
            folder: the project folder, the one of `voxosync.yaml`.
            environment: the name of an environment of `voxosync.yaml`.
            journal: the folder of the journals; None: `.voxosync/runs` in the project folder.
            connection: which VOXO to use and how.
            listener: hears warnings and progress, and answers questions; None: no one listens.

        Raises:
            SettingsError: `voxosync.yaml` is wrong.
            UsageError: the environment is unknown.
        """
        folder = Path(folder).absolute()
        settings = read_settings(folder)
        find_environment(settings, environment)
        return cls(
            folder,
            environment,
            settings,
            now(),
            folder / JOURNAL if journal is None else journal,
            connection,
            listener or Listener(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections to VOXO."""
        if self._voxo is not None:
            self._voxo.close()
            self._voxo = None

    @property
    def policies(self) -> Path:
        """The folder of the policies that judge every definition; it need not exist."""
        return self.folder / POLICIES

    def clock(self) -> datetime:
        """The present moment: a run starts now, however long ago its plan was made."""
        return now()

    @cached_property
    def layout(self) -> ProjectLayout:
        """Where the project's files are, as the environment says."""
        return self.layout_of(self.environment)

    def layout_of(self, name: str | None) -> ProjectLayout:
        """Where the project's files are with another environment."""
        environment = find_environment(self.settings, name)
        return ProjectLayout(
            self.folder,
            self.folder / ((environment and environment.campaigns) or "campaigns"),
            name,
            tuple(self.settings.environments),
        )

    @cached_property
    def layouts(self) -> Sequence[ProjectLayout]:
        """Where the files are in the chosen environment, then in each of the others."""
        names = [name for name in self.settings.environments if name != self.environment]
        return [self.layout, *map(self.layout_of, names)]

    @cached_property
    def target(self) -> Target:
        """The VOXO account to use.

        Raises:
            UsageError: a variable contradicts the environment.
        """
        return resolve(self.settings, self.environment, self.connection)

    @cached_property
    def record(self) -> ProjectRecord:
        """The record of what was applied, which a Git remote holds."""
        from voxosync.app.applied_record import ProjectRecord

        return ProjectRecord(self)

    @property
    def voxo(self) -> Voxo:
        """The client, connected at first use.

        Raises:
            UsageError: there is no token, or it cannot be used.
        """
        if self._voxo is None:
            self._voxo = connect(self.target, self.now)
        return self._voxo

    def definitions(
        self, paths: Sequence[Path] = (), *, needs_ids: bool = True
    ) -> LoadedDefinitions:
        """The definitions in some files and folders, and what is wrong with them; read and checked once.

        Args:
            paths: files or folders, relative to the project folder; empty: the campaigns folder.
            needs_ids: whether an id for each environment is an error where no environment is chosen.

        Raises:
            UsageError: one of `paths` does not exist.
        """
        key = tuple(self.folder / path for path in paths), needs_ids
        if key not in self._loaded:
            self._loaded[key] = load(
                self.layout,
                key[0],
                self.now,
                needs_ids=needs_ids,
                policies=self.policies,
                checks=self.settings.checks,
            )
        return self._loaded[key]

    def validate(self, paths: Sequence[Path] = ()) -> Validation:
        """Checks definitions, and the URLs in the settings; needs no connection."""
        loaded = self.definitions(paths, needs_ids=False)
        return Validation(
            loaded.files,
            len(loaded.definitions) + len(loaded.new),
            [*url_problems(self.settings), *loaded.with_remarks()],
            tuple(loaded.allowed),
        )

    def show(self, campaign_id: int) -> Definition:
        """The definition of a campaign, with its defaults.

        Raises:
            DefinitionsError: a definition is wrong.
            UsageError: no definition has this id.
        """
        loaded = self.definitions()
        if loaded.failed:
            raise DefinitionsError(loaded.problems)
        for definition in loaded.definitions:
            if definition.id == campaign_id:
                return definition
        raise UsageError(f"no definition has the id {campaign_id}")

    def plan(  # noqa: PLR0913  # each is one input of a plan
        self,
        options: PlanOptions = PlanOptions(),  # frozen
        *,
        live: Path | None = None,
        quiesce: bool = False,
        overrides: GuardOverrides = GuardOverrides(),  # frozen
        creating: bool = False,
        schedules: bool = False,
        moves_record: bool = False,
    ) -> Plan:
        """What `apply` would send, with the guards that refuse it; and the campaigns that `create` would make.

        Args:
            options: which definitions are compared.
            live: a snapshot to compare with instead of VOXO.
            quiesce: whether campaigns will be paused while their numbers change.
            overrides: what the caller allows beyond the guards of the project.
            creating: whether the guards look at the campaigns that `create` would make, too.
            schedules: whether the plan says when each campaign dials, as the page shows it.
            moves_record: whether the plan is to move the applied record, if that is the base.

        Raises:
            RecordError: the plan is to move the record, and it cannot move to what is checked out.
        """
        from voxosync.app.planning import plan

        guards = overrides.apply_to(self.target.guards)
        return plan(
            self,
            options,
            guards,
            live=live,
            quiesce=quiesce,
            creating=creating,
            schedules=schedules,
            moves_record=moves_record,
        )

    def drift(
        self,
        options: PlanOptions = PlanOptions(),  # frozen
        scope: DriftScope | None = None,
        *,
        live: Path | None = None,
    ) -> Plan:
        """Where VOXO differs from the definitions.

        Args:
            options: which definitions are compared.
            scope: what else is looked at; None: unmanaged campaigns, where that is possible.
            live: a snapshot to compare with instead of VOXO.
        """
        from voxosync.app.drift_scope import DriftScope
        from voxosync.app.planning import drift

        return drift(self, options, scope or DriftScope(), live=live)

    def saved_plan(
        self,
        path: Path,
        *,
        overrides: GuardOverrides = GuardOverrides(),  # frozen
    ) -> SavedPlan:
        """A plan from a file, verified, which no run has used up.

        What it lets dial counts as reviewed; other guards are judged as of now, and so are the phones that it
        adds by the do-not-call lists. The definitions are not read.

        Raises:
            PlanFileError: it cannot be applied.
        """
        from voxosync.app.saved_plans import open_saved_plan

        return open_saved_plan(self, path, overrides)

    def check_protection(self) -> None:
        """Refuses to send to a protected environment that the caller does not name and no person can confirm.

        Raises:
            UsageError: says which environment to name.
        """
        name = self.target.unnamed_protected
        if name is not None and not self.listener.is_interactive:
            raise UsageError(
                f"this would send to {name}, which is protected: to send to it, pass --env {name}"
            )

    def approve(self, plan: Approvable, *, yes: bool = False) -> Approvable:
        """Asks the listener for approval, and returns the plan without the guards that the answers lift.

        Args:
            plan: what is to be sent or created.
            yes: whether it may be sent without asking, guards aside.

        Raises:
            GuardError: a guard refuses.
            UsageError: the answer was no.
        """
        from voxosync.app.approval import approve, describe_voxo

        voxo = describe_voxo(plan.base_url, self.environment, self.target.tenant_id)
        return approve(plan, voxo, self.listener, yes=yes)

    def apply(
        self,
        plan: Sendable,
        options: ApplyOptions = ApplyOptions(),  # frozen
        *,
        command: str = "apply",
        overrides: GuardOverrides = GuardOverrides(),  # frozen
        stop: Event | None = None,
    ) -> AppliedRun:
        """Sends a plan, journaled, and verifies what VOXO then has.

        Args:
            plan: what to send.
            options: how to send it.
            command: which command sends it, for the journal: `apply` or `rollback`.
            overrides: those with which the plan was made.
            stop: when set, no further request is started.

        Raises:
            GuardError: a guard refuses; `approve` or other overrides may lift it.
            UsageError: the target is a protected environment that the caller does not name.
            JournalError: the journal cannot be started, so nothing is sent.
        """
        from voxosync.app.applying import apply

        return apply(self, plan, options, command=command, overrides=overrides, stop=stop)

    def rollback(
        self,
        run_id: str,
        *,
        only: Sequence[int] = (),
        force: bool = False,
        quiesce: bool = False,
        overrides: GuardOverrides = GuardOverrides(),  # frozen
    ) -> RollbackPlan:
        """Plans the inverse of what a run sent; `apply` its plan to undo the run.

        Args:
            run_id: the id of a run, the beginning of one, or `latest`.
            only: campaign ids; empty: all of the run.
            force: also put back fields that were changed again since.
            quiesce: whether campaigns will be paused while their numbers change.
            overrides: what the caller allows beyond the guards of the project.

        Raises:
            UsageError: there is no such run, or it cannot be undone.
        """
        from voxosync.app.rolling_back import plan_undo

        return plan_undo(self, run_id, only=only, force=force, quiesce=quiesce, overrides=overrides)

    def history(self) -> list[Run]:
        """Every run that has a journal, oldest first."""
        from voxosync.sync.journal_reader import read_runs

        return read_runs(self.journal)

    def run(self, run_id: str) -> Run:
        """One run of the history.

        Raises:
            UsageError: no run has this id, or several ids begin with it.
        """
        from voxosync.sync.journal_reader import find_run

        return find_run(self.journal, run_id)

    def pull(
        self,
        options: PlanOptions = PlanOptions(),  # frozen
        *,
        live: Path | None = None,
    ) -> PullPlan:
        """Plans to write live values into the definitions; nothing is written before `changes.write`.

        Args:
            options: which definitions are compared; a merge base and kinds are not used.
            live: a snapshot to compare with instead of VOXO.
        """
        from voxosync.app.pulling import plan_pull

        return plan_pull(self, options, live=live)

    def acknowledge(
        self,
        campaign_id: int,
        fields: Sequence[str],
        *,
        until: date,
        reason: str,
        owner: str | None = None,
    ) -> FileChanges:
        """Plans to write into a definition that fields may differ until a date; nothing is written before `write`.

        Args:
            campaign_id: whose definition.
            fields: the fields, which the definition manages.
            until: the day (UTC) from which the differences count again.
            reason: why, for those who read reports.
            owner: who answers for it; None: the author of the line, as Git knows.

        Raises:
            DefinitionsError: a definition is wrong.
            UsageError: no definition has this id, it does not manage a field, the day is past, or the entry must be
                written by hand.
        """
        from voxosync.app.acknowledging import plan_acknowledgement

        return plan_acknowledgement(
            self, campaign_id, fields, until=until, reason=reason, owner=owner
        )

    def tidy(self, folders: Sequence[Path] = ()) -> TidyPlan:
        """Plans to move values that every definition of a folder shares into its `_defaults.yaml`.

        What definitions say stays the same in every environment. Nothing is written before `changes.write`.

        Args:
            folders: folders of definitions, relative to the project folder; empty: the campaigns folder.

        Raises:
            DefinitionsError: a definition is wrong.
            UsageError: a folder does not exist, or a file cannot be read.
        """
        from voxosync.app.tidying import plan_tidying

        return plan_tidying(self, folders)

    def plan_creation(
        self,
        paths: Sequence[Path],
        *,
        again: bool = False,
        overrides: GuardOverrides = GuardOverrides(),  # frozen
    ) -> CreationPlan:
        """Plans the creation of the campaigns of definitions without an id.

        Args:
            paths: files and folders of definitions.
            again: whether to create campaigns although earlier runs created them, or may have.
            overrides: what the caller allows beyond the guards of the project.

        Raises:
            DefinitionsError: a definition is wrong.
            UsageError: a campaign cannot be created, or an earlier run may have created it.
        """
        from voxosync.app.creation_planning import plan_creation

        return plan_creation(self, paths, again=again, overrides=overrides)

    def plan_listed_creation(
        self,
        plan: Plan,
        *,
        overrides: GuardOverrides = GuardOverrides(),  # frozen
    ) -> CreationPlan:
        """Plans the creation of the campaigns that a plan lists as not created yet.

        Args:
            plan: the plan.
            overrides: what the caller allows beyond the guards of the project.

        Raises:
            DefinitionsError: a definition is wrong.
            UsageError: a campaign cannot be created, or an earlier run may have created it.
        """
        from voxosync.app.creation_planning import plan_listed_creation

        return plan_listed_creation(self, plan, overrides=overrides)

    def create(
        self,
        planned: CreationPlan,
        *,
        overrides: GuardOverrides = GuardOverrides(),  # frozen
        stop: Event | None = None,
        earlier_status: int = 0,
    ) -> int:
        """Creates campaigns and writes their ids into the definitions; returns the exit status, 0 or 3.

        The listener hears of each campaign.

        Args:
            planned: what to create.
            overrides: those with which the plan was made.
            stop: when set, no further campaign is created.
            earlier_status: the exit status of what was sent before as a part of the same run; after a failure,
                nothing is created unless the overrides continue.

        Raises:
            GuardError: a guard refuses; `approve` or other overrides may lift it.
            UsageError: a definition was changed, or another run created campaigns, in the meantime; nothing was sent.
        """
        from threading import Event

        from voxosync.app.creating import create

        return create(
            self,
            planned,
            overrides=overrides,
            stop=stop or Event(),
            earlier_status=earlier_status,
        )

    def import_campaigns(self, options: ImportOptions) -> ImportResult:
        """Writes definitions of live campaigns.

        Raises:
            UsageError: a file is in the way, or a named campaign has a definition; nothing was written.
        """
        from voxosync.app.importing import import_campaigns

        return import_campaigns(self, options)

    def snapshot(
        self,
        options: PlanOptions = PlanOptions(),  # frozen
        *,
        everything: bool = False,
    ) -> SavedCampaigns:
        """Reads live campaigns as they are, for plans without a token.

        Args:
            options: which definitions' campaigns are read; a merge base and kinds are not used.
            everything: whether every campaign of the tenant is read instead.
        """
        from voxosync.app.snapshots import take_snapshot

        return take_snapshot(self, options, everything=everything)
