"""Who runs this, for the journal: the Git commit, the CI job, the user."""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from voxosync.app.checkout import changed_files
from voxosync.definitions.git.run_git import Git
from voxosync.errors import RecordError, UsageError
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from pathlib import Path


_INPUTS = (":(icase)*.yaml", ":(icase)*.yml", ":(icase)*.csv")
"""The files that definitions are made of, as Git's pathspecs."""


def actor(folder: Path) -> dict[str, str]:
    """What is known about who runs this; every part is optional."""
    values = {**_commit(folder), "job": _job(), "user": _user()}
    return {key: value for key, value in values.items() if value}


def _commit(folder: Path) -> dict[str, str]:
    """The commit, and how many files of definitions differ from it."""
    git, values = Git(folder), {}
    with suppress(UsageError, RecordError):  # the rest is known
        values["commit"] = (git("rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
        if values["commit"] and (changed := changed_files(git, _INPUTS, untracked=True)):
            values["uncommitted"] = count(len(changed), "file")
    return values


def _job() -> str:
    """The address of the CI job: GitHub and GitLab give the parts of it."""
    env = os.environ
    if "GITHUB_RUN_ID" in env:
        parts = (env.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
        return "{}/{}/actions/runs/{}".format(*parts)
    return env.get("CI_JOB_URL", "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no variable names it, and Windows has no pwd
        return ""
