"""The applied record of a project: what it names, what is pending, and the step that an apply makes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voxosync.app.checkout import Checkout
from voxosync.app.options import APPLIED
from voxosync.definitions.git.applied_record import AppliedRecord
from voxosync.definitions.git.run_git import Git
from voxosync.definitions.project_settings import FILE, Settings, read_settings
from voxosync.errors import RecordError, SettingsError, UsageError
from voxosync.model.applied_record import RecordStatus, RecordStep
from voxosync.model.change_kind import ChangeKind

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.app.listener import Listener
    from voxosync.app.project import Project
    from voxosync.model.applied_record import Commit
    from voxosync.model.plan import Plan

_SHORT = 12
_LEFT_UNSENT = 2
"""The exit status of an apply that leaves a change or a conflict unsent, and of which nothing failed."""


@dataclass(frozen=True, slots=True)
class Advance:
    """The state of the record after an apply.

    Attributes:
        message: for people.
        status: the exit status of the whole.
    """

    message: str
    status: int


class ProjectRecord:
    """The record of a project's environment, read from the remote once, at first use.

    Attributes:
        record: the ref in the remote.
        checkout: the project's files, as Git sees them.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._git = Git(project.folder)
        self.checkout = Checkout(project, self._git)
        applied = project.settings.applied
        self.record = AppliedRecord(self._git, applied.ref_of(project.environment), applied.remote)

    @cached_property
    def value(self) -> str | None:
        """The recorded commit as of the first use, as a full hash; None: the record has not begun.

        Raises:
            RecordError: it cannot be read.
        """
        self.record.check_usable()
        self._check_unshared()
        return self.record.read()

    @property
    def copy(self) -> str | None:
        """The recorded commit as this repository last saw it; None if it never did, or if there is no repository."""
        try:
            return self.record.copy
        except UsageError:
            return None

    def refresh(self, listener: Listener) -> None:
        """Updates the copy in this repository from the remote, if there is one; a failure is a warning."""
        try:
            self.record.check_usable()
        except (RecordError, UsageError):
            return
        try:
            self.value  # noqa: B018  # reading it keeps a copy
        except RecordError as failure:
            listener.warning(
                f"{failure}: changes that are not applied yet may look like changes made by hand"
            )

    @property
    def commit(self) -> str:
        """The recorded commit, as a full hash.

        Raises:
            RecordError: it cannot be read, or the record has not begun.
        """
        if self.value is None:
            raise RecordError(
                f"{self.record.remote} has no record of what was applied ({self.record.ref}): begin it "
                f"with {self._command('applied --set COMMIT')}, where COMMIT is the commit that VOXO agrees with"
            )
        return self.value

    @cached_property
    def head(self) -> str:
        """The commit that is checked out, as a full hash.

        Raises:
            RecordError: there is none.
        """
        return self._commit("HEAD")

    @cached_property
    def obstacle(self) -> str | None:
        """Why the record cannot move from its commit to HEAD; None if it can."""
        before, head = self.commit[:_SHORT], self.head[:_SHORT]
        if not self.record.leads_to(self.commit, self.head):
            if self._git("merge-base", "--is-ancestor", self.head, self.commit) is not None:
                return (
                    f"HEAD ({head}) is older than the commit that was applied ({before}): "
                    "run this on a commit that contains it"
                )
            return (
                f"HEAD ({head}) does not descend from the commit that was applied ({before}): run this on "
                "a commit that contains it; if the history was rewritten, begin the record again with "
                f"{self._command('applied --set COMMIT')}"
            )
        if uncommitted := self.checkout.uncommitted:
            more = f" and {len(uncommitted) - 1} more" if len(uncommitted) > 1 else ""
            return f"{uncommitted[0]}{more} differs from HEAD ({head}): commit it first"
        if unseen := self.checkout.unseen:
            return (
                f"{unseen[0]} of HEAD ({head}) is not checked out, or Git is not to look at it: check out "
                "everything (git sparse-checkout disable; git submodule update --init; git update-index "
                "--no-assume-unchanged)"
            )
        return None

    @cached_property
    def step(self) -> RecordStep:
        """The move of the record if the present definitions are applied in full.

        Raises:
            RecordError: the record cannot be read.
        """
        after = None if self.obstacle else self.head
        return RecordStep(self.record.ref, self.commit, after)

    def check(self) -> None:
        """Refuses definitions to which the record cannot move.

        Raises:
            RecordError: says why.
        """
        if self.obstacle is not None:
            raise RecordError(f"nothing was sent: {self.obstacle}")

    def check_saved(self, step: RecordStep) -> None:
        """Refuses a saved plan that no longer starts from the recorded commit.

        Args:
            step: the step that the plan was saved with.

        Raises:
            RecordError: says why.
        """
        if step.ref != self.record.ref:
            raise RecordError(
                f"the plan is for the record {step.ref}, but this command uses {self.record.ref}"
            )
        if step.after is None:
            raise RecordError(
                "the plan was made from definitions that the record may not step to (uncommitted, or of a "
                "commit that does not descend from the recorded one): plan again"
            )
        if step.before != self.commit:
            raise RecordError(
                f"the plan is outdated: it begins at {step.before[:_SHORT]}, and meanwhile "
                f"{self.commit[:_SHORT]} was applied: plan again"
            )
        self._commit(step.after)

    def advance(self, plan: Plan, status: int, *, creates: bool = False) -> Advance:
        """Moves the record of a plan that has one, if the plan was applied in full, and says where it is.

        Args:
            plan: what was to be sent; `check` or `check_saved` let its `record_step` pass.
            status: the exit status of sending it; 0 where there was nothing to send.
            creates: whether campaigns were created.

        Returns:
            The exit status of the whole run, with a message where the plan has a record.

        Raises:
            RecordError: nothing was sent, and the record cannot be moved.
        """
        step = plan.record_step
        if plan.leaves_unsent:
            status = max(status, _LEFT_UNSENT)
        if step is None:
            return Advance("", status)
        assert step.after is not None  # noqa: S101  # as requested above
        stays = f"The record stays at {step.before[:_SHORT]}"
        if status:
            return Advance(f"{stays}: {_remaining(plan, status)}.", status)
        if step.is_partial:
            return Advance(f"{stays}: this run was limited to some campaigns.", 0)
        try:
            if step.after != step.before:
                self.record.move(step.before, step.after)
        except RecordError as failure:
            if not (plan.differs or creates):
                raise
            again = self._command(f"apply --base {APPLIED}")
            return Advance(
                f"error: everything was applied, but not recorded: {failure}; {again} on the newest "
                "commit compares once more",
                3,
            )
        return Advance(f"Recorded: {step.after[:_SHORT]} is applied ({step.ref}).", 0)

    def check_writable(self, plan: Plan, *, creates: bool = False) -> None:
        """Refuses a plan that changes something if the record could not be moved afterward.

        Args:
            plan: what is to be sent.
            creates: whether campaigns are to be created.

        Raises:
            RecordError: says why.
        """
        step = plan.record_step
        if step is not None and (plan.differs or creates) and step.after != step.before:
            self.record.check_writable(step.before)

    def set(self, commit: str) -> tuple[str | None, str]:
        """Starts the record, or moves it from wherever it is; returns the commits that it named before and names now.

        Raises:
            RecordError: there is no such commit, or the remote refuses.
        """
        before, after = self.value, self._commit(commit)
        if before != after:
            self.record.move(before, after)
            self.value = after
        return before, after

    def status(self) -> RecordStatus:
        """What the record names, and what is pending.

        Raises:
            RecordError: the record cannot be read, or has not begun.
        """
        commit = self.record.described(self.commit)
        follows = self.record.leads_to(self.commit, self.head)
        pending = self.pending() if follows else ()
        return RecordStatus(
            self.record.ref, self.record.remote, commit, self.head, follows, pending
        )

    def pending(self) -> list[Commit]:
        """The commits after the recorded one, up to HEAD, that touch the project, newest first."""
        return self.record.since(self.commit, self.head, self.checkout.paths)

    def passed(self) -> list[str]:
        """The commits after the recorded one and before HEAD that a job may have begun to apply, newest first."""
        if not self.record.leads_to(self.commit, self.head):
            return []
        return self.record.passed(self.commit, self.head, self.checkout.paths)

    def _check_unshared(self) -> None:
        """Refuses a record that another project of the repository uses too: commits would count as applied for both.

        Raises:
            RecordError: names the other project.
        """
        root, own = self._git.root, self._project.folder.resolve()
        listing = self._git("ls-files", "-z", "--full-name", "--", f":(top,glob)**/{FILE}") or ""
        for path in filter(None, listing.split("\0")):
            project_folder = (root / path).parent
            if project_folder.resolve() != own and self.record.ref in _refs_of(project_folder):
                raise RecordError(
                    f"{path} belongs to another project with the same record, {self.record.ref}: what one "
                    "project applies would count for both; give each its own in voxosync.yaml, such as "
                    f"applied: {{ref: 'refs/voxosync/applied/{own.name}/{{env}}'}}"
                )

    def _commit(self, name: str) -> str:
        full = None
        if not name.startswith("-"):
            full = self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if full is None:
            raise RecordError(f"there is no commit {name!r} here: name one that git log shows")
        return full.strip()

    def _command(self, words: str) -> str:
        environment = self._project.environment
        return f"voxosync --env {environment} {words}" if environment else f"voxosync {words}"


def _remaining(plan: Plan, status: int) -> str:
    """What an apply did not send, and what to do about it; `status` is its exit status."""
    kinds = {change.kind for campaign in plan.campaigns for change in campaign.unsent}
    sentences = []
    if status > _LEFT_UNSENT or kinds - {ChangeKind.CONFLICT}:
        sentences.append("not every change was applied; the next apply sends the rest")
    if ChangeKind.CONFLICT in kinds:
        sentences.append(
            "no apply sends a conflict: write the right value into the definition or into VOXO, then apply again"
        )
    return "; ".join(sentences)


def _refs_of(folder: Path) -> set[str]:
    """The records that another project may use."""
    try:
        settings = read_settings(folder)
    except SettingsError:
        settings = Settings()
    return {settings.applied.ref_of(name) for name in settings.environments or (None,)}
