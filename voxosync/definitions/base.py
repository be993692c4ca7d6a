"""The definitions as they were at the merge base with another branch, read from Git's objects."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from voxosync.definitions.git import Git
from voxosync.definitions.load import Loaded, load
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from voxosync.definitions.find import Project


_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


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
    git = Git(project.folder)
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
        return BaseDefinitions(
            commit, load(replace(project, folder=folder, campaigns=campaigns), [], now)
        )


def _write_out(git: Git, commit: str, files: Path, index: Mapping[str, str]) -> None:
    """The project folder of a commit, as files: filters (line ends, LFS) act as in a checkout."""
    read = git("read-tree", commit, environment=index)
    names = None if read is None else git("ls-files", "-z", "--full-name", environment=index)
    write = ("checkout-index", "-z", "--stdin", f"--prefix={files}/")
    if names is None or git(*write, at=git.root, environment=index, given=names) is None:
        raise UsageError(f"cannot read the commit {commit}: {git.complaint}")


def _merge_base(git: Git, ref: str) -> str:
    if not git.has_commit(ref):
        raise UsageError(f"there is no commit {ref!r} here: {_how_to_get(git, ref)}")
    found = git("merge-base", ref, "HEAD")
    if found is None:
        what = f"no commit is in both {ref!r} and HEAD"
        if git.is_shallow:
            raise UsageError(f"{what} of this shallow clone: run git fetch --unshallow")
        raise UsageError(f"{what}: name a branch that this one started from")
    return found.strip()


def _how_to_get(git: Git, ref: str) -> str:
    """The command after which `ref` is a commit here, and in a shallow clone the merge base is too."""
    name = re.split(r"[~^:]|@\{", ref, maxsplit=1)[0]
    remotes = (git("remote") or "").split()
    if not name or name.startswith("-") or not remotes:
        return "name one that git log shows"
    fetch = f"run git fetch{' --unshallow' if git.is_shallow else ''}"
    if git.has_commit(name):  # what lies before it is missing
        return fetch if git.is_shallow else "name one that git log shows"
    remote, _, branch = name.partition("/")
    if remote in remotes and branch:
        return f"{fetch} {remote} {quote(f'{branch}:refs/remotes/{remote}/{branch}')}"
    wanted = name if _HASH.fullmatch(name) else f"{name}:{name}"
    return f"{fetch} {remotes[0]} {quote(wanted)}"
