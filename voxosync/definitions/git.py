"""Git, as far as definitions need it: commands in a folder, and who wrote a line."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLAMED = re.compile(r"[0-9a-f]{40,64} [0-9]+ ([0-9]+)")
_NOBODY = "Not Committed Yet"


class Git:
    """Runs git in a folder; remembers what it last complained about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complaint = ""

    @property
    def root(self) -> Path:
        """The working tree's top."""
        return Path((self("rev-parse", "--show-toplevel") or str(self.folder)).rstrip("\n"))

    @property
    def is_shallow(self) -> bool:
        """Whether the history ends before its beginning."""
        return (self("rev-parse", "--is-shallow-repository") or "").strip() == "true"

    def has_commit(self, ref: str) -> bool:
        """Whether `ref` names a commit, and not an option."""
        commit = f"{ref}^{{commit}}"
        return (
            not ref.startswith("-") and self("rev-parse", "--verify", "--quiet", commit) is not None
        )

    def __call__(
        self,
        *arguments: str,
        at: Path | None = None,
        environment: Mapping[str, str] | None = None,
        given: str = "",
    ) -> str | None:
        """What git prints, or None where it fails.

        Raises:
            UsageError: there is no git.
        """
        try:
            done = subprocess.run(  # noqa: S603  # git's own words, and a ref that does not begin with -
                ["git", *arguments],  # noqa: S607  # git is where the user has it
                cwd=at or self.folder,
                env={**os.environ, "LC_ALL": "C", **(environment or {})},
                input=os.fsencode(given),  # as bytes: a name may hold a carriage return
                capture_output=True,
                check=False,
            )
        except OSError as failure:
            raise UsageError(f"this needs git: {failure.strerror}") from failure
        self.complaint = os.fsdecode(done.stderr).strip() or f"git {arguments[0]} failed"
        return os.fsdecode(done.stdout) if done.returncode == 0 else None


def authors(folder: Path, file: str) -> dict[int, str]:
    """Who wrote each line (from 1) of a file, as Git knows; nothing where it does not.

    In a shallow clone, Git gives every older line to the author of the oldest commit: those have nobody.

    Args:
        folder: the project folder.
        file: a path relative to it.
    """
    git = Git(folder)
    try:
        told = git("blame", "--line-porcelain", "--", file) or ""
        is_shallow = "\nboundary\n" in told and git.is_shallow
    except UsageError:
        return {}
    found: dict[int, str] = {}
    line = 0
    for text in told.split("\n"):
        if header := _BLAMED.match(text):
            line = int(header[1])
        elif text.startswith("author ") and text != f"author {_NOBODY}":
            found[line] = _readable(text.removeprefix("author "))
        elif text == "boundary" and is_shallow:
            found.pop(line, None)
    return found


def _readable(name: str) -> str:
    """A name in which bytes that are not UTF-8 are marked as such: a report could not be written with them."""
    return os.fsencode(name).decode(errors="replace")
