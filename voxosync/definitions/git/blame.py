"""Who last changed the lines of a file, according to Git."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.definitions.git.run_git import Git, readable, without_filters
from voxosync.errors import UsageError
from voxosync.model.provenance import Revision

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_HEADER = re.compile(r"([0-9a-f]{40,64}) [0-9]+ ([0-9]+)")
_NOBODY = "Not Committed Yet"


def revisions(folder: Path, file: str, lines: Collection[int] = ()) -> dict[int, Revision]:
    """The commit that last changed each line (from 1) of a file, for the lines of which Git knows it.

    In a shallow clone, Git attributes all older lines to the oldest commit. Such lines are left out.

    Args:
        folder: the project folder.
        file: a path relative to it.
        lines: which lines; empty: all of them.
    """
    git = Git(folder)
    ranges = [word for line in sorted(lines) for word in ("-L", f"{line},{line}")]
    try:
        blame = ("blame", "--line-porcelain", "--no-textconv", *ranges, "--", file)
        output = git(*without_filters(git), *blame) or ""
        is_shallow = "\nboundary\n" in output and git.is_shallow
    except UsageError:
        return {}
    return parse_blame(output, skips_boundary=is_shallow)


def parse_blame(output: str, *, skips_boundary: bool) -> dict[int, Revision]:
    """The revisions that `git blame --line-porcelain` prints: for each line a header, keys with values, and the text.

    Args:
        output: what it printed.
        skips_boundary: whether lines of the oldest commit are left out, because they may be older.
    """
    revisions: dict[int, Revision] = {}
    commit, author, line = "", "", 0
    for text in output.split("\n"):
        key, _, value = text.partition(" ")
        if header := _HEADER.match(text):
            commit, line = header[1], int(header[2])
        elif key == "author":
            author = value
        elif key == "author-time" and author != _NOBODY:
            at = datetime.fromtimestamp(int(value), UTC)
            revisions[line] = Revision(commit, readable(author), at)
        elif text == "boundary" and skips_boundary:
            revisions.pop(line, None)
    return revisions
