"""The file of a history: which files are accepted, and how a damaged one is set aside."""

from __future__ import annotations

import os
import secrets
import stat
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_NO_HISTORY = frozenset((".yaml", ".yml", ".csv", ".json", ".jsonl"))
"""Suffixes of files that people write and voxosync reads; they must never be renamed, damaged or not."""


def file_at(path: Path) -> Path:
    """The file at a path, which must be one that may become a history.

    A link is followed. Raises UsageError.
    """
    if path.suffix.lower() in _NO_HISTORY:
        raise UsageError(
            f"--history {path}: a history is an SQLite file: give it a name such as drift.sqlite"
        )
    file = Path(os.path.realpath(path))
    try:
        with suppress(FileNotFoundError):
            mode = file.stat().st_mode  # one call: another run may set the file aside at any time
            if not stat.S_ISREG(mode):
                raise UsageError(f"--history {path}: not a file: name one")
    except OSError as failure:
        raise UsageError(f"cannot write the history {path}: {failure.strerror}") from failure
    return file


def may_write(file: Path) -> None:
    """Refuses a folder in which no file can be created: SQLite needs one next to the history while it writes.

    Raises UsageError.
    """
    try:
        with tempfile.TemporaryFile(dir=file.parent):
            pass
    except OSError as failure:
        raise UsageError(f"cannot write the history {file}: {failure.strerror}") from failure


def make(file: Path) -> None:
    """Creates an empty file for its owner alone, unless there is one; SQLite treats it as an empty database.

    Raises UsageError.
    """
    try:
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as failure:
        raise UsageError(f"cannot write the history {file}: {failure.strerror}") from failure


def set_aside(file: Path, now: datetime, is_sound: Callable[[Path], bool]) -> Path | None:
    """Renames a damaged file and its journals; returns None where another run has already done so.

    Raises UsageError, and what `is_sound` raises.
    """
    mark = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"  # several may be set aside in one second
    aside = file.with_name(f"{file.name}.unreadable-{mark}")
    try:
        with _alone(file) as is_there:
            if not is_there or is_sound(file):
                return None
            for suffix in ("-journal", "-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    Path(f"{file}{suffix}").rename(f"{aside}{suffix}")
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise UsageError(f"cannot set {file} aside: {failure.strerror}") from failure
    return aside


@contextmanager
def _alone(file: Path) -> Iterator[bool]:
    """Lets one run at a time test and rename the file; yields whether the file is still the same one.

    Otherwise a run that has just found the damage could rename the new file that another run has just created.
    """
    if sys.platform == "win32":  # which renames no file that another run has open
        yield True
        return
    import fcntl  # noqa: PLC0415  # Windows has none

    with file.open("rb") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield os.path.samestat(os.fstat(opened.fileno()), file.stat())
