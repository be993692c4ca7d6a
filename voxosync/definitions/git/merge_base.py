"""The definitions as they were at the merge base with another branch, looked up by id, read from Git's objects."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import LFS_POINTER
from voxosync.definitions.git.commit_files import CommitFiles
from voxosync.definitions.git.run_git import Git
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.definitions.project_settings import FILE, Settings, read_settings
from voxosync.errors import SettingsError, UsageError
from voxosync.model.fields import MAX_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from voxosync.definitions.definition_reader import UnreadDefinition
    from voxosync.model.campaign import Definition
    from voxosync.model.problem import Problem


_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DIGITS = re.compile(rb"[0-9]+")
CAMPAIGNS = "campaigns"


@dataclass(frozen=True, slots=True)
class BaseDefinitions:
    """The definitions at a merge base.

    Attributes:
        commit: the merge base, as a full hash.
        definitions: by id, those that were looked up and those of the project's campaigns folder.
        unreadable: the ids that were looked up but whose definitions cannot be read, and why. An id that is in
            neither was not defined.
    """

    commit: str
    definitions: Mapping[int, Definition] = field(default_factory=dict)
    unreadable: Mapping[int, str] = field(default_factory=dict)


def load_base(
    project: ProjectLayout, ref: str, now: datetime, files: Mapping[int, str]
) -> BaseDefinitions:
    """The definitions at the merge base of HEAD and `ref`.

    Args:
        project: the project, as it is now.
        ref: the other side of the merge base.
        now: the present moment, aware.
        files: the ids to look up, each with the file in which it is defined now, relative to the project folder.

    Raises:
        UsageError: this is not a Git repository, or it lacks the merge base; the message says what to fetch.
    """
    git = Git(project.folder)
    if git("rev-parse", "--git-dir") is None:
        raise UsageError(f"--base needs a Git repository: {git.complaint}")
    return load_commit(project, _merge_base(git, ref), now, files)


def load_commit(
    project: ProjectLayout, commit: str, now: datetime, files: Mapping[int, str]
) -> BaseDefinitions:
    """The definitions of a commit of this repository; the other arguments are those of `load_base`.

    Raises:
        UsageError: the commit cannot be read.
    """
    git = Git(project.folder)
    prefix = git("rev-parse", "--show-prefix") or ""
    with tempfile.TemporaryDirectory(prefix="voxosync-base-") as temporary:
        tree = CommitFiles(git, commit, Path(temporary).resolve())
        lookup = _Lookup(tree, project, prefix.rstrip("\n"), now, files)
        return BaseDefinitions(commit, *lookup.result())


class _Lookup:
    """Looks ids up in the files of a commit.

    It looks in the project's campaigns folder first. Ids that are not there are looked up in every YAML file of the
    commit that may contain one: the project or its campaigns folder may have been elsewhere, and its environments may
    have had other names.
    """

    def __init__(
        self,
        tree: CommitFiles,
        project: ProjectLayout,
        prefix: str,
        now: datetime,
        files: Mapping[int, str],
    ) -> None:
        self.tree, self.project, self.prefix, self.now = tree, project, prefix, now
        self.files = files
        self.home = tree.root / prefix
        self.unread: list[UnreadDefinition] = []
        self._numbers: dict[Path, frozenset[int] | None] = {}

    def result(self) -> tuple[dict[int, Definition], dict[int, str]]:
        """The definitions, and why others cannot be read."""
        self.tree.write(self.prefix)
        try:
            settings = read_settings(self.home)
        except SettingsError as failure:
            reason = f"{FILE} cannot be used there: {str(failure).splitlines()[-1]}"
            return {}, dict.fromkeys(self.files, reason)
        home = self._view(self.home, settings, self.project.environment)
        by_id = _by_id(self._load(home), home)
        definitions = {id_: same[0] for id_, same in by_id.items() if len(same) == 1}
        missing_ids = {id_ for id_ in self.files if id_ not in definitions}
        if not missing_ids:
            return definitions, {}
        self.tree.write()
        self.unread.clear()
        elsewhere, unreadable = self._elsewhere(settings, missing_ids)
        return definitions | elsewhere, unreadable

    def _elsewhere(
        self, settings: Settings, missing_ids: set[int]
    ) -> tuple[dict[int, Definition], dict[int, str]]:
        definitions: dict[int, Definition] = {}
        unreadable: dict[int, str] = {}
        for tier, views in enumerate(self._tiers(settings, missing_ids)):
            hits: dict[int, list[Definition]] = {}
            for view, paths in views:
                for id_, same in _by_id(self._load(view, paths), view).items():
                    hits.setdefault(id_, []).extend(same)
            for id_ in missing_ids:
                if (problem := self._problem_of(id_, guess=tier > 0)) and id_ not in hits:
                    unreadable[id_] = str(problem)
                elif any(
                    definition.values != hits[id_][0].values for definition in hits.get(id_, ())
                ):
                    positions = ", ".join(
                        dict.fromkeys(str(definition.position) for definition in hits[id_])
                    )
                    unreadable[id_] = f"it is there more than once: {positions}"
                elif id_ in hits:
                    definitions[id_] = hits[id_][0]
            missing_ids = missing_ids - definitions.keys() - unreadable.keys()
        for path, reason in self.tree.unreadable.items():
            if self._matters(self.tree.root / path, settings):
                unreadable |= dict.fromkeys(missing_ids, f"{path}: {reason}")
        return definitions, unreadable

    def _tiers(
        self, settings: Settings, missing_ids: Collection[int]
    ) -> Iterator[list[tuple[ProjectLayout, list[Path]]]]:
        """Where to look, the likeliest first; a later tier is for ids that no earlier one has."""
        chosen = self.project.environment
        other_environments = [name for name in settings.environments if name != chosen]
        yield [(self._view(self.home, settings, chosen), [])]
        yield [(self._view(self.home, settings, name), []) for name in (*other_environments, None)]
        yield list(self._other_files(missing_ids, is_chosen=True))
        yield list(self._other_files(missing_ids, is_chosen=False))

    def _other_files(
        self, missing_ids: Collection[int], *, is_chosen: bool
    ) -> Iterator[tuple[ProjectLayout, list[Path]]]:
        """Every file that may contain a missing id, with views of the project that it is in.

        Args:
            missing_ids: the ids.
            is_chosen: whether to view it in the chosen environment, instead of in all others.
        """
        for path in self.tree.paths():
            file = self.tree.root / path
            numbers = self._numbers_in(file) if os.path.lexists(file) else frozenset()
            if numbers is not None and numbers.isdisjoint(missing_ids):
                continue
            folder, settings = self._project_of(file)
            chosen = self.project.environment
            names = (
                [chosen]
                if is_chosen
                else [*(n for n in settings.environments if n != chosen), None]
            )
            for name in names:
                yield self._view(folder, settings, name), [file]

    def _project_of(self, file: Path) -> tuple[Path, Settings]:
        """The project folder that a file seems to belong to, and its settings, if they can be read."""
        above = [folder for folder in file.parents if folder.is_relative_to(self.tree.root)]
        for folder in above:
            if os.path.lexists(folder / FILE):
                try:
                    return folder, read_settings(folder)
                except SettingsError:
                    return folder, Settings()
        outermost = next((parent for parent in reversed(above) if parent.name == CAMPAIGNS), None)
        return (outermost.parent if outermost else self.home), Settings()

    def _view(self, folder: Path, settings: Settings, name: str | None) -> ProjectLayout:
        """A project folder of the commit in an environment."""
        environment = settings.environments.get(name or "")
        campaigns = (environment and environment.campaigns) or CAMPAIGNS
        names = tuple(settings.environments)
        return ProjectLayout(
            folder, Path(os.path.normpath(folder / campaigns)), name, names, boundary=self.tree.root
        )

    def _load(self, view: ProjectLayout, paths: list[Path] | None = None) -> LoadedDefinitions:
        if not paths and not os.path.isdir(view.campaigns):  # noqa: PTH112  # false for an invalid path
            return LoadedDefinitions()
        loaded = load(view, paths or [], self.now, needs_ids=False)
        for unread in loaded.unread:
            inside = unread.path.is_relative_to(view.campaigns)
            remaining = {
                id_
                for id_, file in self.files.items()
                if unread.path == self.home / file and id_ in unread.ids
            }
            if inside or remaining:
                self.unread.append(unread)
        return loaded

    def _problem_of(self, id_: int, *, guess: bool) -> Problem | None:
        """What is wrong with the definition of an id or, with `guess`, with a file that may contain it."""
        for unread in self.unread:
            if id_ in unread.ids or (guess and not unread.ids and self._may_hold(unread.path, id_)):
                return unread.problem
        return None

    def _matters(self, path: Path, settings: Settings) -> bool:
        """Whether a path that cannot be read may contain definitions, or lead to them."""
        names = (None, *settings.environments)
        folders = {self._view(self.home, settings, name).campaigns for name in names}
        if any(path.is_relative_to(folder) or folder.is_relative_to(path) for folder in folders):
            return True
        if any(map(os.path.lexists, folders)):
            return False
        return path.is_relative_to(self.home) or not os.path.lexists(self.home)

    def _may_hold(self, file: Path, id_: int) -> bool:
        """Whether the text of a file contains the digits of an id; True if it is not text."""
        numbers = self._numbers_in(file)
        return numbers is None or id_ in numbers

    def _numbers_in(self, file: Path) -> frozenset[int] | None:
        """The whole numbers in a text file that are short enough for ids; None: it is not text."""
        if file not in self._numbers:
            self._numbers[file] = _numbers(file)
        return self._numbers[file]


def _numbers(file: Path) -> frozenset[int] | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    if not _is_text(content):
        return None
    runs = (digits.lstrip(b"0") for digits in _DIGITS.findall(content))
    return frozenset(int(digits) for digits in runs if 0 < len(digits) <= len(str(MAX_ID)))


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.startswith(LFS_POINTER)


def _by_id(loaded: LoadedDefinitions, view: ProjectLayout) -> dict[int, list[Definition]]:
    """The definitions without errors, by id."""
    wrong = {
        (view.display_path(unread.path), id_) for unread in loaded.unread for id_ in unread.ids
    }
    by_id: dict[int, list[Definition]] = {}
    for definition in loaded.definitions:
        if definition.id and (definition.position.file, definition.id) not in wrong:
            by_id.setdefault(definition.id, []).append(definition)
    return by_id


def _merge_base(git: Git, ref: str) -> str:
    if not git.has_commit(ref):
        raise UsageError(f"there is no commit {ref!r} here: {_how_to_get(git, ref)}")
    commit = git("merge-base", ref, "HEAD")
    if commit is None:
        message = f"no commit is in both {ref!r} and HEAD"
        if git.is_shallow:
            raise UsageError(f"{message} of this shallow clone: run git fetch --unshallow")
        raise UsageError(f"{message}: name a branch that this one started from")
    return commit.strip()


def _how_to_get(git: Git, ref: str) -> str:
    """The command that fetches `ref` and, in a shallow clone, the merge base."""
    name = re.split(r"[~^:]|@\{", ref, maxsplit=1)[0]
    remotes = (git("remote") or "").split()
    if not name or name.startswith("-") or not remotes:
        return "name one that git log shows"
    fetch = f"run git fetch{' --unshallow' if git.is_shallow else ''}"
    if git.has_commit(name):  # it is an ancestor that is missing
        return fetch if git.is_shallow else "name one that git log shows"
    remote, _, branch = name.partition("/")
    if remote in remotes and branch:
        return f"{fetch} {remote} {quote(f'{branch}:refs/remotes/{remote}/{branch}')}"
    refspec = name if _HASH.fullmatch(name) else f"{name}:{name}"
    return f"{fetch} {remotes[0]} {quote(refspec)}"
