"""The definitions as they were at the merge base with another branch, read from Git's objects."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.definitions.load import Loaded, Project, load
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class BaseDefinitions:
    """What a merge base holds.

    Attributes:
        commit: the merge base, as a full hash.
        loaded: its definitions, and what is wrong with those that are not well-formed.
    """

    commit: str
    loaded: Loaded


def load_base(project: Project, ref: str, now: datetime) -> BaseDefinitions:
    """The definitions at the merge base of HEAD and `ref`.

    Git writes that commit's project folder into a temporary one by way of an index of its own, so the
    working tree and the real index are never touched, and everything that a definition may refer to
    (defaults, CSV files) is there.

    Raises:
        UsageError: this is no Git repository, or the merge base is not in it; says what to fetch.
    """
    git = _Git(project.folder)
    inside = git("rev-parse", "--show-prefix")
    if inside is None:
        raise UsageError(f"--base needs a Git repository: {git.complaint}")
    commit = _merge_base(git, ref)
    with tempfile.TemporaryDirectory(prefix="voxosync-base-") as temporary:
        tree = Path(temporary).resolve()
        files = tree / "files"
        files.mkdir()
        _write_out(git, commit, files, {"GIT_INDEX_FILE": str(tree / "index")})
        folder = files / inside.strip("\n")
        campaigns = folder / os.path.relpath(project.campaigns, project.folder)
        if not campaigns.is_dir():
            return BaseDefinitions(commit, Loaded())
        return BaseDefinitions(commit, load(Project(folder, campaigns), [], now))


def _write_out(git: _Git, commit: str, files: Path, index: Mapping[str, str]) -> None:
    """The project folder of a commit, as files: filters (line ends, LFS) act as in a checkout."""
    read = git("read-tree", commit, environment=index)
    names = None if read is None else git("ls-files", "-z", "--full-name", environment=index)
    write = ("checkout-index", "-z", "--stdin", f"--prefix={files}/")
    if names is None or git(*write, at=git.root, environment=index, given=names) is None:
        raise UsageError(f"cannot read the commit {commit}: {git.complaint}")


def _merge_base(git: _Git, ref: str) -> str:
    if ref.startswith("-") or git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") is None:
        raise UsageError(f"there is no commit {ref!r} here: {_how_to_fetch(git, ref)}")
    found = git("merge-base", ref, "HEAD")
    if found is None:
        shallow = (git("rev-parse", "--is-shallow-repository") or "").strip() == "true"
        what = f"no commit is in both {ref!r} and HEAD"
        if shallow:
            raise UsageError(f"{what} of this shallow clone: run git fetch --unshallow")
        raise UsageError(f"{what}: name a branch that this one started from")
    return found.strip()


def _how_to_fetch(git: _Git, ref: str) -> str:
    remotes = (git("remote") or "").split()
    remote, _, branch = ref.partition("/")
    if remote in remotes and branch:
        return f"run git fetch {remote} {branch}:refs/remotes/{remote}/{branch}"
    return f"run git fetch {remotes[0]} {ref}" if remotes else "name one that git log shows"


class _Git:
    """Runs git in a folder; remembers what it last complained about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complaint = ""

    @property
    def root(self) -> Path:
        """The working tree's top."""
        return Path((self("rev-parse", "--show-toplevel") or str(self.folder)).rstrip("\n"))

    def __call__(
        self,
        *arguments: str,
        at: Path | None = None,
        environment: Mapping[str, str] | None = None,
        given: str = "",
    ) -> str | None:
        """What git prints, or None where it fails."""
        try:
            done = subprocess.run(  # noqa: S603  # git's own words, and a ref that does not begin with -
                ["git", *arguments],  # noqa: S607  # git is where the user has it
                cwd=at or self.folder,
                env={**os.environ, "LC_ALL": "C", **(environment or {})},
                input=given,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="surrogateescape",
                check=False,
            )
        except OSError as failure:
            raise UsageError(f"--base needs git: {failure.strerror}") from failure
        self.complaint = done.stderr.strip() or f"git {arguments[0]} failed"
        return done.stdout if done.returncode == 0 else None
